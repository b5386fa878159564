"""What is remembered of a case between two commands: small, frozen, without growing lists.

Without slots: `engine.case.replacing` copies them.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter

from engine.case.around import Around
from engine.case.conditions import Condition as Condition
from engine.case.house import House as House
from engine.case.life import Attempt, KeptSealed, Linked, Round, Standing, StandingProposal
from engine.case.marked import CaseDate as CaseDate
from engine.case.pledges import Act as Act
from engine.case.pledges import Promise as Promise
from engine.case.pledges import Reply as Reply
from engine.case.wider_sharing import WiderSharing as WiderSharing
from schemas.codes import ActionKind, Certainty, ContactRule, Label, Mode, Severity, TrackName
from schemas.facts import TaskKind
from schemas.party import PartyKind
from schemas.pattern import Pattern
from schemas.plan import Anchor, ContactRef, Reason, Track
from schemas.safeguards import Hold


class CaseStatus(StrEnum):
    """The life of a case."""

    NEW = "new"
    """Nothing was decided yet; never stored."""
    OPEN = "open"
    STANDING = "standing"
    """Two people decided that it lasts: outward tracks rest, check-ins go on. Any event ends it."""
    MONITORED = "monitored"
    """Resolved by two people; a new event reopens it."""
    CLOSED = "closed"
    """Monitoring ended. A further event opens the next generation."""

    @property
    def alive(self) -> bool:
        """Whether the case owes something and must be due at some time."""
        return self in (CaseStatus.OPEN, CaseStatus.STANDING, CaseStatus.MONITORED)

    @property
    def unresolved(self) -> bool:
        """Whether nobody has said that it is over: duty's ladder stands and answers land."""
        return self in (CaseStatus.OPEN, CaseStatus.STANDING)


class AlertStatus(StrEnum):
    """Where one party stands in one track of one case."""

    PLANNED = "planned"
    """Not told; its track waits for a gate or a step."""
    WAITING = "waiting"
    """Told; nobody answered yet."""
    ANSWERED = "answered"
    """Somebody of it has it."""
    PROMISED = "promised"
    """Somebody of it promised something; holds the whole alert until it is due."""
    ACTED = "acted"
    DECLINED = "declined"
    SILENT = "silent"
    """Every contact was told and none answered; a person phones them."""
    WITHHELD = "withheld"
    """Planned or told, and now the guard refuses."""
    CLOSED = "closed"
    """Its page closed: excluded, in conflict, or stood down."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A contact that was told and owes an answer, or gave one that still holds."""

    contact: str
    next_at: datetime
    answered: bool = False


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What one party must answer in one case on one track."""

    id: str
    ref: str
    track: TrackName
    party: str
    contacts: tuple[ContactRef, ...]
    rank: int = 0
    kind: PartyKind | None = None
    by_hand: bool = False
    """A person added it; no re-plan leaves it out."""
    status: AlertStatus = AlertStatus.PLANNED
    tell_no: int = 0
    handed_off: bool = False
    """Whether any message of it left the house: only then can it have been told."""
    left: int = 0
    """Messages that left, or may have."""
    delivered: int = 0
    """Of them, how many a provider reported as arrived."""
    told_contacts: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    """Contacts to whom a message left the house: only they are stood down."""
    dropped_contacts: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    """`channel:endpoint id` that failed for good in this case."""
    calls: tuple[Call, ...] = ()
    promises: tuple[Promise, ...] = ()
    acts: tuple[Act, ...] = ()
    """What it did, the newest last; a few at most."""
    replies: tuple[Reply, ...] = ()
    """What we answered to its questions, the newest last; a few at most."""
    waits: tuple[str, ...] = ()
    """Contacts who were asked to do nothing for now, and were not written to since."""
    reason: Reason | None = None
    """Why it is withheld or closed."""
    in_round: bool = False
    """Whether it hears, again and again, what the others promised and did, and they of it."""

    @property
    def pledged(self) -> bool:
        """Whether a promise of it holds the whole party."""
        return any(promise.holds for promise in self.promises)

    @property
    def untold(self) -> tuple[str, ...]:
        """Contacts that were to be told, and to whom nothing has left."""
        return tuple(each for each in self.told_contacts if each not in self.reached)

    @property
    def live(self) -> bool:
        """Whether more may be asked of this party."""
        return self.status in (
            AlertStatus.WAITING,
            AlertStatus.ANSWERED,
            AlertStatus.PROMISED,
            AlertStatus.SILENT,
        )


@dataclass(frozen=True, kw_only=True)
class TrackState:
    """A ladder of the plan and where it stands."""

    track: Track
    anchor_at: datetime | None = None
    """None: waits for its gate. Ahead: released, and starts then."""
    step: int = 0
    """Index of the next rung; from len(steps) on, repeats."""
    next_at: datetime | None = None
    hold_until: datetime | None = None
    """Duty: quiet until here, because somebody owns what is owed."""
    woken_by: str = ""
    """Why it was last called from the start; empty: it never was."""
    released_by: tuple[str, ...] = ()
    again_by: tuple[str, ...] = ()
    """Who released the running track again, for parties found since; as many as at first needed."""
    record: str = ""
    """Id of the first person's record while a second is waited for."""
    given_until: datetime | None = None
    """When the first person's agreement runs out."""
    given_start: datetime | None = None
    """Before which nobody is told, as the first person said."""
    release_until: datetime | None = None
    """When the release in force runs out: from then on the gate is closed. None: it does not."""
    protocol: str = ""
    """Id of the protocol that released it, where no person did."""
    joint: ActionKind | None = None
    """What its parties are to do together; then two release it, and never who proposed it."""
    joint_by: str = ""
    mode_set: Mode | None = None
    """Where a person chose another mode than the plan's."""
    named_controllers: tuple[str, ...] = ()
    """Headquarters of controllers that one person named; a second must name them too."""
    named_by: str = ""
    frozen: bool = False
    frozen_until: datetime | None = None
    lift_needs_two: bool = False
    lifted_by: tuple[str, ...] = ()
    left_out: tuple[int, ...] = ()
    """Rungs that people skipped, or jumped over: nobody is told for them."""
    passed: tuple[int, ...] = ()
    """Rungs passed over that may count again: for graver cases, or while enough was promised."""

    answer_due: datetime | None = None
    """The first time by which somebody of it was asked to answer."""
    date: str = ""
    """Id of the date of the case that its offsets count from."""
    date_at: datetime | None = None

    @property
    def counts_from(self) -> datetime | None:
        """From when the offsets of its steps count; None: nobody knows yet."""
        return self.date_at if self.track.anchor is Anchor.DATE else self.anchor_at

    @property
    def mode(self) -> Mode:
        """How openly its parties may act."""
        return self.track.mode if self.mode_set is None else self.mode_set

    def open_at(self, now: datetime) -> bool:
        """Whether its gate stands open: released, begun, and the release has not run out."""
        running = self.release_until is None or now < self.release_until
        return self.anchor_at is not None and self.anchor_at <= now and running


@dataclass(frozen=True, kw_only=True)
class Necessity:
    """Protection asked without consent: who decided it, and by when a second must agree."""

    by: tuple[str, ...]
    in_force: bool = False
    """False: one person gave it where two are needed first."""
    review_by: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it stands in for consent now."""
        return self.in_force and (self.review_by is None or now < self.review_by)


@dataclass(frozen=True, kw_only=True)
class HoldState:
    """A hold in force, and who agreed to end it before its time."""

    hold: Hold
    lifted_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """A party that two people let be asked in this case, or one did so far."""

    party: str
    grounds: tuple[str, ...]
    """What they saw leave it out (`Excluded.ground`); whatever else comes up goes on doing so."""
    by: tuple[str, ...]

    @property
    def agreed(self) -> bool:
        """Whether a second person has agreed."""
        return len(self.by) > 1


@dataclass(frozen=True, kw_only=True)
class Task:
    """An open obligation of duty."""

    id: str
    kind: TaskKind
    due_at: datetime
    next_at: datetime
    """When its owner is told, then when it escalates; never None while open."""
    owner: str = ""
    critical: bool = False
    alert: str = ""
    reminded: bool = False
    detail: str = ""
    note: str = ""
    """Vault id of what a person of ours wants done."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Resolution as one person proposed it; another one confirms."""

    by: str
    at: datetime
    outcome: str
    remedy: str


_NOTHING = Around()
"""Made once: with a registry of its own, each of thousands of loads would cost as much again."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One situation, escalated until resolved."""

    id: str = ""
    ref: str = ""
    kind: str = "case"
    incident: str = ""
    status: CaseStatus = CaseStatus.NEW
    severity: Severity = Severity.WATCH
    generation: int = 0
    exercise: bool = False
    opened_at: datetime | None = None
    version: int = 0
    """How many facts made it; the journal's n."""
    plan_no: int = 0
    serial: int = 0
    """Counts tasks and promises, so that their ids are never reused."""
    certainty: Certainty = Certainty.UNKNOWN
    certainty_by: str = ""
    """Who of us judged it; then no report moves it any more."""
    independent_sources: int = 0
    """The most that one publisher claims, of reliable ones."""
    publishers: tuple[str, ...] = ()
    houses: tuple[House, ...] = ()
    """Who runs its publishers, where that is known."""
    heard: tuple[str, ...] = ()
    """Reliable sources that we heard ourselves, each once, besides the publishers."""
    necessity: Necessity | None = None
    mode_ceiling: Mode = Mode.PRIVATE
    subjects: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    """How the people it is about are, as last said of each."""
    contact_owners: tuple[str, ...] = ()
    """Who of us alone may speak with the person; none: whoever is on duty."""
    refused_tracks: tuple[TrackName, ...] = ()
    label: Label | None = None
    """The strictest that any of its events carries."""
    may_contact: ContactRule | None = None
    wider_sharing: WiderSharing | None = None
    """A wider label or contact rule that one person asked for; a second has to agree."""
    pattern: Pattern | None = None
    """The newest pattern that was reported; None while none was."""
    personal: bool = False
    """Something was done to somebody, or may be: no mere pattern any more."""
    closure_digest: str = ""
    clearings: tuple[Clearing, ...] = ()
    released_controllers: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    tracks: tuple[TrackState, ...] = ()
    alerts: tuple[Alert, ...] = ()
    holds: tuple[HoldState, ...] = ()
    dates: tuple[CaseDate, ...] = ()
    """What lies ahead, the nearest first."""
    tasks: tuple[Task, ...] = ()
    proposal: Proposal | None = None
    standing: Standing | None = None
    standing_proposal: StandingProposal | None = None
    round: Round | None = None
    links: tuple[Linked, ...] = ()
    """Cases about the same: the stricter of both counts in each."""
    unlinking: tuple[str, ...] = ()
    """Who wants it to stand alone again; the second one does it."""
    attempts: tuple[Attempt, ...] = ()
    """Tries to reach the consent holder since anybody last spoke to them; the newest few."""
    erasing: tuple[str, ...] = ()
    """Who wants its sealed content destroyed; the second one does it."""
    erase_on: datetime | None = None
    """The day that was announced: then what is sealed of a closed case is destroyed by itself."""
    kept: KeptSealed | None = None
    """A person keeps what is sealed, whatever the usual time."""
    owner: str = ""
    last_outward_at: datetime | None = None
    check_ins: int = 0
    """How many were kept; the cadence widens with it."""
    floor_called_at: datetime | None = None
    """When duty's last resort was told in the stead of somebody whom no way reached."""
    monitored_until: datetime | None = None
    remedy_sought: bool = False
    faults: int = 0
    retry_at: datetime | None = None
    """Set while the last decision faulted: nothing fires before it."""
    around: Around = _NOTHING
    """What surrounds it in this transaction: never stored, never part of replay."""

    def track(self, name: TrackName) -> TrackState | None:
        """The state of a track, or None when the plan has none of that name."""
        return next((t for t in self.tracks if t.track.name is name), None)

    def alert(self, alert_id: str) -> Alert | None:
        """The alert of this id, or None."""
        return next((a for a in self.alerts if a.id == alert_id), None)

    def date(self, date_id: str) -> CaseDate | None:
        """The date ahead of this id, or None."""
        return next((d for d in self.dates if d.id == date_id), None)

    def task(self, task_id: str) -> Task | None:
        """The open task of this id, or None."""
        return next((t for t in self.tasks if t.id == task_id), None)


_CASE: TypeAdapter[Case] = TypeAdapter(Case)

_PLAIN_UP_TO = 4_096
"""Bytes. Thirty alerts with their contacts take 20 kB as text and 3 kB compressed, in 0.1 ms."""


def dump_case(case: Case) -> bytes:
    """Return the state as stored: defaults and surroundings left out, a long one compressed."""
    body = _CASE.dump_json(case, exclude={"around"}, exclude_defaults=True)
    return body if len(body) <= _PLAIN_UP_TO else zlib.compress(body, 1)


def load_case(body: bytes) -> Case:
    """Return the case of a stored state."""
    return _CASE.validate_json(body if body.startswith(b"{") else zlib.decompress(body))
