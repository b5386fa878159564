"""What a phone's calendar is given: shifts, in a form that every calendar reads."""

from datetime import UTC, datetime, timedelta

from engine.calendar_text import Entry, calendar_text
from engine.duty.feed import EVERYBODY, calendar, secret, whose
from engine.vault import Secret
from schemas.roster import Role
from tests.unit.rules.rota import build as b

NOW = datetime(2027, 3, 24, 22, 17, tzinfo=UTC)
KEY = Secret(b"k" * 32)


def _value(text: str, key: str) -> list[str]:
    return [line.partition(":")[2] for line in text.split("\r\n") if line.startswith(key)]


def test_each_shift_is_an_entry_by_the_clock_on_the_wall() -> None:
    roster = b.roster(**b.by_turns("ana", "ben", "chi"))

    text = calendar(roster, "ana", at=NOW)

    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert set(_value(text, "SUMMARY")) == {"On duty: handler"}
    hours = {start[9:13] for start in _value(text, "DTSTART")[1:]}
    assert hours == {"0800", "0700"}, "nine in Berlin, before and after the clock change"


def test_the_same_shift_is_the_same_entry_tomorrow() -> None:
    roster = b.roster(**b.by_turns("ana", "ben"), shifts=(b.shift("ana", Role.SECOND),))

    today, tomorrow = (
        _value(calendar(roster, "ana", at=at), "UID") for at in (NOW, NOW + timedelta(days=1))
    )

    assert len(set(today)) == len(today)
    assert len(set(today) & set(tomorrow)) >= len(today) - 1


def test_that_of_all_names_people_and_that_of_one_names_nobody() -> None:
    roster = b.roster(**b.by_turns("ana", "ben"))

    assert "SUMMARY:Ben: handler" in calendar(roster, EVERYBODY, at=NOW)
    assert "Ben" not in calendar(roster, "ana", at=NOW)


def test_a_secret_opens_one_calendar_until_it_is_changed() -> None:
    people = (EVERYBODY, "ana", "ben")
    given = secret(KEY, "ana", edition="")

    assert whose(KEY, given, people, editions={}) == "ana"
    assert whose(KEY, given, people, editions={"ana": "1"}) is None
    assert whose(KEY, given, ("ben",), editions={}) is None
    assert whose(Secret(b"x" * 32), given, people, editions={}) is None
    assert whose(KEY, "é", people, editions={}) is None


def test_long_and_foreign_words_are_folded_and_marked_and_none_is_lost() -> None:
    words = "Hand-over; bring: keys, “both” \\ and\nthe phone. " + "ü" * 60

    text = calendar_text(
        [Entry(id="a@duty", starts=NOW, words=words)], name="Duty\r\nEND:VCALENDAR", at=NOW
    )

    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = text.replace("\r\n ", "")
    assert lines.count("END:VCALENDAR") == 1, "nothing in a value ends the file"
    said = _value(unfolded, "SUMMARY")[0]
    for marked, plain in (("\\n", "\n"), ("\\,", ","), ("\\;", ";"), ("\\\\", "\\")):
        said = said.replace(marked, plain)
    assert said == words
    assert "DTEND" not in text
