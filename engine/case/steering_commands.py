"""Commands by which a person steers a running case by hand."""

from dataclasses import dataclass

from engine.case.identity import Inbox
from schemas.codes import TrackName
from schemas.facts.steering import WhySteered
from schemas.plan import Candidates, Track


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpStep:
    """A person lets an outward ladder go on to a later rung, or to the next one, now."""

    inbox: Inbox
    case: str
    track: TrackName
    step: int
    """Index of the rung, from 0; one that has not fired."""
    by: str
    why: WhySteered
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipStep:
    """A person leaves the next rung of an outward ladder out."""

    inbox: Inbox
    case: str
    track: TrackName
    step: int
    """Index of the rung that is next, as it was seen: two people never skip two by mistake."""
    by: str
    why: WhySteered
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """A person wakes duty's ladder now, from this rung on, whoever holds the case."""

    inbox: Inbox
    case: str
    by: str
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRelease:
    """A person takes the release of a track back, before it starts or later."""

    inbox: Inbox
    case: str
    track: TrackName
    by: str
    why: WhySteered
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A person gives the case to a colleague of duty, or only some tasks of it."""

    inbox: Inbox
    case: str
    by: str
    to: str
    tasks: tuple[str, ...] = ()
    """None: the case, with every task of its owner, of whoever hands over, and of nobody."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRecipient:
    """A person puts a party of the registry on a track. Its release tells it, as any other."""

    inbox: Inbox
    case: str
    track: TrackName
    party: str
    by: str
    why: WhySteered
    ladder: Track | None = None
    """The track as the rulebook has it, for a case whose plan has none of that name."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """A person applies what rulebook and registry say today, as the difference was shown."""

    inbox: Inbox
    case: str
    by: str
    candidates: Candidates
    """Of all its events together, under the world of today."""
    difference: str
    """Digest of what was shown; another one by now is refused."""
