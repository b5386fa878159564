"""Two engines over one PostgreSQL, stepped: what they do at once is done once, and seen by both."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.case import commands as c
from engine.case import ids
from engine.case.state import CaseStatus
from engine.clock import SystemClock
from engine.desk import Fenced, Lane
from engine.ports import Position
from engine.relay import Relay
from engine.store import offsets
from engine.store import tables as t
from schemas.codes import TrackName
from schemas.facts import ConsentApplied, Lesson
from schemas.responses import Already, Done
from tests.harness.postgres import PostgresServer
from tests.integration.engine.desk.room import MISSIONS, Room, report
from tests.integration.engine.desk.two import COMMIT, Two, two_desks
from tests.unit.engine.case import builders as b

ALL = 1_000
T0 = ("tocsin.threats", 0)


@pytest.fixture
async def two(postgres: PostgresServer) -> AsyncIterator[Two]:
    async with two_desks(postgres) as two:
        yield two


async def opened(room: Room, how_many: int) -> list[str]:
    done = [await room.one(report(f"e{n}", b.an_event(situation=f"s{n}"))) for n in range(how_many)]
    return [each.case for each in done if isinstance(each, Done)]


async def claim(room: Room, **free: int) -> tuple[Any, ...]:
    claimed = await room.desk.claim_sends(free=free or {"sms": ALL, "email": ALL}, others=0)
    return claimed.jobs


async def released(room: Room) -> str:
    """A case whose embassy is to be told, with duty's own messages out of the way."""
    given = {"basis": "person", "audiences": ["missions", "nhris"], "mode": "quiet"}
    done = await room.one(report("e1", b.an_event(consent=[given]), **MISSIONS))
    assert isinstance(done, Done)
    for job in await claim(room):
        await settle(room, job, "handed_off")
    record = c.ReleaseRecord(id="r1", why="protect_now", reprisal_forecast="low", wishes_read=True)
    release = c.Release(
        inbox=room.inbox(), case=done.case, track=TrackName.MISSIONS, by="ana", record=record
    )
    assert isinstance(await room.one(release), Done)
    return done.case


async def settle(room: Room, job: Any, state: Any) -> None:
    outcome = c.TryOutcome(key=job.key, attempt_no=job.attempt_no, state=state, reason="accepted")
    await room.desk.settle_sends([outcome])


def revocation(room: Room) -> c.ConsentChanged:
    consent = b.a_consent(id="withdrawn", revoked=True)
    return c.ConsentChanged(
        inbox=c.Inbox(source="person", id="withdrawn", digest="0" * 64),
        consent=consent,
        state="revoked",
    )


async def outward(room: Room) -> set[tuple[str, bool]]:
    """(state, whether a reason is noted) of everything that was to leave the house."""
    rows = await room.rows(t.notifications, t.notifications.c.lane > 1)
    return {(row.state, bool(row.reason)) for row in rows}


async def test_two_reports_of_one_situation_at_once_are_one_case(two: Two) -> None:
    first, second = await two.while_a(
        two.a.one(report("e1")), COMMIT, two.b.one(report("e2")), waits=True
    )

    assert isinstance(first, Done) and isinstance(second, Done)
    assert first.case == second.case
    assert len(await two.a.rows(t.events)) == 2
    assert await two.a.sound()


async def test_the_same_report_at_both_doors_at_once_is_taken_once(two: Two) -> None:
    first, second = await two.while_a(two.a.one(report()), COMMIT, two.b.one(report()), waits=True)

    assert second == Already(previous=first)
    assert len(await two.a.rows(t.events)) == 1
    assert len(await two.a.rows(t.notifications)) == 2  # one page on two channels


async def test_the_same_report_under_two_situations_is_taken_once_and_duty_told(two: Two) -> None:
    other = report(event=b.an_event(situation="sit-2"))

    first, second = await two.while_a(two.a.one(report()), COMMIT, two.b.one(other), waits=True)

    assert isinstance(first, Done) and second.reason == "equivocation"
    assert len(await two.a.rows(t.events)) == 1
    incidents = await two.a.rows(t.cases, t.cases.c.kind == "incident")
    assert [row.incident for row in incidents] == ["equivocation"]


async def test_a_consent_taken_back_while_its_message_is_claimed_calls_it_off(two: Two) -> None:
    await released(two.a)

    jobs, revoked = await two.while_a(
        claim(two.a), COMMIT, two.b.one(revocation(two.b)), waits=True
    )

    assert isinstance(revoked, Done) and len(jobs) >= 1
    # Whoever sends it now is marked: what becomes of it says who may know.
    assert ("sending", True) in await outward(two.a)
    assert ("sending", False) not in await outward(two.a)
    assert await claim(two.b) == ()


async def test_nothing_leaves_once_a_consent_is_being_taken_back(two: Two) -> None:
    await released(two.a)

    revoked, jobs = await two.while_a(
        two.a.one(revocation(two.a)), COMMIT, claim(two.b), waits=False
    )

    assert isinstance(revoked, Done)
    assert jobs == ()
    assert {state for state, _ in await outward(two.a)} == {"cancelled"}
    assert await claim(two.b) == ()


async def test_a_consent_taken_back_reaches_the_case_that_is_being_opened(two: Two) -> None:
    given = {"basis": "person", "audiences": ["missions"], "mode": "quiet"}
    arriving = report("e1", b.an_event(consent=[given]), **MISSIONS)

    done, _ = await two.while_a(
        two.a.one(arriving), COMMIT, two.b.one(revocation(two.b)), waits=True
    )

    applied = [f for f in await two.a.facts(done.case) if isinstance(f, ConsentApplied)]
    assert [fact.state for fact in applied] == ["revoked"]


async def test_a_case_that_is_being_opened_sees_the_consent_taken_back_meanwhile(
    two: Two,
) -> None:
    given = {"basis": "person", "audiences": ["missions"], "mode": "quiet"}
    arriving = report("e1", b.an_event(consent=[given]), **MISSIONS)

    _, done = await two.while_a(
        two.a.one(revocation(two.a)), COMMIT, two.b.one(arriving), waits=True
    )

    assert isinstance(done, Done)
    newest = max(await two.a.rows(t.consents), key=lambda each: each.n)
    assert b'"revoked":true' in newest.body


async def test_an_answer_that_comes_while_the_next_step_is_decided_stops_the_one_after(
    two: Two,
) -> None:
    (case,) = await opened(two.a, 1)
    await two.a.clock.advance(hours=2)

    fired, _ = await two.while_a(
        two.a.desk.fire_due(limit=10),
        COMMIT,
        two.b.one(await acknowledgement(two.b, case)),
        waits=True,
    )

    assert fired.cases == 1
    kinds = [fact.kind for fact in await two.a.facts(case)]
    assert kinds.index("step_fired") < kinds.index("answered")
    assert await two.a.sound()


async def test_a_step_that_falls_due_while_its_answer_is_written_is_left_to_the_answer(
    two: Two,
) -> None:
    (case,) = await opened(two.a, 1)
    await two.a.clock.advance(hours=2)
    before = len([f for f in await two.a.facts(case) if f.kind == "step_fired"])

    _, fired = await two.while_a(
        two.a.one(await acknowledgement(two.a, case)),
        COMMIT,
        two.b.desk.fire_due(limit=10),
        waits=False,
    )

    assert (fired.cases, fired.more) == (0, False)
    assert fired.next_due is not None and fired.next_due > two.b.clock.now()  # soon, not at once
    assert len([f for f in await two.a.facts(case) if f.kind == "step_fired"]) == before
    assert await two.a.sound()


async def acknowledgement(room: Room, case_id: str) -> c.Respond:
    alert = (await room.case(case_id)).alerts[0].id
    response = b.Response(kind=b.ResponseKind.ACKNOWLEDGED, way=b.Way.SMS, by="ana")
    return c.Respond(
        inbox=c.Inbox(source="phone", id=alert, digest="0" * 64), alert=alert, response=response
    )


async def test_two_engines_share_what_is_due_and_decide_each_step_once(two: Two) -> None:
    cases = await opened(two.a, 8)
    await two.a.clock.advance(hours=2)

    first, second = await two.while_a(
        two.a.desk.fire_due(limit=4), COMMIT, two.b.desk.fire_due(limit=4), waits=False
    )

    assert (first.cases, second.cases) == (4, 4)
    for case in cases:
        fired = [fact.step for fact in await two.a.facts(case) if fact.kind == "step_fired"]
        assert len(fired) == len(set(fired)) == 2
    assert await two.a.sound()


async def test_two_senders_never_take_the_same_message(two: Two) -> None:
    await opened(two.a, 8)

    first, second = await two.while_a(claim(two.a, sms=4), COMMIT, claim(two.b, sms=4), waits=False)

    taken = [job.key for job in (*first, *second)]
    assert len(taken) == len(set(taken)) == 8
    rows = await two.a.rows(t.notifications, t.notifications.c.channel == "sms")
    assert {(row.key in {j.key for j in first}, row.instance) for row in rows} == {
        (True, two.a.desk.instance),
        (False, two.b.desk.instance),
    }


async def test_a_sender_that_finds_everything_taken_comes_back_soon(two: Two) -> None:
    await opened(two.a, 1)
    later = two.b.desk.claim_sends(free={"sms": 4}, others=0)

    jobs, claimed = await two.while_a(claim(two.a, sms=4), COMMIT, later, waits=False)

    assert len(jobs) == 1 and claimed.jobs == ()
    ahead = (claimed.next_at - two.b.clock.now()).total_seconds()
    assert 0 < ahead < 0.5


async def test_a_report_that_comes_while_its_case_is_closed_opens_the_next_one(two: Two) -> None:
    case = await about_to_close(two.a)

    _, second = await two.while_a(
        two.a.desk.fire_due(limit=10), COMMIT, two.b.one(report("e2")), waits=True
    )

    assert (await two.a.case(case)).status is CaseStatus.CLOSED
    assert isinstance(second, Done) and second.case == ids.case_id("hotline", "sit-1", 1)
    assert await two.a.sound()


async def test_a_case_that_gets_a_report_while_it_is_to_be_closed_stays_open(two: Two) -> None:
    case = await about_to_close(two.a)

    second, fired = await two.while_a(
        two.a.one(report("e2")), COMMIT, two.b.desk.fire_due(limit=10), waits=False
    )
    await two.b.desk.fire_due(limit=10)

    assert fired.cases == 0
    assert isinstance(second, Done) and second.case == case
    assert (await two.a.case(case)).status is CaseStatus.OPEN


async def about_to_close(room: Room) -> str:
    (case_id,) = await opened_at(room)
    proposed = c.ProposeResolution(
        inbox=room.inbox(),
        case=case_id,
        by="ana",
        outcome="released",
        residual_risk="low",
        remedy="none_sought",
        heard="safe_channel",
    )
    await room.one(proposed)
    await room.one(c.ConfirmResolution(inbox=room.inbox(), case=case_id, by="ben"))
    review = c.ReviewCase(inbox=room.inbox(), case=case_id, by="ana", lesson=Lesson.WENT_WELL)
    await room.one(review)
    await room.clock.advance(days=29)
    while (await room.desk.fire_due(limit=10)).cases:
        pass
    await room.clock.advance(days=2)
    return case_id


async def opened_at(room: Room) -> list[str]:
    done = await room.one(report())
    return [done.case] if isinstance(done, Done) else []


def at(offset: int, *, epoch: int) -> Position:
    return Position(topic=T0[0], partition=T0[1], offset=offset, epoch=epoch)


async def acquire(room: Room, owner: str) -> Any:
    ranges = {T0: offsets.Range(begin=0, end=100)}
    (held,) = await room.writer.run(lambda conn: offsets.acquire(conn, ranges, owner=owner))
    return held


async def test_whoever_takes_a_partition_over_begins_behind_what_was_being_written(
    two: Two,
) -> None:
    held = await acquire(two.a, "a")
    unit = two.a.submit(report(), lane=Lane.CRITICAL, position=at(0, epoch=held.epoch))

    _, taken = await two.while_a(unit, COMMIT, acquire(two.b, "b"), waits=True)

    assert (taken.next_offset, taken.epoch) == (1, held.epoch + 1)


async def test_a_record_in_flight_is_fenced_once_its_partition_was_taken_over(two: Two) -> None:
    held = await acquire(two.b, "b")
    unit = two.b.submit(report(), lane=Lane.CRITICAL, position=at(0, epoch=held.epoch))

    async def fenced() -> None:
        with pytest.raises(Fenced):
            await unit

    await two.while_a(acquire(two.a, "a"), COMMIT, fenced(), waits=True)

    assert await two.a.rows(t.events) == []


async def test_a_partition_never_seen_is_taken_by_one_after_the_other(two: Two) -> None:
    first, second = await two.while_a(acquire(two.a, "a"), COMMIT, acquire(two.b, "b"), waits=True)

    assert (first.epoch, second.epoch) == (1, 2)


class Log:
    """What a broker took, from whoever brought it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        await asyncio.sleep(0)
        self.taken.append((key, headers["ce_id"]))


async def test_two_relays_publish_every_fact_once_and_in_the_order_of_its_case(
    postgres: PostgresServer,
) -> None:
    log = Log()
    async with two_desks(postgres, publish="night.cases") as two, asyncio.TaskGroup() as group:
        relays = [
            Relay(
                reader=room.reader,
                writer=room.writer,
                publisher=log,
                clock=SystemClock(),
                facts=room.desk.facts,
                name=room.desk.instance,
                machine=SystemClock(),
                poll_seconds=0.02,
            )
            for room in (two.a, two.b)
        ]
        running = [group.create_task(relay.run()) for relay in relays]
        await asyncio.gather(opened(two.a, 4), *(two.b.one(report(f"x{n}")) for n in range(4)))
        leaves = await two.a.rows(t.journal, t.journal.c.stream != "system")
        async with asyncio.timeout(20):
            while await two.a.rows(t.outbox):  # noqa: ASYNC110 (the relay empties it)
                await asyncio.sleep(0.02)
        for task in running:
            task.cancel()

    assert sorted(id for _, id in log.taken) == sorted(f"{row.stream}.{row.n}" for row in leaves)
    for key in {key for key, _ in log.taken}:
        numbers = [int(id.rpartition(".")[2]) for of, id in log.taken if of == key]
        assert numbers == list(range(1, len(numbers) + 1))
