"""Changing who is on duty while the engine runs: one transaction, another roster, by whom.

Whoever is on duty is decided from the roster in force, so that the next tick of every process uses
the change: here at once, elsewhere within a second (`engine.registry.reload`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from engine.clock import Clock
from engine.duty.standing import LATELY, Standing, standing
from engine.ports import Reader, Writer
from engine.registry.loading import follow, in_force
from engine.registry.saving import hold, save_roster
from engine.registry.world import WorldHolder
from engine.store import duty_ways, journal, records
from rules.rota.changes import Entry, Planned, Withdrawal, planned
from schemas.facts.system import DutyChanged
from schemas.roster import Absence, Cover, Roster, Swap

What = Literal["absence", "cover", "swap", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What became of a change."""

    planned: Planned
    done: bool
    """False: it would leave a role empty, and nobody said that this is meant."""


class Duty:
    """The roster in force, and its changes."""

    def __init__(
        self,
        *,
        world: WorldHolder,
        reader: Reader,
        writer: Writer,
        clock: Clock,
        channels: frozenset[str],
    ) -> None:
        """`channels`: those that are switched on."""
        self._channels = channels
        self._world = world
        self._reader = reader
        self._writer = writer
        self._clock = clock

    def roster(self) -> Roster:
        """The roster in force here."""
        return self._world.current.roster

    async def standing(self, at: datetime | None = None) -> Standing:
        """Who is on, who next, who is away and who cannot be reached; now, or at another time."""
        world, now = self._world.current, self._clock.now()

        def look(conn: Connection) -> Standing:
            return standing(
                world.roster,
                world.registry,
                channels=self._channels,
                tried=duty_ways.lately(conn, since=now - LATELY),
                failing=duty_ways.failing(conn, sorted(self._channels)),
                at=at or now,
            )

        return await self._reader.run(look)

    async def change(
        self, change: Entry | Withdrawal, *, by: str, confirmed: bool = False
    ) -> Changed:
        """Enter or take back. One that leaves a role to nobody waits until it is confirmed.

        Raises ChangeRefusedError.
        """
        now = self._clock.now()
        changed = await self._writer.run(_changing(change, now=now, by=by, confirmed=confirmed))
        await follow(self._world, self._reader)
        return changed


def _changing(
    change: Entry | Withdrawal, *, now: datetime, by: str, confirmed: bool
) -> Callable[[Connection], Changed]:
    def changing(conn: Connection) -> Changed:
        hold(conn)  # a change that another process makes at this moment is seen, and kept
        before = records.read_roster(conn, in_force(conn)[1]) or Roster(version="")
        found = planned(before, change, now=now)
        if found.empty and not confirmed:
            return Changed(planned=found, done=False)
        roster = save_roster(conn, found.roster, at=now, by=by)
        fact = DutyChanged(
            change=_kind(change),
            entry=found.entry,
            person=found.person,
            starts=found.starts,
            ends=found.ends,
            roster=roster.version,
            by=by,
            left_empty=bool(found.empty),
        )
        journal.note(conn, fact, now)
        return Changed(planned=found, done=True)

    return changing


def _kind(change: Entry | Withdrawal) -> What:
    match change:
        case Absence():
            return "absence"
        case Cover():
            return "cover"
        case Swap():
            return "swap"
    return "withdrawn"
