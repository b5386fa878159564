"""What those of a round read: kinds of bodies and of actions, times, and no name."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.case.ledger import Entry, Standing
from engine.case.rounds import is_there
from engine.web.words.rounds import NOTHING, ONE, round_lines
from schemas.codes import ActionKind, TrackName
from tests.unit.engine.case.builders import a_told_case

AT = datetime(2027, 3, 2, 9, tzinfo=UTC)
DUE = datetime(2027, 3, 5, 14, tzinfo=UTC)
HERE = ZoneInfo("Europe/Berlin")


def an_entry(standing: Standing, **more: object) -> Entry:
    known = {
        "action": "a1.p1", "kind": ActionKind.VISIT, "standing": standing, "alert": "a1",
        "party": "embassy-of-nowhere", "by": "lea", "track": TrackName.MISSIONS, "at": AT,
        "due_at": DUE,
    }  # fmt: skip
    return Entry(**{**known, **more})  # type: ignore[arg-type]  # the fields of an entry


@pytest.mark.parametrize(("standing", "more", "said"), [
    (Standing.PROMISED, {}, "An embassy or consulate: a visit, promised for Fri 5 March, 15:00."),
    (Standing.ASKED, {}, "An embassy or consulate: a visit, promised for Fri 5 March, 15:00."),
    (Standing.UNDERWAY, {"due_at": None}, "An embassy or consulate: a visit, under way."),
    (Standing.DONE, {"over_at": DUE}, "An embassy or consulate: a visit, done on Fri 5 March."),
    (Standing.DONE, {"due_at": None}, "An embassy or consulate: a visit, done on Tue 2 March."),
])  # fmt: skip
def test_a_line_says_what_of_what_kind_of_body_and_when(
    standing: Standing, more: dict[str, object], said: str
) -> None:
    assert round_lines([an_entry(standing, **more)], own="a9", zone=HERE) == (said,)


def test_ones_own_is_said_to_be_ones_own() -> None:
    (line,) = round_lines([an_entry(Standing.PROMISED)], own="a1", zone=HERE)
    assert line.startswith("You: a visit")


def test_where_there_is_nothing_to_say_it_says_so() -> None:
    assert round_lines([], own="a1", zone=HERE) == (NOTHING,)


def test_no_line_holds_a_name_a_contact_or_an_id() -> None:
    for track in TrackName:
        for standing in Standing:
            (line,) = round_lines([an_entry(standing, track=track)], own="", zone=HERE)
            assert "nowhere" not in line and "lea" not in line and "a1" not in line


def test_every_kind_of_body_that_may_take_part_has_words() -> None:
    (alert,) = (a for a in a_told_case().case.alerts if a.party == "embassy")
    may = {name for name in TrackName if is_there(replace(alert, track=name))}
    assert may == set(ONE)
