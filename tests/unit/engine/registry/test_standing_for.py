"""How far the registry is trusted, and from when on people are told that this ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.registry.standing_for import WARNED_BEFORE, trust_in
from engine.registry.world import World
from rules.rulebook import Rulebook
from tests.unit.rules.build import the_default_pack

NOW = datetime(2027, 3, 1, 22, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def good_for(days: int) -> Rulebook:
    pack = the_default_pack()
    shape = pack.shape.model_copy(update={"registry_good_for": days * 86_400})
    return replace(pack, shape=shape)


PACKS = {days: good_for(days) for days in (1, 6, 30, 84, 90, 365)}


def a_world(ago: timedelta, *, days: int = 90) -> World:
    return World(rulebook=PACKS[days], looked_at=NOW - ago)


def test_two_weeks_before_its_end_people_are_told_and_not_sooner() -> None:
    assert not trust_in(a_world(76 * DAY - SECOND), now=NOW).soon
    assert trust_in(a_world(76 * DAY), now=NOW).soon
    assert trust_in(a_world(90 * DAY), now=NOW).soon
    after = trust_in(a_world(90 * DAY + SECOND), now=NOW)
    assert after.old and not after.soon


def test_where_it_is_trusted_for_a_month_five_days_are_said_and_not_two_weeks() -> None:
    assert not trust_in(a_world(25 * DAY - SECOND, days=30), now=NOW).soon
    assert trust_in(a_world(25 * DAY, days=30), now=NOW).soon


def test_where_nobody_ever_stood_for_it_or_no_rulebook_says_how_long_nothing_ends() -> None:
    for world in (World(rulebook=PACKS[90]), World(looked_at=NOW - 900 * DAY)):
        trust = trust_in(world, now=NOW)
        assert (trust.until, trust.old, trust.soon) == (None, False, False)


@given(st.sampled_from(sorted(PACKS)), st.integers(0, 400 * 86_400))
def test_it_never_grows_old_without_having_been_said_before(days: int, seconds: int) -> None:
    """Whoever looks at the board within those days sees it; and it is never both."""
    trust = trust_in(a_world(timedelta(seconds=seconds), days=days), now=NOW)
    rules = a_world(timedelta(seconds=seconds), days=days).rules

    assert rules is not None and trust.old is rules.old(NOW)
    assert not (trust.old and trust.soon)
    assert trust.until is not None
    if trust.soon:
        assert timedelta() <= trust.until - NOW <= WARNED_BEFORE
    if not trust.old and trust.until - NOW <= timedelta(days=days) / 7:
        assert trust.soon or trust.until - NOW > WARNED_BEFORE
