"""Rounds: those who help hear, at a steady pace, what each of them promised and did."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case import rounds, telling
from engine.case.draft import Draft
from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.ledger import Entry, ledger
from engine.case.state import AlertStatus, Case, CaseStatus
from rules import exclusion
from schemas import facts as f
from schemas.codes import ActionKind, Effect, Mode, TrackName
from schemas.facts import dump_fact, load_fact
from schemas.link import Link, LinkKind, LinkStatus
from schemas.plan import Reason
from schemas.projection import Purpose
from schemas.responses import AnswerClass, RefusedBecause, ResponseKind, WithdrawnBecause
from tests.unit.engine.case.builders import (
    Story,
    a_consent,
    a_told_case,
    an_event,
    at,
    registry_without,
)

MISSIONS, NHRIS = TrackName.MISSIONS, TrackName.NHRIS
COMPANIES, INVESTORS = TrackName.COMPANIES, TrackName.INVESTORS
LETTER, VISIT, CALL = ActionKind.LETTER, ActionKind.VISIT, ActionKind.CALL
ROUND = Purpose.ROUND
EVERYBODY = ("embassy", "nhri-qn", "haldane", "fjord")


def told(*tracks: TrackName) -> Story:
    """The embassy, the national institution, a company and an investor were told."""
    return _private(_with_companies(a_told_case(*(tracks or (MISSIONS, NHRIS, INVESTORS)))))


def _private(story: Story) -> Story:
    """Those told may know of each other."""
    for name in (MISSIONS, NHRIS, INVESTORS):
        story.send(louder(story, name))
    return story


def louder(story: Story, name: TrackName) -> c.RaiseMode:
    return c.RaiseMode(
        inbox=story.inbox(), case=story.case.id, mode=Mode.PRIVATE, by="ana", track=name
    )


def quieter(story: Story, name: TrackName | None) -> c.LowerMode:
    return c.LowerMode(
        inbox=story.inbox(), case=story.case.id, mode=Mode.QUIET, by="ana", track=name
    )


def _with_companies(story: Story) -> Story:
    story.release(COMPANIES, by="ana").release(COMPANIES, by="chi")
    for contact in story.told(last=True):
        story.handed_off(contact)
    return story


def a_round(story: Story, *parties: str, first: str = "Thu 10:00", days: int = 7) -> c.SetRound:
    return c.SetRound(
        inbox=story.inbox(),
        case=story.case.id,
        by="ana",
        alerts=tuple(story.alert(party).id for party in parties),
        first_at=at(first),
        every_days=days,
    )


def in_a_round(*parties: str, days: int = 7) -> Story:
    """From Thursday at ten, every week unless said otherwise, and everybody unless named."""
    story = told()
    return story.send(a_round(story, *(parties or EVERYBODY), days=days))


def heard(story: Story) -> dict[str, list[str]]:
    """Who was told of a round, by its time."""
    times: dict[str, list[str]] = {}
    for fact in story.of(f.Told):
        if fact.purpose is ROUND:
            whom = [notice.contact for notice in fact.notices]
            times.setdefault(f"{fact.at:%d %b %H:%M}", []).extend(whom)
    return times


def reads(story: Story, party: str) -> list[tuple[str, str]]:
    """What this party may read: whose it is, and what they do."""
    entries = rounds.may_read(story.case, story.alert(party), ledger(story.facts))
    return [(entry.party, entry.kind.value) for entry in entries]


# --- when, and who is told


def test_those_of_a_round_hear_at_its_time_and_again_every_week() -> None:
    story = in_a_round("embassy", "fjord").when("17 Mar 10:00")
    whom = heard(story)
    assert list(whom) == ["04 Mar 10:00", "11 Mar 10:00"]
    assert {*whom["04 Mar 10:00"]} == {"lea", "desk", "fjord-mail"}


def test_at_each_round_somebody_of_ours_owes_a_talk_with_them_within_a_day() -> None:
    story = in_a_round().when("Thu 09:59")
    assert not story.owes("round")
    story.when("Thu 10:00")
    assert story.task("round").due_at == at("Fri 10:00")
    assert story.task("round").owner == "ana", "she has the case"


def test_a_talk_that_nobody_had_calls_duty_and_is_owed_once_however_many_rounds_pass() -> None:
    story = in_a_round(days=1).when("Sun 12:00")
    assert sum(task.kind == "round" for task in story.case.tasks) == 1
    reminded = [x for x in story.of(f.TaskReminded) if x.task == story.task("round").id]
    assert reminded and any(each.escalated for each in reminded)


def test_a_round_answers_nothing_and_moves_no_clock() -> None:
    story = in_a_round().promises("lea", VISIT, due="Fri 09:00").when("Thu 09:59")
    before = {a.party: (a.status, a.calls, a.promises) for a in story.case.alerts if a.in_round}
    story.when("Thu 10:00")
    after = {a.party: (a.status, a.calls, a.promises) for a in story.case.alerts if a.in_round}
    assert after == before


def test_whoever_has_acted_goes_on_hearing_what_comes_of_it() -> None:
    story = in_a_round("embassy").acts("lea").when("Thu 10:00")
    assert story.alert("embassy").status is AlertStatus.ACTED
    assert "lea" in heard(story)["04 Mar 10:00"]


@pytest.mark.parametrize("kind", [ResponseKind.DECLINED, ResponseKind.CONFLICT])
def test_whoever_said_no_hears_of_no_round(kind: ResponseKind) -> None:
    story = in_a_round("embassy", "fjord").answer("lea", kind).when("Thu 10:00")
    assert heard(story)["04 Mar 10:00"] == ["fjord-mail"]


def test_the_wrong_person_of_a_party_hears_of_no_round_and_a_colleague_does() -> None:
    story = in_a_round("embassy").answer("lea", ResponseKind.WRONG_CONTACT).when("Thu 10:00")
    assert heard(story)["04 Mar 10:00"] == ["desk"]


def test_nobody_hears_of_a_round_who_must_not_know_any_more() -> None:
    story = in_a_round("embassy", "fjord").when("Thu 09:00")
    tie = Link(
        id="tie",
        kind=LinkKind.PARENT_OF,
        a="fjord",
        b="guardia",
        status=LinkStatus.VERIFIED,
        source="register",
    )
    registry = registry_without(links=(tie,))
    story.around(registry=registry, closure=exclusion.closure(registry, an_event()))
    story.when("Thu 10:00")
    assert {*heard(story)["04 Mar 10:00"]} == {"lea", "desk"}
    story = in_a_round("embassy", "fjord").consent("narrowed", a_consent(MISSIONS))
    assert {*heard(story.when("Thu 10:00"))["04 Mar 10:00"]} == {"lea", "desk"}


def test_while_a_track_is_frozen_its_parties_are_left_out_and_the_next_round_has_them() -> None:
    story = in_a_round("embassy", "fjord").freeze(MISSIONS).when("Thu 10:00")
    assert heard(story)["04 Mar 10:00"] == ["fjord-mail"]
    story.lift(MISSIONS, "ana").lift(MISSIONS, "chi").when("11 Mar 10:00")
    assert "lea" in heard(story)["11 Mar 10:00"]


def test_a_release_that_has_ended_lets_no_round_leave() -> None:
    story = in_a_round("embassy", "fjord")
    story.send(
        c.WithdrawRelease(inbox=story.inbox(), case=story.case.id, track=MISSIONS, by="chi",
                          why="other")
    )  # fmt: skip
    assert heard(story.when("Thu 10:00"))["04 Mar 10:00"] == ["fjord-mail"]


def test_a_round_that_did_not_leave_before_the_next_is_called_off_for_it() -> None:
    story = in_a_round("embassy", days=1).when("Fri 10:00")
    off = [fact for fact in story.of(f.NoticesCancelled) if fact.purposes == (ROUND,)]
    assert [fact.alerts for fact in off][-1] == (story.alert("embassy").id,)


def test_after_an_outage_of_many_rounds_one_is_held_and_the_next_comes_at_its_hour() -> None:
    story = in_a_round("embassy", days=1).outage(days=5, hours=10)
    held = story.of(f.RoundHeld)
    assert len(held) == 1 and story.case.round is not None
    assert story.case.round.next_at > story.now
    assert story.case.round.next_at.hour == 10


def test_a_round_more_than_twelve_hours_late_tells_nobody_outside_and_is_still_owed() -> None:
    story = in_a_round("embassy")
    story.now = at("Thu 22:30")
    story.send(c.Tick())
    assert heard(story) == {} and story.owes("round")


def test_a_round_goes_on_while_the_case_stands() -> None:
    story = in_a_round("embassy").stands(until=at("20 Mar 12:00"))
    assert story.case.status is CaseStatus.STANDING
    assert "04 Mar 10:00" in heard(story.when("Thu 10:00"))


def test_resolved_the_case_has_no_round_and_reopened_it_has_none_either() -> None:
    story = in_a_round("embassy").proposed().confirmed().when("Fri 10:00")
    assert (heard(story), story.case.round) == ({}, None)
    story.reopened().when("17 Mar 10:00")
    assert (heard(story), story.case.round) == ({}, None)


# --- setting it and ending it


def test_a_round_is_set_anew_with_others_and_other_times() -> None:
    story = in_a_round("embassy", "fjord")
    story.send(a_round(story, "fjord", first="Fri 10:00", days=2)).when("Sun 10:00")
    assert heard(story) == {"05 Mar 10:00": ["fjord-mail"], "07 Mar 10:00": ["fjord-mail"]}


def test_ended_by_a_person_nobody_hears_and_nothing_is_owed() -> None:
    story = in_a_round("embassy").when("Thu 10:00")
    story.send(c.EndRound(inbox=story.inbox(), case=story.case.id, by="chi"))
    assert not story.owes("round") and not story.when("20 Mar 10:00").owes("round")
    assert list(heard(story)) == ["04 Mar 10:00"]
    assert not any(alert.in_round for alert in story.case.alerts)


def test_what_of_a_round_has_not_left_is_called_off_when_it_ends() -> None:
    story = in_a_round("embassy").when("Thu 10:00")
    story.send(c.EndRound(inbox=story.inbox(), case=story.case.id, by="chi"))
    (off,) = story.of(f.NoticesCancelled, last=True)
    assert (off.purposes, off.alerts) == ((ROUND,), (story.alert("embassy").id,))


@pytest.mark.parametrize("change", [
    {"alerts": ()}, {"every_days": 0}, {"every_days": 91},
    {"first_at": at("Mon 21:00")}, {"first_at": at("Mon 22:00") + timedelta(days=92)},
])  # fmt: skip
def test_a_round_of_nobody_or_at_no_possible_time_is_refused(change: dict[str, object]) -> None:
    story = told()
    refusal = story.refused(replace(a_round(story, "embassy"), **change))
    assert refusal.reason is RefusedBecause.INCOMPLETE


def test_nobody_takes_part_whom_no_message_reached() -> None:
    story = a_told_case()
    refusal = story.refused(a_round(story, "fjord"))
    assert refusal.reason is RefusedBecause.INCOMPLETE and "reached" in refusal.detail


def test_neither_our_own_people_nor_whoever_shields_the_person_take_part() -> None:
    story = told()
    duty = replace(a_round(story, "embassy"), alerts=(story.duty("ana").id,))
    assert story.refused(duty).reason is RefusedBecause.INCOMPLETE
    for name in (TrackName.PROTECTION, TrackName.LEGAL, TrackName.DUTY):
        assert not rounds.is_there(replace(story.alert("embassy"), track=name))


def test_a_party_of_another_case_and_a_case_that_is_over_have_no_round() -> None:
    story = told()
    stranger = replace(a_round(story, "embassy"), alerts=("case-9.a1",))
    assert story.refused(stranger).reason is RefusedBecause.UNKNOWN_ALERT
    ended = c.EndRound(inbox=story.inbox(), case=story.case.id, by="ana")
    assert story.refused(ended).reason is RefusedBecause.INCOMPLETE
    story.proposed().confirmed()
    assert story.refused(a_round(story, "embassy")).reason is RefusedBecause.NOT_OPEN
    assert story.refused(ended).reason is RefusedBecause.NOT_OPEN


def test_nobody_learns_of_a_quiet_track_that_it_was_asked_nor_reads_of_the_others() -> None:
    """*Act as of your own accord: nobody may learn that you were asked* stands on their page."""
    story = _with_companies(a_told_case())
    refusal = story.refused(a_round(story, "embassy"))
    assert refusal.reason is RefusedBecause.INCOMPLETE and "quiet" in refusal.detail
    story.send(louder(story, MISSIONS)).send(a_round(story, "embassy", "haldane"))
    assert rounds.can_join(story.case, story.alert("embassy"))


@pytest.mark.parametrize("name", [MISSIONS, None])
def test_made_quiet_again_a_track_is_out_at_once_with_what_it_did(name: TrackName | None) -> None:
    story = in_a_round().acts("lea", action=LETTER)
    story.send(quieter(story, name))
    assert (reads(story, "fjord"), reads(story, "embassy")) == ([], [])
    assert "lea" not in heard(story.when("Thu 10:00")).get("04 Mar 10:00", [])


# --- at the door, and what will not arrive


def test_a_round_is_judged_again_before_it_leaves_and_what_was_told_before_stands() -> None:
    story = in_a_round("embassy").when("Thu 10:00")
    before = story.alert("embassy").status
    story.freeze(MISSIONS).claimed("lea", purpose=ROUND)
    (refused,) = story.of(f.TellRefused, last=True)
    assert refused.reason is Reason.FROZEN
    assert (story.alert("embassy").status, story.owes("question")) == (before, False)


def test_a_round_that_reaches_somebody_by_no_way_is_told_by_phone() -> None:
    story = in_a_round("embassy").when("Thu 10:00").bounced("lea", purpose=ROUND)
    assert story.of(f.Rerouted, last=True)
    story.bounced("lea", purpose=ROUND)
    assert story.owes("unreachable", detail="round")
    assert not story.of(f.ContactSilent, last=True), "they owe no answer to it"


# --- what they read


def test_they_read_what_the_others_and_they_themselves_promised_and_did() -> None:
    story = in_a_round().promises("lea", VISIT, due="Fri 14:00").acts("fjord-mail", action=LETTER)
    assert reads(story, "embassy") == [("embassy", "visit"), ("fjord", "letter")]
    assert reads(story, "fjord") == reads(story, "embassy")


def test_who_takes_no_part_reads_nothing_and_is_read_by_nobody() -> None:
    story = in_a_round("embassy", "fjord").promises("lea", VISIT, due="Fri 14:00")
    story.promises("nhri-mail", LETTER, due="Fri 14:00")
    assert reads(story, "nhri-qn") == []
    assert reads(story, "fjord") == [("embassy", "visit")]


def test_without_a_round_nobody_reads_what_others_do() -> None:
    story = told().promises("lea", VISIT, due="Fri 14:00")
    assert reads(story, "embassy") == []


def test_a_company_reads_what_companies_do_and_nothing_of_what_others_do_about_them() -> None:
    story = in_a_round().promises("lea", VISIT, due="Fri 14:00").acts("noor", action=CALL)
    assert reads(story, "haldane") == [("haldane", "call")]
    assert reads(story, "embassy") == [("embassy", "visit"), ("haldane", "call")]


@pytest.mark.parametrize("kind", [
    ActionKind.RELOCATION, ActionKind.VISA, ActionKind.FUNDING,
    ActionKind.LEGAL_SUPPORT, ActionKind.MEDICAL_SUPPORT,
])  # fmt: skip
def test_nobody_reads_where_the_person_may_go_or_who_stands_behind_them(kind: ActionKind) -> None:
    story = in_a_round().promises("lea", kind, due="Fri 14:00")
    assert reads(story, "fjord") == reads(story, "embassy") == []


def test_what_will_not_come_is_nothing_that_anybody_should_count_on() -> None:
    story = in_a_round().promises("lea", LETTER, due="Wed 12:00").when("Wed 12:00")
    assert reads(story, "fjord") == [("embassy", "letter")], "asked for, and still open"
    assert reads(story.when("Wed 16:00"), "fjord") == [], "missed"
    story = in_a_round().promises("lea", LETTER, due="Wed 12:00")
    action = story.alert("embassy").promises[0].action
    story.send(
        c.WithdrawPromise(
            inbox=story.inbox(), case=story.case.id, alert=story.alert("embassy").id,
            action=action, by="ana",
            reason=WithdrawnBecause.BY_GIVER,
        )
    )  # fmt: skip
    assert reads(story, "fjord") == []


@pytest.mark.parametrize("worth", [
    AnswerClass.TOKEN, AnswerClass.COUNTER_PRODUCTIVE, AnswerClass.NONE,
])  # fmt: skip
def test_what_a_person_judged_to_be_worth_nothing_reassures_nobody(worth: AnswerClass) -> None:
    story = in_a_round().acts("lea", action=LETTER)
    story.send(
        c.ClassAnswer(
            inbox=story.inbox(), case=story.case.id, alert=story.alert("embassy").id,
            by="ana", answer_class=worth,
        )
    )  # fmt: skip
    assert reads(story, "fjord") == []


def test_what_made_things_worse_is_no_example_to_anybody() -> None:
    story = in_a_round().acts("lea", effect=Effect.NEGATIVE, action=LETTER)
    assert reads(story, "fjord") == []


def test_a_party_that_is_out_takes_its_deeds_with_it() -> None:
    story = in_a_round().acts("fjord-mail", action=LETTER)
    assert reads(story, "embassy") == [("fjord", "letter")]
    story.answer("fjord-mail", ResponseKind.CONFLICT)
    assert (reads(story, "embassy"), reads(story, "fjord")) == ([], [])


# --- whatever happens


def test_the_journal_makes_the_same_round_again() -> None:
    story = in_a_round("embassy", days=2).when("Sun 12:00")
    case = Case(around=story.case.around)
    for fact in story.facts:
        case = evolve(case, load_fact(dump_fact(fact)))
    assert case.round == story.case.round is not None
    assert [a.in_round for a in case.alerts] == [a.in_round for a in story.case.alerts]


@given(
    days=st.integers(1, 90),
    pauses=st.lists(st.floats(0.01, 400), min_size=1, max_size=6),
)
def test_a_round_never_drifts_is_never_held_twice_and_always_has_a_next_time(
    days: int, pauses: list[float]
) -> None:
    story = in_a_round("embassy", days=days)
    for pause in pauses:
        story.now += timedelta(hours=pause)
        story.send(c.Tick())
    assert story.case.round is not None and story.case.round.next_at > story.now
    due: datetime | None = due_at(story.case)
    assert due is not None and due <= story.case.round.next_at
    held = story.of(f.RoundHeld)
    first, every = at("Thu 10:00"), timedelta(days=days)
    assert all((each.due_at - first) % every == timedelta(0) for each in held)
    assert len({each.due_at for each in held}) == len(held)
    assert all(each.due_at <= each.at < each.next_at for each in held)


@given(st.sets(st.sampled_from(EVERYBODY), min_size=1), st.data())
def test_nobody_reads_a_word_of_whoever_takes_no_part(part: set[str], data: st.DataObject) -> None:
    story = in_a_round(*sorted(part))
    contacts = {"embassy": "lea", "nhri-qn": "nhri-mail", "haldane": "noor", "fjord": "fjord-mail"}
    for contact in contacts.values():
        if data.draw(st.booleans()):
            story.acts(contact, action=LETTER)
    for reader in EVERYBODY:
        entries: tuple[Entry, ...] = rounds.may_read(
            story.case, story.alert(reader), ledger(story.facts)
        )
        assert {entry.party for entry in entries} <= (part if reader in part else set())
        if reader == "haldane":
            assert {entry.party for entry in entries} <= {"haldane"}


@pytest.mark.parametrize("besides", [Purpose.ROUND, Purpose.WAIT, Purpose.ANSWER])
def test_whoever_was_let_be_for_a_colleagues_promise_is_told_when_it_is_broken_after_a_round(
    besides: Purpose,
) -> None:
    """The round made them count as told: it was their turn, and a person was to phone instead."""
    story = _private(a_told_case()).promises("lea", VISIT, due="Wed 12:00")
    assert story.alert("embassy").told_contacts == ("lea",), "the desk may have its turn"
    alert, desk = story.alert("embassy"), story.alert("embassy").contacts[1]
    draft = Draft(case=story.case, now=story.now)
    telling.tell(draft, alert, (desk,), purpose=besides)
    story.case = draft.case
    story.answer("lea", ResponseKind.WRONG_CONTACT)
    assert story.told(last=True, purpose=Purpose.TELL) == ["desk"]
    assert not story.owes("phone_them")
