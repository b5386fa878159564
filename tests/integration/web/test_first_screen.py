"""The first screen says what needs a person now."""

from tests.integration.web.stage import Stage


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
