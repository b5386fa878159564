"""What surrounds a case while it is decided: read in the same transaction, never stored with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import core_schema

from rules import duty, exclusion
from rules.graph import Registry
from schemas.codes import FieldName, Severity
from schemas.plan import Closure, Track
from schemas.roster import Roster
from schemas.safeguards import Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldNear:
    """Another case told somebody outward about the same subject, complaint, site or company."""

    case: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is read of a case that this one is linked with: the newest consents, and who is out."""

    case: str
    consents: tuple[Consent, ...]
    closure: Closure = field(default_factory=Closure)


@dataclass(frozen=True, kw_only=True)
class Around:
    """Attached by the desk before `decide`; `evolve` carries it along untouched.

    Replay needs none of it: facts name what was decided.
    """

    registry: Registry = field(default_factory=Registry)
    ladder: Callable[[Severity], Track] = field(default=duty.built_in, compare=False)
    """Duty's ladder for a case that becomes so grave: the desk's own, from its rulebook."""
    roster: Roster = field(default_factory=lambda: Roster(version=""))
    consents: tuple[Consent, ...] = ()
    """The newest record of each of the case's subjects."""
    closure: Closure = field(default_factory=Closure)
    """The case's stored closure, joined with one over the current registry at claim time."""
    linked: tuple[Beside, ...] = ()
    """The same of every case that this one is linked with."""
    shown: tuple[tuple[str, FieldName], ...] = ()
    """What the pages of its alerts have shown: (alert, field)."""
    told_near: ToldNear | None = None
    """The newest outward notice of another case about the same as the event that arrives."""
    alike: tuple[str, ...] = ()
    """References of other publishers' cases so like the event that arrives that a person compares.
    """
    stopped: bool = False
    """Stop outgoing is on."""
    ref_key: bytes = b""
    """Deployment key from which references are derived."""
    ref_extra: int = 0
    """Extra characters for new references, set after a collision."""

    @property
    def excluded(self) -> Closure:
        """Who must not know: of this case, or of one that it is linked with."""
        if not self.linked:
            return self.closure
        return exclusion.join(self.closure, *(each.closure for each in self.linked))

    def shown_to(self, alert: str) -> tuple[FieldName, ...]:
        """The fields that the page of this alert has shown, in the order of the vocabulary."""
        fields = {field for of, field in self.shown if of == alert}
        return tuple(field for field in FieldName if field in fields)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Keep the codec of the state from looking inside: surroundings are never stored."""
        return core_schema.any_schema()
