"""The dates of a case from the terminal: set, moved, taken away, and in a calendar."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.cli.exits import Exit
from engine.clock import SystemClock
from tests.harness.icalendar import events_of
from tests.integration.bootstrap.desk import Desk, an_event


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def _in(**ahead: float) -> str:
    return (SystemClock().now() + timedelta(**ahead)).replace(microsecond=0).isoformat()


def test_a_date_is_set_moved_and_taken_away_at_the_terminal(desk: Desk) -> None:
    Path("event.json").write_text(an_event("e-1", consent=True), "utf-8")
    desk.json("event", "send", "event.json")
    ref = str(desk.json("case", "list")["cases"][0]["ref"])
    known = {each["date"] for each in desk.json("case", "date", "list", ref)["dates"]}

    first, later = _in(days=20), _in(days=30)
    said = desk.said("case", "date", "add", ref, "--kind", "hearing", "--on", first)
    assert "looked at before it comes" in said
    (date,) = [x for x in desk.json("case", "date", "list", ref)["dates"] if x["date"] not in known]
    assert (date["kind"], date["on"]) == ("hearing", first)
    assert date["date"] in desk.said("case", "date", "list", ref)

    moved = desk.said("case", "date", "move", ref, date["date"], "--on", later)
    assert "0 parties are asked" in moved
    days = desk.json("case", "date", "calendar")
    entries = events_of(days["calendar"])
    assert len(entries) == days["count"] == 1 + len(known)
    assert f"{datetime.fromisoformat(later):%Y%m%dT%H%M%SZ}" in {e["DTSTART"] for e in entries}
    assert {each["SUMMARY"] for each in entries} == {"Tocsin: a date needs you"}
    assert ref not in days["calendar"] and date["date"] not in days["calendar"]

    where = desk.said("case", "date", "calendar", "--address").strip()
    assert where == days["address"] and where.endswith(".ics")
    assert desk.said("case", "date", "calendar", "--anew").strip() != where

    assert "Removed" in desk.said("case", "date", "remove", ref, date["date"])
    again = desk.run("case", "date", "remove", ref, date["date"])
    assert again.exit_code == Exit.REFUSED and "tocsin case date list" in again.output

    past = desk.run("case", "date", "add", ref, "--kind", "hearing", "--on", _in(days=-1))
    assert past.exit_code == Exit.REFUSED and "a time ahead" in past.output
    untold = desk.run("case", "date", "add", ref, "--kind", "hearing")
    assert untold.exit_code == Exit.USAGE and "--on" in untold.output
    desk.said("case", "date", "add", ref, "--kind", "un_reply")
    (reply,) = [
        x for x in desk.json("case", "date", "list", ref)["dates"] if x["kind"] == "un_reply"
    ]
    left = datetime.fromisoformat(reply["on"]) - SystemClock().now()
    assert timedelta(days=59) < left <= timedelta(days=60)
