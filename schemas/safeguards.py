"""What the guard must know of a case: consents, exclusions, certainty."""

from dataclasses import dataclass, field

from schemas.codes import Certainty, Mode, TrackName
from schemas.consent import Basis, Consent
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
    frozen: tuple[TrackName, ...] = ()
    stopped: bool = False
    """Stop outgoing is on for the whole engine."""
    exercise: bool = False
