"""Declared conflicts on their way into the registry, so that they exclude in other cases as well.

In its own case a conflict holds at once, by the case's own state. This loop takes it further: when
it is rung, when an engine starts, and now and then, lest one was lost between the two.
"""

from functools import partial

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.bell import Bell
from engine.clock import Clock
from engine.ports import Reader, Writer
from engine.registry.history.declaring import declare, declared, other_side
from engine.registry.history.taking import OvertakenError
from engine.registry.loading import follow
from engine.registry.world import WorldHolder
from engine.store import alerts, events
from schemas.event import ThreatEvent
from schemas.link import Link

_log = structlog.get_logger(__name__)

LOOK_EVERY = 600.0


class Conflicts:
    """Stores a link for every declared conflict, until cancelled. `declared`: rung at each one."""

    def __init__(
        self, *, world: WorldHolder, reader: Reader, writer: Writer, clock: Clock, declared: Bell
    ) -> None:
        self._world = world
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._declared = declared

    async def run(self) -> None:
        """Look at the start, when rung, and every ten minutes."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, OvertakenError) as error:
                _log.warning("conflicts_wait", error=type(error).__name__)
            await self._declared.wait(self._clock, LOOK_EVERY)

    async def look(self) -> int:
        """Look once; return how many links came into force.

        Raises OvertakenError; and ValidationError where a report cannot be read, once the conflicts
        of all others are stored.
        """
        registry = self._world.registry()
        links, unreadable = await self._reader.run(_links)
        new = 0
        fresh = [link for link in links if registry.link(link.id) is None]
        if fresh:
            new = await self._writer.run(partial(declare, links=fresh, at=self._clock.now()))
            await follow(self._world, self._reader)
            _log.info("conflicts_declared", links=new)
        if unreadable is not None:
            raise unreadable
        return new


def _links(conn: Connection) -> tuple[list[Link], ValidationError | None]:
    """Of every declared conflict, and the last error of a report that says no more whose it is."""
    declaring = alerts.conflicts(conn)
    bodies = events.of_cases(conn, {case for case, _ in declaring})
    found: dict[str, Link] = {}
    unreadable = None
    for case, party in declaring:
        told = []
        for _, body in bodies.get(case, ()):
            try:
                told.append(ThreatEvent.model_validate_json(body))
            except ValidationError as error:
                unreadable = error
        found |= {link.id: link for link in declared(party, other_side(told))}
    return [found[id] for id in sorted(found)], unreadable
