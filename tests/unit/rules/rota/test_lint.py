"""What is found in a roster before anybody lies awake for it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.rota.lint import Flaw, Warning, lint
from rules.rota.outlook import windows
from schemas.roster import DutyPerson, Layer, Role, Roster, Shift
from tests.unit.rules.rota import build as b

NOW = datetime(2026, 11, 23, tzinfo=UTC)
UP = (
    Layer(id="second", role=Role.SECOND, people=("chi",)),
    Layer(id="lead", role=Role.SHIFT_LEAD, people=("dia",)),
    Layer(id="top", role=Role.DIRECTOR, people=("dia",)),
)
TWELVE: dict[str, Any] = {"every": "12 hours", "at": "08:00"}


def _sound(*people: str, **more: Any) -> Roster:
    turns = b.by_turns(*(people or ("ana", "ben")), **TWELVE)
    return b.roster(**{**turns, "layers": (*turns["layers"], *UP), **more})


def _found(roster: Roster, **more: Any) -> dict[Flaw, Warning]:
    given = {"now": NOW, "zone": "Europe/Berlin", **more}
    return {each.flaw: each for each in lint(roster, **given)}


def test_in_a_sound_roster_nothing_is_found() -> None:
    assert _found(_sound()) == {}


def test_nobody_on_duty_at_three_on_sunday_is_found_with_when_and_how_often() -> None:
    hours = "Mon-Sat 00:00-24:00 Europe/Berlin; Sun 06:00-24:00"
    layers = (Layer(id="h", role=Role.HANDLER, rotation="turns", hours=hours), *UP)

    found = _found(_sound(layers=layers))

    assert set(found) == {Flaw.NOBODY}
    gap = found[Flaw.NOBODY]
    assert gap.at == ("layers", 0)
    assert gap.what == (
        "Nobody is handler from Sun 2026-11-29 00:00 to 06:00 (Europe/Berlin), and 8 times more"
        " in eight weeks: its pages go to the next role up."
    )


def test_the_hour_that_a_change_of_clocks_leaves_empty_is_found_months_before() -> None:
    """Two sites meet at noon in winter; in March one of them is an hour earlier."""
    layers = (
        Layer(id="b", role=Role.HANDLER, people=("ana",), hours="daily 00:00-12:00 Europe/Berlin"),
        Layer(id="a", role=Role.HANDLER, people=("ben",), hours="daily 12:00-24:00 Africa/Lagos"),
        *UP,
    )
    roster = _sound(layers=layers, longest_hours=24, rotations=())

    found = _found(roster)

    gap = found[Flaw.NOBODY]
    assert gap.starts is not None
    assert gap.starts.date() == date(2027, 3, 28)
    assert "Sun 2027-03-28 12:00 to 13:00" in gap.what


def test_the_next_change_of_clocks_is_looked_at_also_when_it_is_far() -> None:
    found = list(windows(_sound(), NOW))

    assert len(found) == 2
    assert found[1][0] < datetime(2027, 3, 28, 1, tzinfo=UTC) < found[1][1]


def test_a_member_whom_no_page_reaches_is_found() -> None:
    mute = DutyPerson(id="ben", label="Ben", endpoints=())
    fax = DutyPerson(id="ana", label="Ana", endpoints=("fax:ana",))
    roster = replace(_sound(), people=(fax, mute, b.person("chi"), b.person("dia")))

    found = lint(roster, now=NOW, zone="UTC", ways=lambda way: not way.startswith("fax:"))

    lost = [each for each in found if each.flaw is Flaw.NO_WAY]
    assert [(each.person, each.at) for each in lost] == [
        ("ana", ("people", 0, "endpoints")),
        ("ben", ("people", 1, "endpoints")),
    ]


@pytest.mark.parametrize(("limit", "warned"), [(12, True), (13, False), (24, False)])
def test_a_handler_on_duty_for_longer_than_the_limit_is_found(limit: int, warned: bool) -> None:
    """Eleven hours of the day, and two more of the evening, without a break."""
    layers = (
        Layer(id="d", role=Role.HANDLER, people=("ana",), hours="daily 07:00-18:00 Europe/Berlin"),
        Layer(id="e", role=Role.HANDLER, people=("ana",), hours="daily 18:00-20:00 Europe/Berlin"),
        Layer(id="n", role=Role.HANDLER, people=("ben",)),
        *UP,
    )
    found = _found(_sound(layers=layers, rotations=(), longest_hours=limit))

    assert (Flaw.TOO_LONG in found) is warned
    if warned:
        assert found[Flaw.TOO_LONG].person == "ana"
        assert "for 13 hours without a break; the limit is 12" in found[Flaw.TOO_LONG].what


@pytest.mark.parametrize(("until", "hours"), [("12:00", 12), ("13:00", 13), ("24:00", 24)])
def test_a_second_who_stands_in_where_there_is_no_handler_is_on_duty_as_one(
    until: str, hours: int
) -> None:
    """Nobody is handler on Sundays, and each page wakes the second for so long."""
    sunday = f"Sun {until}-24:00" if until != "24:00" else ""
    hours_of = f"Mon-Sat 00:00-24:00 Europe/Berlin; {sunday}".rstrip("; ")
    layers = (Layer(id="h", role=Role.HANDLER, rotation="turns", hours=hours_of), *UP)

    found = _found(_sound(layers=layers))

    assert (Flaw.TOO_LONG in found) is (hours > 12)
    if hours > 12:
        long = found[Flaw.TOO_LONG]
        assert (long.person, long.role, long.at) == ("chi", Role.SECOND, ("layers", 1))
        assert long.what == (
            "chi is called first, as second where there is no handler,"
            f" for {hours} hours without a break; the limit is 12."
        )


def test_a_handler_who_stays_as_the_second_is_on_duty_all_the_while() -> None:
    """Ten hours as handler, and four more in which the pages of nobody go to her."""
    layers = (
        Layer(id="d", role=Role.HANDLER, people=("ana",), hours="daily 08:00-18:00 Europe/Berlin"),
        Layer(id="n", role=Role.HANDLER, people=("ben",), hours="daily 22:00-08:00 Europe/Berlin"),
        Layer(id="s", role=Role.SECOND, people=("ana",), hours="daily 18:00-22:00 Europe/Berlin"),
        *UP,
    )

    found = _found(_sound(layers=layers, rotations=()))

    assert found[Flaw.TOO_LONG].person == "ana"
    assert "for 14 hours without a break" in found[Flaw.TOO_LONG].what


def test_whoever_is_woken_only_where_the_first_is_silent_may_stand_for_weeks() -> None:
    """Chi is second and Dia the director at all hours, and nobody is asked to change that."""
    assert _found(_sound()) == {}


@pytest.mark.parametrize("role", [Role.SECOND, Role.SHIFT_LEAD, Role.DIRECTOR])
def test_nobody_in_a_role_at_three_on_sunday_is_found_whichever_role_it_is(role: Role) -> None:
    hours = "Mon-Sat 00:00-24:00 Europe/Berlin; Sun 06:00-24:00"
    layers = tuple(replace(each, hours=hours) if each.role is role else each for each in UP)

    found = _found(_sound(layers=(_sound().layers[0], *layers)))

    assert set(found) == {Flaw.NOBODY}
    assert found[Flaw.NOBODY].role is role
    assert "from Sun 2026-11-29 00:00 to 06:00" in found[Flaw.NOBODY].what


@given(gap=st.integers(1, 24), limit=st.integers(1, 24))
def test_however_long_a_gap_is_whoever_stands_in_is_judged_by_the_limit(
    gap: int, limit: int
) -> None:
    """Ana and Ben share what is left of each day, so that neither is judged for it."""
    middle = (24 - gap) // 2
    names = ((0, middle, "ana"), (middle, 24 - gap, "ben"))
    layers = tuple(
        Layer(
            id=who,
            role=Role.HANDLER,
            people=(who,),
            hours=f"daily {starts:02}:00-{ends:02}:00 Europe/Berlin",
        )
        for starts, ends, who in names
        if starts < ends
    )
    found = lint(
        _sound(layers=(*layers, *UP), rotations=(), longest_hours=limit), now=NOW, zone="UTC"
    )

    long = {each.person for each in found if each.flaw is Flaw.TOO_LONG}

    assert ("chi" in long) is (gap == 24 or gap > limit)


def test_twelve_hours_that_last_thirteen_when_the_clock_is_put_back_are_found() -> None:
    found = lint(_sound(), now=datetime(2027, 10, 1, tzinfo=UTC), zone="Europe/Berlin")

    assert [each.flaw for each in found] == [Flaw.TOO_LONG]


def test_one_person_in_every_role_is_found() -> None:
    shifts = tuple(b.shift("ana", role) for role in (Role.HANDLER, Role.SECOND))
    shifts += (b.shift("ana", Role.SHIFT_LEAD), b.shift("ana", Role.DIRECTOR))

    found = _found(b.roster(shifts=shifts, longest_hours=168))

    assert Flaw.ALONE in found
    assert Flaw.SECOND_IS_HANDLER not in found, "said once"
    assert "at all hours" in found[Flaw.TOO_LONG].what


def test_a_second_who_is_the_handler_is_found_with_the_first_time() -> None:
    same = (Layer(id="s", role=Role.SECOND, rotation="turns"), *UP[1:])
    roster = _sound(layers=(*_sound().layers[:1], *same))

    found = _found(roster)

    assert set(found) == {Flaw.SECOND_IS_HANDLER}
    assert found[Flaw.SECOND_IS_HANDLER].times == 1
    assert found[Flaw.SECOND_IS_HANDLER].at == ("layers", 1)


def test_a_layer_below_one_that_is_always_there_is_found_but_a_net_is_none() -> None:
    weekend = Layer(
        id="weekend", role=Role.HANDLER, people=("ana",), hours="Sat-Sun 00:00-24:00 Europe/Berlin"
    )
    net = Layer(id="net", role=Role.HANDLER, people=("dia",))
    turns = _sound().layers[0]

    wrong = _found(_sound(layers=(turns, weekend, net, *UP)))
    right = _found(_sound(layers=(weekend, turns, net, *UP), longest_hours=72))

    assert wrong[Flaw.NEVER_REACHED].at == ("layers", 1)
    assert right == {}


def test_a_rotation_that_no_layer_uses_is_found() -> None:
    spare = b.rotation("chi", id="spare")

    found = _found(_sound(rotations=(*_sound().rotations, spare)))

    assert found[Flaw.NEVER_REACHED].at == ("rotations", 1)


def test_a_single_shift_hidden_by_a_layer_is_found() -> None:
    """Somebody wrote down Christmas Eve, and the rota went on over it."""
    eve = Shift(
        role=Role.HANDLER,
        person="dia",
        starts=datetime(2026, 12, 24, 12, tzinfo=UTC),
        ends=datetime(2026, 12, 25, 12, tzinfo=UTC),
    )

    found = _found(_sound(shifts=(eve,)))

    assert found[Flaw.NEVER_REACHED].at == ("shifts", 0)
    assert found[Flaw.NEVER_REACHED].next_step == "Write it as a cover."


@pytest.mark.parametrize(
    ("floor", "flaw"),
    [
        (None, Flaw.NO_FLOOR),
        (DutyPerson(id="flo", label="Flo", endpoints=()), Flaw.NO_FLOOR),
        (DutyPerson(id="flo", label="Flo", endpoints=("sms:a", "sms:b")), Flaw.FLOOR_ONE_CHANNEL),
    ],
)
def test_a_floor_contact_without_two_channels_is_found(
    floor: DutyPerson | None, flaw: Flaw
) -> None:
    assert flaw in _found(_sound(floor=floor))
