"""Candidates, plan and verdict: who might be told, who is not, and why.

`rules.candidates` makes `Candidates`; the core turns them into the plan of one case.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schemas.closure import Closure as Closure
from schemas.closure import Excluded as Excluded
from schemas.closure import Hop as Hop
from schemas.closure import Path as Path
from schemas.codes import DateKind, Mode, Severity, SubjectStatus, TrackName
from schemas.party import PartyKind
from schemas.pattern import SMALL_CELL
from schemas.protocol import Protocol as Protocol
from schemas.reason import REMEDIES
from schemas.reason import Reason as Reason
from schemas.reason import Remedy as Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The guard's answer about one party: whether, why, and what would change it."""

    allowed: bool
    reason: Reason
    path: Path = ()
    evidence: str = ""
    """What decided it, an opaque id or code: of the consent (several, by commas, when allowed), the
    hold, the closure, the contact, the endpoint, the party behind a list, the frozen track, the
    ceiling. Empty where something is missing: nobody has consented, say."""
    remedy: Remedy | None = None
    """What would turn a refusal, `Remedy.NOTHING` if nothing may; None when allowed."""


def refused(
    reason: Reason, *, evidence: str = "", path: Path = (), remedy: Remedy | None = None
) -> Verdict:
    """No, with what would turn it: the remedy of the reason, unless a narrower one is named."""
    return Verdict(
        allowed=False,
        reason=reason,
        path=path,
        evidence=evidence,
        remedy=remedy or REMEDIES[reason],
    )


RELEASE_AT_MOST = 90 * 86_400
"""Seconds after which a release ends at the latest, where the rulebook says nothing else."""


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
    DATE = "date"
    """From a date of the case: offsets may be negative, and a moved date moves what lies ahead."""


class Until(StrEnum):
    """What quietens a track. How many of its parties have to: `Track.enough`."""

    OWNED = "owned"
    """Duty: every owed thing has an owner and a future time."""
    COMMITTED = "committed"
    """Somebody promised something, or did it. Unless said otherwise one party is enough."""
    ACTED = "acted"
    """Somebody did something. Unless said otherwise each party has to."""


class Spread(StrEnum):
    """How many of a track's parties a step tells."""

    ALL = "all"
    NEXT = "next"
    """One at a time, nearest first; the next when this one is silent or declines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung: this long after the track's anchor, tell these targets."""

    offset: int
    """Seconds after the anchor; before it, below zero, where that is a date."""
    roles: tuple[str, ...] = ()
    """Duty roles (`schemas.roster.Role`); empty on an outward track."""
    spread: Spread = Spread.ALL
    only: tuple[PartyKind, ...] = ()
    """Parties of these kinds; empty: of all."""
    severities: tuple[Severity, ...] = ()
    """It counts while the case is this grave, judged when it is due; empty: always."""
    contacts: int = 1
    """How many contacts of each party are told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIns:
    """How often somebody asks how the person is. All pauses in seconds; the last one goes on."""

    by_severity: tuple[tuple[Severity, tuple[int, ...]], ...]
    """All four."""
    by_status: tuple[tuple[SubjectStatus, tuple[int, ...]], ...] = ()
    """Where the person's status asks for sooner ones; the shorter pause counts."""


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
    enough: int | None = None
    """How many parties quieten it; 0: each of them. None: as `until` has it by itself."""
    per_kind: bool = False
    """Whether so many are needed of every kind of party on the track, not of all together."""
    check_ins: CheckIns | None = None
    """Duty: where the rulebook has others than `rules.duty.CHECK_INS`."""
    dates: tuple[DateKind, ...] = ()
    """Anchored at a date: of one of these kinds; empty: of any."""
    release_at_most: int = RELEASE_AT_MOST
    """A release of it ends this long after it began, whatever its record says."""
    graver: tuple[tuple[Severity, int, int], ...] = ()
    """`answer_by` and `answer_holds_for` should the case become this grave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRef:
    """A way to reach a party, as planned: names no address."""

    id: str
    level: str
    endpoints: tuple[str, ...]
    """`channel:endpoint id`, in the order they are tried."""
    hours: str = ""


class Linkage(StrEnum):
    """How a party is linked to what happened (L1), the closest first.

    As far as its path shows; a machine never claims more, and a person may know better.
    """

    ALLEGED_PERPETRATOR = "alleged_perpetrator"
    """The report says that it did it."""
    CAUSES = "causes"
    """Controls whoever is said to have done it."""
    CONTRIBUTES = "contributes"
    """Gave whoever is said to have done it the task, the place or the means."""
    DIRECTLY_LINKED = "directly_linked"
    """Linked by its business: it operates there, buys, owns a part, lends or sponsors."""
    CONTEXT_LINKED = "context_linked"
    """Gets goods of such a sector from such a country; nothing ties it to this case."""
    LEVERAGE_ONLY = "leverage_only"
    """Not linked to what happened; it may be able to help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A party that a walk found for a track, with the path that explains it."""

    party: str
    track: TrackName
    path: Path
    contacts: tuple[ContactRef, ...]
    rank: int = 0
    """Order within the track, nearest first."""
    linkage: Linkage = Linkage.LEVERAGE_ONLY
    kind: PartyKind | None = None
    """What it is, frozen with the plan: steps and `until` tell parties apart by it."""


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
    REACH_TRUNCATED = "reach_truncated"
    """A walk was cut off at its reach: somebody farther away may be missing."""
    TIME_IMPLAUSIBLE = "time_implausible"
    REGISTRY_OLD = "registry_old"
    """Nobody has looked at the registry for long: who is linked with whom may have changed."""
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
    protocols: tuple[Protocol, ...] = ()
    """Those of the rulebook that speak of its code; whether one covers it is decided later."""
    small_cell: int = SMALL_CELL
    """How many a pattern must be about, in this rulebook."""
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Oncall:
    """Who answers for a duty role at an instant, resolved when a step fires."""

    role: str
    person: str
    endpoints: tuple[str, ...]
    at: datetime
