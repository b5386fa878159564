"""What every measurement is made of: houses, reports, and thousands of cases due at one moment."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.bootstrap.parts import Parts
from engine.clock import ManualClock
from engine.intake.scope import EVERY_AUDIENCE, Scope, only
from engine.registry.world import World
from schemas.codes import EventType, Severity
from schemas.responses import Way
from schemas.roster import Roster
from tests.harness.house import House
from tests.harness.people import duty
from tests.harness.reports import HOTLINE, Report, report
from tests.harness.towns import loto

TOGETHER = 100
"""Reports given to the desk at once while cases are being prepared."""

SECOND_RUNG = timedelta(minutes=15)
"""After a critical case opens, somebody else is told (design section 5)."""


def a_house(
    directory: Path,
    *,
    way: str,
    channel: dict[str, object],
    address: str | None = None,
    roles: tuple[str, ...] | None = None,
    **more: Any,
) -> House:
    """A house whose duty is reached one way; `more` as `House` takes it."""
    return House(
        directory,
        place=loto(),
        roster=duty(handlers=("Ana",), seconds=("Ben",), floor="Flo", ways=(way,)),
        channels={way: channel, "email": channel},
        addresses={way: address} if address else None,
        roles=roles,
        **more,
    )


def one_report(name: str, n: int, *, code: str = "abduction", by: str = "loto-garments") -> Report:
    """A report of its own situation, and so of its own case."""
    return report(
        code,
        id=f"{name}-{n}",
        situation=f"{name}-{n}",
        country="QR",
        subject=f"subject-{name}-{n}",
        parties={by: "alleged_perpetrator"},
        consents=["missions"],
    )


async def cases_due_at(house: House, due: datetime, *, count: int) -> None:
    """Open so many critical cases whose next rung falls due at that moment, and told nobody yet.

    Nobody is on duty while they open, so the rung that falls due is the first to tell anybody.
    """
    clock = ManualClock(due - SECOND_RUNG)
    parts = house.open(clock=clock)
    there = parts.world.current
    nobody = World(
        rulebook=there.rulebook, registry=there.registry, roster=Roster(version="nobody")
    )
    parts.world.swap(nobody)
    desk = asyncio.create_task(parts.desk.run())
    try:
        for start in range(0, count, TOGETHER):
            numbers = range(start, min(start + TOGETHER, count))
            await asyncio.gather(*(take(parts, one_report("due", n)) for n in numbers))
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)
        parts.close()


async def take(parts: Parts, sent: Report) -> None:
    """Hand a report in at the door; durable when this returns."""
    scope = Scope(
        source=HOTLINE,
        types=frozenset(EventType),
        ceiling=Severity.CRITICAL,
        audiences=EVERY_AUDIENCE,
    )
    await parts.door.take(sent.bytes(), scopes=only(scope), way=Way.API)
