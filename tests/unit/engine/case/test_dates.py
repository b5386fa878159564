"""Dates ahead: checked in time, moved with those who promised for them, asked about afterwards."""

from datetime import timedelta
from typing import Any

from engine.case import commands as c
from engine.case.marked import CaseDate
from schemas import facts as f
from schemas.codes import ActionKind, DateKind, Effect, Severity, TrackName
from schemas.plan import Spread
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, ResponseKind, WithdrawnBecause
from tests.unit.engine.case.builders import (
    BRIGHT,
    EMBASSY,
    FJORD,
    NHRI,
    Story,
    an_event,
    at,
    found,
    outward,
)

MISSIONS, NHRIS, INVESTORS = TrackName.MISSIONS, TrackName.NHRIS, TrackName.INVESTORS
TRACKS = (
    outward(MISSIONS, severity=Severity.ELEVATED),
    outward(NHRIS, severity=Severity.ELEVATED),
)


def said(on: str, *, kind: str = "hearing", id: str = "h1", **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "at": at(on).isoformat(), **more}


def a_suit(*dates: dict[str, Any], severity: Severity = Severity.ELEVATED) -> Story:
    """A lawsuit reported on Monday at 9:00, with these dates; Ana has it since 9:30."""
    story = Story(now=at("Mon 09:00")).report(
        an_event("slapp", dates=list(dates)),
        severity=severity,
        tracks=TRACKS,
        candidates=(EMBASSY, NHRI),
    )
    return story.when("Mon 09:30").page_answered()


def told_of_dates(story: Story) -> list[tuple[str, str, str]]:
    """When one of ours was told of a date, who, and what."""
    return [
        (fact.at.strftime("%a %d %H:%M"), fact.party, fact.detail)
        for fact in story.of(f.Told)
        if fact.track is TrackName.DUTY and fact.detail.startswith("date_")
    ]


def rounds(story: Story, purpose: Purpose) -> list[tuple[str, str]]:
    """Outward rounds for this purpose, with the time."""
    return [
        (fact.at.strftime("%a %d %H:%M"), "+".join(n.contact for n in fact.notices))
        for fact in story.of(f.Told)
        if fact.track is not TrackName.DUTY and fact.purpose is purpose
    ]


def checks(story: Story) -> list[tuple[str, bool, list[str]]]:
    """Checks as they were decided: when, whether all was well, and where it was not."""
    return [
        (fact.at.strftime("%a %d %H:%M"), fact.satisfied, [t.value for t in fact.uncovered])
        for fact in story.of(f.DateChecked)
    ]


def the_date(story: Story) -> CaseDate:
    (date,) = story.case.dates
    return date


def moved(story: Story, on: str, *, id: str = "h1") -> Story:
    """Its publisher says that the hearing is on another day."""
    event = an_event("date_moved", dates=[said(on, id=id)])
    return story.report(event, severity=Severity.WATCH, tracks=(), candidates=())


def set_by_hand(story: Story, on: str, kind: DateKind = DateKind.HEARING, **more: Any) -> Story:
    return story.send(an_addition(story, on, kind, **more))


def an_addition(story: Story, on: str, kind: DateKind = DateKind.HEARING, **more: Any) -> c.AddDate:
    return c.AddDate(
        inbox=story.inbox(), case=story.case.id, date_kind=kind, on=at(on), by="ana", **more
    )


def a_removal(story: Story) -> c.RemoveDate:
    return c.RemoveDate(inbox=story.inbox(), case=story.case.id, date=the_date(story).id, by="ana")


def a_move(story: Story, on: str) -> c.MoveDate:
    return c.MoveDate(
        inbox=story.inbox(), case=story.case.id, date=the_date(story).id, on=at(on), by="ana"
    )


# --- a hearing that is moved (scenario S3)


def a_moved_hearing() -> Story:
    """S3: the NHRI stands for the law firm, Lea for Ines."""
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(NHRIS)
    story.when("Tue 14:00").promises("nhri-mail", ActionKind.LEGAL_SUPPORT, due="15 Mar 12:00")
    story.when("12 Mar 10:00").release(MISSIONS)
    story.when("15 Mar 09:00").promises("lea", ActionKind.TRIAL_OBSERVATION, due="17 Mar 08:00")
    story.when("15 Mar 11:30").acts("nhri-mail")
    return moved(story.when("15 Mar 15:00"), "31 Mar 08:00")


def test_a_hearing_is_checked_fourteen_days_before_it_and_nobody_is_disturbed() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(NHRIS)
    story.when("Tue 14:00").promises("nhri-mail", ActionKind.LEGAL_SUPPORT, due="15 Mar 12:00")

    story.when("Wed 08:00")

    assert checks(story) == [("Wed 03 08:00", True, [])]
    assert not told_of_dates(story)
    assert not story.owes("date_check")


def test_three_days_before_a_hearing_without_an_observer_somebody_else_is_asked() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(NHRIS)
    story.when("Tue 14:00").promises("nhri-mail", ActionKind.LEGAL_SUPPORT, due="15 Mar 12:00")
    story.when("12 Mar 10:00").release(MISSIONS)

    story.when("14 Mar 08:00")

    assert checks(story)[1:] == [("Sun 14 08:00", False, ["missions"])]
    task = story.task("date_check")
    assert (task.owner, task.due_at) == ("ana", at("16 Mar 08:00"))
    assert story.asked()[-1] == ("Sun 08:00", "desk")


def test_a_promise_for_the_date_ends_the_task_to_find_somebody() -> None:
    story = a_suit(said("17 Mar 08:00")).when("12 Mar 10:00").release(MISSIONS)
    story.when("14 Mar 08:00")
    assert story.owes("date_check")

    story.when("15 Mar 09:00").promises("lea", ActionKind.TRIAL_OBSERVATION, due="17 Mar 08:00")

    assert not story.owes("date_check")


def test_a_moved_hearing_takes_along_only_its_own_checks() -> None:
    story = a_moved_hearing()

    gone = [(x.due_at, x.reason) for x in story.of(f.CheckSuperseded)]
    assert gone == [(at("16 Mar 08:00"), "date_moved")]
    assert the_date(story).next_at == at("17 Mar 08:00")


def test_whoever_promised_or_acted_for_a_moved_hearing_is_asked_whether_it_holds() -> None:
    story = a_moved_hearing()

    assert rounds(story, Purpose.CONFIRM) == [
        ("Mon 15 15:00", "lea"),
        ("Mon 15 15:00", "nhri-mail"),
    ]
    assert not story.owes("date_confirm")


def test_nobody_is_asked_how_a_hearing_went_before_it_took_place() -> None:
    story = a_moved_hearing().when("18 Mar 08:00")

    assert not rounds(story, Purpose.ASK_OUTCOME)


def test_a_moved_hearing_that_everybody_confirmed_runs_in_silence_to_its_end() -> None:
    story = a_moved_hearing()
    story.when("15 Mar 17:00").answer("lea", ResponseKind.ACKNOWLEDGED)
    story.when("16 Mar 10:00").answer("nhri-mail", ResponseKind.ACKNOWLEDGED)

    story.when("31 Mar 18:00").acts("lea", Effect.NONE)

    assert checks(story)[2:] == [
        ("Wed 17 08:00", True, []),
        ("Sun 28 08:00", True, []),
        ("Tue 30 08:00", True, []),
    ]
    assert rounds(story, Purpose.REMIND) == [("Tue 30 08:00", "lea"), ("Tue 30 08:00", "nhri-mail")]
    assert told_of_dates(story) == [("Tue 30 08:00", "ana", "date_ahead")]
    assert rounds(story, Purpose.ASK_OUTCOME) == [("Wed 31 12:00", "lea")]
    asked = [x for x in story.of(f.TaskRaised) if x.task_kind == "promise_overdue"]
    assert [(x.at, x.owner) for x in asked] == [(at("31 Mar 12:00"), "ana")]
    assert story.asked()[-1] == ("Wed 16:00", "desk")
    assert not story.case.dates
    assert not [t for t in story.case.tasks if t.kind.startswith("date_")]


def test_who_does_not_confirm_is_asked_by_a_person_and_covers_nothing() -> None:
    story = a_moved_hearing()
    story.when("15 Mar 17:00").answer("nhri-mail", ResponseKind.ACKNOWLEDGED)

    story.when("17 Mar 07:59")
    assert not story.owes("date_confirm")
    story.when("17 Mar 08:00")

    task = story.task("date_confirm")
    assert task.alert == story.alert("embassy").id
    assert checks(story)[-1] == ("Wed 17 08:00", False, ["missions"])


def test_nobody_is_phoned_about_a_date_that_fell_away() -> None:
    story = a_moved_hearing().when("17 Mar 08:00")
    assert story.owes("date_confirm")
    story.send(a_removal(story))
    assert not story.owes("date_confirm")


def test_whom_a_case_asked_to_confirm_before_it_ended_is_not_waited_for_when_it_opens() -> None:
    story = a_moved_hearing()
    assert the_date(story).confirming
    story.proposed().confirmed().after(hours=1).reopened()
    assert not the_date(story).confirming
    story.when("17 Mar 08:00")
    assert not story.owes("date_confirm")


def test_whoever_has_to_confirm_a_hearing_that_is_near_has_four_hours_at_the_least() -> None:
    story = a_suit(said("17 Mar 08:00")).when("12 Mar 10:00").release(MISSIONS)
    story.when("15 Mar 09:00").promises("lea", ActionKind.TRIAL_OBSERVATION, due="17 Mar 08:00")
    moved(story.when("15 Mar 15:00"), "18 Mar 16:00")

    assert the_date(story).next_at == at("15 Mar 16:00"), "it is looked at in an hour"
    assert [x.answer_by for x in story.of(f.ConfirmAsked)] == [at("15 Mar 19:00")]


def test_a_late_word_still_confirms() -> None:
    story = a_moved_hearing().when("18 Mar 09:00")
    story.answer("lea", ResponseKind.ACKNOWLEDGED).answer("nhri-mail", ResponseKind.ALREADY_ACTING)

    assert not story.owes("date_confirm")
    assert not story.owes("date_check")
    story.when("28 Mar 08:00")
    assert checks(story)[-1] == ("Sun 28 08:00", True, [])


def test_a_promise_given_anew_takes_the_place_of_the_old_one() -> None:
    story = a_moved_hearing().when("15 Mar 17:00")

    story.promises("lea", ActionKind.TRIAL_OBSERVATION, due="31 Mar 08:00")

    (promise,) = story.alert("embassy").promises
    assert promise.due_at == at("31 Mar 08:00")
    assert [x.reason for x in story.of(f.PromiseWithdrawn)] == [WithdrawnBecause.RENEWED]
    assert not [x for x in the_date(story).confirming if x.alert == story.alert("embassy").id]


# --- an eviction that loses its promise (scenario S5)


def an_eviction() -> Story:
    """S5: the NHRI stands for the complaints office."""
    story = Story(now=at("Thu 08:00")).report(
        an_event("early_warning", dates=[said("20 Mar 06:00", kind="eviction", id="e1")]),
        severity=Severity.ELEVATED,
        tracks=TRACKS,
        candidates=(EMBASSY, NHRI),
    )
    story.when("Thu 08:20").page_answered()
    story.when("Fri 11:00").release(MISSIONS).release(NHRIS)
    return story.when("Fri 16:00").acts("nhri-mail", action=ActionKind.COMPLAINT_OPENED)


def test_while_nobody_is_late_with_an_answer_the_first_check_is_silent() -> None:
    story = an_eviction().when("Sat 06:00")

    assert checks(story) == [("Sat 06 06:00", True, [])]
    assert not told_of_dates(story)


def test_a_promise_near_the_date_covers_it() -> None:
    story = an_eviction().when("8 Mar 08:30")
    story.promises("lea", ActionKind.VISIT, due="18 Mar 14:00").when("17 Mar 06:00")

    assert checks(story)[1:] == [("Wed 17 06:00", True, [])]
    assert not story.owes("date_check")


def test_when_the_promise_was_withdrawn_nothing_covers_the_date_and_its_owner_is_told() -> None:
    story = an_eviction().when("8 Mar 08:30").promises("lea", ActionKind.VISIT, due="18 Mar 14:00")
    story.when("18 Mar 05:20").freeze()
    story.when("18 Mar 09:00").send(
        c.WithdrawPromise(
            inbox=story.inbox(),
            case=story.case.id,
            alert=story.alert("embassy").id,
            by="ana",
            reason=WithdrawnBecause.AT_OUR_REQUEST,
        )
    )
    before = story.asked()

    story.when("19 Mar 06:00")

    assert checks(story)[-1] == ("Fri 19 06:00", False, ["missions"])
    task = story.task("date_check")
    assert (task.owner, task.due_at) == ("ana", at("20 Mar 06:00"))
    assert told_of_dates(story) == [("Fri 19 06:00", "ana", "date_check")]
    assert story.asked() == before, "every outward track is frozen"


# --- what else may happen


def test_checks_that_lie_in_the_past_are_not_made_late_and_the_record_says_so() -> None:
    story = a_suit(said("Fri 08:00"))

    (known,) = story.of(f.DateSet)
    assert [timedelta(seconds=each) for each in known.past] == [timedelta(days=-14)]
    assert known.next_at == at("Tue 08:00")
    assert not story.of(f.DateChecked)


def test_a_date_of_tomorrow_that_nobody_covers_is_told_at_once() -> None:
    story = a_suit().when("Tue 08:00")

    set_by_hand(story, "Tue 20:00", DateKind.DEPORTATION)

    task = story.task("date_check")
    assert task.critical and task.due_at == at("Tue 20:00")
    assert told_of_dates(story) == [("Tue 02 08:00", "ana", "date_check")]


def test_a_date_on_a_case_where_nobody_outside_was_asked_becomes_a_task_in_time() -> None:
    story = a_suit(said("17 Mar 08:00")).when("14 Mar 08:00")

    assert [(x[0], x[1]) for x in checks(story)] == [
        ("Wed 03 08:00", True),
        ("Sun 14 08:00", False),
    ]
    assert story.task("date_check").due_at == at("16 Mar 08:00")


def test_saying_a_date_again_is_no_news() -> None:
    story = a_moved_hearing()
    before = len(rounds(story, Purpose.CONFIRM))

    moved(story.when("15 Mar 16:00"), "31 Mar 08:00")

    assert len(rounds(story, Purpose.CONFIRM)) == before


def test_what_a_publisher_said_before_does_not_undo_what_people_set_since() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 08:00")
    story.send(a_move(story, "31 Mar 08:00"))

    moved(story.when("Tue 09:00"), "17 Mar 08:00")

    assert the_date(story).at == at("31 Mar 08:00")


def test_two_hotlines_that_know_of_one_hearing_make_one_date() -> None:
    story = a_suit(said("17 Mar 08:00"), said("17 Mar 08:00", id="other"))

    assert the_date(story).at == at("17 Mar 08:00")


def test_a_date_that_is_reported_as_cancelled_is_a_persons_to_confirm() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 08:00")

    event = an_event("date_cancelled", dates=[said("17 Mar 08:00")])
    story.report(event, severity=Severity.WATCH, tracks=(), candidates=())

    assert not story.case.dates
    assert story.task("date_off").detail == "hearing"
    assert {x.reason for x in story.of(f.CheckSuperseded)} == {"date_removed"}


def test_a_date_that_a_person_removes_owes_nothing() -> None:
    story = a_suit(said("17 Mar 08:00")).when("14 Mar 08:00")
    story.send(a_removal(story)).when("17 Mar 12:00")

    assert not story.case.dates
    assert not [t for t in story.case.tasks if t.kind.startswith("date_")]
    assert len(checks(story)) == 2


def test_removing_a_date_that_somebody_promised_for_leaves_word_to_be_given() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(MISSIONS)
    story.when("Wed 10:00").promises("lea", ActionKind.TRIAL_OBSERVATION, due="17 Mar 08:00")

    story.send(a_removal(story))

    assert story.owes("date_off", owner="ana")


def test_after_a_hearing_that_nobody_promised_for_a_person_finds_out_what_happened() -> None:
    story = a_suit(said("17 Mar 08:00"))

    story.when("17 Mar 11:59")
    assert not story.owes("date_passed")
    story.when("17 Mar 12:00")

    assert story.owes("date_passed", detail="hearing")
    assert not story.owes("date_check")


def test_an_eviction_is_asked_about_when_it_was_due() -> None:
    story = a_suit(said("17 Mar 08:00", kind="eviction")).when("17 Mar 08:00")

    assert story.owes("date_passed", detail="eviction")


def test_a_reply_to_the_un_is_tracked_and_not_chased() -> None:
    story = set_by_hand(a_suit(), "30 Apr 09:00", DateKind.UN_REPLY).when("30 Apr 08:59")
    assert not checks(story)
    assert not [t for t in story.case.tasks if t.kind.startswith("date_")]

    story.when("30 Apr 09:00")

    assert story.owes("date_passed", owner="ana", detail="un_reply")
    assert not rounds(story, Purpose.REMIND)


def test_a_promise_that_is_lost_on_the_last_day_is_told_at_once() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(MISSIONS)
    story.when("Wed 10:00").promises("lea", ActionKind.TRIAL_OBSERVATION, due="17 Mar 08:00")
    story.when("16 Mar 20:00")
    assert not story.owes("date_check")

    story.answer("lea", ResponseKind.WITHDRAWS)

    assert story.task("date_check").critical


def test_a_promise_far_before_a_date_does_not_cover_it() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(MISSIONS)
    story.promises("lea", ActionKind.LETTER, due="13 Mar 08:00").when("12 Mar 09:00").acts("lea")
    story.when("12 Mar 10:00").promises("lea", ActionKind.CALL, due="14 Mar 07:59")

    story.when("14 Mar 07:59")
    story.acts("lea", action=ActionKind.CALL)
    story.when("14 Mar 08:00")

    assert checks(story)[-1] == ("Sun 14 08:00", False, ["missions"])


def test_a_promise_made_for_a_date_covers_it_whenever_it_is_due() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(MISSIONS)
    story.answer(
        "lea",
        ResponseKind.COMMITTED,
        action=ActionKind.DEMARCHE,
        due="Fri 08:00",
        for_date=the_date(story).id,
    )
    story.when("Fri 07:00").acts("lea")

    story.when("14 Mar 08:00")

    assert checks(story)[-1] == ("Sun 14 08:00", True, [])


def test_a_date_may_concern_one_track_alone() -> None:
    story = a_suit().when("Tue 10:00").release(NHRIS).release(MISSIONS)
    set_by_hand(story, "17 Mar 08:00", tracks=(MISSIONS,))
    story.promises("lea", ActionKind.TRIAL_OBSERVATION, due="17 Mar 08:00")

    story.when("14 Mar 08:00")

    assert checks(story)[-1] == ("Sun 14 08:00", True, [])


def test_a_date_behind_us_or_of_another_century_is_refused() -> None:
    story = a_suit().when("Tue 10:00")

    assert story.refused(an_addition(story, "Mon 10:00")).reason is RefusedBecause.INCOMPLETE
    far = an_addition(story, "Wed 10:00")
    far = c.AddDate(
        inbox=far.inbox, case=far.case, date_kind=far.date_kind, by="ana",
        on=far.on.replace(year=2127),
    )  # fmt: skip
    assert story.refused(far).reason is RefusedBecause.INCOMPLETE


def test_a_date_that_is_moved_to_where_it_is_says_so() -> None:
    story = a_suit(said("17 Mar 08:00"))
    assert "already" in story.refused(a_move(story, "17 Mar 08:00")).detail


def test_an_unknown_date_can_be_neither_moved_nor_removed() -> None:
    story = a_suit(said("17 Mar 08:00"))
    gone = a_removal(story)
    move = a_move(story, "18 Mar 08:00")
    story.send(gone)

    assert story.refused(gone).reason is RefusedBecause.NO_SUCH_DATE
    assert story.refused(move).reason is RefusedBecause.NO_SUCH_DATE


def test_a_track_that_is_not_planned_cannot_be_concerned() -> None:
    story = a_suit()

    refusal = story.refused(an_addition(story, "17 Mar 08:00", tracks=(TrackName.SPORTS,)))

    assert refusal.reason is RefusedBecause.NO_SUCH_TRACK


def test_more_dates_than_a_case_can_watch_are_said_aloud() -> None:
    many = [said("17 Mar 08:00", id=f"h{n}", kind="other") for n in range(31)]
    for n, each in enumerate(many):
        each["at"] = (at("17 Mar 08:00") + timedelta(hours=n)).isoformat()

    story = a_suit(*many)

    assert len(story.case.dates) == 30
    assert story.owes("dates_full")


# --- an outage


def test_after_an_outage_only_the_newest_check_counts() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(MISSIONS)
    story.when("Wed 07:00").now = at("16 Mar 09:00")
    story.send(c.Tick())

    skipped = [x.reason for x in story.of(f.CheckSuperseded)]
    assert skipped == ["superseded_by_later", "superseded_by_later"]
    assert checks(story) == [("Tue 16 09:00", False, ["missions"])]


def test_a_check_that_lay_for_more_than_twelve_hours_asks_a_person_first() -> None:
    story = a_suit(said("17 Mar 08:00")).when("Tue 10:00").release(MISSIONS)
    story.answer("lea", ResponseKind.ACKNOWLEDGED)
    story.when("13 Mar 08:00").now = at("14 Mar 20:01")
    asked = story.asked()
    story.send(c.Tick())

    assert checks(story)[-1] == ("Sun 14 20:01", False, ["missions"])
    assert story.owes("still_right", alert=story.alert("embassy").id)
    assert not [x for x in story.asked()[len(asked) :] if x[1] == "desk"]


def test_a_date_that_passed_during_an_outage_is_asked_about() -> None:
    story = a_suit(said("17 Mar 08:00")).when("13 Mar 08:00").outage(days=6)

    assert not story.case.dates
    assert story.owes("date_passed")
    assert [x.reason for x in story.of(f.CheckSuperseded)] == ["superseded_by_later"] * 2


def test_dates_rest_while_a_case_is_monitored_and_count_again_when_it_opens() -> None:
    story = a_suit(said("31 Mar 08:00")).when("Tue 10:00")
    story.proposed().confirmed().when("28 Mar 09:00")
    assert not checks(story)

    story.reopened()

    assert the_date(story).next_at == at("30 Mar 08:00")
    story.when("30 Mar 08:00")
    assert len(checks(story)) == 1


# --- the first 48 hours of a detention


def an_arrest(**more: Any) -> Story:
    story = Story().report(an_event("arrest", **more), tracks=TRACKS, candidates=(EMBASSY,))
    return story.when("Mon 22:07").page_answered()


def test_the_first_hours_of_a_detention_are_silent_while_somebody_is_in_touch() -> None:
    story = an_arrest().when("Mon 23:40").finish("first_contact")
    story.when("Tue 23:40").finish("check_in").when("Wed 22:00")

    assert not story.case.dates
    assert checks(story) == [("Tue 02 22:00", True, [])]
    assert not story.owes("custody_check")


def test_a_day_into_a_detention_without_any_contact_is_a_task_and_again_after_two() -> None:
    story = an_arrest().when("Tue 22:00")
    first = story.task("custody_check")

    story.when("Wed 22:00")

    assert story.task("custody_check").id != first.id
    assert not story.case.dates


def test_the_hours_of_a_detention_count_from_the_arrest() -> None:
    occurred = {"at": at("Mon 10:00").isoformat(), "precision": "hour"}

    assert the_date(an_arrest(occurred=occurred)).at == at("Wed 10:00")


def test_an_arrest_of_last_month_has_no_first_hours_left() -> None:
    occurred = {"at": "2027-02-01T10:00:00Z", "precision": "hour"}

    assert not an_arrest(occurred=occurred).case.dates


def test_nobody_outside_is_told_of_the_first_hours() -> None:
    story = an_arrest().release(MISSIONS).when("Wed 22:00")

    assert not rounds(story, Purpose.REMIND)
    assert {x[1] for x in story.asked()} <= {"lea+desk", "lea", "desk"}


# --- a track that asks one after the other


def one_after_the_other() -> Story:
    """Fjord has one contact, who was told two days before the check; Bright and Haldane wait."""
    investors = outward(INVESTORS, spread=Spread.NEXT, severity=Severity.ELEVATED)
    waiting = (FJORD, BRIGHT, found("haldane", INVESTORS, rank=2))
    story = Story(now=at("Mon 09:00")).report(
        an_event("slapp", dates=[said("17 Mar 08:00")]),
        severity=Severity.ELEVATED,
        tracks=(investors,),
        candidates=waiting,
    )
    story.when("Mon 09:30").page_answered().when("12 Mar 10:00").release(INVESTORS)
    assert story.told() == ["fjord-mail"]
    return story.answer("fjord-mail", ResponseKind.ACKNOWLEDGED)


def test_three_days_before_a_hearing_one_further_party_is_asked_and_not_all() -> None:
    story = one_after_the_other().by("14 Mar 08:00")
    before = len(story.told())
    story.send(c.Tick())
    assert story.told()[before:] == ["bright-mail"]


def test_a_check_that_lay_for_more_than_twelve_hours_asks_no_further_party_by_itself() -> None:
    story = one_after_the_other().when("13 Mar 08:00")
    before = len(story.told())
    story.now = at("14 Mar 20:01")
    story.send(c.Tick())
    assert story.told()[before:] == []
