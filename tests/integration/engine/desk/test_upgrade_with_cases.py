"""A release comes, or goes back, in the middle of a night: open cases go on, exclusions hold (B45).

Cases by the real desk; the older tables by the migrations' own way back, which is how they were.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from engine.case.state import Case, CaseStatus
from engine.clock import ManualClock
from engine.store import schema
from engine.store import tables as t
from engine.store.database import Database, transact
from schemas.responses import Done
from tests.harness.migrating import config
from tests.integration.engine.desk.room import START, Room, a_room, report
from tests.integration.engine.desk.test_two_processes import claim, released, settle
from tests.unit.engine.case import builders as b

OLDEST = "0006"
"""As far back as is walked here; what came before is tried in test_versions_migration."""
INDEXES = frozenset({"watched"})
"""Found out from what else there is: an older release may need more of it."""
Rows = dict[str, Counter[tuple[tuple[str, Any], ...]]]
"""Table -> its rows, by column, each as often as it is there."""


def back_from_here() -> list[str]:
    """Each version before this release's, the newest first."""
    walked = ScriptDirectory.from_config(config()).walk_revisions()
    found = [each.revision for each in walked]
    return found[1 : found.index(OLDEST) + 1]


def columns(conn: Connection) -> dict[str, list[str]]:
    """What the tables are by now."""
    found = MetaData()
    with conn.begin():
        found.reflect(conn)
    return {
        name: sorted(column.name for column in table.columns)
        for name, table in sorted(found.tables.items())
        if name != "alembic_version"
    }


def rows(conn: Connection, of: dict[str, list[str]]) -> Rows:
    """Every row of these tables, as far as these columns go."""
    found: Rows = {}
    with conn.begin():
        for table, names in of.items():
            listed = ", ".join(f'"{name}"' for name in names)
            taken: Iterable[Any] = conn.execute(text(f'SELECT {listed} FROM "{table}"'))  # noqa: S608
            found[table] = Counter(tuple(zip(names, row, strict=True)) for row in taken)
    return found


async def a_night(room: Room) -> list[str]:
    """Three open cases: a party outside told, another excluded, pages out, steps still due."""
    first = await released(room)
    for job in await claim(room, sms=1):
        await settle(room, job, "handed_off")
    more = [await room.one(report(f"more{n}", b.an_event(situation=f"more{n}"))) for n in range(2)]
    return [first, *(done.case for done in more if isinstance(done, Done))]


async def as_it_is(room: Room, case: str) -> tuple[Case, dict[str, bytes]]:
    """All that a case knows, with the closures it names: who is kept out of it."""
    stored = {row.digest: row.body for row in await room.rows(t.closures)}
    assert stored
    return await room.case(case), stored


async def test_b45_open_cases_of_the_release_before_are_escalated_after_the_upgrade(
    store_url: str,
) -> None:
    clock = ManualClock(START)
    async with a_room(store_url, clock=clock) as room:
        cases = await a_night(room)
        before = {case: await as_it_is(room, case) for case in cases}
        told = {case: len(await room.facts(case)) for case in cases}
    database = Database(store_url)
    conn = database.writer()
    transact(conn, lambda c: command.downgrade(config(c), back_from_here()[0]))
    with pytest.raises(schema.SchemaVersionError, match="tocsin init"):
        schema.check_version(conn)
    conn.close()
    schema.upgrade(database)
    database.close()

    async with a_room(store_url, clock=clock) as room:
        assert {case: await as_it_is(room, case) for case in cases} == before
        await clock.advance(seconds=timedelta(hours=2).total_seconds())
        await room.desk.fire_due(limit=100)
        jobs = await claim(room)

        for case in cases:
            assert (await room.case(case)).status is CaseStatus.OPEN
            fresh = (await room.facts(case))[told[case] :]
            assert "step_fired" in {fact.kind for fact in fresh}
        of = {row.key: row.case_id for row in await room.rows(t.notifications)}
        assert {of[job.key] for job in jobs} == set(cases)
        assert await room.sound()


async def test_b45_gone_back_step_by_step_the_older_tables_hold_every_case_and_every_exclusion(
    store_url: str,
) -> None:
    clock = ManualClock(START)
    async with a_room(store_url, clock=clock) as room:
        cases = await a_night(room)
        before = {case: await as_it_is(room, case) for case in cases}
    database = Database(store_url)
    conn = database.writer()
    for version in back_from_here():
        was, had = columns(conn), rows(conn, columns(conn))
        transact(conn, lambda c, to=version: command.downgrade(config(c), to))  # type: ignore[misc]
        now = columns(conn)
        both = {table: [n for n in now[table] if n in was[table]] for table in now if table in was}
        kept = rows(conn, both)

        assert {"cases", "journal", "closures", "consents", "notifications"} <= set(both)
        assert len(kept["cases"]) == len(cases)
        for table, names in both.items():
            wanted = Counter()
            for row, times in had[table].items():
                wanted[tuple(pair for pair in row if pair[0] in names)] += times
            assert not wanted - kept[table], f"{table} lost rows on the way back to {version}"
            assert table in INDEXES or not kept[table] - wanted
    conn.close()
    schema.upgrade(database)
    database.close()

    async with a_room(store_url, clock=clock) as room:  # and there again
        assert {case: await as_it_is(room, case) for case in cases} == before
        assert await room.sound()
