"""Whoever looks at the clock on the wall each minute finds the same people on duty."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.roster import UPWARD, coverage, next_change, on_call
from rules.rota.turns import turns
from schemas.roster import Role, Roster
from tests.unit.rules.rota import build as b
from tests.unit.rules.rota.model import MINUTE, Model, minutes

FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def _paged(roster: Roster, role: Role, at: datetime) -> tuple[str, ...]:
    return tuple(each.person for each in on_call(roster, role, at))


@FEW
@given(st.data())
def test_in_each_minute_those_are_paged_whom_clock_and_roster_name(data: st.DataObject) -> None:
    zone, starts, ends = data.draw(b.windows())
    roster = data.draw(b.rosters(zone, starts))
    model = Model(roster, starts, ends)

    for at in minutes(starts, ends):
        for role in b.ROLES:
            assert _paged(roster, role, at) == model.paged(role, at), (role, at)


@FEW
@given(st.data())
def test_intervals_are_the_same_as_asking_each_minute_and_leave_no_gap(
    data: st.DataObject,
) -> None:
    zone, starts, ends = data.draw(b.windows())
    roster = data.draw(b.rosters(zone, starts))
    model = Model(roster, starts, ends)

    found = coverage(roster, starts, ends)

    for role in UPWARD:
        own = [watch for watch in found if watch.role is role]
        assert (own[0].starts, own[-1].ends) == (starts, ends)
        for before, after in pairwise(own):
            assert before.ends == after.starts
            assert (before.people, before.held_by) != (after.people, after.held_by)
        for watch in own:
            assert watch.starts < watch.ends
            for at in (watch.starts, watch.ends - MINUTE):
                assert model.paged(role, at) == watch.people
            assert watch.held_by is not None


@FEW
@given(st.data())
def test_the_next_change_is_the_first_minute_in_which_others_are_paged(data: st.DataObject) -> None:
    zone, starts, ends = data.draw(b.windows())
    roster = data.draw(b.rosters(zone, starts))
    model = Model(roster, starts, ends)
    now = model.paged(Role.HANDLER, starts)

    found = next_change(roster, Role.HANDLER, starts)

    others = (at for at in minutes(starts, ends) if model.paged(Role.HANDLER, at) != now)
    first = next(others, None)
    assert found == first or (first is None and found is not None and found >= ends - MINUTE)


@pytest.mark.parametrize("zone", b.ZONES)
@pytest.mark.parametrize("at", ["00:00", "02:00", "02:30", "09:00"])
def test_over_two_years_each_hand_over_is_when_the_clock_on_the_wall_shows_it(
    zone: str, at: str
) -> None:
    daily = turns(b.rotation("ana", "ben", "chi", at=at, zone=zone, starts=b.FROM.date()))
    assert daily is not None
    clock, jumps = ZoneInfo(zone), b.jumps(zone)

    found = list(daily.edges(b.FROM - timedelta(days=2), b.UNTIL))

    assert 729 <= len(found) <= 732
    for hand_over in found:
        shown = hand_over.astimezone(clock)
        if f"{shown:%H:%M}" != at:  # it is skipped: they hand over when the clock jumps over it
            before = (hand_over - timedelta(seconds=1)).astimezone(clock)
            assert f"{before:%H:%M}" < at < f"{shown:%H:%M}"
    for before, after in pairwise(found):
        longer = (after - before) - timedelta(days=1)
        jumped = [jump for jump in jumps if before - timedelta(hours=1) <= jump <= after]
        assert longer == timedelta(0) or jumped, (before, after)
        assert abs(longer) <= timedelta(hours=1)
        assert daily.order(before)[1] == daily.order(after)[0]
        assert daily.order(after - MINUTE) == daily.order(before)
