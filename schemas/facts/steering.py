"""What people changed of a running plan by hand: jumps, skips, hand-overs, additions, re-plans."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.codes import TrackName
from schemas.plan import Track

WhySteered = Literal[
    "faster", "already_done", "not_useful", "would_harm", "wish", "new_facts", "other"
]
"""Why a person moved a ladder, took a release back or added somebody; words go into the vault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackJumped:
    """A person let an outward ladder go on to this rung now; those between are passed over.

    Rungs after it keep their times: nothing that is due later moves.
    """

    kind: Literal["track_jumped"] = "track_jumped"
    v: Literal[1] = 1
    track: TrackName
    step: int
    by: str
    at: datetime
    why: WhySteered
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLeftOut:
    """A person skipped a rung that had not fired yet; it never fires."""

    kind: Literal["step_left_out"] = "step_left_out"
    v: Literal[1] = 1
    track: TrackName
    step: int
    by: str
    at: datetime
    why: WhySteered
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCaughtUp:
    """A rung for graver cases was passed over, and the case is that grave now: it fires at once."""

    kind: Literal["step_caught_up"] = "step_caught_up"
    v: Literal[1] = 1
    track: TrackName
    step: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWithdrawn:
    """A person took a release back: the gate is closed, and what has not left is cancelled."""

    kind: Literal["release_withdrawn"] = "release_withdrawn"
    v: Literal[1] = 1
    track: TrackName
    by: str
    at: datetime
    why: WhySteered
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHandedOver:
    """A person gave the case, or tasks of it, to a colleague."""

    kind: Literal["case_handed_over"] = "case_handed_over"
    v: Literal[1] = 1
    by: str
    to: str
    at: datetime
    tasks: tuple[str, ...]
    """Those that are the colleague's from now on."""
    whole: bool = True
    """The case goes with them: what it owes from now on is the colleague's too."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientAdded:
    """A person put a party on a track that no rule had put there. Nobody is told by this."""

    kind: Literal["recipient_added"] = "recipient_added"
    v: Literal[1] = 1
    alert: str
    track: TrackName
    party: str
    by: str
    at: datetime
    why: WhySteered
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """A person applied the rulebook and registry of today; what had fired stays as it was."""

    kind: Literal["replanned"] = "replanned"
    v: Literal[1] = 1
    by: str
    at: datetime
    world: str
    difference: str
    """Digest of the difference as it was shown."""
    tracks: tuple[Track, ...] = ()
    """Ladders that changed, as they are from now on: rungs that fired, then the new ones."""
    left_out: tuple[str, ...] = ()
    """Alerts never told that nothing finds any more."""
