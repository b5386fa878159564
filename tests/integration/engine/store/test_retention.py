"""What is kept beyond its time is found alike on both stores."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from engine.case.state import Case, CaseStatus, dump_case
from engine.store import case_keys, meta, retention, tables
from engine.store.aside import count, put_aside
from engine.store.database import Database

THEN = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def a_case(conn: Connection, case: Case, *, archived: bool) -> None:
    row = {
        "id": case.id, "ref": case.ref, "kind": "case", "status": case.status.value, "severity": 1,
        "exercise": False, "opened_at": THEN, "version": 1, "head": "0" * 64, "due_at": None,
        "state": dump_case(case),
    }  # fmt: skip
    conn.execute(insert(tables.cases), row)
    conn.execute(insert(tables.case_subjects), {"pseudonym": "hotline/s1", "case_id": case.id})
    case_keys.keep(conn, case=case.id, wrapped=b"wrapped", at=THEN)
    if archived:
        leaf = {"stream": case.id, "n": 1, "at": THEN + 40 * DAY, "kind": "archived", "v": 1}
        conn.execute(insert(tables.journal), {**leaf, "body": b"{}", "prev": "", "hash": case.id})


def test_closed_cases_with_a_key_are_found_with_their_day(store_url: str) -> None:
    over = Case(id="c1", ref="TC-1", status=CaseStatus.CLOSED, erase_on=THEN + 150 * DAY)
    goes_on = Case(id="c2", ref="TC-2", status=CaseStatus.OPEN)
    database = Database(store_url)

    def fill(conn: Connection) -> None:
        a_case(conn, over, archived=True)
        a_case(conn, goes_on, archived=False)
        meta.write(conn, retention.COMING, "c1 c2 gone")
        aside = {"id": "q1", "at": THEN, "source": "s", "reason": "not json", "digest": "d" * 64}
        conn.execute(
            insert(tables.quarantine), {**aside, "key_id": "intake-2027w09", "ciphertext": b"box"}
        )

    writer = database.writer()
    with writer.begin():
        fill(writer)
        (found,) = retention.closed(writer, after="", most=10)
        assert (found.case, found.closed_at) == ("c1", THEN + 40 * DAY)
        assert retention.closed(writer, after="c1", most=10) == []
        assert retention.needed(writer, over)  # the other case is about the same person
        assert retention.coming(writer) == [(THEN + 150 * DAY, "TC-1")]
        assert retention.empty_quarantine(writer, before=THEN) == 0
        assert retention.empty_quarantine(writer, before=THEN + DAY) == 1
        assert (count(writer), [each.kept for each in put_aside(writer, most=5)]) == (1, [False])
    writer.close()
    database.close()
