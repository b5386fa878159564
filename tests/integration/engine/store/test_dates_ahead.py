"""The dates of all running cases, for a phone's calendar: all of them, and never all cases anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, delete, event, insert, update

from engine.case.marked import CaseDate
from engine.case.state import Case, CaseStatus, dump_case
from engine.store.database import Database
from engine.store.dates import DatesAhead
from engine.store.metadata import metadata
from engine.store.tables import cases
from schemas.codes import DateKind

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


def hearing(n: int) -> CaseDate:
    return CaseDate(id=f"d{n}", kind=DateKind.HEARING, at=NOW + timedelta(days=n), by="ana")


def put(conn: Connection, id: str, *days: int, version: int = 1, status: str = "open") -> None:
    """A case as it stands now, whatever it was before."""
    state = dump_case(replace(Case(id=id), dates=tuple(hearing(n) for n in days)))
    conn.execute(delete(cases).where(cases.c.id == id))
    conn.execute(
        insert(cases).values(
            id=id, ref=f"TC-{id}", kind="case", status=status, severity=1, exercise=False,
            opened_at=NOW, version=version, head="x", state=state,
        )
    )  # fmt: skip


@contextmanager
def sent_by(conn: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Statements that read stored states, with what they were given."""
    sent: list[tuple[str, Any]] = []

    def note(c: Any, cursor: Any, sql: str, parameters: Any, *more: Any) -> None:
        if "cases.state" in sql:
            sent.append((sql, parameters))

    event.listen(conn, "before_cursor_execute", note)
    yield sent
    event.remove(conn, "before_cursor_execute", note)


def test_a_calendar_that_asks_again_has_no_case_read_that_did_not_change(store_url: str) -> None:
    database = Database(store_url)
    ahead = DatesAhead()
    with database.writer() as conn, conn.begin():
        put(conn, "c1", 3)
        put(conn, "c2")
        put(conn, "c3", 4, 5, status="monitored")
        assert ahead.read(conn) == (("c1", hearing(3)),)

        with sent_by(conn) as sent:
            assert ahead.read(conn) == (("c1", hearing(3)),)
            assert sent == []

            put(conn, "c2", 9, version=2)
            assert ahead.read(conn) == (("c1", hearing(3)), ("c2", hearing(9)))
            ((_, asked),) = sent
            assert "c2" in str(asked) and "c1" not in str(asked)
    database.close()


@pytest.mark.parametrize("status", CaseStatus)
def test_the_dates_of_every_case_that_is_not_over_are_ahead(status: CaseStatus) -> None:
    with _memory() as conn:
        put(conn, "c1", 3, status=status.value)
        found = DatesAhead().read(conn)

    assert found == ((("c1", hearing(3)),) if status.unresolved else ())


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["c1", "c2", "c3"]),
        st.lists(st.integers(1, 3), max_size=2, unique=True),
        st.sampled_from(["open", "standing", "monitored"]),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=25)
@given(CHANGES)
def test_what_is_kept_is_what_a_first_look_finds(
    changes: list[tuple[str, list[int], str, bool]],
) -> None:
    """Dates set, moved and taken away, cases closed and opened again, looked at or not between."""
    ahead = DatesAhead()
    with _memory() as conn:
        for n, (case, days, status, looks) in enumerate(changes):
            put(conn, case, *days, version=n, status=status)
            if looks:
                assert ahead.read(conn) == DatesAhead().read(conn)
        conn.execute(update(cases).where(cases.c.id == "c1").values(status="closed"))
        assert ahead.read(conn) == DatesAhead().read(conn)


@contextmanager
def _memory() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine, tables=[cases])
    with engine.begin() as conn:
        yield conn
    engine.dispose()
