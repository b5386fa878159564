"""What a caller of the desk can rely on, on a real file."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from engine.case import commands as c
from engine.case import ids
from engine.case.decide import run
from engine.case.state import CaseStatus
from engine.desk import Busy, CommandFailed, Fenced, Lane, batch, think
from engine.desk import lanes as lanes_module
from engine.ports import Position
from engine.store import offsets
from engine.store import tables as t
from engine.store.writing import write
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.facts import Lesson
from schemas.responses import Already, Done, Refused, RefusedBecause
from tests.integration.engine.desk.room import MISSIONS, a_room, report
from tests.unit.engine.case import builders as b


@pytest.fixture
def path(store_url: str) -> str:
    return store_url


def kinds(facts: list[f.Fact]) -> list[str]:
    return [fact.kind for fact in facts]


async def test_a_report_opens_a_case_and_duty_is_told_in_the_same_commit(path: str) -> None:
    async with a_room(path) as room:
        done = await room.one(report(**MISSIONS))

        assert isinstance(done, Done)
        case = await room.case(done.case)
        assert (case.status, case.ref) == (CaseStatus.OPEN, done.reference)
        assert {n.contact for n in await room.rows(t.notifications)} == {"ana"}
        assert [e.case_id for e in await room.rows(t.events)] == [done.case]
        assert [v.ciphertext for v in await room.rows(t.vault)] == [b"sealed e1"]
        assert await room.sound()


async def test_the_same_report_three_times_is_one_case_and_the_same_answer(path: str) -> None:
    async with a_room(path) as room:
        first = await room.one(report())
        again = await asyncio.gather(room.one(report()), room.one(report()))

        assert again == [Already(previous=first), Already(previous=first)]  # type: ignore[arg-type]
        assert len(await room.rows(t.events)) == 1
        assert len(await room.rows(t.cases)) == 1


async def test_the_same_report_twice_in_one_batch_is_one_event(path: str) -> None:
    async with a_room(path) as room:
        results = await asyncio.gather(*(room.one(report()) for _ in range(3)))

        assert [type(result) for result in results] == [Done, Already, Already]
        assert len(await room.rows(t.events)) == 1


async def test_the_same_id_with_other_content_is_refused_recorded_and_duty_told(
    path: str,
) -> None:
    async with a_room(path) as room:
        first = await room.one(report())
        other = await room.one(report(body=b'{"code": "other"}'))

        assert isinstance(other, Refused) and other.reason is RefusedBecause.EQUIVOCATION
        assert [(row.digest, row.equivocations) for row in await room.rows(t.inbox)] == [
            (report().inbox.digest, 1)
        ]
        assert await room.one(report()) == Already(previous=first)  # type: ignore[arg-type]
        assert [e.case_id for e in await room.rows(t.events)] == [first.case]  # type: ignore[union-attr]
        incidents = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert [row.incident for row in incidents] == ["equivocation"]
        notes = await room.rows(t.journal, t.journal.c.stream == "system")
        assert "equivocated" in [row.kind for row in notes]


async def test_a_unit_is_all_or_nothing(path: str) -> None:
    async with a_room(path) as room:
        done = await room.one(report())
        unknown = c.TakeTask(inbox=room.inbox(), case=done.case, task="no such", by="ana")  # type: ignore[union-attr]

        results = await room.submit(report("e2", b.an_event(situation="sit-2")), unknown)

        assert [type(result) for result in results] == [Refused, Refused]
        assert len(await room.rows(t.events)) == 1
        assert len(await room.rows(t.cases)) == 1
        assert ("hotline", "e2") not in {(r.source, r.id) for r in await room.rows(t.inbox)}


async def test_a_refused_command_loses_only_its_own_copies(path: str) -> None:
    async with a_room(path) as room:
        done = await room.one(report())
        case = await room.case(done.case)  # type: ignore[union-attr]
        task = case.tasks[0].id
        take = c.TakeTask(inbox=room.inbox(), case=case.id, task=task, by="ben")
        wrong = c.TakeTask(inbox=room.inbox(), case=case.id, task="no such", by="ana")
        also = c.Respond(
            inbox=room.inbox(),
            alert=case.alerts[0].id,
            response=b.Response(kind=b.ResponseKind.ACKNOWLEDGED, way=b.Way.SMS, by="ana"),
        )

        results = await asyncio.gather(room.one(take), room.one(wrong), room.one(also))

        assert [type(result) for result in results] == [Done, Refused, Done]
        after = await room.case(case.id)
        assert (after.owner, after.task(task).owner) == ("ana", "ben")  # type: ignore[union-attr]
        assert await room.sound()


async def test_a_refused_command_may_be_given_again_once_it_is_right(path: str) -> None:
    async with a_room(path) as room:
        done = await room.one(report())
        identity = room.inbox()
        confirm = c.ConfirmResolution(inbox=identity, case=done.case, by="ben")  # type: ignore[union-attr]

        refused = await room.one(confirm)
        await room.one(
            c.ProposeResolution(
                inbox=room.inbox(),
                case=done.case,  # type: ignore[union-attr]
                by="ana",
                outcome="released",
                residual_risk="low",
                remedy="none_sought",
                heard="safe_channel",
            )
        )
        done_now = await room.one(confirm)

        assert isinstance(refused, Refused) and refused.reason is RefusedBecause.NOT_PROPOSED
        assert isinstance(done_now, Done)


async def test_one_that_raises_fails_alone_and_duty_is_told(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sometimes(case: Any, command: Any, now: Any) -> Any:
        if isinstance(command, c.TakeTask):
            raise LookupError("a bug")
        return run(case, command, now)

    monkeypatch.setattr(think, "run", sometimes)
    async with a_room(path) as room:
        done = await room.one(report())
        take = c.TakeTask(inbox=room.inbox(), case=done.case, task="t", by="ana")  # type: ignore[union-attr]

        results = await asyncio.gather(
            room.one(take),
            room.one(report("e2", b.an_event(situation="s2"))),
            return_exceptions=True,
        )

        assert isinstance(results[0], CommandFailed)
        assert isinstance(results[1], Done)
        incidents = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert [row.incident for row in incidents] == ["command_failed"]


async def test_what_decides_well_and_cannot_be_written_is_told_to_duty_too(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never_a_task_taken(conn: Any, changes: Any, **more: Any) -> None:
        if any(isinstance(x, f.TaskTaken) for each in changes.decided for x in each.facts):
            raise ValueError("a value that the store has no room for")
        write(conn, changes, **more)

    monkeypatch.setattr(batch, "write", never_a_task_taken)
    async with a_room(path) as room:
        done = await room.one(report())
        case = await room.case(done.case)  # type: ignore[union-attr]
        task = case.tasks[0].id
        take = c.TakeTask(inbox=room.inbox(), case=case.id, task=task, by="ana")

        (failed,) = await asyncio.gather(room.one(take), return_exceptions=True)

        assert isinstance(failed, CommandFailed)
        incidents = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert [row.incident for row in incidents] == ["command_failed"]


async def test_a_plan_that_raises_still_opens_the_case_with_the_built_in_duty_plan(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_planning(case: Any, command: Any, now: Any) -> Any:
        if isinstance(command, c.EventArrived) and command.candidates.policy:
            raise ZeroDivisionError
        return run(case, command, now)

    monkeypatch.setattr(think, "run", no_planning)
    async with a_room(path) as room:
        done = await room.one(report(severity=Severity.CRITICAL, **MISSIONS))

        case = await room.case(done.case)  # type: ignore[union-attr]
        assert case.severity is Severity.CRITICAL
        assert [s.track.name for s in case.tracks] == [TrackName.DUTY]
        assert {n.contact for n in await room.rows(t.notifications)} == {"ana"}
        assert "planning_trouble" in [task.kind for task in case.tasks]
        assert case.closure_digest  # what must not know is not forgotten with the plan


async def test_two_reports_of_one_situation_are_one_case(path: str) -> None:
    async with a_room(path) as room:
        results = await asyncio.gather(*(room.one(report(f"e{n}")) for n in range(5)))

        assert len({result.case for result in results}) == 1  # type: ignore[union-attr]
        assert len(await room.rows(t.events)) == 5
        assert await room.sound()


async def test_reports_without_a_situation_are_cases_of_their_own(path: str) -> None:
    async with a_room(path) as room:
        for n in range(2):
            await room.one(report(f"e{n}", b.an_event(situation=None)))

        assert len(await room.rows(t.cases)) == 2


async def test_a_drill_never_shares_a_case_with_what_is_real(path: str) -> None:
    async with a_room(path) as room:
        real = await room.one(report("e1"))
        drill = await room.one(report("e2", b.an_event(exercise=True)))

        assert real.case != drill.case  # type: ignore[union-attr]


async def test_a_closed_case_stays_closed_and_the_next_report_opens_the_next_one(
    path: str,
) -> None:
    async with a_room(path) as room:
        first = await room.one(report())
        assert isinstance(first, Done)
        await room.one(
            c.ProposeResolution(
                inbox=room.inbox(),
                case=first.case,
                by="ana",
                outcome="released",
                residual_risk="low",
                remedy="none_sought",
                heard="safe_channel",
            )
        )
        await room.one(c.ConfirmResolution(inbox=room.inbox(), case=first.case, by="ben"))
        review = c.ReviewCase(
            inbox=room.inbox(), case=first.case, by="ana", lesson=Lesson.WENT_WELL
        )
        await room.one(review)
        assert not (await room.case(first.case)).tasks
        await room.clock.advance(days=31)
        while (await room.desk.fire_due(limit=10)).more:
            pass
        assert (await room.case(first.case)).status is CaseStatus.CLOSED

        second = await room.one(report("e2"))

        assert isinstance(second, Done) and second.case == ids.case_id("hotline", "sit-1", 1)
        assert (await room.case(second.case)).generation == 1
        (situation,) = await room.rows(t.situations)
        assert (situation.generation, situation.case_id) == (1, second.case)


async def test_a_reference_that_is_taken_grows_by_a_character(path: str) -> None:
    async with a_room(path) as room:
        wanted = ids.case_ref(b"references" * 4, ids.case_id("hotline", "sit-2", 0))
        await room.one(report())
        await room.writer.run(
            lambda conn: conn.execute(t.cases.update().values(ref=wanted)).rowcount
        )

        real, commits = room.writer.run, 0

        async def counted(fn: Any) -> Any:
            nonlocal commits
            commits += 1
            return await real(fn)

        room.writer.run = counted
        both = await asyncio.gather(
            room.one(report("e2", b.an_event(situation="sit-2"))),
            room.one(report("e3", b.an_event(situation="sit-3"))),
        )

        assert both[0].reference.startswith(wanted) and len(both[0].reference) == len(wanted) + 1  # type: ignore[union-attr]
        assert isinstance(both[1], Done)
        assert commits == 2  # not one for each of those that came with it
        assert await room.sound()


async def test_the_log_position_moves_with_what_came_of_the_record(path: str) -> None:
    async with a_room(path) as room:
        await _acquire(room)
        await room.submit(report(), lane=Lane.CRITICAL, position=_at(7))

        assert await _next(room) == 8
        await room.submit(
            report(body=b"{}"), lane=Lane.CRITICAL, position=_at(8)
        )  # refused for good: it must not come again for ever
        assert await _next(room) == 9
        await room.submit(report("e9"), lane=Lane.CRITICAL, position=_at(3))
        assert await _next(room) == 9  # never back, and yet applied
        assert len(await room.rows(t.events)) == 2


async def test_whoever_lost_the_partition_writes_nothing(path: str) -> None:
    async with a_room(path) as room:
        await _acquire(room)
        await _acquire(room)

        with pytest.raises(Fenced):
            await room.submit(report(), lane=Lane.CRITICAL, position=_at(0, epoch=1))

        assert await room.rows(t.cases) == []
        assert await _next(room) == 0


async def test_a_full_lane_says_so_at_the_door_and_a_stop_always_gets_in(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lanes_module.LIMITS, Lane.NORMAL, 1)
    async with a_room(path) as room:
        waiting = asyncio.ensure_future(room.desk.submit(report("a"), lane=Lane.NORMAL))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await room.desk.submit(report("b"), lane=Lane.NORMAL)
        stop = c.StopOutgoing(inbox=room.inbox(), on=True, by="ana")

        assert isinstance((await room.submit(stop, lane=Lane.STOP))[0], Done)
        await waiting


async def test_what_was_being_written_when_the_process_died_never_happened(path: str) -> None:
    class Dead(BaseException):
        pass

    async with a_room(path) as room:
        await room.one(report())
        real = room.writer.run

        async def dies(fn: Any) -> Any:
            def then_dies(conn: Any) -> Any:
                fn(conn)
                raise Dead

            return await real(then_dies)

        room.writer.run = dies
        lost = asyncio.ensure_future(room.one(report("e2", b.an_event(situation="s2"))))
        await asyncio.wait([room.running])
        assert not lost.done()  # nobody was told that it was taken
        lost.cancel()
    async with a_room(path) as room:
        assert [row.id for row in await room.rows(t.events)] == [ids.event_id("hotline", "e1")]
        assert await room.sound()
        again = await room.one(report("e2", b.an_event(situation="s2")))
        assert isinstance(again, Done)


def _at(offset: int, *, epoch: int = 1) -> Position:
    return Position(topic="threats", partition=0, offset=offset, epoch=epoch)


async def _acquire(room: Any) -> None:
    ranges = {("threats", 0): offsets.Range(begin=0, end=100)}
    await room.writer.run(lambda conn: offsets.acquire(conn, ranges, owner="test"))


async def _next(room: Any) -> int:
    rows = await room.read(lambda conn: list(conn.execute(select(t.offsets.c.next_offset))))
    return int(rows[0].next_offset)


async def test_a_report_about_a_case_that_cannot_be_read_opens_the_next_one(path: str) -> None:
    async with a_room(path) as room:
        first = await room.one(report())
        broken = t.cases.update().values(state=b"no state")
        await room.writer.run(lambda conn: conn.execute(broken).rowcount)

        second = await room.one(report("e2"))

        assert isinstance(second, Done) and second.case != first.case  # type: ignore[union-attr]
        assert (await room.case(second.case)).status is CaseStatus.OPEN


async def test_a_consent_withdrawn_in_a_report_reaches_the_persons_other_cases(
    path: str,
) -> None:
    given = {"basis": "person", "audiences": ["missions"], "mode": "quiet"}
    async with a_room(path) as room:
        for n in range(2):
            await room.one(report(f"e{n}", b.an_event(situation=f"s{n}", consent=[given])))
        withdrawn = b.an_event(
            "consent_revoked", situation="s9", consent=[given | {"state": "revoked"}]
        )

        await room.one(report("e9", withdrawn))

        applied = await room.rows(t.journal, t.journal.c.kind == "consent_applied")
        assert len({leaf.stream for leaf in applied}) == 2
        newest = max(await room.rows(t.consents), key=lambda row: row.n)
        assert b'"revoked":true' in newest.body
        assert await room.sound()


async def test_the_same_consent_said_again_is_no_news(path: str) -> None:
    given = {"basis": "person", "audiences": ["missions"], "mode": "quiet"}
    async with a_room(path) as room:
        for n in range(3):
            await room.one(report(f"e{n}", b.an_event(situation=f"s{n}", consent=[given])))

        assert len(await room.rows(t.consents)) == 1


async def test_consent_where_nobody_can_be_identified_is_kept_for_the_case(path: str) -> None:
    given = {"basis": "no_identifiable_person", "audiences": ["missions"], "mode": "quiet"}
    event = b.an_event(subjects=[{"kind": "none_identifiable"}], consent=[given])
    async with a_room(path) as room:
        done = await room.one(report("e1", event, **MISSIONS))

        (kept,) = await room.rows(t.consents)
        assert kept.pseudonym == f"case:{done.case}"  # type: ignore[union-attr]
        facts = await room.facts(done.case)  # type: ignore[union-attr]
        (planned,) = [fact for fact in facts if isinstance(fact, f.Planned)]
        assert [w.reason for w in planned.withheld] == ["nobody_unconfirmed"]
        assert [a.candidate.party for a in planned.alerts] == ["embassy"]


async def test_bytes_that_are_no_event_are_kept_sealed_and_duty_is_told(path: str) -> None:
    async with a_room(path) as room:
        await _acquire(room)
        bad = c.Quarantine(
            source="hotline",
            reason="not_json",
            sealed=c.SealedBox(key_id="k", ciphertext=b"noise"),
            digest="d" * 64,
        )

        for offset in (4, 5):
            await room.submit(bad, lane=Lane.CRITICAL, position=_at(offset))

        (kept,) = await room.rows(t.quarantine)
        assert (kept.ciphertext, kept.topic, kept.offset) == (b"noise", "threats", 4)
        incidents = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert [row.incident for row in incidents] == ["quarantine"]
        assert await _next(room) == 6
