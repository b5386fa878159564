"""The first screen says what needs a person now."""

from datetime import timedelta

from sqlalchemy import Connection, update

from engine.store import tables
from tests.integration.web.stage import Stage
from tests.integration.web.story import open_case


def test_nobody_sees_the_board_without_logging_in(desk: Stage) -> None:
    answer = desk.client.get("/", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


def test_a_quiet_board_says_so(desk: Stage) -> None:
    desk.log_in("ana")

    answer = desk.client.get("/")

    assert answer.status_code == 200
    assert "Needs a person now (0)" in answer.text
    assert "On duty</a>: <b><bdi>Ana</bdi>" in answer.text


def test_the_board_says_whose_messages_wait_for_their_turn_and_until_when(desk: Stage) -> None:
    desk.log_in("ana")
    open_case(desk)
    assert "Held back for now" not in desk.client.get("/").text
    later = desk.clock.now() + timedelta(minutes=9)

    def hold(conn: Connection) -> None:
        conn.execute(update(tables.notifications).values(state="queued", attempts=0, next_at=later))

    desk.run(desk.writer.run, hold)
    shown = desk.client.get("/").text
    assert "Held back for now" in shown
    assert f"until {later:%H:%M}" in shown
    assert "Nothing of a grave case waits for duty." in shown
