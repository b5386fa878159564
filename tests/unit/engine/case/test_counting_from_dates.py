"""Tracks whose steps count from a date of the case, before and after it."""

from dataclasses import replace

from engine.case.state import TrackState
from schemas import facts as f
from schemas.codes import DateKind, Severity, TrackName
from schemas.plan import Anchor, Step, Track
from tests.unit.engine.case.builders import EMBASSY, Story, an_event, at, outward
from tests.unit.engine.case.test_dates import a_removal, moved, said, set_by_hand

MISSIONS = TrackName.MISSIONS
DAY = 86_400
DATED = replace(
    outward(MISSIONS, severity=Severity.ELEVATED),
    anchor=Anchor.DATE,
    steps=(Step(offset=-14 * DAY), Step(offset=-3 * DAY, contacts=2)),
)


def a_case(*dates: dict[str, object], track: Track = DATED) -> Story:
    story = Story(now=at("Mon 09:00")).report(
        an_event("slapp", dates=list(dates)),
        severity=Severity.ELEVATED,
        tracks=(track,),
        candidates=(EMBASSY,),
    )
    return story.when("Mon 09:30").page_answered()


def missions(story: Story) -> TrackState:
    return story.track(MISSIONS)


def test_a_step_before_a_date_is_told_that_long_before_it_and_not_at_the_release() -> None:
    story = a_case(said("17 Mar 08:00")).release(MISSIONS)
    assert not story.asked()
    assert missions(story).next_at == at("Wed 08:00")

    story.when("Wed 08:00")

    assert story.asked()[0][0] == "Wed 08:00"


def test_nothing_is_told_for_a_date_that_nobody_released() -> None:
    story = a_case(said("17 Mar 08:00")).when("Thu 08:00")

    assert missions(story).date_at == at("17 Mar 08:00")
    assert not story.asked()


def test_a_release_after_the_first_step_was_due_tells_at_once() -> None:
    story = a_case(said("17 Mar 08:00")).when("8 Mar 10:00").release(MISSIONS)

    assert story.asked()[0][0] == "Mon 10:00"
    assert missions(story).next_at == at("14 Mar 08:00")
    assert not story.owes("still_right")


def test_a_release_after_several_steps_were_due_tells_once() -> None:
    early = replace(DATED, steps=(Step(offset=-14 * DAY), Step(offset=-10 * DAY), Step(offset=0)))
    story = a_case(said("17 Mar 08:00"), track=early).when("10 Mar 10:00").release(MISSIONS)

    assert [x[0] for x in story.asked()] == ["Wed 10:00"]
    assert not story.owes("still_right")
    assert missions(story).step == 2


def test_a_moved_date_takes_along_the_steps_that_lie_ahead() -> None:
    story = a_case(said("17 Mar 08:00")).release(MISSIONS).when("Tue 08:00")

    moved(story, "31 Mar 08:00")

    assert [x.reason for x in story.of(f.StepSuperseded)] == ["date_moved"]
    assert missions(story).next_at == at("17 Mar 08:00")
    assert not story.when("Thu 08:00").asked()


def test_a_step_that_was_told_is_not_told_again_when_the_date_moves() -> None:
    story = a_case(said("17 Mar 08:00")).release(MISSIONS).when("Thu 08:00")
    before = story.asked()

    moved(story, "31 Mar 08:00").when("16 Mar 08:00")

    assert story.asked()[: len(before)] == before
    assert missions(story).next_at == at("28 Mar 08:00")


def test_a_date_moved_to_and_fro_leaves_the_steps_of_its_last_time() -> None:
    story = a_case(said("17 Mar 08:00")).release(MISSIONS)
    first = missions(story)

    moved(moved(story, "31 Mar 08:00"), "17 Mar 08:00")

    assert missions(story) == first


def test_a_released_track_whose_date_nobody_knows_is_a_task_until_somebody_sets_it() -> None:
    story = a_case().release(MISSIONS)
    assert story.owes("date_missing", detail="missions")

    set_by_hand(story, "17 Mar 08:00")

    assert not story.owes("date_missing")
    assert missions(story).next_at == at("Wed 08:00")


def test_a_released_track_whose_date_fell_away_is_a_task_again() -> None:
    story = a_case(said("17 Mar 08:00")).release(MISSIONS)

    story.send(a_removal(story))

    assert story.owes("date_missing", detail="missions")
    assert missions(story).next_at is None


def test_a_track_counts_from_its_own_kinds_of_date() -> None:
    mine = replace(DATED, dates=(DateKind.VERDICT,))
    story = a_case(said("17 Mar 08:00"), track=mine).release(MISSIONS)
    assert missions(story).next_at is None

    set_by_hand(story, "20 Mar 08:00", DateKind.VERDICT)

    assert missions(story).next_at == at("6 Mar 08:00")


def test_a_nearer_date_that_becomes_known_counts_until_something_was_told() -> None:
    story = a_case(said("31 Mar 08:00")).release(MISSIONS)

    set_by_hand(story, "20 Mar 08:00")

    assert missions(story).date_at == at("20 Mar 08:00")
    story.when("7 Mar 08:00")
    set_by_hand(story, "18 Mar 08:00")
    assert missions(story).date_at == at("20 Mar 08:00")


def test_steps_after_a_date_are_told_though_it_has_passed() -> None:
    late = replace(DATED, steps=(Step(offset=-3 * DAY), Step(offset=DAY, contacts=2)))
    story = a_case(said("17 Mar 08:00"), track=late).release(MISSIONS).when("17 Mar 13:00")
    assert not story.case.dates

    story.when("18 Mar 08:00")

    assert [x.step for x in story.of(f.StepFired) if x.track is MISSIONS] == [0, 1]


def test_a_date_for_duty_alone_moves_no_track() -> None:
    story = a_case().release(MISSIONS)

    set_by_hand(story, "30 Apr 08:00", DateKind.UN_REPLY)

    assert missions(story).date_at is None
