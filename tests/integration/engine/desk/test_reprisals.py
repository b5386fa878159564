"""Reprisal watch over the store: an act freezes every case about the same, in one commit."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.state import Case
from engine.store import tables as t
from engine.store import watched
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.responses import Done
from tests.harness.postgres import PostgresServer
from tests.integration.engine.desk.room import MISSIONS, Room, a_room, report
from tests.integration.engine.desk.test_two_processes import claim, settle
from tests.integration.engine.desk.two import COMMIT, Two, two_desks
from tests.unit.engine.case import builders as b

THE_SITE = [{"party": "pit", "role": "site"}]
GIVEN = [{"basis": "person", "audiences": ["missions", "nhris"], "mode": "quiet"}]


def about(situation: str, *, who: str, parties: Any = THE_SITE, **more: Any) -> Any:
    """An arrest at the pit of somebody else each time."""
    return b.an_event(
        more.pop("code", "arrest"),
        situation=situation,
        subjects=[{"kind": "person", "pseudonym": who}],
        parties=parties,
        consent=GIVEN,
        **more,
    )


async def opened(room: Room, id: str, event: Any, **more: Any) -> str:
    done = await room.one(report(id, event, **(MISSIONS | more)))
    assert isinstance(done, Done)
    return done.case


async def told(room: Room, id: str, event: Any) -> str:
    """A case whose embassy has been told; every message left."""
    case = await opened(room, id, event)
    record = c.ReleaseRecord(id="r1", why="protect_now", reprisal_forecast="low", wishes_read=True)
    await room.one(
        c.Release(inbox=room.inbox(), case=case, track=TrackName.MISSIONS, by="ana", record=record)
    )
    for job in await claim(room):
        await settle(room, job, "handed_off")
    return case


def frozen(case: Case) -> bool:
    return any(s.frozen for s in case.tracks if s.track.name is TrackName.MISSIONS)


async def lift(room: Room, case: str, by: str) -> None:
    command = c.Lift(inbox=room.inbox(), case=case, track=TrackName.MISSIONS, by=by)
    assert isinstance(await room.one(command), Done)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of one's own."""
    return tmp_path / "desk.sqlite"


async def test_an_act_at_the_same_site_freezes_the_case_that_told_somebody(store_url: str) -> None:
    async with a_room(store_url) as room:
        before = await told(room, "e1", about("s1", who="one"))
        waits = await opened(room, "e2", about("s2", who="two", code="reprisal_risk"))
        apart = await opened(room, "e3", about("s3", who="three", parties=[]))
        await room.clock.advance(days=3)

        new = await opened(room, "e4", about("s4", who="four"))

        assert {id: frozen(await room.case(id)) for id in (before, waits, new, apart)} == {
            before: True,
            waits: True,
            new: True,
            apart: False,
        }
        assert (await room.case(new)).severity is Severity.CRITICAL
        (suspected,) = [x for x in await room.facts(new) if isinstance(x, f.ReprisalSuspected)]
        assert suspected.after == before
        owed = await room.rows(t.tasks, t.tasks.c.kind == "reprisal")
        assert {row.case_id for row in owed if row.critical} == {before, waits, new}
        assert await room.sound()


@pytest.mark.parametrize(
    ("ago", "suspected"),
    [(timedelta(days=30) - timedelta(minutes=1), True), (timedelta(days=30), False)],
)
async def test_a_notice_of_another_case_counts_for_thirty_days_to_the_minute(
    path: Path, ago: timedelta, suspected: bool
) -> None:
    async with a_room(path) as room:
        before = await told(room, "e1", about("s1", who="one"))
        await room.clock.advance(seconds=ago.total_seconds())
        new = await opened(room, "e2", about("s2", who="two"))
        assert frozen(await room.case(new)) is suspected
        assert frozen(await room.case(before)) is suspected


async def test_what_freezes_lets_nothing_out_until_two_people_lift_it_there(path: Path) -> None:
    async with a_room(path) as room:
        before = await told(room, "e1", about("s1", who="one"))
        new = await opened(room, "e2", about("s2", who="two"))
        record = c.ReleaseRecord(
            id="r2", why="protect_now", reprisal_forecast="low", wishes_read=True
        )
        await room.one(
            c.Release(
                inbox=room.inbox(), case=new, track=TrackName.MISSIONS, by="ana", record=record
            )
        )
        assert {job.track for job in await claim(room)} <= {TrackName.DUTY}
        await lift(room, new, "ana")
        assert {job.track for job in await claim(room)} <= {TrackName.DUTY}
        await lift(room, new, "ben")
        await room.desk.fire_due(limit=10)
        assert {job.party for job in await claim(room) if job.track is not TrackName.DUTY} == {
            "embassy"
        }
        assert frozen(await room.case(before)), "each case is lifted for itself"


async def test_it_is_still_known_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite"
    async with a_room(file) as room:
        before = await told(room, "e1", about("s1", who="one"))
        clock = room.clock
    async with a_room(file, clock=clock) as room:
        new = await opened(room, "e2", about("s2", who="two"))
        assert frozen(await room.case(new))
        assert frozen(await room.case(before))
    async with a_room(file, clock=clock) as room:
        assert frozen(await room.case(before))


async def test_a_case_that_cannot_be_read_does_not_save_the_others_from_freezing(
    path: Path,
) -> None:
    async with a_room(path) as room:
        before = await told(room, "e1", about("s1", who="one"))
        broken = await opened(room, "e2", about("s2", who="two", code="reprisal_risk"))
        await room.writer.run(
            lambda conn: conn.execute(
                t.cases.update().where(t.cases.c.id == broken).values(state=b"{damaged")
            )
        )
        new = await opened(room, "e3", about("s3", who="three"))
        assert frozen(await room.case(new))
        assert frozen(await room.case(before))


# --- two processes


@pytest.fixture
async def two(postgres: PostgresServer) -> AsyncIterator[Two]:
    async with two_desks(postgres) as two:
        yield two


async def test_an_act_waits_for_whoever_decides_on_the_case_it_freezes(two: Two) -> None:
    before = await told(two.a, "e1", about("s1", who="one"))
    freeze = c.Freeze(
        inbox=two.a.inbox(), case=before, tracks=(TrackName.MISSIONS,), by="ana",
        until=two.a.clock.now() + timedelta(hours=1),
    )  # fmt: skip

    await two.while_a(
        two.a.one(freeze), COMMIT, opened(two.b, "e2", about("s2", who="two")), waits=True
    )

    (state,) = [s for s in (await two.a.case(before)).tracks if s.track.name is TrackName.MISSIONS]
    assert state.frozen and state.frozen_until is None, "the reprisal came after, and has no end"


async def test_acts_in_two_processes_that_touch_each_other_both_freeze_everything(two: Two) -> None:
    first = await told(two.a, "e1", about("s1", who="one"))
    second = await opened(two.a, "e2", about("s2", who="two", code="reprisal_risk"))

    again_one = report("e3", about("s1", who="one"), **MISSIONS)
    again_two = report("e4", about("s2", who="two"), **MISSIONS)
    await two.while_a(two.a.one(again_one), COMMIT, two.b.one(again_two), waits=True)

    for id in (first, second):
        assert frozen(await two.a.case(id))
        assert any(isinstance(x, f.ReprisalSuspected) for x in await two.a.facts(id))
    assert await two.a.sound()


async def test_what_was_claimed_elsewhere_before_the_act_is_known_to_be_off(two: Two) -> None:
    await told(two.a, "e1", about("s1", who="one"))
    waits = await opened(two.a, "e2", about("s2", who="two", code="reprisal_risk"))
    record = c.ReleaseRecord(id="r2", why="protect_now", reprisal_forecast="low", wishes_read=True)
    await two.a.one(
        c.Release(
            inbox=two.a.inbox(), case=waits, track=TrackName.MISSIONS, by="ana", record=record
        )
    )
    in_hand = [job for job in await claim(two.a) if job.track is not TrackName.DUTY]
    assert await two.a.desk.no_longer_right([job.key for job in in_hand]) == ()

    await opened(two.b, "e3", about("s3", who="three"))

    refused = await two.a.desk.no_longer_right([job.key for job in in_hand])
    assert set(refused) == {job.key for job in in_hand if job.case == waits}


async def test_of_a_company_with_many_cases_only_those_that_told_somebody_lately_are_read(
    path: Path,
) -> None:
    """Each act read all of them: with forty thousand cases of one company a minute for fifty."""
    async with a_room(path) as room:
        await told(room, "e1", about("s1", who="one"))
        await opened(room, "e2", about("s2", who="two", code="reprisal_risk"))
        keys = {row.key for row in await room.rows(t.watched)}
        now = room.clock.now()

        def lately(since: timedelta) -> Any:
            return room.read(lambda conn: watched.told_lately(conn, keys, since=now - since))

        told_now = {n.case for each in (await lately(timedelta(days=1))).values() for n in each}
        everybody = await room.read(lambda conn: watched.sharing(conn, keys))
        assert len(told_now) == 1
        assert len({n.case for each in everybody.values() for n in each}) == 2
        assert await lately(-timedelta(seconds=1)) == {}
