"""What the operations work on: an open engine, or one opened for a single command."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.intake.keys import SourceKeys
from engine.settings import Settings
from engine.web.services import Services
from rules.candidates import World
from schemas.roster import Roster


class ImportRegistry(Protocol):
    """Checks texts as a registry and puts it into force."""

    def __call__(
        self, files: Mapping[str, str], *, by: str, drop: bool = False
    ) -> Awaitable[Mapping[str, Any]]:
        """Return how many of what. Raises NotCarriedOutError with every mistake.

        `drop`: they may drop more than a tenth of what earlier files had.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One per open store."""

    settings: Settings
    services: Services
    sources: SourceKeys
    world: Callable[[], tuple[World | None, Roster]]
    """Rulebook, registry and roster as they are now."""
    import_registry: ImportRegistry
    follow: Callable[[], Awaitable[bool]]
    """Put what is in force in the store into force here, now and not within a second."""
