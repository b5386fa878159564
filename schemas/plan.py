"""Candidates, plan and verdict: who might be told, who is not, and why.

`rules.candidates` makes `Candidates`; the core turns them into the plan of one case.
"""

import bisect
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schemas.codes import Mode, Severity, TrackName


class Reason(StrEnum):
    """Why a party is told, or is not. Stored, shown on the case, and counted."""

    ALLOWED = "allowed"
    """Told: every check of the guard passed."""
    PERPETRATOR_CLOSURE = "perpetrator_closure"
    """Alleged to be behind the threat, or tied to somebody who is."""
    UNKNOWN_PERPETRATOR_GROUP = "unknown_perpetrator_group"
    """Nobody knows who did it and this is the operator's group; two people may lift it."""
    CONTROLLER_NEEDS_TWO = "controller_needs_two"
    """Controls somebody excluded: its headquarters only by two people, never by machine."""
    REPRESENTS = "represents"
    """A law firm that acts or acted for somebody excluded."""
    OFFICER_OF = "officer_of"
    """An association in which a person of somebody excluded holds office."""
    STATE_OF_PERPETRATOR = "state_of_perpetrator"
    """A body, mission or captured institution of the state behind the threat."""
    REQUESTING_STATE = "requesting_state"
    """The state that wants the person returned, or something it owns."""
    TRANSIT_STATE = "transit_state"
    """The state holding the person on the way."""
    MECHANISM_OF_COMPLAINT = "mechanism_of_complaint"
    """Runs the complaint mechanism after which the reprisal happened."""
    CONSENT_NONE = "consent_none"
    """Nobody has consented to telling anybody but duty."""
    CONSENT_AUDIENCE = "consent_audience"
    """Consent was given, but not for this audience."""
    CONSENT_MODE = "consent_mode"
    """Consent was given for a quieter way of acting."""
    CONSENT_EXPIRED = "consent_expired"
    """Consent has run out."""
    CONSENT_REVOKED = "consent_revoked"
    """Consent was withdrawn."""
    CONFLICT = "conflict"
    """Declared a conflict of interest."""
    MODE = "mode"
    """Louder than the case's ceiling."""
    FROZEN = "frozen"
    """The case, the track or everything outgoing is frozen."""
    STOPPED = "stopped"
    """Somebody pressed Stop outgoing."""
    HELD = "held"
    """A person asked to wait."""
    LEVEL = "level"
    """A site, commercial or similar contact; never told by machine."""
    ENDPOINT_FANS_OUT = "endpoint_fans_out"
    """A list address with somebody on it who must not know."""
    CERTAINTY = "certainty"
    """Not yet sure enough for anybody but duty and protection."""
    LINK_NOT_CURRENT = "link_not_current"
    """The link that would include it has ended or has not begun."""
    LINK_UNVERIFIED = "link_unverified"
    """The link that would include it has not been verified."""
    COUNTRY_UNRESOLVED = "country_unresolved"
    """Nobody has said for certain in which country it happened."""
    GATE_CLOSED = "gate_closed"
    """Nobody on duty has released this track yet."""
    CASE_OVER = "case_over"
    """The case is resolved; nothing more is asked of anybody."""
    DECLINED = "declined"
    """Declined in this case; never asked again in it."""
    WISH = "wish"
    """The person asked that this kind of party is not told."""
    EXERCISE = "exercise"
    """A drill may reach exercise endpoints only, and real traffic never reaches those."""
    NO_ENDPOINT = "no_endpoint"
    """There is no way to reach it."""
    UNKNOWN_PARTY = "unknown_party"
    """Not in the registry: a person has to resolve the name first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One link on the path that explains why a party was found."""

    kind: str
    """A `LinkKind`, `event` for the part the event itself says, or `seat` for a party's state."""
    a: str
    b: str
    link: str = ""


Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The guard's answer about one party: whether, why, and what would change it."""

    allowed: bool
    reason: Reason
    path: Path = ()
    evidence: str = ""
    """Id of the consent, release, closure or rule that decided it."""
    remedy: str = ""
    """What a person could do about a refusal, in one sentence; empty if nothing may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """One party that must not know, with the path from the seed to it."""

    party: str
    reason: Reason
    path: Path = ()
    tagged: bool = False
    """Only because the perpetrator is unknown: two people may lift it for a case."""
    levels: tuple[str, ...] = ()
    """Empty: all of it. Otherwise only these levels (of a controller)."""
    clearable: bool = False
    """Rests on an ended or unverified link that is no control: two may clear it for a case."""
    distance: int = 0
    """Links from the seed; what lies within two is explained on the board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Everybody excluded by the events of a case. Sorted by party, found by bisection."""

    digest: str = ""
    entries: tuple[Excluded, ...] = ()
    states: tuple[str, ...] = ()
    """ISO codes of excluded states: their missions and bodies are out, listed or not."""

    def find(self, party: str) -> Excluded | None:
        """The exclusion of this party, or None."""
        at = bisect.bisect_left(self.entries, party, key=lambda entry: entry.party)
        if at < len(self.entries) and self.entries[at].party == party:
            return self.entries[at]
        return None


class Gate(StrEnum):
    """What must happen before a track may tell anybody."""

    NONE = "none"
    PROTOCOL = "protocol"
    RELEASE = "release"
    RELEASE_TWO = "release_two"
    NECESSITY = "necessity"


class Anchor(StrEnum):
    """From when a track's step offsets count."""

    OPENED = "opened"
    RELEASED = "released"
    WOKEN = "woken"


class Until(StrEnum):
    """What quietens a track."""

    OWNED = "owned"
    """Duty: every owed thing has an owner and a future time."""
    COMMITTED = "committed"
    """Protection: any party has committed."""
    ACTED = "acted"
    """Outward: each party has acted."""


class Spread(StrEnum):
    """How many of a track's parties a step tells."""

    ALL = "all"
    NEXT = "next"
    """One at a time, nearest first; the next when this one is silent or declines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung: this long after the track's anchor, tell these targets."""

    offset: int
    """Seconds after the anchor."""
    roles: tuple[str, ...] = ()
    """Duty roles (`schemas.roster.Role`); empty on an outward track."""
    spread: Spread = Spread.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One audience's ladder, frozen into a plan. All times in seconds."""

    name: TrackName
    gate: Gate
    mode: Mode
    anchor: Anchor
    steps: tuple[Step, ...]
    until: Until
    answer_by: int
    """Outward: an answer is asked for within this time. Duty: 0."""
    answer_holds_for: int
    repeat_every: tuple[int, ...]
    """Duty: pause before each further round, widening; the last value repeats without end."""
    ask: str = ""
    """Code of what is asked; a template turns it into words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRef:
    """A way to reach a party, as planned: names no address."""

    id: str
    level: str
    endpoints: tuple[str, ...]
    """`channel:endpoint id`, in the order they are tried."""
    hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A party that a walk found for a track, with the path that explains it."""

    party: str
    track: TrackName
    path: Path
    contacts: tuple[ContactRef, ...]
    rank: int = 0
    """Order within the track, nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A party that is deliberately not told, and why."""

    party: str
    reason: Reason
    track: TrackName | None = None
    path: Path = ()
    contact: str = ""
    """Set when only one contact of the party is withheld."""


class Trouble(StrEnum):
    """What kept planning from being complete; each one is a task for a human."""

    PLANNING_FAILED = "planning_failed"
    """Matching or deciding raised: the built-in duty plan runs."""
    RULE_ERRED = "rule_erred"
    """A rule could not say yes or no: unknown, never no."""
    NO_RULE_MATCHED = "no_rule_matched"
    COUNTRY_UNRESOLVED = "country_unresolved"
    PARTY_UNRESOLVED = "party_unresolved"
    CODE_UNKNOWN = "code_unknown"
    NOBODY_FOUND = "nobody_found"
    """Rules matched, yet nobody may be told or can be reached."""
    TIME_IMPLAUSIBLE = "time_implausible"
    SEVERITY_CAPPED = "severity_capped"
    """The publisher claimed more than its key allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What one event leads to under one world: the first half of planning.

    Ids, paths and reasons only; the second half runs under the case lock.
    """

    world: str
    """Version of rulebook and registry together."""
    severity: Severity
    policy: str = ""
    rules: tuple[str, ...] = ()
    """Ids of the rules that matched."""
    tracks: tuple[Track, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    explained: tuple[Candidate, ...] = ()
    """Never told: the guard says of each why not, and the case shows it (design section 6)."""
    withheld: tuple[Withheld, ...] = ()
    closure: Closure = field(default_factory=Closure)
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Oncall:
    """Who answers for a duty role at an instant, resolved when a step fires."""

    role: str
    person: str
    endpoints: tuple[str, ...]
    at: datetime
