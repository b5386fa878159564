"""Where each partition of a log stands: the truth about it, whatever Kafka has committed.

The row is moved in the same transaction as what came of the records, and its epoch fences whoever
lost the partition. It is locked before any case (design section 4).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, tuple_, update

from engine.ports import Position
from engine.store.dialect import insert_or_ignore
from engine.store.tables import offsets

Partition = tuple[str, int]
"""Topic and number."""

CAREFUL = 2
"""Starts at one offset from which on records go one by one."""
PARK = CAREFUL + 2
"""Two tries alone have ended the process: the record is parked."""


class Loss(StrEnum):
    """Why a stored position does not fit the log."""

    RETENTION = "log_retention_loss"
    """The log begins after our position: the records between are gone."""
    FOREIGN = "log_not_ours"
    """The log ends before our position: it was truncated or made anew, or is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What the broker has: the first offset, and the one after the last."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A partition as acquired."""

    topic: str
    partition: int
    epoch: int
    next_offset: int
    starts: int
    """Acquisitions in a row that found this same offset, this one included."""
    loss: Loss | None = None
    lost_from: int = 0
    """Where we stood before, when there was a loss."""

    @property
    def careful(self) -> bool:
        """Whether the last process may have died of the record that comes next."""
        return self.starts >= CAREFUL


_KEYS = tuple_(offsets.c.topic, offsets.c.part)
_STORED: Select[tuple[str, int, int, int, int, int]] = (
    select(
        offsets.c.topic,
        offsets.c.part,
        offsets.c.epoch,
        offsets.c.next_offset,
        offsets.c.starts,
        offsets.c.starts_at_offset,
    )
    .where(_KEYS.in_(bindparam("keys", expanding=True)))
    .order_by(offsets.c.topic, offsets.c.part)
)
_LOCKED = _STORED.with_for_update()
_INSERT_MISSING = insert_or_ignore(offsets)
_ONE = (offsets.c.topic == bindparam("t")) & (offsets.c.part == bindparam("p"))
_TAKE = (
    update(offsets)
    .where(_ONE)
    .values(
        epoch=bindparam("e"),
        owner=bindparam("o"),
        next_offset=bindparam("n"),
        starts=bindparam("s"),
        starts_at_offset=bindparam("n"),
    )
)
_MOVE = (
    update(offsets)
    .where(_ONE & (offsets.c.epoch == bindparam("e")))
    .values(next_offset=bindparam("n"))
)
_TRY = (
    update(offsets)
    .where(_ONE & (offsets.c.epoch == bindparam("e")))
    .values(starts=bindparam("s"), starts_at_offset=bindparam("n"))
)
_ALL = select(offsets.c.topic, offsets.c.part, offsets.c.epoch, offsets.c.next_offset).order_by(
    offsets.c.topic, offsets.c.part
)


def acquire(
    connection: Connection, ranges: Mapping[Partition, Range], *, owner: str
) -> tuple[Held, ...]:
    """Take partitions over: a new epoch each, and a position that lies within the log.

    A position outside the log becomes the log's beginning and is named in `loss`; whoever is
    already in the inbox is recognised there. A partition never seen begins with the log.
    """
    stored = {(row.topic, row.part): row for row in _rows(connection, _LOCKED, ranges)}
    new = sorted(set(ranges) - set(stored))
    if new:  # of two that see it first, the second waits here and finds what the first made
        connection.execute(_INSERT_MISSING, [_never_read(key, ranges[key]) for key in new])
        stored = {(row.topic, row.part): row for row in _rows(connection, _LOCKED, ranges)}
    held = tuple(_taken(stored[key], there) for key, there in sorted(ranges.items()))
    changes = [
        {
            "t": one.topic,
            "p": one.partition,
            "e": one.epoch,
            "o": owner,
            "n": one.next_offset,
            "s": one.starts,
        }
        for one in held
    ]
    if changes:
        connection.execute(_TAKE, changes)
    return held


def losses(
    connection: Connection, ranges: Mapping[Partition, Range]
) -> tuple[tuple[Partition, Loss, int], ...]:
    """Partitions whose stored position lies outside the log, and that position: look, no touch."""
    return tuple(
        ((row.topic, row.part), loss, row.next_offset)
        for row in _rows(connection, _STORED, ranges)
        if (loss := _loss(row.next_offset, ranges[row.topic, row.part])) is not None
    )


def positions(
    connection: Connection, partitions: Iterable[Partition]
) -> dict[Partition, tuple[int, int]]:
    """(next offset, epoch) of the partitions that are known."""
    return {
        (row.topic, row.part): (row.next_offset, row.epoch)
        for row in _rows(connection, _STORED, partitions)
    }


def all_positions(connection: Connection) -> tuple[tuple[str, int, int, int], ...]:
    """(topic, partition, epoch, next offset) of everything: for metrics and `doctor`."""
    return tuple(
        (row.topic, row.part, row.epoch, row.next_offset) for row in connection.execute(_ALL)
    )


def lock(
    connection: Connection, partitions: Iterable[Partition]
) -> dict[Partition, tuple[int, int]]:
    """As `positions`, with the rows locked in order: what the desk does first."""
    return {
        (row.topic, row.part): (row.next_offset, row.epoch)
        for row in _rows(connection, _LOCKED, partitions)
    }


def fenced(position: Position, locked: Mapping[Partition, tuple[int, int]]) -> bool:
    """Whether somebody else has taken the partition since this position was read."""
    found = locked.get((position.topic, position.partition))
    return found is None or found[1] != position.epoch


def advance(
    connection: Connection,
    moved: Sequence[Position],
    *,
    locked: Mapping[Partition, tuple[int, int]],
) -> None:
    """Move the rows behind these positions, whose records are dealt with in this transaction.

    Never moves back: a record from below, applied because nobody knew it, leaves the row alone.
    """
    furthest: dict[Partition, Position] = {}
    for position in moved:
        key = (position.topic, position.partition)
        if key not in furthest or position.offset > furthest[key].offset:
            furthest[key] = position
    values = [
        {"t": key[0], "p": key[1], "e": position.epoch, "n": position.offset + 1}
        for key, position in sorted(furthest.items())
        if position.offset >= locked[key][0]
    ]
    if values:
        connection.execute(_MOVE, values)


def try_alone(connection: Connection, position: Position) -> int:
    """Note that this record is now tried alone; return how many times it has been, this included.

    Committed before the try: if that kills the process, the next one knows.
    """
    key = (position.topic, position.partition)
    row = _rows(connection, _LOCKED, [key])[0]
    before = row.starts if row.starts_at_offset == position.offset else 0
    tries = max(before, CAREFUL) + 1
    connection.execute(
        _TRY,
        {"t": key[0], "p": key[1], "e": position.epoch, "s": tries, "n": position.offset},
    )
    return tries - CAREFUL


def _rows(
    connection: Connection,
    statement: Select[tuple[str, int, int, int, int, int]],
    partitions: Iterable[Partition],
) -> Sequence[Any]:
    keys = sorted(set(partitions))
    return connection.execute(statement, {"keys": keys}).all() if keys else []


def _taken(row: Any, there: Range) -> Held:
    loss = _loss(row.next_offset, there)
    following = row.next_offset if loss is None else there.begin
    same = following == row.starts_at_offset
    return Held(
        topic=row.topic,
        partition=row.part,
        epoch=row.epoch + 1,
        next_offset=following,
        # Idle restarts count up to careful only; beyond it each step is one try alone.
        starts=max(row.starts, min(row.starts + 1, CAREFUL)) if same else 1,
        loss=loss,
        lost_from=0 if loss is None else row.next_offset,
    )


def _loss(following: int, there: Range) -> Loss | None:
    if following < there.begin:
        return Loss.RETENTION
    return Loss.FOREIGN if following > there.end else None


def _never_read(partition: Partition, there: Range) -> dict[str, object]:
    topic, number = partition
    return {
        "topic": topic,
        "part": number,
        "epoch": 0,
        "owner": "",
        "next_offset": there.begin,
        "starts": 0,
        "starts_at_offset": -1,
    }
