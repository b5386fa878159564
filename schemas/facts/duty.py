"""What duty owes, owns, releases and freezes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.codes import Heard, TrackName
from schemas.preflight import Finding

TaskKind = Literal[
    "triage",
    "first_contact",
    "check_in",
    "release",
    "question",
    "phone_them",
    "phone_at_opening",
    "promise_overdue",
    "promise_condition",
    "nobody_left",
    "told_before_excluded",
    "passed_on_inside",
    "source_inside",
    "warning",
    "still_right",
    "planning_trouble",
    "unreachable",
    "dead_way",
    "stand_down_held",
    "reprisal",
    "remedy",
    "confirm_resolution",
    "likeness",
    "widen_consent",
    "widen_sharing",
    "release_ends",
    "protocol_over",
    "necessity_second",
    "necessity_review",
    "necessity_withdrawn",
    "certainty",
    "too_loud",
    "hold",
    "frozen",
    "date_check",
    "date_confirm",
    "date_passed",
    "date_off",
    "date_missing",
    "dates_full",
    "custody_check",
    "confirm_standing",
    "standing_review",
    "confirm_unlink",
    "review",
    "handed_over",
    "incident",
    "round",
    "by_hand",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A person of duty took the case: owner of everything it owes that had no owner."""

    kind: Literal["owned"] = "owned"
    v: Literal[1] = 1
    by: str
    at: datetime
    hold_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldExtended:
    """Duty stays quiet: everything owed has an owner and a future time."""

    kind: Literal["hold_extended"] = "hold_extended"
    v: Literal[1] = 1
    track: TrackName
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldShortened:
    """Something owed is nobody's any more: duty is quiet no longer than an answer holds."""

    kind: Literal["hold_shortened"] = "hold_shortened"
    v: Literal[1] = 1
    track: TrackName
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackWoken:
    """A ladder starts again from its first rung."""

    kind: Literal["track_woken"] = "track_woken"
    v: Literal[1] = 1
    track: TrackName
    at: datetime
    reason: Literal[
        "new_act",
        "severity_raised",
        "hold_expired",
        "task_overdue",
        "task_critical",
        "no_sign",
        "reopened",
        "suspected_reprisal",
        "incident_repeated",
        "nobody_reached",
        "status_worse",
        "standing_ended",
        "by_hand",
    ]
    step: int = 0
    """The rung it starts from; those after it keep their distance from it."""
    by: str = ""
    """Who woke it; empty: the engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorCalled:
    """No way to somebody on shift works: duty's last resort is told in their stead."""

    kind: Literal["floor_called"] = "floor_called"
    v: Literal[1] = 1
    at: datetime
    person: str
    """Whom no way reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRaised:
    """Something is owed that only a person can do; it stands on the board at once."""

    kind: Literal["task_raised"] = "task_raised"
    v: Literal[1] = 1
    task: str
    task_kind: TaskKind
    at: datetime
    due_at: datetime
    owner: str = ""
    critical: bool = False
    alert: str = ""
    detail: str = ""
    by: str = ""
    """The person who wrote it; empty: the engine raised it."""
    note: str = ""
    """Vault id of what is to be done, in that person's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTaken:
    """A person took a task."""

    kind: Literal["task_taken"] = "task_taken"
    v: Literal[1] = 1
    task: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReminded:
    """A task fell due and its owner was told; the next time it escalates."""

    kind: Literal["task_reminded"] = "task_reminded"
    v: Literal[1] = 1
    task: str
    next_at: datetime
    escalated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone:
    """A person did what was owed, or what was owed is no longer needed."""

    kind: Literal["task_done"] = "task_done"
    v: Literal[1] = 1
    task: str
    by: str
    at: datetime
    result: str = "done"
    note: str = ""
    heard: Heard | None = None
    """Of a check-in: whom it heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseGiven:
    """A person allowed a track to tell its parties; a second one may still be needed."""

    kind: Literal["release_given"] = "release_given"
    v: Literal[1] = 1
    track: TrackName
    by: str
    at: datetime
    record: str = ""
    """Id of the release record; its codes follow (rows P10, P30)."""
    why: str = ""
    how: str = ""
    reprisal_forecast: str = ""
    wishes_read: bool = False
    local_partner: str = ""
    expires_at: datetime | None = None
    controllers: tuple[str, ...] = ()
    note: str = ""
    whether: str = ""
    risk_of_waiting: str = ""
    preflight: tuple[Finding, ...] = ()
    agrees_with: str = ""
    """Record of the first person whose content counts here as well."""
    starts_at: datetime | None = None
    """Nobody is told before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackReleased:
    """Everybody who had to allow it did; the track's clock runs from here."""

    kind: Literal["track_released"] = "track_released"
    v: Literal[1] = 1
    track: TrackName
    at: datetime
    by: tuple[str, ...]
    until: datetime | None = None
    """From then on the gate is closed again."""
    starts_at: datetime | None = None
    """From when it may be told and its clock runs; None: at once."""
    frees: tuple[str, ...] = ()
    """Alerts that waited for it: where it starts later, its first rung tells them then."""


FreezeReason = Literal["by_hand", "suspected_reprisal", "passed_on_inside", "warned", "did_harm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFrozen:
    """Nothing further is told on these tracks until people lift it."""

    kind: Literal["track_frozen"] = "track_frozen"
    v: Literal[1] = 1
    tracks: tuple[TrackName, ...]
    at: datetime
    by: str
    """A person, or `engine` for an automatic freeze."""
    reason: FreezeReason
    until: datetime | None = None
    needs_two: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftGiven:
    """A person agreed to lift a freeze that needs two."""

    kind: Literal["lift_given"] = "lift_given"
    v: Literal[1] = 1
    track: TrackName
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackLifted:
    """A track may go on."""

    kind: Literal["track_lifted"] = "track_lifted"
    v: Literal[1] = 1
    track: TrackName
    at: datetime
    by: tuple[str, ...]
