"""The engine tells whom the page says, when it says so; and the model would notice if it did not.

The first is tried by hypothesis over whatever may happen. Then one thing of the engine is broken
at a time, and the model has to complain: else it would prove nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.case import commands as c
from engine.case import decide as deciding
from engine.case import evolve as evolving
from engine.case import evolve_duty, gates, ladder, quiet, rungs, tasks, telling
from engine.case.draft import Draft
from engine.case.state import Case
from schemas import facts as f
from schemas.codes import TrackName
from schemas.responses import AnswerClass, ResponseKind
from tests.model.both import Both, DifferenceError, party_of
from tests.model.machine import Machine
from tests.model.machine import TestEngineAndModel as TestEngineAndModel


def a_day_in_which_most_things_happen() -> None:
    """Silence, a release, an answer that runs out, a decline, a promise that is missed, the end."""
    both = Both("high", hours=9)
    both.wait_until(both.story.now + timedelta(hours=9))
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    for name in ("missions", "protection"):
        both.release(name, "ana")
    for task in list(both.model.tasks):
        takes(both, task, "ana")
    both.everything_leaves()
    both.both("ana still has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    says(both, "fjord", "fjord-mail", ACKNOWLEDGED)
    both.wait_until(both.story.now + timedelta(hours=30))
    until = both.story.now + timedelta(hours=5)
    says(both, "nhri-qn", "nhri-mail", ResponseKind.COMMITTED, due=until)
    says(both, "fjord", "fjord-mail", ResponseKind.DECLINED)
    both.wait_until(both.story.now + timedelta(days=3))
    both.outage(days=1)
    both.restart()
    both.report("surveillance", "high")
    both.wait_until(both.story.now + timedelta(hours=2))
    both.propose("ana")
    both.both("chi confirms", both.story.a_confirmation("chi"), lambda m: m.confirm())
    both.wait_until(both.story.now + timedelta(days=40))


def a_week_in_which_people_steer() -> None:
    """Duty handed over and called, steps jumped and skipped, gates that close, what lasts."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="one acted")
    both = machine.both
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    machine.it_is_planned_anew(who="ana", found={"embassy", "nhri-qn"}, second=30)
    machine.a_release(name="missions", who="ana", starts=None, ends=30)
    machine.a_release(name="companies", who="ana", starts=2, ends=30)
    machine.a_release(name="companies", who="chi", starts=None, ends=30)
    machine.somebody_is_added(who="ben")
    machine.a_rung_by_hand(name="missions", who="ana", rung=1, skips=False)
    both.everything_leaves()
    machine.a_rung_by_hand(name="companies", who="ana", rung=0, skips=True)
    machine.duty_is_called_or_handed_over(who="ana", to="ben", rung=0)
    machine.a_task_by_hand(who="ben", owner="chi", hours=1, critical=False)
    both.wait_until(both.story.now + timedelta(hours=2))
    says(both, "nhri-qn", "nhri-mail", ResponseKind.ACTED)
    machine.duty_is_called_or_handed_over(who="chi", to="", rung=2)
    both.both("ben has it", both.answers("ben", "ben", ACKNOWLEDGED), lambda m: own(m, "ben"))
    both.wait_until(both.story.now + timedelta(hours=24))
    judges(machine, "nhri-qn", AnswerClass.TOKEN)
    both.wait_until(both.story.now + timedelta(hours=30))
    machine.a_release(name="protection", who="ana", starts=None, ends=None)
    both.everything_leaves()
    machine.a_release_taken_back(name="protection", who="chi")
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    both.wait_until(both.story.now + timedelta(hours=30))
    machine.consent_changes(some={"missions"})
    machine.a_necessity(who="ana", takes_back=False)
    machine.a_necessity(who="chi", takes_back=False)
    both.everything_leaves()
    both.wait_until(both.story.now + timedelta(hours=30))
    machine.a_necessity(who="chi", takes_back=True)
    machine.a_release(name="missions", who="ana", starts=None, ends=None)
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    machine.it_lasts(who="ana", days=29)
    machine.it_lasts(who="chi", days=29)
    both.wait_until(both.story.now + timedelta(days=9))
    machine.it_lasts_no_more(who="chi")
    machine.it_is_less_grave(who="chi", severity="elevated")
    both.wait_until(both.story.now + timedelta(hours=9))


def two_days_of_two_hotlines() -> None:
    """A quick-response line, and a second case whose people allow less."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="acted")
    both = machine.both
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    machine.a_report(code="enrichment", severity="high", rules=False, protocol=30)
    both.everything_leaves()
    machine.it_is_linked_or_parted(who="ana", some={"protection"})
    both.wait_until(both.story.now + timedelta(hours=25))
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    both.wait_until(both.story.now + timedelta(hours=6))
    machine.it_is_linked_or_parted(who="ana", some={"missions"})
    machine.it_is_linked_or_parted(who="chi", some={"missions"})
    machine.a_release(name="companies", who="ana", starts=None, ends=30)
    machine.a_release(name="companies", who="chi", starts=None, ends=30)
    both.wait_until(both.story.now + timedelta(hours=9))


def three_weeks_before_a_hearing() -> None:
    """One promises to be there, one has acted, one is silent; then it is over."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="acted")
    both = machine.both
    machine.a_hearing_is_set(who="ana", days=20)
    hearing = both.model.date.at
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    for ends in (None, 2_000):
        for who, name in (("ana", "missions"), ("ana", "companies"), ("chi", "companies")):
            if both.model.tracks[name].anchor is None:
                machine.a_release(name=name, who=who, starts=None, ends=ends)
    both.everything_leaves()
    says(both, "embassy", "lea", ResponseKind.COMMITTED, due=hearing - timedelta(days=1))
    both.wait_until(both.story.now + timedelta(hours=1))
    says(both, "haldane", "noor", ResponseKind.ACTED)
    while both.story.now < hearing + timedelta(hours=12):
        both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
        for task in list(both.model.tasks):
            if task.kind in ("first_contact", "check_in") and task.next <= both.story.now:
                machine.somebody_does_what_is_owed(
                    at=both.model.tasks.index(task), who="ana", takes=False, well=True
                )
        both.wait_until(both.story.now + timedelta(hours=8))


def a_morning_of_dead_ways() -> None:
    """Every way to one contact fails, then the next contact's; and one of a track that is quiet."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="one acted")
    both = machine.both
    machine.a_release(name="missions", who="ana", starts=None, ends=None)
    machine.a_release(name="protection", who="ana", starts=None, ends=None)
    bounces(both, "fjord-mail")
    bounces(both, "lea")
    bounces(both, "lea")
    both.everything_leaves()
    says(both, "nhri-qn", "nhri-mail", ResponseKind.ACTED)
    both.wait_until(both.story.now + timedelta(days=2))
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    both.propose("ana")
    both.both("chi confirms", both.story.a_confirmation("chi"), lambda m: m.confirm())
    bounces(both, "desk")


def a_way_is_lost_on_a_quiet_track() -> None:
    """One has done what was asked; a message to another party of the track bounces."""
    machine = Machine()
    machine.begins(severity="high", hour=9, until="one acted")
    both = machine.both
    machine.a_release(name="missions", who="ana", starts=None, ends=None)
    says(both, "nhri-qn", "nhri-mail", ResponseKind.ACTED)
    bounces(both, "lea")
    bounces(both, "lea")
    both.wait_until(both.story.now + timedelta(days=2))


def bounces(both: Both, who: str) -> None:
    """The first message to them will not arrive."""
    outward = [notice.contact for told, notice in both.notices() if party_of(told)]
    both.bounces(outward.index(who))


def judges(machine: Machine, party: str, worth: AnswerClass) -> None:
    """Somebody of duty says what was done is worth."""
    parties = [p.name for p in machine.both.model.parties.values() if p.acts or p.promises]
    machine.an_answer_is_judged_or_let_go(
        at=parties.index(party), who="ben", worth=worth, latest=True
    )


ACKNOWLEDGED = ResponseKind.ACKNOWLEDGED


def own(model: Any, who: str) -> None:
    model.duty_answers(who, declines=False)


def takes(both: Both, task: Any, who: str) -> None:
    """Somebody of duty takes what is owed, in both."""
    case = both.story.case
    theirs = next(each for each in case.tasks if both.same(each, task))
    command = c.TakeTask(inbox=both.story.inbox(), case=case.id, task=theirs.id, by=who)
    both.both(f"{who} takes {task.kind}", command, lambda m: m.take(task, who))


def says(both: Both, party: str, by: str, kind: ResponseKind, **more: Any) -> None:
    """Somebody of a party answers, in both."""
    told = both.model.parties[party]
    both.both(
        f"{by} {kind.value}",
        both.answers(party, by, kind, **more),
        lambda m: m.answer(told, by, kind.value, until=more.get("due")),
    )


def a_night_with_nobody_on_duty() -> None:
    """Nobody is there, somebody comes and goes again, and nobody said why nobody was there."""
    both = Both("high", hours=9)
    both.both("ana has it", both.answers("ana", "ana", ACKNOWLEDGED), lambda m: own(m, "ana"))
    both.floor(())
    for role in tuple(both.world.roster):
        both.roster(role, ())
    both.report("surveillance", "high")
    both.wait_until(both.story.now + timedelta(hours=9))
    both.roster("second", ("ben",))
    both.wait_until(both.story.now + timedelta(hours=9))
    both.roster("second", ())
    both.wait_until(both.story.now + timedelta(hours=9))
    for task in [task for task in both.model.tasks if task.kind == "nobody_left"]:
        takes(both, task, "ben")
    both.wait_until(both.story.now + timedelta(days=2))


STORIES = (
    a_day_in_which_most_things_happen,
    a_night_with_nobody_on_duty,
    a_week_in_which_people_steer,
    two_days_of_two_hotlines,
    three_weeks_before_a_hearing,
    a_morning_of_dead_ways,
    a_way_is_lost_on_a_quiet_track,
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
