"""What the guard must know of a case, and consent as it is recorded."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schemas.codes import Audience, Certainty, FieldName, Mode, TrackName
from schemas.plan import Closure


class Basis(StrEnum):
    """Who gave consent, or why none was needed."""

    PERSON = "person"
    REPRESENTATIVE = "representative"
    GUARDIAN = "guardian"
    COMMUNITY = "community"
    NO_IDENTIFIABLE_PERSON = "no_identifiable_person"
    NECESSITY = "necessity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What one subject allows, as of its commit. A later record of the same subject replaces it."""

    id: str
    pseudonym: str
    """`source/pseudonym`: the subject, as its publisher calls it."""
    audiences: tuple[Audience, ...]
    mode: Mode
    basis: Basis
    given_at: datetime
    fields: tuple[FieldName, ...] = ()
    """Empty: what the audience's field class allows."""
    until: datetime | None = None
    revoked: bool = False


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
