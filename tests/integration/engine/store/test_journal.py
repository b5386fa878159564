"""The journal: whoever changes the past is found, and SQL alone cannot change it."""

from contextlib import closing

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from engine.store import journal
from engine.store.dialect import is_sqlite
from tests.integration.engine.desk.room import START, a_room, report


@pytest.fixture
def conn(three_entries: Connection) -> Connection:
    return three_entries


def _tamper(conn: Connection, statement: str, **values: object) -> tuple[journal.Fault, ...]:
    """Change the file as somebody with the whole machine could: triggers gone."""
    with conn.begin():
        if is_sqlite(conn):
            for verb in ("update", "delete"):
                conn.exec_driver_sql(f"DROP TRIGGER journal_no_{verb}")
        else:
            conn.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER journal_no_change")
        conn.execute(text(statement), values)
    with conn.begin():
        return journal.verify(conn)


def test_an_untouched_journal_holds(conn: Connection) -> None:
    with conn.begin():
        assert journal.verify(conn) == ()
        assert journal.verify(conn, stream=journal.SYSTEM) == ()


@pytest.mark.parametrize("verb", ["UPDATE journal SET kind = 'x'", "DELETE FROM journal"])
def test_the_database_refuses_to_change_the_past(conn: Connection, verb: str) -> None:
    with pytest.raises(DBAPIError, match="only grows"), conn.begin():
        conn.exec_driver_sql(verb)


@pytest.mark.parametrize(
    ("change", "n"),
    [
        ("UPDATE journal SET body = :x WHERE n = 2", 2),
        ("UPDATE journal SET at = at + 1 WHERE n = 2", 2),
        ("UPDATE journal SET kind = 'outgoing_allowed' WHERE n = 2", 2),
        ("UPDATE journal SET v = 2 WHERE n = 2", 2),
        ("UPDATE journal SET stream = 'other' WHERE n = 3", 1),
    ],
)
def test_a_changed_leaf_is_named(conn: Connection, change: str, n: int) -> None:
    values = {"x": b"{}"} if ":x" in change else {}

    faults = _tamper(conn, change, **values)

    assert n in {fault.n for fault in faults}


def test_a_leaf_taken_out_is_missed(conn: Connection) -> None:
    (fault,) = _tamper(conn, "DELETE FROM journal WHERE n = 2")

    assert (fault.stream, fault.n, fault.what) == ("system", 2, "a leaf is missing")


def test_b48_leaves_that_changed_places_are_named(conn: Connection) -> None:
    _tamper(conn, "UPDATE journal SET n = 9 WHERE n = 2")
    with conn.begin():
        conn.execute(text("UPDATE journal SET n = 2 WHERE n = 3"))
        conn.execute(text("UPDATE journal SET n = 3 WHERE n = 9"))

    with conn.begin():
        faults = journal.verify(conn)

    assert {(fault.stream, fault.n) for fault in faults} >= {("system", 2), ("system", 3)}


async def test_b48_a_journal_cut_at_its_end_is_missed_as_long_as_its_case_is_there(
    store_url: str,
) -> None:
    async with a_room(store_url) as room:
        result = await room.one(report())
        before = len(await room.facts(result.case))
        with closing(room.database.writer()) as conn:
            faults = _tamper(
                conn,
                "DELETE FROM journal WHERE stream = :case AND n >= :n",
                case=result.case,
                n=before - 1,
            )

    assert [(fault.stream, fault.n, fault.what) for fault in faults] == [
        (result.case, before - 2, f"the case counts {before} facts")
    ]


def test_a_leaf_rewritten_with_a_fresh_hash_breaks_the_next_one(conn: Connection) -> None:
    with conn.begin():
        row = conn.execute(text("SELECT prev FROM journal WHERE n = 2")).one()
    forged = journal.leaf_hash(
        stream="system", n=2, at=START, kind="outgoing_stopped", v=1, body=b"{}", prev=row.prev
    )

    faults = _tamper(conn, "UPDATE journal SET body = :b, hash = :h WHERE n = 2", b=b"{}", h=forged)

    assert [(fault.n, fault.what) for fault in faults] == [
        (3, "it does not follow the leaf before it")
    ]


def test_no_two_leaves_encode_to_the_same_bytes() -> None:
    def hashed(kind: str, body: bytes) -> str:
        return journal.leaf_hash(stream="s", n=1, at=START, kind=kind, v=1, body=body, prev="")

    assert hashed("ab", b"c") != hashed("a", b"bc")
