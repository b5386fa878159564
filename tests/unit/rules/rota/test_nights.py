"""Single nights, told as people live them: the clock changes, somebody is ill, two have swapped."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.hours import open_at
from rules.roster import coverage, next_change, on_call
from rules.rota.stints import stint_at, stints
from rules.wall_clock import instant, next_jump
from schemas.roster import (
    Absence,
    Calendar,
    Cover,
    Layer,
    Role,
    Roster,
    Shift,
    Swap,
)
from tests.unit.rules.rota import build as b

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def _berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def _handlers(roster: Roster, text: str) -> list[str]:
    return [each.person for each in on_call(roster, Role.HANDLER, _berlin(text))]


@pytest.mark.parametrize(
    ("day", "hours"), [("2027-03-27", 23), ("2027-03-29", 24), ("2027-10-30", 25)]
)
def test_a_day_of_24_hours_on_the_wall_lasts_23_or_25_where_the_clock_changes(
    day: str, hours: int
) -> None:
    roster = b.roster(**b.by_turns("ana", "ben", "chi"))

    stint = stint_at(roster, _handlers(roster, f"{day}T12:00")[0], _berlin(f"{day}T12:00"))

    assert stint is not None
    assert stint.starts == _berlin(f"{day}T09:00")
    assert stint.ends - stint.starts == hours * HOUR


def test_a_hand_over_in_an_hour_that_is_skipped_is_when_the_clock_jumps() -> None:
    roster = b.roster(**b.by_turns("ana", "ben", at="02:30"))

    before, after = _handlers(roster, "2027-03-28T01:59"), _handlers(roster, "2027-03-28T03:00")

    assert before != after


def test_a_hand_over_in_an_hour_that_comes_twice_is_at_the_first() -> None:
    roster = b.roster(**b.by_turns("ana", "ben", at="02:30"))
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    asked = (first - timedelta(minutes=1), first, first + HOUR, first + 2 * HOUR)

    found = [on_call(roster, Role.HANDLER, at)[0].person for at in asked]

    assert found[0] != found[1] == found[2] == found[3]


def test_a_swap_across_the_clock_change_gives_each_the_whole_shift_of_the_other() -> None:
    roster = b.roster(**b.by_turns("ana", "ben"))
    short, later = _berlin("2027-03-27T12:00"), _berlin("2027-03-30T12:00")
    (gives,), (takes,) = (
        _handlers(roster, "2027-03-27T12:00"),
        _handlers(roster, "2027-03-30T12:00"),
    )
    first, second = stint_at(roster, gives, short), stint_at(roster, takes, later)
    assert first is not None
    assert second is not None
    assert gives != takes

    swapped = replace(roster, swaps=(Swap(id="s", first=first, second=second),))

    assert (first.ends - first.starts, second.ends - second.starts) == (23 * HOUR, 24 * HOUR)
    assert _handlers(swapped, "2027-03-27T09:00") == [takes]
    assert _handlers(swapped, "2027-03-28T08:59") == [takes]
    assert _handlers(swapped, "2027-03-30T09:00") == [gives]
    for at in ("2027-03-27T08:59", "2027-03-28T09:00", "2027-03-30T08:59", "2027-03-31T09:00"):
        assert _handlers(swapped, at) == _handlers(roster, at)


def test_whoever_swapped_and_falls_ill_is_followed_by_the_next_in_turn() -> None:
    roster = b.roster(**b.by_turns("ana", "ben", "chi"))
    monday, tuesday = _berlin("2026-11-02T12:00"), _berlin("2026-11-03T12:00")
    first, second = stint_at(roster, "ana", monday), stint_at(roster, "ben", tuesday)
    assert first is not None
    assert second is not None
    ill = Absence(person="ben", starts=first.starts, ends=first.ends)

    changed = replace(roster, swaps=(Swap(first=first, second=second),), absences=(ill,))

    assert _handlers(changed, "2026-11-02T12:00") == ["chi"]


def test_an_absence_is_never_a_gap_while_anybody_of_the_rotation_is_there() -> None:
    away = tuple(
        Absence(person=person, starts=b.FROM, ends=b.UNTIL) for person in ("ana", "ben", "chi")
    )
    roster = b.roster(**b.by_turns("ana", "ben", "chi", "dia"), absences=away)

    found = coverage(roster, b.FROM + 320 * 24 * HOUR, b.UNTIL, roles=(Role.HANDLER,))

    assert [(watch.people, watch.held) for watch in found] == [(("dia",), True)]


def test_when_all_of_a_rotation_are_away_the_next_layer_has_it_then_the_next_role() -> None:
    away = tuple(Absence(person=p, starts=b.FROM, ends=b.UNTIL) for p in ("ana", "ben"))
    turns = b.by_turns("ana", "ben")
    net = Layer(id="net", role=Role.HANDLER, people=("chi",))
    lead = Layer(id="lead", role=Role.SHIFT_LEAD, people=("dia",))

    one = b.roster(**turns, absences=away)
    with_lead = replace(one, layers=(*one.layers, lead))
    with_net = replace(one, layers=(*one.layers, net, lead))

    found = [_handlers(each, "2026-12-01T03:00") for each in (one, with_lead, with_net)]
    assert found == [["flo"], ["dia"], ["chi"]]


def test_a_cover_by_somebody_who_is_away_as_well_leaves_the_rota_as_it_is() -> None:
    times = {"starts": b.FROM, "ends": b.UNTIL}
    roster = b.roster(
        **b.by_turns("ana"),
        covers=(Cover(person="ben", role=Role.HANDLER, **times),),
    )
    assert _handlers(roster, "2026-12-01T03:00") == ["ben"]

    ill = replace(roster, absences=(Absence(person="ben", **times),))

    assert _handlers(ill, "2026-12-01T03:00") == ["ana"]


def test_three_sites_follow_the_sun_and_the_first_that_is_open_has_it() -> None:
    """Eight hours each: Manila, Tunis, San José; none of them changes its clocks."""
    sites = (
        ("ana", "daily 07:00-15:00 Asia/Manila"),
        ("ben", "daily 08:00-16:00 Africa/Tunis"),
        ("chi", "daily 09:00-17:00 America/Costa_Rica"),
    )
    layers = tuple(
        Layer(id=person, role=Role.HANDLER, people=(person,), hours=hours)
        for person, hours in sites
    )
    roster = b.roster(layers=layers)

    found = coverage(roster, b.FROM, b.FROM + 24 * HOUR, roles=(Role.HANDLER,))

    assert [(watch.starts.hour, watch.people[0]) for watch in found] == [
        (0, "ana"),
        (7, "ben"),
        (15, "chi"),
        (23, "ana"),
    ]
    assert all(watch.held for watch in found)


def test_where_one_site_changes_its_clocks_the_hour_between_goes_to_the_next_role() -> None:
    """Berlin, New York and Manila share the day; in March two of them change on different days."""
    layers = (
        Layer(id="b", role=Role.HANDLER, people=("ana",), hours="daily 08:00-16:00 Europe/Berlin"),
        Layer(
            id="n", role=Role.HANDLER, people=("ben",), hours="daily 10:00-18:00 America/New_York"
        ),
        Layer(id="m", role=Role.HANDLER, people=("chi",), hours="daily 07:00-15:00 Asia/Manila"),
        Layer(id="l", role=Role.SHIFT_LEAD, people=("dia",)),
    )
    roster = b.roster(layers=layers)

    def gaps(day: str) -> list[float]:
        starts = datetime.fromisoformat(day).replace(tzinfo=UTC)
        found = coverage(roster, starts, starts + 24 * HOUR, roles=(Role.HANDLER,))
        assert all(watch.people == ("dia",) for watch in found if not watch.held)
        return [(w.ends - w.starts) / HOUR for w in found if not w.held]

    assert gaps("2027-02-10") == []
    assert gaps("2027-03-20") == [1.0]  # New York an hour earlier than the week before


def test_on_holidays_those_without_children_are_there() -> None:
    feast = Calendar(id="c", zone="Europe/Berlin", country="DE", region="BE")
    layers = (
        Layer(id="feast", role=Role.HANDLER, people=("dia",), only_holidays="c"),
        Layer(id="other", role=Role.HANDLER, people=("ana",), except_holidays="c"),
    )
    roster = b.roster(layers=layers, calendars=(feast,))

    assert _handlers(roster, "2026-12-24T23:59") == ["ana"]
    assert _handlers(roster, "2026-12-25T00:00") == ["dia"]
    assert _handlers(roster, "2026-12-26T23:59") == ["dia"]
    assert _handlers(roster, "2026-12-27T00:00") == ["ana"]
    assert _handlers(roster, "2027-03-08T12:00") == ["dia"], "a holiday of this region alone"


def test_a_layer_that_cannot_be_understood_is_nobody_and_the_page_goes_up() -> None:
    broken = (
        Layer(id="x", role=Role.HANDLER, rotation="no such"),
        Layer(id="y", role=Role.HANDLER, people=("ana",), hours="whenever"),
        Layer(id="z", role=Role.HANDLER, people=("ana",), only_holidays="no such"),
    )
    elsewhere = b.by_turns("ana", zone="Europe/Atlantis")

    assert _handlers(b.roster(layers=broken), "2026-12-01T03:00") == ["flo"]
    assert _handlers(b.roster(**elsewhere), "2026-12-01T03:00") == ["flo"]


def test_before_the_first_hand_over_nobody_has_a_turn() -> None:
    roster = b.roster(**b.by_turns("ana", starts=date(2026, 12, 1)))

    assert _handlers(roster, "2026-12-01T08:59") == ["flo"]
    assert _handlers(roster, "2026-12-01T09:00") == ["ana"]
    assert next_change(roster, Role.HANDLER, _berlin("2026-11-01T00:00")) == _berlin(
        "2026-12-01T09:00"
    )


def test_answers_about_two_days_that_are_asked_for_in_turn_never_mix() -> None:
    """As two threads do around midnight: kept for the wrong day, an answer paged the wrong one."""
    roster = b.roster(**b.by_turns("ana", "ben", at="00:00", zone="UTC"))
    before, after = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (2, 3))

    found = [on_call(roster, Role.HANDLER, at)[0].person for at in (before, after) * 3]

    assert found == ["ana", "ben"] * 3


def test_where_nothing_ever_changes_there_is_no_next_change() -> None:
    assert next_change(b.roster(shifts=(b.shift("ana"),)), Role.HANDLER, b.FROM) is None


def test_a_former_roster_whose_times_had_no_offset_counts_in_utc() -> None:
    """Comparing them with an instant failed every tick of every case."""
    naive = Shift(role=Role.HANDLER, person="ana", starts=datetime(2026, 12, 1, 3))  # noqa: DTZ001
    roster = b.roster(shifts=(naive,))

    at = datetime(2026, 12, 1, 3, tzinfo=UTC)
    found = [on_call(roster, Role.HANDLER, each)[0].person for each in (at - HOUR, at)]

    assert found == ["flo", "ana"]


def test_hours_that_end_in_a_skipped_hour_end_when_the_clock_jumps() -> None:
    """They ended half an hour before it, while the clock still showed that somebody was there."""
    hours = "daily 22:00-02:30 Europe/Berlin"

    assert open_at(hours, _berlin("2027-03-28T01:59"))
    assert not open_at(hours, _berlin("2027-03-28T03:00"))


def test_hours_that_begin_in_a_skipped_hour_begin_when_the_clock_jumps() -> None:
    """They began an hour late."""
    assert open_at("daily 02:30-05:00 Europe/Berlin", _berlin("2027-03-28T03:00"))


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Antarctica/Troll", *b.ZONES])
def test_a_later_time_on_the_clock_is_never_earlier(zone: str) -> None:
    """Also where a whole day was skipped, or the clock jumps two hours."""
    for start in (datetime(2011, 12, 29), datetime(2027, 3, 27), datetime(2026, 4, 4)):  # noqa: DTZ001
        shown = [start + timedelta(minutes=30 * n) for n in range(120)]
        found = [instant(each, ZoneInfo(zone)) for each in shown]
        assert found == sorted(found)


def test_the_next_jump_is_found_to_the_second() -> None:
    after = datetime(2027, 1, 1, tzinfo=UTC)

    assert next_jump(BERLIN, after, within=timedelta(days=400)) == datetime(
        2027, 3, 28, 1, tzinfo=UTC
    )
    assert next_jump(ZoneInfo("Asia/Kathmandu"), after, within=timedelta(days=400)) is None


def test_a_stretch_goes_on_over_a_hand_over_to_oneself_and_two_stretches_stay_two() -> None:
    roster = b.roster(**b.by_turns("ana", "ana-not", "ben"))

    found = stints(roster, _berlin("2026-11-02T00:00"), _berlin("2026-11-09T00:00"), person="ben")

    # Whose turn it is when somebody unknown stands in the list is the next one's, so two days.
    assert [(each.ends - each.starts) / HOUR for each in found] == [48.0, 48.0]
