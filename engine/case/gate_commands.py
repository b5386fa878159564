"""Commands about gates: what a release carries, certainty, modes, necessity, joint action."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.case.identity import Inbox
from schemas.codes import ActionKind, Certainty, Mode, Reliability, TrackName
from schemas.preflight import Finding, Risk, Whether


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord:
    """Whether, why and how to tell a track's parties (rows P10, P30). Codes and vault ids only.

    Three fields suffice for missions. Companies, several investors together and joint action need
    all of them; a second person may agree with the first one's record instead.
    """

    id: str
    why: str
    """Code: `protect_now`, `requested_by_subject`, `leverage`, `observe_date`, `other`."""
    reprisal_forecast: Risk
    """What acting may bring on the person."""
    wishes_read: bool
    how: str = "quiet_request"
    local_partner: str = ""
    """Id of the partner who agreed; needed for companies."""
    expires_at: datetime | None = None
    """From then on the gate is closed again. Needed for companies."""
    note: str = ""
    """Vault id of what was written in words."""
    whether: Whether | Literal[""] = ""
    """Why it is theirs to act at all."""
    risk_of_waiting: Risk | Literal[""] = ""
    """What not acting may bring on the person."""
    preflight: tuple[Finding, ...] = ()
    agrees_with: str = ""
    """Id of the first person's record, as it was read: its whole content counts here as well."""
    starts_at: datetime | None = None
    """Nobody is told before; None: at once. Of two people's the later one counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A person allows a track to tell its parties."""

    inbox: Inbox
    case: str
    track: TrackName
    by: str
    record: ReleaseRecord
    controllers: tuple[str, ...] = ()
    """Parties under `controller_needs_two` that this release names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeJoint:
    """A person proposes that a track's parties act together; two others have to release it."""

    inbox: Inbox
    case: str
    track: TrackName
    action: ActionKind
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCertainty:
    """A person says how sure we are that it happened."""

    inbox: Inbox
    case: str
    certainty: Certainty
    by: str
    reason: str
    """Code: `spoke_to_source`, `documents`, `second_source`, `doubts`, `contradicted`, `other`."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearSource:
    """A person heard of it from a source besides the publisher."""

    inbox: Inbox
    case: str
    source: str
    """Opaque id of the source; a party's id where it is one."""
    reliability: Reliability
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseMode:
    """A person raises how openly recipients may act. Never to public in this release."""

    inbox: Inbox
    case: str
    mode: Mode
    by: str
    track: TrackName | None = None
    """None: the ceiling of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerMode:
    """A person makes recipients act more quietly from now on."""

    inbox: Inbox
    case: str
    mode: Mode
    by: str
    track: TrackName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideNecessity:
    """A person decides, or reviews, that protection is asked without consent."""

    inbox: Inbox
    case: str
    by: str
    why: str
    """Code: `unreachable`, `life_at_stake`, `no_time`, `other`."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawNecessity:
    """A person takes it back, at once."""

    inbox: Inbox
    case: str
    by: str
