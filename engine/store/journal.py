"""The journal: append-only streams of leaves, each chained to the one before by its hash.

A stream is a case, or `system` (logins, reveals, activations, imports, stops). A body is exact
bytes of the open class. The hash covers a length-prefixed encoding, so that no two different
leaves have the same one; nothing is ever re-serialised.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, tuple_

from engine.store.dialect import PAIRS, chunks, hold
from engine.store.instant import to_micros
from engine.store.tables import cases, journal
from schemas.facts.system import SystemFact, dump_system_fact

SYSTEM = "system"
"""The stream of what concerns no single case."""
FIRST = ""
"""What the first leaf of a stream has before it."""

INSERT = insert(journal)
HEAD = (
    select(journal.c.n, journal.c.hash, journal.c.at)
    .where(journal.c.stream == bindparam("stream"))
    .order_by(journal.c.n.desc())
    .limit(1)
)
LEAVES = select(journal).order_by(journal.c.stream, journal.c.n)
LEAVES_OF = LEAVES.where(journal.c.stream == bindparam("stream"))
PART_OF = LEAVES_OF.where(journal.c.n > bindparam("after")).limit(bindparam("most"))
LEAF_HASH = select(journal.c.hash).where(
    journal.c.stream == bindparam("stream"), journal.c.n == bindparam("n")
)
CASE_HEADS = select(cases.c.id, cases.c.version, cases.c.head).order_by(cases.c.id)
CASE_HEAD = CASE_HEADS.where(cases.c.id == bindparam("stream"))
NEWEST = select(func.max(journal.c.at))
NEWEST_OF = NEWEST.where(
    tuple_(journal.c.stream, journal.c.n).in_(bindparam("heads", expanding=True))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Where a chain does not hold."""

    stream: str
    n: int
    what: str


def leaf_hash(
    *, stream: str, n: int, at: datetime, kind: str, v: int, body: bytes, prev: str
) -> str:
    """sha256 hex over the length-prefixed parts of a leaf."""
    digest = hashlib.sha256()
    for part in (
        stream.encode(),
        b"%d" % n,
        b"%d" % to_micros(at),
        kind.encode(),
        b"%d" % v,
        body,
        prev.encode(),
    ):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.hexdigest()


def leaf(
    *, stream: str, n: int, at: datetime, kind: str, v: int, body: bytes, prev: str
) -> dict[str, Any]:
    """The row of a new leaf."""
    row = {"stream": stream, "n": n, "at": at, "kind": kind, "v": v, "body": body, "prev": prev}
    row["hash"] = leaf_hash(stream=stream, n=n, at=at, kind=kind, v=v, body=body, prev=prev)
    return row


def note(conn: Connection, fact: SystemFact, at: datetime) -> None:
    """Append a fact to the `system` stream, in the caller's transaction.

    Last in it: from here to the commit nobody else can append to that stream. Never before the leaf
    that it follows, which another engine may have written by another clock.
    """
    hold(conn, "journal", {SYSTEM})
    last = conn.execute(HEAD, {"stream": SYSTEM}).one_or_none()
    n, prev = (0, FIRST) if last is None else (last.n, last.hash)
    at = at if last is None else max(at, last.at)
    body = dump_system_fact(fact)
    row = leaf(stream=SYSTEM, n=n + 1, at=at, kind=fact.kind, v=fact.v, body=body, prev=prev)
    conn.execute(INSERT, row)


def newest_at(conn: Connection) -> datetime | None:
    """When the newest leaf was written; time never goes back behind it."""
    found: datetime | None = conn.execute(NEWEST).scalar()
    return found


def newest_of(conn: Connection, versions: Mapping[str, int]) -> datetime | None:
    """When the newest of these leaves was written: stream -> number. None where none is there."""
    heads = [(stream, n) for stream, n in sorted(versions.items()) if n > 0]
    found: list[datetime | None] = [
        conn.execute(NEWEST_OF, {"heads": some}).scalar() for some in chunks(heads, most=PAIRS)
    ]
    return max((at for at in found if at is not None), default=None)


def verify(conn: Connection, *, stream: str | None = None) -> tuple[Fault, ...]:
    """Every place where a chain is cut, changed, or does not end at its case's head."""
    if stream is None:
        leaves, heads = conn.execute(LEAVES), conn.execute(CASE_HEADS)
    else:
        leaves = conn.execute(LEAVES_OF, {"stream": stream})
        heads = conn.execute(CASE_HEAD, {"stream": stream})
    ends: dict[str, tuple[int, str]] = {}
    faults = list(_follow(leaves, ends))
    for row in heads:
        n, head = ends.get(row.id, (0, FIRST))
        if row.version != n:
            faults.append(Fault(stream=row.id, n=n, what=f"the case counts {row.version} facts"))
        elif row.head != head:
            faults.append(Fault(stream=row.id, n=n, what="the case names another head"))
    return tuple(faults)


def verify_part(
    conn: Connection, *, stream: str, after: int, most: int
) -> tuple[tuple[Fault, ...], int]:
    """The same over a part of a long stream: the leaves after number `after`, so many at most.

    Returns also the number to go on after; 0 where the stream ended.
    """
    before = conn.execute(LEAF_HASH, {"stream": stream, "n": after}).scalar_one_or_none()
    rows = conn.execute(PART_OF, {"stream": stream, "after": after, "most": most}).all()
    ends = {stream: (after, before or FIRST)}
    faults = tuple(_follow(rows, ends))
    return faults, rows[-1].n if len(rows) == most else 0


def _follow(leaves: Iterable[Any], ends: dict[str, tuple[int, str]]) -> Iterator[Fault]:
    for row in leaves:
        n, head = ends.get(row.stream, (0, FIRST))
        if row.n != n + 1:
            yield Fault(stream=row.stream, n=n + 1, what="a leaf is missing")
        elif row.prev != head:
            yield Fault(stream=row.stream, n=row.n, what="it does not follow the leaf before it")
        own = leaf_hash(
            stream=row.stream,
            n=row.n,
            at=row.at,
            kind=row.kind,
            v=row.v,
            body=row.body,
            prev=row.prev,
        )
        if own != row.hash:
            yield Fault(stream=row.stream, n=row.n, what="it was changed")
        ends[row.stream] = (row.n, row.hash)
