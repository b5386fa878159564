"""Following what other processes put into force: a registry taken there counts here as well.

One look a second, at three short rows. What changed is read on a reader's thread and laid over the
registry in force, and the world is swapped as a whole.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.bell import Bell
from engine.clock import Clock
from engine.ports import Reader
from engine.registry.loading import follow, in_force
from engine.registry.world import WorldHolder
from rules.graph import DuplicateIdError
from rules.rulebook import RulebookError

_log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0


class Reload:
    """Keeps a world the newest, until cancelled. `stale` is rung by whoever saw an older one."""

    def __init__(
        self,
        world: WorldHolder,
        *,
        reader: Reader,
        clock: Clock,
        stale: Bell,
    ) -> None:
        self._world = world
        self._reader = reader
        self._clock = clock
        self._stale = stale
        self._unusable: tuple[str, ...] = ()

    async def run(self) -> None:
        """Look every second, and when rung. A store that does not answer is waited for."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError as error:
                _log.warning("world_not_looked_at", error=type(error).__name__)
            await self._stale.wait(self._clock, LOOK_EVERY)

    async def look(self) -> bool:
        """Look once; return whether another world is in force now.

        One that cannot be read here, written by a newer release, leaves the old one in force.
        """
        named = await self._reader.run(in_force)
        if named in (self._world.current.versions, self._unusable):
            return False
        try:
            if not await follow(self._world, self._reader):
                return False
        except (RulebookError, DuplicateIdError) as error:
            self._unusable = named
            _log.error("world_unusable", error=type(error).__name__)
            return False
        version = self._world.current.registry.version
        _log.info("world_reloaded", registry=version[:12])
        return True
