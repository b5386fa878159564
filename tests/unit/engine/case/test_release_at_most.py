"""No release lives for ever: it ends when the rulebook says, and a person gives it again."""

from dataclasses import replace
from datetime import timedelta

from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import RELEASE_AT_MOST
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import EMBASSY, Story, outward

MISSIONS = TrackName.MISSIONS
WEEK = timedelta(days=7)
LINE = replace(outward(MISSIONS), release_at_most=int(WEEK.total_seconds()))


def _case() -> Story:
    return Story().report(tracks=(LINE,), candidates=(EMBASSY,)).page_answered()


def test_a_release_that_names_no_end_ends_when_the_rulebook_says() -> None:
    story = _case().release(MISSIONS)
    end = story.now + WEEK

    assert story.track(MISSIONS).release_until == end
    story.until(end - timedelta(microseconds=1))
    assert story.track(MISSIONS).open_at(story.now)
    story.until(end)
    assert not story.track(MISSIONS).open_at(story.now)
    assert story.of(f.ReleaseExpired)


def test_a_longer_end_is_refused_with_the_latest_that_is_possible() -> None:
    story = _case()
    end = story.now + WEEK

    refused = story.refused(story.a_release(MISSIONS, expires_at=end + timedelta(minutes=1)))

    assert refused.reason is RefusedBecause.INCOMPLETE
    assert f"{end:%Y-%m-%d %H:%M} UTC" in refused.detail and "7 days" in refused.detail
    assert story.release(MISSIONS, expires_at=end).track(MISSIONS).release_until == end


def test_of_a_release_that_starts_later_the_time_counts_from_its_start() -> None:
    story = _case()
    start = story.now + WEEK

    story.release(MISSIONS, starts_at=start)

    assert story.track(MISSIONS).release_until == start + WEEK


def test_releasing_again_without_an_end_does_not_take_the_end_away() -> None:
    story = _case().release(MISSIONS)
    end = story.track(MISSIONS).release_until

    story.after(days=2).release(MISSIONS, by="chi")

    assert story.track(MISSIONS).release_until == end


def test_nobody_is_reminded_of_an_end_that_nobody_chose() -> None:
    assert not _case().release(MISSIONS).owes("release_ends")
    story = _case()
    assert story.release(MISSIONS, expires_at=story.now + timedelta(days=1)).owes("release_ends")


def test_unless_the_rulebook_says_otherwise_it_is_ninety_days() -> None:
    assert outward(MISSIONS).release_at_most == RELEASE_AT_MOST == 90 * 86_400
