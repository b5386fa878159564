"""Promises: each a clock of its own, with what it waits for, and an end on the record."""

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, Proviso, TrackName
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind, Way, WithdrawnBecause
from tests.unit.engine.case.builders import Story, a_case, a_told_case, at

MISSIONS, COMPANIES = TrackName.MISSIONS, TrackName.COMPANIES
LETTER, VISIT = ActionKind.LETTER, ActionKind.VISIT


def _lea_told() -> Story:
    """Embassy told on Tuesday at 09:00: Lea alone, within her hours."""
    return a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS).handed_off("lea")


def _conditional() -> Story:
    """Lea writes by Wednesday noon, if we clear the text."""
    return _lea_told().answer(
        "lea",
        ResponseKind.COMMITTED,
        action=LETTER,
        due="Wed 12:00",
        condition=Proviso.TEXT_CLEARED,
    )


def _withdrawal(
    story: Story, reason: WithdrawnBecause, *, action: str = "", by: str = "ana"
) -> c.WithdrawPromise:
    return c.WithdrawPromise(
        inbox=story.inbox(),
        case=story.case.id,
        alert=story.alert("embassy").id,
        by=by,
        reason=reason,
        action=action,
    )


def _withdrawn(story: Story, reason: WithdrawnBecause) -> Story:
    return story.send(_withdrawal(story, reason))


# --- what it waits for


def test_what_a_promise_waits_for_is_dutys_task_due_with_the_promise() -> None:
    task = _conditional().task("promise_condition")
    assert (task.due_at, task.owner) == (at("Wed 12:00"), "ana")


def test_the_text_cleared_is_a_fact_and_the_promise_is_asked_at_its_time() -> None:
    story = _conditional().when("Wed 11:00").finish("promise_condition")
    (met,) = story.of(f.ConditionMet)
    (promise,) = story.alert("embassy").promises
    assert (met.action, met.by, promise.condition_met) == (promise.action, "ana", True)
    story.when("Wed 12:00")
    assert story.told(purpose=Purpose.ASK_OUTCOME) == ["lea"]


def test_a_text_that_is_not_cleared_ends_the_promise_and_somebody_phones() -> None:
    story = _conditional().finish("promise_condition", result="not_possible")
    (fact,) = story.of(f.PromiseWithdrawn)
    assert fact.reason is WithdrawnBecause.CONDITION_FAILED
    assert story.alert("embassy").status is AlertStatus.ANSWERED
    assert story.owes("phone_them", alert=story.alert("embassy").id)
    assert story.told(purpose=Purpose.TELL) == ["lea"]


def test_a_kept_promise_leaves_no_condition_to_be_met() -> None:
    assert not _conditional().acts("lea").owes("promise_condition")


def test_one_of_two_promises_kept_leaves_the_condition_of_the_other() -> None:
    story = _conditional().promises("lea", VISIT, due="Fri 12:00").acts("lea", action=VISIT)
    assert story.task("promise_condition").detail == story.alert("embassy").promises[0].action


def test_a_missed_promise_leaves_no_condition_to_be_met() -> None:
    assert not _conditional().when("Wed 16:00").owes("promise_condition")


def test_a_condition_nobody_meets_calls_its_owner_when_it_is_due() -> None:
    story = _conditional().when("Wed 11:59")
    before = len(story.pages())
    assert ("Wed 12:00", "ana") in story.when("Wed 12:00").pages()[before:]


# --- taking it back


def test_taken_back_by_its_giver_the_next_contact_is_told_at_once() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Tue 15:00")
    story.answer("lea", ResponseKind.WITHDRAWS)
    assert story.asked()[-1] == ("Tue 15:00", "desk")
    assert story.of(f.PromiseWithdrawn)[0].reason is WithdrawnBecause.BY_GIVER


def test_taken_back_with_nobody_left_is_a_task_to_phone() -> None:
    story = a_told_case().answer("desk", ResponseKind.WRONG_CONTACT)
    story.promises("lea", LETTER, due="Wed 12:00")
    story.answer("lea", ResponseKind.WITHDRAWS)
    assert story.owes("phone_them", alert=story.alert("embassy").id)


def test_taking_back_one_promise_leaves_the_other_to_hold() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00")
    story.promises("lea", VISIT, due="Fri 12:00")
    story.answer("lea", ResponseKind.WITHDRAWS, action=LETTER)
    assert [p.action_kind for p in story.alert("embassy").promises] == [VISIT]
    assert story.told() == ["lea"]


def test_of_two_kinds_promised_it_must_be_said_which_is_taken_back() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00")
    story.promises("lea", VISIT, due="Fri 12:00")
    refusal = story.refused(story.an_answer("lea", ResponseKind.WITHDRAWS))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert [p.action_kind for p in story.alert("embassy").promises] == [LETTER, VISIT]


def test_taking_back_after_an_act_asks_nobody_else() -> None:
    story = _lea_told().acts("lea", action=ActionKind.CALL).promises("lea", VISIT, due="Fri 12:00")
    story.answer("lea", ResponseKind.WITHDRAWS)
    assert story.alert("embassy").status is AlertStatus.ACTED
    assert story.told() == ["lea"]


def test_nothing_promised_is_nothing_to_take_back() -> None:
    story = _lea_told()
    refusal = story.refused(story.an_answer("lea", ResponseKind.WITHDRAWS))
    assert (refusal.reason, refusal.detail) == (
        RefusedBecause.INCOMPLETE,
        "Nothing is promised here.",
    )


def test_a_promise_that_we_asked_to_drop_holds_its_giver_and_tells_nobody_else() -> None:
    story = _lea_told().promises("lea", VISIT, due="Fri 12:00").when("Wed 10:00")
    _withdrawn(story, WithdrawnBecause.AT_OUR_REQUEST)
    alert = story.alert("embassy")
    assert (alert.status, alert.promises) == (AlertStatus.ANSWERED, ())
    assert story.told() == ["lea"]
    assert story.when("Thu 10:00").asked()[-1] == ("Thu 10:00", "lea")


def test_a_dropped_visit_is_never_asked_about() -> None:
    story = _lea_told().promises("lea", VISIT, due="Wed 12:00")
    _withdrawn(story, WithdrawnBecause.AT_OUR_REQUEST).when("Thu 08:00")
    assert not story.told(purpose=Purpose.ASK_OUTCOME)
    assert not story.owes("promise_overdue")


def test_a_promise_entered_by_mistake_brings_the_next_contact_in() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Tue 10:00")
    assert _withdrawn(story, WithdrawnBecause.MISTAKE).asked()[-1] == ("Tue 10:00", "desk")


def test_of_several_promises_the_one_withdrawn_must_be_named() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00")
    story.promises("lea", VISIT, due="Fri 12:00")
    refusal = story.refused(_withdrawal(story, WithdrawnBecause.AT_OUR_REQUEST))
    assert refusal.detail == "promise: several are open; say which."
    first, second = story.alert("embassy").promises
    story.send(_withdrawal(story, WithdrawnBecause.AT_OUR_REQUEST, action=first.action))
    assert story.alert("embassy").promises == (second,)


@pytest.mark.parametrize("action", ["", "a.p9"])
def test_what_was_not_promised_cannot_be_withdrawn(action: str) -> None:
    story = _lea_told()
    command = _withdrawal(story, WithdrawnBecause.AT_OUR_REQUEST, action=action)
    assert story.refused(command).reason is RefusedBecause.INCOMPLETE


def test_what_is_promised_anew_is_recorded_as_such_and_not_withdrawn_by_hand() -> None:
    story = _lea_told().promises("lea", VISIT, due="Fri 12:00")
    refusal = story.refused(_withdrawal(story, WithdrawnBecause.RENEWED))
    assert refusal.detail.startswith("reason")


def test_nothing_is_withdrawn_in_a_case_that_is_over() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").proposed("ana").confirmed("chi")
    refusal = story.refused(_withdrawal(story, WithdrawnBecause.AT_OUR_REQUEST))
    assert refusal.reason is RefusedBecause.NOT_OPEN


def test_the_wrong_person_takes_their_promise_with_them() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Tue 10:00")
    story.answer("lea", ResponseKind.WRONG_CONTACT)
    assert story.asked()[-1] == ("Tue 10:00", "desk")
    assert story.alert("embassy").promises == ()


def test_an_overdue_promise_stays_a_task_while_another_one_was_kept() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00")
    story.promises("lea", VISIT, due="Fri 12:00").when("Wed 12:30").acts("lea", action=VISIT)
    assert story.owes("promise_overdue")


# --- Noor's letter (S2), to the minute


def test_nobody_says_that_noor_wrote_and_haldane_s_next_contact_is_told_at_four() -> None:
    story = a_case(now=at("Wed 08:30")).page_answered()
    story.release(COMPANIES, by="ana").release(COMPANIES, by="chi")
    (first,) = story.told(last=True)
    story.handed_off(first).answer(
        first,
        ResponseKind.COMMITTED,
        action=LETTER,
        due="Fri 12:00",
        condition=Proviso.TEXT_CLEARED,
    )
    story.when("Thu 15:00").finish("promise_condition").when("Fri 11:59")
    assert story.told(purpose=Purpose.ASK_OUTCOME) == []
    story.when("Fri 12:00")
    assert story.told(last=True, purpose=Purpose.ASK_OUTCOME) == [first]
    assert story.pages()[-1] == ("Fri 12:00", "ana")
    story.when("Fri 15:59")
    assert not story.of(f.PromiseMissed)
    story.when("Fri 16:00")
    assert story.of(f.PromiseMissed)
    more = [ref.id for ref in story.alert("haldane").contacts if ref.id != first]
    expected = more[:1] or []
    assert story.told(last=True, purpose=Purpose.TELL) == expected
    assert expected or story.owes("phone_them")


# --- more than anybody keeps


def test_a_party_that_promises_without_end_is_asked_to_keep_one_first() -> None:
    story = _lea_told()
    for hour in range(12):
        story.promises("lea", LETTER, due=f"Wed {hour:02}:30")
    refusal = story.refused(
        story.an_answer("lea", ResponseKind.COMMITTED, action=LETTER, due="Thu 12:00")
    )
    assert refusal.detail == "Say first what became of what you promised."


def test_a_promise_for_a_date_of_the_case_says_so_until_it_is_kept() -> None:
    story = _lea_told()
    story.answer("lea", ResponseKind.COMMITTED, action=VISIT, due="Fri 12:00", for_date="d1")
    assert story.alert("embassy").promises[0].for_date == "d1"
    story.acts("lea", action=VISIT)
    assert [(act.for_date, act.by) for act in story.alert("embassy").acts] == [("d1", "lea")]


def test_a_name_in_the_place_of_a_date_is_refused_before_it_reaches_the_journal() -> None:
    story = _lea_told()
    answer = story.an_answer(
        "lea", ResponseKind.COMMITTED, due="Fri 12:00", for_date="the hearing of R."
    )
    assert story.refused(answer).detail.startswith("for_date")


def test_an_act_taken_on_the_phone_counts_for_the_contact_that_was_waited_for() -> None:
    story = _lea_told()
    story.acts("ana", alert=story.alert("embassy").id, way=Way.PHONE)
    assert story.of(f.Acted)[0].by == "ana"
    assert story.alert("embassy").acts[0].by == "lea"
