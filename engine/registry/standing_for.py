"""Standing for the registry as a whole: since when nobody has, and a person who does it now.

Who must not know is read off the registry. When nobody has imported or looked at it for as long as
the rulebook trusts it, nobody further outside is told until somebody has (rule N13).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.clock import Clock
from engine.ports import Reader, Writer
from engine.registry.loading import REGISTRY_LOOKED_AT, REGISTRY_VERSION, follow
from engine.registry.world import World, WorldHolder
from engine.store import meta
from engine.store.journal import note
from schemas.facts.system import RegistryLookedAt

WARNED_BEFORE = timedelta(days=14)
"""Said so long before nobody is told any more; for the last sixth of a time that is short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far the registry in force is trusted."""

    looked_at: datetime | None
    """None: nobody ever stood for it, as in a trial; then it is trusted."""
    until: datetime | None
    old: bool
    soon: bool = False
    """Not old yet; in days it will be, unless somebody looks."""


def trust_in(world: World, *, now: datetime) -> Trust:
    """How far a world's registry is trusted: by its rulebook, since somebody last stood for it."""
    rules, at = world.rules, world.looked_at
    if rules is None or at is None:
        return Trust(looked_at=at, until=None, old=False)
    good_for = timedelta(seconds=rules.rulebook.shape.registry_good_for)
    until, old = at + good_for, rules.old(now)
    soon = not old and until - now <= min(WARNED_BEFORE, good_for / 6)
    return Trust(looked_at=at, until=until, old=old, soon=soon)


class StandingFor:
    """The registry in force here, and the people who stand for it."""

    def __init__(self, *, world: WorldHolder, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._world = world
        self._reader = reader
        self._writer = writer
        self._clock = clock

    def trust(self) -> Trust:
        """Since when, and until when."""
        return trust_in(self._world.current, now=self._clock.now())

    async def look(self, *, by: str) -> None:
        """This person looked, and it is still right: what waited for that goes on."""
        now = self._clock.now()
        await self._writer.run(lambda conn: looked(conn, by=by, now=now))
        await follow(self._world, self._reader)


def looked(conn: Connection, *, by: str, now: datetime) -> str:
    """Write down that this person stands for it from now on; return its version."""
    version = meta.read(conn, REGISTRY_VERSION)
    meta.write(conn, REGISTRY_LOOKED_AT, now.isoformat())
    note(conn, RegistryLookedAt(version=version, by=by), now)
    return version
