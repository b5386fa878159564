"""What the guard must know of a case: consents, holds, exclusions, certainty."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schemas.codes import Certainty, ContactRule, Label, Mode, TrackName
from schemas.consent import Basis, Consent
from schemas.party import PartyKind
from schemas.pattern import Pattern
from schemas.plan import Closure

__all__ = ["Basis", "Concerned", "Consent", "Hold", "HoldReason", "Safeguards"]


class HoldReason(StrEnum):
    """Why somebody asked to wait. A code: words go into the vault."""

    TALKS = "talks"
    """Talks are under way that a letter would end."""
    HEARING = "hearing"
    """A hearing or decision is near."""
    RISK = "risk"
    """It would put somebody at risk now."""
    WISH = "wish"
    """The person, or who may speak for them, asked for it."""
    OTHERS_ACT = "others_act"
    """Others act already, and have asked us to wait."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A person asked to wait: nobody of this scope is approached until then (design section 6.4).

    A party is held when it fits every part that is given; a part that is empty fits everybody.
    "Nobody approaches ministry X" names a party; "no mission of QM" a kind and a state.
    """

    id: str
    until: datetime
    by: str
    reason: HoldReason = HoldReason.OTHER
    tracks: tuple[TrackName, ...] = ()
    parties: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    """ISO codes: whoever has its seat there or speaks for that state."""
    kinds: tuple[PartyKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Who is concerned by a linked case, and what they allow: judged by itself, as its own is."""

    case: str
    subjects: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguards:
    """The state of protection of one case, joined over all its events."""

    certainty: Certainty = Certainty.UNKNOWN
    independent_sources: int = 1
    mode_ceiling: Mode = Mode.QUIET
    subjects: tuple[str, ...] = ()
    """Pseudonyms whose consent is needed, every one of them."""
    consents: tuple[Consent, ...] = ()
    """The newest record of each subject."""
    inside: tuple[str, ...] = ()
    """Publishers run by somebody who must not know: what they say of consent opens nothing more
    than protection."""
    linked: tuple[Concerned, ...] = ()
    """Those of the cases it is linked with: everybody's yes is needed, and the strictest counts."""
    closure: Closure = field(default_factory=Closure)
    cleared: tuple[str, ...] = ()
    """Parties of the tagged set, or ended non-control links, that two people cleared."""
    released_controllers: tuple[str, ...] = ()
    """Headquarters of controllers that two people released by name."""
    conflicts: tuple[str, ...] = ()
    """Parties that declared a conflict in this case."""
    declined: tuple[str, ...] = ()
    refused_kinds: tuple[TrackName, ...] = ()
    """Tracks the person's wishes rule out."""
    label: Label | None = None
    """How far its publishers let it be passed on: the strictest of its events (N19)."""
    may_contact: ContactRule = ContactRule.NOBODY
    pattern: Pattern | None = None
    personal: bool = False
    """It is about somebody, whatever pattern was reported beside."""
    frozen: tuple[TrackName, ...] = ()
    holds: tuple[Hold, ...] = ()
    """What people asked to wait for; one whose time is over holds nobody."""
    stopped: bool = False
    """Stop outgoing is on for the whole engine."""
    exercise: bool = False
