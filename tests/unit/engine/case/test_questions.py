"""A question is answered: whoever asked hears that there is an answer, and reads it on the page."""

from dataclasses import replace

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.facts import dump_fact
from schemas.plan import Reason
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind
from tests.unit.engine.case.builders import Story, a_case, a_consent, a_told_case, at

ANSWER = Purpose.ANSWER


def asked(by: str = "lea") -> Story:
    """Lea of the embassy, and the desk behind her, were told; one of them has a question."""
    return a_told_case().answer(by, ResponseKind.ASKS)


def a_reply(
    story: Story, *, result: str = "done", reply: str = "vault-9", **of: str
) -> c.FinishTask:
    return replace(story.a_finish("question", result=result, **of), reply=reply)


def test_the_asker_hears_that_there_is_an_answer_and_the_words_stay_in_the_vault() -> None:
    story = asked()
    story.send(a_reply(story))
    assert story.told(last=True, purpose=ANSWER) == ["lea"]
    (fact,) = story.of(f.QuestionAnswered)
    assert (fact.contact, fact.by, fact.note) == ("lea", "ana", "vault-9")
    assert [(r.contact, r.note) for r in story.alert("embassy").replies] == [("lea", "vault-9")]
    assert not story.owes("question")
    assert b"vault-9" in dump_fact(fact)


def test_of_two_who_ask_each_gets_their_own_answer() -> None:
    story = asked("lea").answer("desk", ResponseKind.ASKS)
    story.send(a_reply(story, detail="desk"))
    assert story.told(last=True, purpose=ANSWER) == ["desk"]
    assert story.owes("question", detail="lea")


def test_a_question_taken_on_the_phone_is_answered_to_the_contact_it_counts_for() -> None:
    story = a_told_case()
    story.answer("ana", ResponseKind.ASKS, alert=story.alert("embassy").id)
    story.send(a_reply(story))
    assert story.told(last=True, purpose=ANSWER) == [story.of(f.Answered)[-1].contact]


def test_the_answer_changes_no_clock_and_no_status() -> None:
    story = asked()
    before = story.alert("embassy")
    story.send(a_reply(story))
    after = story.alert("embassy")
    assert (after.status, after.calls) == (before.status, before.calls)


def test_a_question_that_was_settled_by_phone_tells_nobody() -> None:
    story = asked().finish("question")
    assert story.told(last=True) == []
    assert not story.of(f.QuestionAnswered)


def test_whoever_asked_and_acted_since_still_gets_the_answer() -> None:
    story = asked().acts("lea")
    story.send(a_reply(story))
    assert story.told(last=True, purpose=ANSWER) == ["lea"]
    assert story.alert("embassy").status is AlertStatus.ACTED


def test_only_the_newest_few_answers_are_kept_for_the_page() -> None:
    story = asked()
    for n in range(5):
        story.send(a_reply(story, reply=f"vault-{n}")).answer("lea", ResponseKind.ASKS)
    assert [r.note for r in story.alert("embassy").replies] == ["vault-2", "vault-3", "vault-4"]


@pytest.mark.parametrize("result", ["not_possible", "no_sign"])
def test_without_an_answer_nothing_is_told(result: str) -> None:
    story = asked()
    assert story.refused(a_reply(story, result=result)).reason is RefusedBecause.INCOMPLETE


def test_whoever_passed_it_on_asked_nothing() -> None:
    story = a_told_case().answer("lea", ResponseKind.PASSED_ON)
    refusal = story.refused(a_reply(story))
    assert (refusal.reason, story.owes("question")) == (RefusedBecause.INCOMPLETE, True)


def test_no_other_task_takes_a_reply() -> None:
    story = a_case().page_answered()
    command = replace(story.a_finish("triage"), reply="vault-9")
    assert story.refused(command).reason is RefusedBecause.INCOMPLETE


def test_while_the_track_is_frozen_the_handler_is_told_to_wait_and_the_task_stays() -> None:
    story = asked().freeze(TrackName.MISSIONS)
    refusal = story.refused(a_reply(story))
    assert (refusal.reason, refusal.detail) == (RefusedBecause.GUARD, "frozen")
    assert story.owes("question")


def test_nobody_is_answered_who_must_not_know_any_more() -> None:
    story = asked().consent("revoked", a_consent(revoked=True))
    assert story.refused(a_reply(story)).reason in (
        RefusedBecause.GUARD,
        RefusedBecause.PAGE_CLOSED,
    )
    story = asked().answer("lea", ResponseKind.CONFLICT)
    assert story.refused(a_reply(story)).reason is RefusedBecause.PAGE_CLOSED


def test_a_person_who_is_the_wrong_one_by_now_is_not_answered() -> None:
    story = asked("desk").answer("desk", ResponseKind.WRONG_CONTACT)
    assert story.refused(a_reply(story)).reason is RefusedBecause.PAGE_CLOSED


def test_an_answer_frozen_before_it_left_becomes_the_question_again() -> None:
    story = asked()
    story.send(a_reply(story)).freeze(TrackName.MISSIONS).claimed("lea", purpose=ANSWER)
    (refused,) = story.of(f.TellRefused, last=True)
    assert refused.reason is Reason.FROZEN
    assert story.task("question").detail == "lea"
    assert story.alert("embassy").status is AlertStatus.ANSWERED, "what they said stands"


def test_an_answer_that_will_not_arrive_is_given_by_phone() -> None:
    story = asked()
    story.send(a_reply(story)).bounced("lea", purpose=ANSWER)
    assert story.of(f.Rerouted, last=True)
    story.bounced("lea", purpose=ANSWER)
    assert story.owes("unreachable", detail="answer")


def test_a_question_noted_before_askers_were_kept_goes_to_whoever_answered() -> None:
    story = asked()
    tasks = tuple(replace(t, detail="") if t.kind == "question" else t for t in story.case.tasks)
    story.case = replace(story.case, tasks=tasks)
    story.send(a_reply(story))
    assert story.told(last=True, purpose=ANSWER) == ["lea"]


def test_a_question_nobody_answers_calls_duty_like_anything_owed() -> None:
    story = a_told_case().answer("lea", ResponseKind.ASKS)
    due = story.task("question").due_at
    assert story.until(due).paged(last=True) == ["ana"]
    assert due == at("Tue 02:30") or story.case.severity is not Severity.HIGH


@pytest.mark.parametrize(
    "kind", [ResponseKind.WRONG_CONTACT, ResponseKind.DECLINED, ResponseKind.CONFLICT]
)
def test_whoever_is_out_since_gets_no_answer_that_had_not_left(kind: ResponseKind) -> None:
    """Only what asked for something was called off: the wrong person still heard from us."""
    story = asked()
    story.send(a_reply(story)).answer("lea", kind)
    purposes = {p for fact in story.of(f.NoticesCancelled, last=True) for p in fact.purposes}
    assert {ANSWER, Purpose.ROUND, Purpose.WAIT, Purpose.TELL} <= purposes
    assert Purpose.STAND_DOWN not in purposes or kind is ResponseKind.CONFLICT
