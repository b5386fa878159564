"""What came and was no report may be a call for help: somebody can read it, and says why."""

import re

from engine.store import journal
from tests.integration.web.stage import Stage
from tests.integration.web.story import submit
from tests.integration.web.test_console import facts
from tests.integration.web.test_retention import look, put_aside

WORDS = "not an event, but who knows"
WHY = "To see whether it was a call for help"


def chosen(desk: Stage) -> str:
    found = re.search(r'name="id" value="(\w+)"', desk.client.get("/aside").text)
    assert found is not None
    return found[1]


def test_what_was_put_aside_is_found_from_its_incident_and_opened_with_a_reason(
    desk: Stage,
) -> None:
    put_aside(desk)
    desk.log_in("ana")
    case = re.search(r"/cases/TC-\w+", desk.client.get("/").text)
    assert case is not None
    assert 'href="/aside"' in desk.client.get(case[0]).text
    listed = desk.client.get("/aside").text
    assert "invented-hotline" in listed
    assert WORDS not in listed

    assert submit(desk, "/aside", {"id": chosen(desk), "reason": "me"}).status_code == 422
    assert facts(desk, "vault_opened") == 0
    opened = submit(desk, "/aside", {"id": chosen(desk), "reason": WHY})

    assert WORDS in opened.text
    assert facts(desk, "vault_opened") == 1
    assert desk.run(desk.reader.run, journal.verify) == ()


def test_a_reader_sees_that_something_came_and_opens_nothing(desk: Stage) -> None:
    put_aside(desk)
    desk.log_in("ana")
    id = chosen(desk)
    desk.log_in("rea")
    listed = desk.client.get("/aside").text
    assert "invented-hotline" in listed
    assert "Open one" not in listed
    csrf = re.search(r'name="csrf" value="([^"]+)"', listed)
    assert csrf is not None
    sent = {"csrf": csrf[1], "nonce": "n1", "id": id, "reason": WHY}
    assert desk.client.post("/aside", data=sent).status_code == 403
    assert facts(desk, "vault_opened") == 0


def test_nothing_else_can_be_opened_there(desk: Stage) -> None:
    """The page opens what was put aside, never a row of the vault whose id somebody knows."""
    put_aside(desk)
    kept = desk.run(desk.services.sealing.keep, "of some case", kind="note")
    desk.log_in("ana")
    assert submit(desk, "/aside", {"id": kept, "reason": WHY}).status_code == 422
    assert facts(desk, "vault_opened") == 0


def test_what_was_erased_says_so(desk: Stage) -> None:
    put_aside(desk)
    desk.advance(days=60)
    desk.run(desk.writer.run, _closed)
    look(desk)
    desk.log_in("ana")
    listed = desk.client.get("/aside").text
    assert "erased, its time was over" in listed
    assert "Open one" not in listed


def _closed(conn):  # type: ignore[no-untyped-def]
    return conn.exec_driver_sql("update cases set status = 'closed'").rowcount
