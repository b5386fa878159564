"""What opens a gate besides a person's release, and what closes it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.codes import ActionKind, Certainty, Mode, Reliability, TrackName


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseExpired:
    """A release ran out: nothing more is told on this track until people release it again."""

    kind: Literal["release_expired"] = "release_expired"
    v: Literal[1] = 1
    track: TrackName
    at: datetime
    pending: bool = False
    """Only the agreement of a first person ran out; a release in force stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointProposed:
    """A person proposed that a track's parties act together: two others release it now."""

    kind: Literal["joint_proposed"] = "joint_proposed"
    v: Literal[1] = 1
    track: TrackName
    by: str
    at: datetime
    action: ActionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolApplied:
    """A protocol agreed beforehand by two people released a track by machine."""

    kind: Literal["protocol_applied"] = "protocol_applied"
    v: Literal[1] = 1
    protocol: str
    track: TrackName
    at: datetime
    agreed_by: tuple[str, ...]
    until: datetime
    again: bool = False
    """The track was open already; those found since are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertaintyJudged:
    """A person said how sure we are; from now on no report moves it."""

    kind: Literal["certainty_judged"] = "certainty_judged"
    v: Literal[1] = 1
    certainty: Certainty
    by: str
    at: datetime
    reason: str
    """Code."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHeard:
    """A person heard of it from somebody else as well; only a reliable one counts."""

    kind: Literal["source_heard"] = "source_heard"
    v: Literal[1] = 1
    source: str
    """Opaque id of who said so: of a publisher or of a party. The same one counts once."""
    reliability: Reliability
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeLowered:
    """From now on recipients act more quietly; anybody may decide that, at once."""

    kind: Literal["mode_lowered"] = "mode_lowered"
    v: Literal[1] = 1
    mode: Mode
    by: str
    at: datetime
    track: TrackName | None = None
    """None: the ceiling of the whole case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NecessityGiven:
    """A person says that protection must be asked without the consent that cannot be had."""

    kind: Literal["necessity_given"] = "necessity_given"
    v: Literal[1] = 1
    by: str
    at: datetime
    why: str
    """Code."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NecessityDecided:
    """Vetted protection may be told the least there is, without consent."""

    kind: Literal["necessity_decided"] = "necessity_decided"
    v: Literal[1] = 1
    by: tuple[str, ...]
    at: datetime
    review_by: datetime | None = None
    """By then a second person agrees, or it is withdrawn. None: two agreed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NecessityReviewed:
    """A second person agreed in time; it holds until somebody withdraws it."""

    kind: Literal["necessity_reviewed"] = "necessity_reviewed"
    v: Literal[1] = 1
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NecessityWithdrawn:
    """Protection is told nothing more without consent; those told are stood down."""

    kind: Literal["necessity_withdrawn"] = "necessity_withdrawn"
    v: Literal[1] = 1
    by: str
    """A person, or `engine` when nobody reviewed it in time."""
    at: datetime
    reason: Literal["not_reviewed", "by_hand"]
