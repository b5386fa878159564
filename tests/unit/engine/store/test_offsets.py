"""Where a log stands: nobody reads past a record, whoever lost a partition cannot move it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from engine.ports import Position
from engine.store import offsets
from engine.store.database import Database
from engine.store.offsets import Held, Loss, Range

T0 = ("tocsin.threats", 0)
T1 = ("tocsin.threats", 1)


@pytest.fixture
def connection(store_url: str) -> Iterator[Connection]:
    database = Database(store_url)
    connection = database.writer()
    with connection.begin():
        yield connection
    connection.close()
    database.close()


def acquire(connection: Connection, begin: int = 0, end: int = 1_000) -> Held:
    (held,) = offsets.acquire(connection, {T0: Range(begin=begin, end=end)}, owner="a")
    return held


def at(offset: int, *, epoch: int) -> Position:
    return Position(topic=T0[0], partition=T0[1], offset=offset, epoch=epoch)


def dealt_with(connection: Connection, *positions: Position) -> None:
    locked = offsets.lock(connection, [T0])
    offsets.advance(connection, positions, locked=locked)


def test_a_partition_never_seen_begins_with_the_log(connection: Connection) -> None:
    held = acquire(connection, begin=17)

    assert (held.next_offset, held.epoch, held.loss) == (17, 1, None)


def test_each_taking_over_is_a_new_epoch_at_the_same_place(connection: Connection) -> None:
    first = acquire(connection)
    dealt_with(connection, at(0, epoch=1), at(1, epoch=1))

    second = acquire(connection)

    assert (second.next_offset, second.epoch) == (2, first.epoch + 1)
    assert offsets.positions(connection, [T0, T1]) == {T0: (2, 2)}
    assert offsets.all_positions(connection) == (("tocsin.threats", 0, 2, 2),)


def test_whoever_lost_the_partition_is_fenced(connection: Connection) -> None:
    acquire(connection)
    acquire(connection)
    locked = offsets.lock(connection, [T0])

    assert offsets.fenced(at(0, epoch=1), locked)
    assert not offsets.fenced(at(0, epoch=2), locked)
    assert offsets.fenced(at(0, epoch=1), {})


def test_a_record_from_below_never_moves_the_position_back(connection: Connection) -> None:
    acquire(connection)
    dealt_with(connection, at(9, epoch=1))

    dealt_with(connection, at(3, epoch=1))
    dealt_with(connection, at(12, epoch=1), at(11, epoch=1))

    assert offsets.positions(connection, [T0])[T0][0] == 13


@pytest.mark.parametrize(
    ("begin", "end", "loss"),
    [(11, 20, Loss.RETENTION), (0, 9, Loss.FOREIGN), (0, 0, Loss.FOREIGN)],
)
def test_a_log_that_does_not_hold_our_position_is_read_from_its_beginning_and_said_aloud(
    connection: Connection, begin: int, end: int, loss: Loss
) -> None:
    acquire(connection)
    dealt_with(connection, at(9, epoch=1))
    there = {T0: Range(begin=begin, end=end)}

    told = offsets.losses(connection, there)
    held = acquire(connection, begin=begin, end=end)

    assert told == ((T0, loss, 10),)
    assert (held.loss, held.lost_from, held.next_offset) == (loss, 10, begin)
    assert offsets.losses(connection, there) == ()


@pytest.mark.parametrize("there", [Range(begin=10, end=10), Range(begin=0, end=10)])
def test_standing_at_either_end_of_the_log_is_no_loss(connection: Connection, there: Range) -> None:
    acquire(connection)
    dealt_with(connection, at(9, epoch=1))

    assert offsets.losses(connection, {T0: there}) == ()


def test_after_two_starts_at_one_place_records_go_one_by_one(connection: Connection) -> None:
    assert not acquire(connection).careful
    assert acquire(connection).careful
    dealt_with(connection, at(0, epoch=2))

    assert not acquire(connection).careful


def test_a_record_is_parked_only_after_it_ended_the_process_twice_alone(
    connection: Connection,
) -> None:
    for _ in range(20):  # idle restarts: nobody has read the record yet
        held = acquire(connection)
    assert held.starts < offsets.PARK

    tries = []
    for _ in range(3):
        held = acquire(connection)
        tries.append((held.starts >= offsets.PARK, held.careful))
        offsets.try_alone(connection, at(0, epoch=held.epoch))

    assert tries == [(False, True), (False, True), (True, True)]


def test_another_record_tried_alone_counts_for_itself(connection: Connection) -> None:
    epoch = acquire(connection).epoch

    assert offsets.try_alone(connection, at(0, epoch=epoch)) == 1
    assert offsets.try_alone(connection, at(0, epoch=epoch)) == 2
    assert offsets.try_alone(connection, at(1, epoch=epoch)) == 1
