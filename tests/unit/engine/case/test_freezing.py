"""Freezes: anybody stops tracks at once, duty hears of it, and two different people let go on."""

import pytest

from engine.case import commands as c
from engine.case.evolve import evolve
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.responses import RefusedBecause, ResponseKind
from tests.unit.engine.case.builders import Story, a_case, a_told_case, an_event, at

MISSIONS, NHRIS = TrackName.MISSIONS, TrackName.NHRIS


def _frozen_at(story: Story, until: str = "") -> c.Freeze:
    return c.Freeze(
        inbox=story.inbox(),
        case=story.case.id,
        tracks=(),
        by="ana",
        until=at(until) if until else None,
    )


def test_a_freeze_by_hand_takes_two_different_people_to_lift() -> None:
    story = a_told_case().freeze(MISSIONS, by="ana").lift(MISSIONS, "ana")
    assert story.track(MISSIONS).frozen
    assert story.refused(story.a_lift(MISSIONS, "ana")).reason is RefusedBecause.SAME_PERSON
    assert not story.lift(MISSIONS, "ben").track(MISSIONS).frozen
    assert story.of(f.TrackLifted)[-1].by == ("ana", "ben")


def test_whoever_froze_counts_as_one_of_the_two_only_by_saying_so_again() -> None:
    story = a_told_case().freeze(MISSIONS, by="ana").lift(MISSIONS, "ben")
    assert story.track(MISSIONS).frozen
    assert not story.lift(MISSIONS, "ana").track(MISSIONS).frozen


def test_a_warning_takes_two_to_lift_as_well() -> None:
    story = a_told_case().answer("lea", ResponseKind.WARNS).lift(MISSIONS, "ana")
    assert story.track(MISSIONS).frozen
    assert not story.lift(MISSIONS, "ben").track(MISSIONS).frozen


def test_a_freeze_of_an_older_release_takes_two_to_lift_now() -> None:
    story = a_told_case()
    old = f.TrackFrozen(tracks=(MISSIONS,), at=story.now, by="ana", reason="by_hand")
    story.case = evolve(story.case, old)
    assert story.lift(MISSIONS, "ana").track(MISSIONS).frozen
    assert not story.lift(MISSIONS, "ben").track(MISSIONS).frozen


def test_a_lift_by_one_that_an_older_journal_tells_still_lifts_on_replay() -> None:
    story = a_told_case().freeze(MISSIONS)
    lifted = f.TrackLifted(track=MISSIONS, at=story.now, by=("ana",))
    assert not next(s for s in evolve(story.case, lifted).tracks if s.track.name is MISSIONS).frozen


def test_a_new_freeze_asks_for_both_people_anew() -> None:
    story = a_told_case().freeze(MISSIONS).lift(MISSIONS, "ana").freeze(MISSIONS)
    story.lift(MISSIONS, "ben")
    assert story.track(MISSIONS).frozen


def test_each_track_is_lifted_for_itself() -> None:
    story = a_told_case().freeze().lifted(MISSIONS)
    assert not story.track(MISSIONS).frozen
    assert story.track(NHRIS).frozen
    assert story.owes("frozen")


def test_a_freeze_is_told_to_duty_at_once_and_ends_as_a_task_with_the_last_track() -> None:
    story = a_told_case().freeze(MISSIONS, by="ben")
    assert ("Mon 22:30", "ana") in story.pages(), "who owns the case hears of it now"
    assert story.task("frozen").critical
    story.lifted(MISSIONS)
    assert not story.owes("frozen")


def test_a_freeze_of_a_case_that_nobody_owns_calls_everybody_on_duty() -> None:
    story = a_case()
    before = len(story.pages())
    story.freeze(MISSIONS, by="ben")
    assert len(story.pages()) > before


def test_a_freeze_with_an_end_ends_by_itself_and_says_so() -> None:
    story = a_told_case().freeze(MISSIONS, until="Tue 12:00").when("Tue 12:00")
    assert not story.track(MISSIONS).frozen
    assert story.owes("frozen"), "until somebody has looked"


@pytest.mark.parametrize("until", ["Mon 21:00", "Mon 22:00"])
def test_a_freeze_that_would_be_over_at_once_is_refused(until: str) -> None:
    story = a_case()
    assert story.refused(_frozen_at(story, until)).reason is RefusedBecause.INCOMPLETE


def test_a_freeze_without_end_outlasts_a_later_one_with_one() -> None:
    story = a_told_case().freeze(MISSIONS).freeze(MISSIONS, until="Tue 12:00").when("Wed 12:00")
    assert story.track(MISSIONS).frozen


def test_a_reprisal_takes_the_end_from_a_freeze_that_had_one() -> None:
    story = a_told_case().freeze(until="Tue 12:00").report(an_event("summons")).when("Wed 12:00")
    assert story.track(MISSIONS).frozen


def test_duty_is_never_frozen_nor_lifted() -> None:
    story = a_case()
    nobody = story.refused(
        c.Freeze(inbox=story.inbox(), case=story.case.id, tracks=(TrackName.DUTY,), by="ana")
    )
    assert nobody.reason is RefusedBecause.NO_SUCH_TRACK
    refused = story.refused(story.a_lift(TrackName.DUTY, "ana"))
    assert refused.reason is RefusedBecause.NO_SUCH_TRACK


def test_freezing_a_grave_case_pages_all_the_same_while_it_stands_still() -> None:
    story = a_case(Severity.CRITICAL).freeze()
    before = len(story.pages())
    assert len(story.when("Tue 02:00").pages()) > before


def test_a_freeze_that_two_people_lifted_ends_once() -> None:
    story = a_case().freeze(TrackName.MISSIONS, until="Wed 08:00").lifted(TrackName.MISSIONS)
    assert story.track(TrackName.MISSIONS).frozen_until is None
    story.when("Wed 09:00")
    assert [fact.by for fact in story.of(f.TrackLifted)] == [("ana", "ben")]
