"""Who is on duty, on the board: seen by anybody, changed at night by whoever is there."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.duty import editions, feed
from engine.store import tables
from engine.web.pages import PAGE_BYTES_MAX
from rules.roster import on_call
from schemas.facts.system import DutyChanged, load_system_fact
from schemas.roster import Layer, Role, Roster, Rotation
from tests.harness.icalendar import events_of
from tests.harness.people import duty
from tests.harness.towns import ARREST, cerro, rulebook
from tests.integration.web.stage import START, Stage, stage
from tests.integration.web.story import open_case, submit

WEEKLY = Rotation(
    id="turns",
    people=("person:ana", "person:ben"),
    every="daily",
    starts=date(2027, 3, 1),
    at="08:00",
    zone="UTC",
)
MORNING = {"away_until_day": "2027-03-02", "away_until_time": "09:00"}


def _roster() -> Roster:
    shifts = duty(handlers=["Ana", "Ben"], shift_leads=["Chi"], directors=["Dia"])
    return Roster(
        version="r1",
        people=shifts.people,
        floor=shifts.floor,
        shifts=tuple(each for each in shifts.shifts if each.role is not Role.HANDLER),
        rotations=(WEEKLY,),
        layers=(Layer(id="first", role=Role.HANDLER, rotation="turns"),),
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, place=cerro(), rulebook=rulebook(ARREST), roster=_roster()) as made:
        yield made


def _in_force(desk: Stage) -> Roster:
    assert desk.services.duty is not None
    return desk.services.duty.roster()


def _handler(desk: Stage, at: datetime) -> list[str]:
    return [each.person for each in on_call(_in_force(desk), Role.HANDLER, at)]


def _journaled(desk: Stage) -> list[DutyChanged]:
    wanted = select(tables.journal.c.body).where(tables.journal.c.kind == "duty_changed")
    bodies = desk.run(desk.reader.run, lambda conn: list(conn.execute(wanted).scalars()))
    facts = [load_system_fact(body) for body in bodies]
    return [fact for fact in facts if isinstance(fact, DutyChanged)]


def test_the_page_says_who_is_on_who_next_and_where_nobody_is(desk: Stage) -> None:
    desk.log_in("rea")

    shown = desk.client.get("/duty")

    assert shown.status_code == 200
    assert "Tue 2 March, 08:00" in shown.text  # Ana hands over to Ben then
    assert "nobody, so <bdi>Chi</bdi> (shift lead)" in shown.text
    assert "Enter</button>" not in shown.text, "a reader changes nothing"
    assert len(shown.text.encode()) < PAGE_BYTES_MAX


def test_an_absence_typed_in_at_night_counts_at_once_and_is_journaled(
    desk: Stage,
) -> None:
    desk.log_in("ana")
    assert _handler(desk, START) == ["person:ana"]

    shown = submit(
        desk,
        "/duty",
        {"kind": "away", "away_person": "person:ana", **MORNING},
    )

    assert "Entered. The next page goes by it." in shown.text
    assert "is away, Mon 1 March, 22:0" in shown.text
    assert _handler(desk, desk.clock.now()) == ["person:ben"]
    (fact,) = _journaled(desk)
    assert (fact.change, fact.person, fact.by) == ("absence", "person:ana", "person:ana")
    assert fact.roster == _in_force(desk).version != "r1"


def test_an_absence_that_leaves_nobody_is_entered_only_when_said_again(desk: Stage) -> None:
    desk.log_in("chi")
    away = {"kind": "away", "away_person": "person:chi", **MORNING}

    refused = submit(desk, "/duty", away)

    assert refused.status_code == 409
    assert "Nothing changed." in refused.text
    assert "shift lead, " in refused.text
    assert "nobody, so <bdi>Dia</bdi> (director)" in refused.text
    assert not _in_force(desk).absences

    submit(desk, "/duty", {**away, "confirm": "yes"})

    assert [each.person for each in _in_force(desk).absences] == ["person:chi"]
    assert _journaled(desk)[0].left_empty


def test_two_swap_their_days_and_take_it_back(desk: Stage) -> None:
    desk.log_in("ben")
    swap = {
        "kind": "swap",
        "swap_person": "person:ana",
        "swap_mine_day": "2027-03-03",
        "swap_mine_time": "12:00",
        "swap_other": "person:ben",
        "swap_theirs_day": "2027-03-04",
        "swap_theirs_time": "12:00",
    }
    noon = datetime(2027, 3, 3, 12, tzinfo=UTC)

    submit(desk, "/duty", swap)

    assert _handler(desk, noon) == ["person:ben"]
    assert _handler(desk, noon + timedelta(days=1)) == ["person:ana"]

    (entered,) = _in_force(desk).swaps
    submit(desk, "/duty", {"kind": "withdraw", "entry": entered.id})

    assert _handler(desk, noon) == ["person:ana"]
    assert [fact.change for fact in _journaled(desk)] == ["swap", "withdrawn"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "away", "away_person": "person:ana"}, "Say which day"),
        ({"kind": "away", "away_person": "nobody", **MORNING}, "Choose one."),
        ({"kind": "away", "away_person": "person:ana", "away_until_day": "x"}, "not a date"),
        (
            {
                "kind": "swap",
                "swap_person": "person:chi",
                "swap_mine_day": "2027-03-03",
                "swap_other": "person:ben",
                "swap_theirs_day": "2027-03-04",
            },
            "no shift then",
        ),
    ],
)
def test_a_form_that_misses_something_says_where(
    desk: Stage, change: dict[str, object], said: str
) -> None:
    desk.log_in("ana")

    shown = submit(desk, "/duty", change)

    assert shown.status_code == 422
    assert said in shown.text
    assert _in_force(desk).version == "r1"


def test_a_reader_changes_nothing(desk: Stage) -> None:
    desk.log_in("rea")

    csrf = desk.client.get("/duty").text.partition('name="csrf" value="')[2].partition('"')[0]

    away = {"kind": "away", "away_person": "person:ana", **MORNING}
    shown = desk.client.post("/duty", data={"csrf": csrf, "nonce": "1", **away})

    assert shown.status_code == 403
    assert not _in_force(desk).absences


def test_a_phone_subscribes_by_a_secret_and_sees_shifts_alone(desk: Stage) -> None:
    key = desk.services.answer_key
    mine = feed.secret(key, "person:ana", edition="")

    found = desk.client.get(f"/calendar/{mine}.ics")

    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:On duty: handler" in found.text
    assert "DTSTART:20270303T080000Z\r\nDTEND:20270304T080000Z" in found.text
    assert "Ben" not in found.text
    assert "TC-" not in found.text
    everybody = feed.secret(key, feed.EVERYBODY, edition="")
    assert "SUMMARY:Ben: handler" in desk.client.get(f"/calendar/{everybody}.ics").text


def test_a_guessed_or_former_address_opens_no_calendar(desk: Stage) -> None:
    former = feed.secret(desk.services.answer_key, "person:ana", edition="1")

    for guess in (former, "x", "%C3%A9", mine_of_nobody(desk)):
        found = desk.client.get(f"/calendar/{guess}.ics")
        assert (found.status_code, found.text) == (404, "")


def mine_of_nobody(desk: Stage) -> str:
    """A secret made with the right key for somebody who is not in the roster."""
    return feed.secret(desk.services.answer_key, "person:nobody", edition="")


def test_dates_are_subscribed_to_from_the_page_and_say_nothing_of_any_case(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk)
    addresses = re.findall(r"/calendar/[\w-]+\.ics", desk.client.get("/duty").text)
    assert len(addresses) == 3
    key = desk.services.answer_key
    of_dates = f"/calendar/{feed.secret(key, feed.DATES, edition='')}.ics"
    assert of_dates == addresses[2]

    first = events_of(desk.client.get(of_dates).text)  # the first 48 hours of the arrest
    assert [each["SUMMARY"] for each in first] == ["Tocsin: a date needs you"]
    assert ref not in desk.client.get(of_dates).text
    day = desk.clock.now() + timedelta(days=20)
    hearing = {"kind": "hearing", "on_day": f"{day:%Y-%m-%d}", "on_time": "08:00"}
    submit(desk, f"/cases/{ref}/dates", hearing)

    assert len(events_of(desk.client.get(of_dates).text)) == 1  # read no oftener than it may change
    desk.advance(minutes=11)
    assert len(events_of(desk.client.get(of_dates).text)) == 2

    desk.run(desk.writer.run, lambda conn: editions.another(conn, feed.DATES))
    assert desk.client.get(of_dates).status_code == 404
