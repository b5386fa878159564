"""The calendar of dates: readable by any phone, silent about every case."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar_text import Entry, calendar_text
from engine.case.marked import CaseDate
from engine.date_calendar import WORDS, date_calendar
from engine.vault import Secret
from schemas.codes import DateKind
from tests.harness.icalendar import events_of

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
KEY = Secret(b"a key of these tests, 32 bytes..")


def a_date(
    id: str = "dhearing", *, days: float = 16, kind: DateKind = DateKind.HEARING
) -> CaseDate:
    return CaseDate(id=id, kind=kind, at=NOW + timedelta(days=days), by="ana")


def test_each_date_is_one_entry_at_its_time_and_all_say_the_same() -> None:
    text = date_calendar([("c2", a_date("d2", days=3)), ("c1", a_date())], key=KEY, at=NOW)

    events = events_of(text)

    assert [each["DTSTART"] for each in events] == ["20270304T090000Z", "20270317T090000Z"]
    assert {each["SUMMARY"] for each in events} == {WORDS}


def test_nothing_in_a_calendar_says_which_case_or_what_kind_of_date() -> None:
    text = date_calendar([("ccase-of-somebody", a_date())], key=KEY, at=NOW).lower()

    for word in ("case-of-somebody", "dhearing", "hearing", "ana"):
        assert word not in text


def test_a_moved_date_keeps_its_entry_so_that_it_moves_in_the_calendar() -> None:
    (before,) = events_of(date_calendar([("c1", a_date())], key=KEY, at=NOW))
    (after,) = events_of(date_calendar([("c1", a_date(days=30))], key=KEY, at=NOW))

    assert before["UID"] == after["UID"]
    assert before["DTSTART"] != after["DTSTART"]


def test_who_does_not_hold_the_key_cannot_tell_entries_of_one_case() -> None:
    ours = events_of(date_calendar([("c1", a_date())], key=KEY, at=NOW))
    other = Secret(b"another key of these tests, 32 b")
    theirs = events_of(date_calendar([("c1", a_date())], key=other, at=NOW))

    assert ours[0]["UID"] != theirs[0]["UID"]


def test_without_any_date_it_is_still_a_calendar() -> None:
    assert events_of(date_calendar([], key=KEY, at=NOW)) == []


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=200), id=st.text(min_size=1, max_size=40))
def test_whatever_words_it_is_given_a_calendar_stays_readable(words: str, id: str) -> None:
    text = calendar_text([Entry(id=id, starts=NOW, words=words)], name=words, at=NOW)

    lines = text.encode("utf-8", "surrogatepass").split(b"\r\n")

    assert all(len(line) <= 75 for line in lines)
