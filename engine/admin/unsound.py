"""What is unsound in the registry, and in the open cases that rest on it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine.admin.house import House
from engine.admin.linkage import who
from engine.admin.operation import Asked, Nothing
from engine.registry.doctor import Finding, Told, examine, in_cases, tenants
from engine.store import alerts, closures
from rules.graph import Registry


async def doctor(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """What is unsound in the registry, to be mended before a night comes.

    Of open cases it names the reference and whom the finding is about, and nothing else of them:
    whoever may ask this may list and read every case (`case.list` needs the same permission).
    """
    registry = house.services.world.registry()
    cases = await house.services.reader.run(lambda conn: _in_cases(conn, registry))
    now = house.services.clock.now()
    # Seconds of computing with 100,000 parties: in a thread, for pages go out meanwhile.
    found = await asyncio.to_thread(lambda: tuple(examine(registry, now=now)))
    return {
        "findings": [_finding(registry, each) for each in (*cases, *found)],
        "registry": registry.version,
    }


def _in_cases(conn: Connection, registry: Registry) -> tuple[Finding, ...]:
    elsewhere = tenants(registry)
    told = [
        Told(case=case, closure=digest, party=party)
        for case, digest, party in alerts.told_now(conn)
        if party in elsewhere  # a closure may hold thousands: read those that matter
    ]
    return in_cases(registry, told, closures.read(conn, {each.closure for each in told}))


def _finding(registry: Registry, found: Finding) -> dict[str, Any]:
    return {
        "what": found.what.value,
        "parties": [who(registry, id) for id in found.parties],
        "record": found.record,
        "since": found.since,
        "case": found.case,
    }
