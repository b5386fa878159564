"""What the operations work on: an open engine, or one opened for a single command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from engine.intake.keys import SourceKeys
from engine.settings import Settings
from engine.web.services import Services
from rules.candidates import World


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One per open store."""

    settings: Settings
    services: Services
    sources: SourceKeys
    world: Callable[[], World]
    """The rulebook and the registry as they are now."""
    reload: Callable[[], Awaitable[World]]
    """Read registry, roster and rulebook again after an import."""
