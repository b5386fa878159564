"""Dates on the board: seen on the case, set, moved and taken away on a page of their own."""

from datetime import timedelta

from tests.integration.web.stage import Stage
from tests.integration.web.story import open_case, submit


def _days(desk: Stage, days: int) -> dict[str, str]:
    ahead = desk.clock.now() + timedelta(days=days)
    return {"on_day": f"{ahead:%Y-%m-%d}", "on_time": "08:00"}


def test_a_date_is_set_moved_and_taken_away_on_the_board(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    path = f"/cases/{ref}/dates"

    done = submit(desk, path, {"kind": "hearing", **_days(desk, 20)})
    assert "Set. It is looked at before it comes." in done.text
    assert "Hearing: " in done.text
    shown = desk.client.get(path).text
    (date,) = {part.split('"')[0] for part in shown.split('name="date" value="')[1:]} - {
        "",
        *_custody(shown),
    }

    moved = submit(desk, path, {"date": date, **_days(desk, 30)})
    assert "Moved." in moved.text

    gone = submit(desk, path, {"remove": date})
    assert "Taken away." in gone.text
    assert "Hearing: " not in gone.text.split("The story")[0]


def _custody(shown: str) -> set[str]:
    """Ids of dates that a report set by itself."""
    return {
        part.split('"')[0]
        for part in shown.split('name="date" value="')[1:]
        if "First 48 hours" in part.split("</label>")[0]
    }


def test_what_is_missing_is_marked_and_nothing_is_set(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)

    lacks = submit(desk, f"/cases/{ref}/dates", {"kind": "hearing", "on_time": "25:99"})

    assert lacks.status_code == 422
    assert "Say when." in lacks.text or "This is not a date and a time." in lacks.text


def test_a_date_behind_us_is_refused_with_what_to_do(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)

    refused = submit(desk, f"/cases/{ref}/dates", {"kind": "hearing", **_days(desk, -3)})

    assert "a time ahead" in refused.text
