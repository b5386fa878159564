"""What becomes of records of a log, whatever happens to the process or to the log."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.case import commands as c
from engine.desk.lanes import CommandFailed, Fenced, Lane, StoreUnavailable
from engine.intake.fake_stream import FakeLog, FakeStream
from engine.intake.ownership import ASTRAY_MOST, GAP, PARKED, HaltedError
from engine.ports import Position, Record
from engine.store import tables
from engine.store.offsets import Loss, Range
from schemas.responses import Result
from schemas.set_aside import SET_ASIDE_TOPIC
from tests.integration.intake.room import CRITICAL, TOPIC, Room, a_room, body
from tests.unit.engine.intake.builders import a_message, an_event

ONE = ((TOPIC, 0),)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path) as room:
        yield room


@asynccontextmanager
async def reading(
    room: Room, log: FakeLog, partitions: tuple[tuple[str, int], ...] = ONE
) -> AsyncIterator[asyncio.Task[None]]:
    """A running stream, ended hard when the block ends."""
    stream = FakeStream(log, partitions, room.ownership(log.probe))
    running = asyncio.create_task(stream.run(room.handler()))
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def at_rest() -> None:
    for _ in range(400):
        await asyncio.sleep(0)


async def next_offset(room: Room, partition: int = 0, topic: str = TOPIC) -> int:
    rows = await room.rows(tables.offsets)
    return next(r.next_offset for r in rows if (r.topic, r.part) == (topic, partition))


async def test_every_record_becomes_an_event_and_moves_the_position(room: Room) -> None:
    log = FakeLog()
    for n in range(25):
        log.publish(TOPIC, body(a_message(id=f"e{n}")))

    async with reading(room, log):
        await at_rest()

    assert len(await room.taken()) == 25
    assert await next_offset(room) == 25


async def test_after_a_hard_stop_reading_goes_on_where_the_store_says(room: Room) -> None:
    log = FakeLog()
    for n in range(5):
        log.publish(TOPIC, body(a_message(id=f"e{n}")))
    async with reading(room, log):
        await at_rest()
    for n in range(5, 9):
        log.publish(TOPIC, body(a_message(id=f"e{n}")))

    async with reading(room, log):
        await at_rest()

    assert len(await room.taken()) == 9
    assert len(await room.rows(tables.events)) == 9


@pytest.mark.parametrize(
    "value",
    [None, b"", b"not json", b"\xff\xfe", b"{}", b"[" * 50_000, b'{"a": 1, "a": 2}', b"\0" * 100],
)
async def test_b1_bytes_that_are_no_event_are_set_aside_and_reading_goes_on(
    room: Room, value: bytes | None
) -> None:
    log = FakeLog()
    log.publish(TOPIC, value)
    log.publish(TOPIC, body(a_message()))

    async with reading(room, log):
        await at_rest()

    assert await room.taken() == ["evt-1"]
    assert await next_offset(room) == 2
    (aside,) = await room.rows(tables.quarantine)
    opened = room.vault.open_box(c.SealedBox(key_id=aside.key_id, ciphertext=aside.ciphertext))
    assert opened.reveal() == (value or b"")
    assert (aside.topic, aside.part, aside.offset) == (TOPIC, 0, 0)
    assert "quarantine" in await room.incidents()


async def test_what_is_set_aside_keeps_no_word_of_it_in_clear(room: Room) -> None:
    log = FakeLog()
    log.publish(TOPIC, body({**a_message(type="x"), "Invented Person": "Mill Lane"}))

    async with reading(room, log):
        await at_rest()

    (aside,) = await room.rows(tables.quarantine)
    assert aside.reason == "unknown_type type"
    assert aside.source == "hotline-a"
    journal = b"".join(row.body for row in await room.rows(tables.journal))
    for word in (b"Invented", b"Mill"):
        assert word not in aside.ciphertext + journal


async def test_the_same_nonsense_twice_held_up_every_report_behind_it(tmp_path: Path) -> None:
    """The second could not be told while the first still waited for Kafka: nothing was written."""
    log = FakeLog()
    for value in (b"no report", b"no report", body(a_message())):
        log.publish(TOPIC, value)

    async with a_room(tmp_path, publish="night.cases") as room:
        async with reading(room, log):
            await at_rest()

        assert await room.taken() == ["evt-1"]
        assert await next_offset(room) == 3
        told = [row for row in await room.rows(tables.outbox) if row.topic == SET_ASIDE_TOPIC]
        assert len(told) == 1


async def test_a_source_nobody_listed_is_set_aside_and_a_person_is_told(room: Room) -> None:
    log = FakeLog()
    log.publish(TOPIC, body(a_message(source="hotline-z")))

    async with reading(room, log):
        await at_rest()

    assert await room.rows(tables.events) == []
    assert (await room.rows(tables.quarantine))[0].reason == "foreign_source source"
    assert "quarantine" in await room.incidents()


async def test_b9_a_report_published_again_and_again_is_one_case(room: Room) -> None:
    log = FakeLog()
    for _ in range(20):
        log.publish(TOPIC, body(a_message()))

    async with reading(room, log):
        await at_rest()

    assert len(await room.rows(tables.events)) == 1
    assert await next_offset(room) == 20


async def test_b13_a_report_replayed_after_forty_days_is_known_and_opens_nothing(
    room: Room,
) -> None:
    log = FakeLog()
    log.publish(TOPIC, body(a_message()))
    async with reading(room, log):
        await at_rest()
    await room.advance(seconds=40 * 86_400)
    log.publish(TOPIC, body(a_message()))

    async with reading(room, log):
        await at_rest()

    assert len(await room.rows(tables.cases)) == 1
    assert len(await room.rows(tables.events)) == 1


async def test_b10_other_content_under_a_known_id_is_kept_and_reading_goes_on(room: Room) -> None:
    log = FakeLog()
    log.publish(TOPIC, body(a_message()))
    log.publish(TOPIC, body(a_message(an_event(code="assault"))))
    log.publish(TOPIC, body(a_message(id="evt-2")))

    async with reading(room, log):
        await at_rest()

    assert await room.taken() == ["evt-1", "evt-2"]
    assert await next_offset(room) == 3
    assert (await room.rows(tables.quarantine))[0].reason == "equivocation"


async def test_b11_relief_that_comes_before_the_act_opens_the_case_and_the_act_joins_it(
    room: Room,
) -> None:
    log = FakeLog()
    log.publish(TOPIC, body(a_message(an_event(code="released_from_custody"), id="late")))
    log.publish(TOPIC, body(a_message(an_event(code="arrest"), id="early")))

    async with reading(room, log):
        await at_rest()

    cases = [row for row in await room.rows(tables.cases) if row.kind == "case"]
    assert len(cases) == 1
    assert {row.case_id for row in await room.rows(tables.events)} == {cases[0].id}
    assert cases[0].status == "open"


async def test_records_in_binary_mode_are_reports_too(room: Room) -> None:
    log = FakeLog()
    message = a_message()
    headers = tuple(
        (f"ce_{name}", str(value).encode()) for name, value in message.items() if name != "data"
    )
    log.publish(
        TOPIC,
        body(message["data"]),
        headers=(*headers, ("content-type", b"application/json")),
    )
    log.publish(TOPIC, b"x", headers=(("content-type", b"application/cloudevents+avro"),))

    async with reading(room, log):
        await at_rest()

    assert await room.taken() == ["evt-1"]
    assert (await room.rows(tables.quarantine))[0].reason == "content_type"


async def test_partitions_and_topics_are_read_side_by_side(room: Room) -> None:
    log = FakeLog()
    places = ((TOPIC, 0), (TOPIC, 1), (CRITICAL, 0))
    for n in range(30):
        topic, partition = places[n % 3]
        log.publish(topic, body(a_message(id=f"e{n}")), partition=partition)

    async with reading(room, log, places):
        await at_rest()

    assert len(await room.taken()) == 30
    assert [await next_offset(room, p, t) for t, p in places] == [10, 10, 10]


async def test_what_retention_took_is_said_aloud_and_the_rest_is_read(room: Room) -> None:
    log = FakeLog()
    for n in range(3):
        log.publish(TOPIC, body(a_message(id=f"e{n}")))
    async with reading(room, log):
        await at_rest()
    for n in range(3, 10):
        log.publish(TOPIC, body(a_message(id=f"e{n}")))
    log.retain_from(TOPIC, 7)

    async with reading(room, log):
        await at_rest()

    assert await room.taken() == ["e0", "e1", "e2", "e7", "e8", "e9"]
    assert Loss.RETENTION in await room.incidents()


async def test_a_log_made_anew_is_read_from_its_beginning_and_nothing_in_it_is_skipped(
    room: Room,
) -> None:
    """Thirty of thirty were dropped in silence by the rule `below the position means known`."""
    log = FakeLog()
    for n in range(80):
        log.publish(TOPIC, body(a_message(id=f"old{n}")))
    async with reading(room, log):
        await at_rest()
    log.recreate(TOPIC)
    log.publish(TOPIC, body(a_message(id="old79")))
    for n in range(29):
        log.publish(TOPIC, body(a_message(id=f"new{n}")))

    async with reading(room, log):
        await at_rest()

    assert len([id_ for id_ in await room.taken() if id_.startswith("new")]) == 29
    assert len(await room.rows(tables.events)) == 109
    assert Loss.FOREIGN in await room.incidents()


async def test_a_record_below_the_position_that_nobody_knows_is_taken(room: Room) -> None:
    log = FakeLog()
    ownership = room.ownership(log.probe)
    await ownership.acquire({ONE[0]: Range(begin=0, end=100)})
    await ownership.deliver([record(n, f"e{n}") for n in range(5)], room.handler())

    await ownership.deliver([record(2, "unknown")], room.handler())
    await ownership.deliver([record(3, "e3")], room.handler())

    assert "unknown" in await room.taken()
    assert len(await room.rows(tables.events)) == 6
    assert await next_offset(room) == 5


def record(offset: int, id_: str) -> Record:
    return Record(topic=TOPIC, partition=0, offset=offset, key=None, value=body(a_message(id=id_)))


async def test_a_gap_that_a_second_reader_sees_too_is_told_and_passed(room: Room) -> None:
    async def sees_it(topic: str, partition: int, offset: int) -> int | None:
        return 5

    ownership = room.ownership(sees_it)
    await ownership.acquire({ONE[0]: Range(begin=0, end=100)})

    await ownership.deliver([record(0, "a"), record(5, "b"), record(6, "c")], room.handler())

    assert await room.taken() == ["a", "b", "c"]
    assert GAP in await room.incidents()
    assert room.halted == []


@pytest.mark.parametrize("seen", [2, None])
async def test_a_gap_that_nobody_else_sees_stops_the_process_before_anything_is_skipped(
    room: Room, seen: int | None
) -> None:
    async def sees_no_gap(topic: str, partition: int, offset: int) -> int | None:
        return seen

    ownership = room.ownership(sees_no_gap)
    await ownership.acquire({ONE[0]: Range(begin=0, end=100)})

    with pytest.raises(ExceptionGroup) as caught:
        await ownership.deliver([record(0, "a"), record(5, "b")], room.handler())

    assert caught.value.subgroup(HaltedError)
    assert len(room.halted) == 1
    assert await room.taken() == ["a"]
    assert await next_offset(room) == 1


async def test_what_a_reader_had_at_hand_before_a_rebalance_is_dropped_and_read_in_its_turn(
    room: Room,
) -> None:
    """Faust keeps what it fetched; the process once ended for it."""
    log = FakeLog()
    records = [log.publish(TOPIC, body(a_message(id=f"e{n}"))) for n in range(10)]
    ownership = room.ownership(log.probe)
    await ownership.acquire({ONE[0]: Range(begin=0, end=10)})

    await ownership.deliver(records[7:], room.handler())
    assert ownership.astray
    await ownership.deliver(records[:3], room.handler())
    assert await room.taken() == []

    assert await ownership.positions() == {ONE[0]: 0}
    assert not ownership.astray
    await ownership.deliver(records, room.handler())
    assert await room.taken() == [f"e{n}" for n in range(10)]
    assert room.halted == []
    assert await room.incidents() == []


async def test_other_partitions_go_on_while_one_is_sought_again(room: Room) -> None:
    log = FakeLog()
    log.publish(TOPIC, body(a_message(id="e0")))
    late = log.publish(TOPIC, body(a_message(id="e1")))
    other = log.publish(TOPIC, body(a_message(id="o0")), partition=1)
    ownership = room.ownership(log.probe)
    both = [ONE[0], (TOPIC, 1)]
    await ownership.acquire({key: Range(begin=0, end=2) for key in both})

    await ownership.deliver([late, other], room.handler())

    assert await room.taken() == ["o0"]
    assert ownership.astray


async def test_a_reader_that_never_comes_to_its_place_ends_its_process_at_last(room: Room) -> None:
    log = FakeLog()
    records = [log.publish(TOPIC, body(a_message(id=f"e{n}"))) for n in range(3)]
    ownership = room.ownership(log.probe)
    await ownership.acquire({ONE[0]: Range(begin=0, end=3)})
    for _ in range(ASTRAY_MOST):
        await ownership.deliver(records[2:], room.handler())
        await ownership.positions()

    with pytest.raises(ExceptionGroup):
        await ownership.deliver(records[2:], room.handler())

    assert len(room.halted) == 1
    assert await room.taken() == []


async def test_whoever_lost_the_partition_drops_the_record_and_the_new_owner_takes_it(
    room: Room,
) -> None:
    log = FakeLog()
    old, new = room.ownership(log.probe, owner="old"), room.ownership(log.probe, owner="new")
    await old.acquire({ONE[0]: Range(begin=0, end=100)})
    await new.acquire({ONE[0]: Range(begin=0, end=100)})
    old.release(ONE)

    await old.deliver([record(0, "a")], room.handler())
    assert await room.taken() == []
    await new.deliver([record(0, "a")], room.handler())

    assert await room.taken() == ["a"]
    assert room.halted == []


async def test_whoever_is_fenced_and_does_not_know_it_leaves(room: Room) -> None:
    log = FakeLog()
    old, new = room.ownership(log.probe, owner="old"), room.ownership(log.probe, owner="new")
    await old.acquire({ONE[0]: Range(begin=0, end=100)})
    await new.acquire({ONE[0]: Range(begin=0, end=100)})

    with pytest.raises(ExceptionGroup):
        await old.deliver([record(0, "a")], room.handler())

    (reason,) = room.halted
    assert reason.startswith("fenced on tocsin.threats/0 while owning it")
    assert await room.taken() == []


class DeadError(BaseException):
    """The process ended here."""


class Deadly:
    """A handler for which one record ends the process, as a crash in a C library would."""

    def __init__(self, room: Room, *, offset: int) -> None:
        self._inner = room.handler()
        self._offset = offset

    async def __call__(self, records: Sequence[Record], *, epoch: int) -> None:
        if any(one.offset == self._offset for one in records):
            raise DeadError
        await self._inner(records, epoch=epoch)


async def test_b40_a_record_that_ends_the_process_is_parked_and_the_others_get_through(
    room: Room,
) -> None:
    log = FakeLog()
    records = [log.publish(TOPIC, body(a_message(id=f"e{n}"))) for n in range(6)]
    deadly = Deadly(room, offset=3)
    starts = 0
    while await next_or_zero(room) < 6:
        starts += 1
        assert starts < 20
        ownership = room.ownership(log.probe)
        following = await ownership.acquire({ONE[0]: log.range(ONE[0])})
        try:
            await ownership.deliver(records[following[ONE[0]] :], deadly)
        except BaseExceptionGroup as group:
            assert group.subgroup(DeadError)

    assert await room.taken() == ["e0", "e1", "e2", "e4", "e5"]
    (aside,) = await room.rows(tables.quarantine)
    assert aside.reason.startswith("parked")
    assert PARKED in await room.incidents()
    assert starts <= 8


async def next_or_zero(room: Room) -> int:
    rows = await room.rows(tables.offsets)
    return rows[0].next_offset if rows else 0


async def test_a_record_whose_partition_moved_away_each_time_is_not_taken_for_deadly(
    room: Room,
) -> None:
    """Two tries alone mean death only where the process that tried is no more."""
    ownership = room.ownership(FakeLog().probe)

    async def moved_away(records: Sequence[Record], *, epoch: int) -> None:
        ownership.release(ONE)
        raise Fenced("another process owns this partition now")

    for _ in range(6):
        await ownership.acquire({ONE[0]: Range(begin=0, end=1)})
        await ownership.deliver([record(0, "a")], moved_away)
    await ownership.acquire({ONE[0]: Range(begin=0, end=1)})
    await ownership.deliver([record(0, "a")], room.handler())

    assert await room.taken() == ["a"]
    assert await room.rows(tables.quarantine) == []
    assert room.halted == []


async def test_marks_of_transactions_in_a_log_that_forgets_nothing_page_nobody(room: Room) -> None:
    async def sees_it(topic: str, partition: int, offset: int) -> int | None:
        return 5

    ownership = room.ownership(sees_it, forgets=False)
    await ownership.acquire({ONE[0]: Range(begin=0, end=100)})

    await ownership.deliver([record(0, "a"), record(5, "b")], room.handler())

    assert await room.taken() == ["a", "b"]
    assert await room.incidents() == []


class FailsAtFirst:
    """A desk that raises a few times before it passes everything on."""

    def __init__(self, room: Room, errors: list[Exception]) -> None:
        self._room = room
        self._errors = errors

    async def submit(
        self, *commands: c.Command, lane: Lane, position: Position | None = None
    ) -> tuple[Result, ...]:
        if self._errors:
            raise self._errors.pop(0)
        return await self._room.desk.submit(*commands, lane=lane, position=position)


async def test_while_the_store_takes_nothing_a_record_waits_and_is_not_lost(room: Room) -> None:
    desk = FailsAtFirst(room, [StoreUnavailable("full"), StoreUnavailable("full")])
    handler = room.handler(room.another_door(desk))
    ownership = room.ownership(FakeLog().probe)
    await ownership.acquire({ONE[0]: Range(begin=0, end=100)})

    delivering = asyncio.create_task(ownership.deliver([record(0, "a")], handler))
    await at_rest()
    assert not delivering.done()
    await room.advance(seconds=2)
    await at_rest()

    assert delivering.done()
    assert await room.taken() == ["a"]


@pytest.mark.parametrize("error", [CommandFailed("x"), Fenced("x"), RuntimeError("x")])
async def test_a_record_that_cannot_be_taken_never_lets_the_next_one_past_it(
    room: Room, error: Exception
) -> None:
    handler = room.handler(room.another_door(FailsAtFirst(room, [error])))
    ownership = room.ownership(FakeLog().probe)
    await ownership.acquire({ONE[0]: Range(begin=0, end=100)})

    with pytest.raises(ExceptionGroup):
        await ownership.deliver([record(0, "a"), record(1, "b")], handler)

    assert await room.taken() == []
    assert await next_offset(room) == 0
