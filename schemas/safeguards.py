"""What the guard must know of a case: consents, exclusions, certainty."""

from dataclasses import dataclass, field

from schemas.codes import Certainty, ContactRule, Label, Mode, TrackName
from schemas.consent import Basis, Consent
from schemas.pattern import Pattern
from schemas.plan import Closure


__all__ = ["Basis", "Consent", "Safeguards"]


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
    stopped: bool = False
    """Stop outgoing is on for the whole engine."""
    exercise: bool = False
