"""The engine tells whom the page says, when it says so; and the model would notice if it did not.

The first is tried by hypothesis over whatever may happen. Then one thing of the engine is broken
at a time, and the model has to complain: else it would prove nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.case import commands as c
from engine.case import decide as deciding
from engine.case import evolve as evolving
from engine.case import evolve_duty, gates, ladder, quiet, rounds, rungs, tasks, telling
from engine.case.draft import Draft
from engine.case.state import Case
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason, Verdict
from tests.model.both import DifferenceError
from tests.model.machine import TestEngineAndModel as TestEngineAndModel
from tests.model.stories import (
    STORIES,
    a_day_in_which_most_things_happen,
    a_month_of_rounds,
    a_night_with_nobody_on_duty,
    a_week_in_which_people_steer,
    three_weeks_before_a_hearing,
    two_days_of_two_hotlines,
)


@pytest.mark.parametrize("story", STORIES)
def test_the_engine_and_the_page_agree_on(story: Callable[[], None]) -> None:
    story()


# --- one thing broken at a time


def an_answer_of_duty_silences_everybody(case: Case, fact: f.Owned) -> Case:
    case = evolve_duty.STEPS[f.Owned](case, fact)
    return replace(case, alerts=tuple(replace(a, calls=()) for a in case.alerts))


def a_rung_that_fired_is_forgotten(case: Case, fact: f.StepFired) -> Case:
    if fact.track is TrackName.DUTY and fact.step == 1:
        return case if case.tracks[0].step != 1 else replace_duty(case, next_at=fact.next_at)
    return evolve_duty.STEPS[f.StepFired](case, fact)


def replace_duty(case: Case, **changes: Any) -> Case:
    state = case.track(TrackName.DUTY)
    assert state is not None
    return evolve_duty.swap(case, replace(state, **changes))


def the_fifth_round_is_the_last(case: Case, fact: f.StepFired) -> Case:
    case = evolve_duty.STEPS[f.StepFired](case, fact)
    if fact.track is TrackName.DUTY and fact.step > 6:
        return replace_duty(case, next_at=None, hold_until=None)
    return case


def nothing(case: Case, fact: object) -> Case:
    return case


def nothing_more(*_: object, **__: object) -> None:
    """In the place of whatever a decision would have added."""


def call_from_the_first(draft: Draft, command: c.Escalate) -> None:
    draft.add(
        f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="by_hand", step=0, by=command.by)
    )


BROKEN_FACTS: dict[str, tuple[type[Any], Callable[[Case, Any], Case]]] = {
    "an acknowledgement of duty silences outward tracks": (
        f.Owned,
        an_answer_of_duty_silences_everybody,
    ),
    "a rung is told twice": (f.StepFired, a_rung_that_fired_is_forgotten),
    "the rounds come to an end": (f.StepFired, the_fifth_round_is_the_last),
    "a decline is forgotten": (f.Declined, nothing),
    "a release opens nothing": (f.TrackReleased, nothing),
    "a promise holds nobody": (f.Promised, nothing),
    "a new act wakes nobody": (f.TrackWoken, nothing),
    "whom a message reached is forgotten": (f.HandedOff, nothing),
    "whoever takes a task does not own it": (f.TaskTaken, nothing),
}


STEERED: dict[str, type[Any]] = {
    "a step that was jumped to does not fire": f.TrackJumped,
    "a step that was left out fires": f.StepLeftOut,
    "a re-plan changes no step": f.Replanned,
    "a case that was handed over stays whose it was": f.CaseHandedOver,
    "a release that was taken back goes on": f.ReleaseWithdrawn,
    "a release that ran out goes on": f.ReleaseExpired,
    "an act that was judged a token still counts": f.AnswerClassed,
    "a case that is less grave is called for as often": f.SeverityLowered,
    "a necessity opens nothing": f.NecessityDecided,
    "a necessity that was taken back goes on": f.NecessityWithdrawn,
    "a case that lasts does not rest": f.StandingSet,
    "a case that lasts no more rests on": f.StandingEnded,
}


@pytest.mark.parametrize("what", STEERED)
def test_the_model_notices_of_steering_when(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evolving._STEPS, STEERED[what], nothing)

    with pytest.raises((DifferenceError, RuntimeError)):
        a_week_in_which_people_steer()


TWO_HOTLINES: dict[str, type[Any]] = {
    "a protocol releases nothing": f.ProtocolApplied,
    "what the people of a linked case allow is forgotten": f.CasesLinked,
    "cases that were parted stay linked": f.CasesUnlinked,
}


@pytest.mark.parametrize("what", TWO_HOTLINES)
def test_the_model_notices_of_two_hotlines_when(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evolving._STEPS, TWO_HOTLINES[what], nothing)

    with pytest.raises((DifferenceError, RuntimeError)):
        two_days_of_two_hotlines()


A_HEARING: dict[str, type[Any]] = {
    "nobody looks at a date": f.DateSet,
    "what was done for a date is forgotten": f.DateCovered,
    "a check is made without an end": f.DateChecked,
    "a date that is over goes on": f.DatePassed,
}


@pytest.mark.parametrize("what", A_HEARING)
def test_the_model_notices_before_a_hearing_when(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(evolving._STEPS, A_HEARING[what], nothing)

    with pytest.raises((DifferenceError, RuntimeError)):
        three_weeks_before_a_hearing()


PASSED_OVER: dict[str, tuple[Any, str, Any]] = {
    "each has to act where one would do": (quiet, "enough", lambda state: quiet.EACH),
    "nobody is asked again when it is quiet no more": (rungs, "wake", lambda draft, asleep: None),
    "nobody is reminded that a release ends": (gates, "remind", lambda draft, name: None),
}


ROUNDS: dict[str, tuple[Any, str, Any]] = {
    "a round asks no guard": (
        rounds,
        "judge_contact",
        lambda *_, **__: Verdict(allowed=True, reason=Reason.ALLOWED),
    ),
    "a round that is late tells all the same": (
        rounds.promises,
        "too_late",
        lambda draft, at: False,
    ),
    "a round is held and nobody owes a talk": (tasks, "raise_task", nothing_more),
    "what of the last round has not left goes on": (rounds, "_call_off", nothing_more),
}


@pytest.mark.parametrize("what", ROUNDS)
def test_the_model_notices_of_rounds_when(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead = ROUNDS[what]
    monkeypatch.setattr(where, name, instead)

    with pytest.raises((DifferenceError, RuntimeError)):
        a_month_of_rounds()


@pytest.mark.parametrize("kind", [f.RoundSet, f.RoundHeld, f.RoundEnded])
def test_the_model_notices_when_a_round_is_not_kept_in_mind(
    kind: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(evolving._STEPS, kind, nothing)

    with pytest.raises((DifferenceError, RuntimeError)):
        a_month_of_rounds()


def test_the_model_notices_when_duty_is_called_from_another_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(deciding._HANDLERS, c.Escalate, call_from_the_first)

    with pytest.raises(DifferenceError):
        a_week_in_which_people_steer()


@pytest.mark.parametrize("what", PASSED_OVER)
def test_the_model_notices_of_quiet_when(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead = PASSED_OVER[what]
    monkeypatch.setattr(where, name, instead)

    with pytest.raises((DifferenceError, RuntimeError)):
        a_week_in_which_people_steer()


@pytest.mark.parametrize("what", BROKEN_FACTS)
def test_the_model_notices_when(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, instead = BROKEN_FACTS[what]
    monkeypatch.setitem(evolving._STEPS, kind, instead)

    with pytest.raises((DifferenceError, RuntimeError)):
        a_day_in_which_most_things_happen()


def test_the_model_notices_when_silence_brings_in_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "go_on", lambda draft, alert: None)

    with pytest.raises(DifferenceError):
        a_day_in_which_most_things_happen()


def test_the_model_notices_when_the_end_of_a_quiet_wakes_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "all_owned", lambda draft: True)

    with pytest.raises((DifferenceError, RuntimeError)):
        a_day_in_which_most_things_happen()


def test_the_model_notices_when_an_empty_rung_is_nobodys_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ladder, "_nobody", lambda draft, step: None)

    with pytest.raises(DifferenceError):
        a_night_with_nobody_on_duty()


def test_a_difference_is_told_as_a_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evolving._STEPS, f.TrackReleased, nothing)

    with pytest.raises(DifferenceError) as found:
        a_day_in_which_most_things_happen()

    assert "ana releases missions" in str(found.value)
    assert "model tells" in str(found.value)
