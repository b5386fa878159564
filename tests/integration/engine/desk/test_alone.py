"""A batch that cannot be written: whoever it was, the others do not pay for it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from engine.case import commands as c
from engine.case import ids
from engine.desk import CommandFailed, StoreUnavailable
from engine.desk import desk as desk_module
from engine.store import tables as t
from schemas.codes import TrackName
from schemas.responses import Already, Done
from tests.integration.engine.desk.room import Halted, Room, a_room, report
from tests.unit.engine.case import builders as b


@pytest.fixture
def path(store_url: str) -> str:
    return store_url


async def three_cases(room: Room) -> list[str]:
    opened = []
    for n in range(3):
        done = await room.one(report(f"e{n}", b.an_event(situation=f"s{n}")))
        assert isinstance(done, Done)
        opened.append(done.case)
    return opened


async def plant(room: Room, case_id: str) -> None:
    """Take the key of a message that this case will decide next: a bug, and never a repeat."""
    alert = ids.alert_id(case_id, TrackName.DUTY, "ben")
    (known,) = [row for row in await room.rows(t.notifications) if row.case_id == case_id][:1]
    values = dict(known._mapping)
    values.update(key=ids.notice_key(alert, 1, "sms:ben-sms"), state="cancelled", next_at=None)
    await room.writer.run(lambda conn: conn.execute(insert(t.notifications), values).rowcount)


async def test_one_case_that_cannot_be_written_faults_and_the_others_fire(path: str) -> None:
    async with a_room(path) as room:
        sick, *well = await three_cases(room)
        await plant(room, sick)
        await room.clock.advance(hours=2)

        await room.desk.fire_due(limit=10)

        assert "case_faulted" in [fact.kind for fact in await room.facts(sick)]
        for case in well:
            assert [fact.kind for fact in await room.facts(case)].count("step_fired") == 2
        incidents = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert [row.incident for row in incidents] == ["case_faulted"]
        assert await room.sound()


async def test_a_report_that_cannot_be_written_fails_alone(path: str) -> None:
    async with a_room(path) as room:
        broken = report("bad", b.an_event(situation="s-bad"))
        taken = broken.report.event_id
        await room.one(report("e0"))
        (known,) = await room.rows(t.events)
        values = dict(known._mapping) | {"id": taken}
        await room.writer.run(lambda conn: conn.execute(insert(t.events), values).rowcount)

        results = await asyncio.gather(
            room.one(broken),
            room.one(report("e1", b.an_event(situation="s1"))),
            return_exceptions=True,
        )

        assert isinstance(results[0], CommandFailed)
        assert isinstance(results[1], Done)
        assert {row.ref for row in await room.rows(t.cases)} >= {results[1].reference}
        assert ("hotline", "bad") not in {(r.source, r.id) for r in await room.rows(t.inbox)}
        assert await room.sound()


async def test_an_outcome_whose_consequence_cannot_be_written_still_ends_its_message(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_room(path) as room:
        await three_cases(room)
        jobs = (await room.desk.claim_sends(free={"sms": 9}, others=0)).jobs
        real = desk_module.execute

        def cannot(conn: Any, units: Any, setting: Any) -> Any:
            for unit in units:
                for command in unit.commands:
                    outcomes = getattr(command, "outcomes", ())
                    if not getattr(command, "plain", False) and any(
                        outcome.key == jobs[0].key for outcome in outcomes
                    ):
                        raise LookupError("cannot be written")
            return real(conn, units, setting)

        monkeypatch.setattr(desk_module, "execute", cannot)
        await room.desk.settle_sends(
            [
                c.TryOutcome(
                    key=job.key, attempt_no=job.attempt_no, state="handed_off", reason="accepted"
                )
                for job in jobs
            ]
        )

        rows = await room.rows(t.notifications, t.notifications.c.channel == "sms")
        assert {row.state for row in rows} == {"handed_off"}
        told = [f for f in await room.rows(t.journal) if f.kind == "handed_off"]
        assert len(told) == len(jobs) - 1


async def test_a_claim_that_cannot_be_written_comes_again_and_the_others_go(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_room(path) as room:
        sick, *_ = await three_cases(room)
        real = desk_module.execute
        (key,) = [
            row.key
            for row in await room.rows(t.notifications, t.notifications.c.channel == "sms")
            if row.case_id == sick
        ]

        def cannot(conn: Any, units: Any, setting: Any) -> Any:
            came = real(conn, units, setting)
            for outcome in came.outcomes:
                for answer in outcome.answers:
                    if any(job.key == key for job in getattr(answer, "jobs", ())):
                        raise LookupError("cannot be written")
            return came

        monkeypatch.setattr(desk_module, "execute", cannot)
        jobs = (await room.desk.claim_sends(free={"sms": 9}, others=0)).jobs

        assert len(jobs) == 2
        (waiting,) = await room.rows(t.notifications, t.notifications.c.key == key)
        assert (waiting.state, waiting.attempts) == ("queued", 0)
        assert waiting.next_at > room.clock.now()


async def test_a_store_that_refuses_loses_nothing_and_says_so_until_the_process_leaves(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_room(path) as room:
        await room.one(report("e0"))
        real = room.writer.run

        async def full(fn: Any) -> Any:
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))

        monkeypatch.setattr(room.writer, "run", full)
        for _ in range(desk_module.LOST_TRIES - 1):
            with pytest.raises(StoreUnavailable):
                await room.one(report("e1"))
        monkeypatch.setattr(room.writer, "run", real)
        assert isinstance(await room.one(report("e1")), Done)  # there is room again

        monkeypatch.setattr(room.writer, "run", full)
        for _ in range(desk_module.LOST_TRIES):
            with pytest.raises(StoreUnavailable):
                await room.one(report("e2"))
        await asyncio.wait([room.running])
        assert isinstance(room.running.exception(), Halted)


async def test_after_a_lost_connection_the_same_batch_is_carried_out_once(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_room(path) as room:
        await room.desk.fire_due(limit=1)
        real, lost = room.writer.run, []

        async def loses(fn: Any) -> Any:
            result = await real(fn)
            if not lost:
                lost.append(fn)
                error = OperationalError("COMMIT", {}, Exception("connection lost"))
                error.connection_invalidated = True
                raise error
            return result

        monkeypatch.setattr(room.writer, "run", loses)
        pending = asyncio.ensure_future(room.one(report()))
        await room.clock.advance(seconds=1)
        result = await pending

        assert isinstance(result, Already)  # known by its id and content
        assert len(await room.rows(t.events)) == 1
        assert await room.sound()
