"""How the person is: worse news calls duty and hurries, better news softens and closes nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.case import check_ins
from engine.case import commands as c
from engine.case.conditions import gravest
from engine.case.state import CaseStatus, dump_case, load_case
from schemas import facts as f
from schemas.codes import SAID_BY_CODE, STATUSES, Severity, SubjectStatus, TrackName
from schemas.codes.threats import THREATS, EventType
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, a_case, an_event, at

S = SubjectStatus
STATUS_CHANGED = "status_changed"


def noted(status: SubjectStatus, story: Story, *, by: str = "ana", subject: str = "") -> Story:
    return story.send(a_note(status, story, by=by, subject=subject))


def a_note(
    status: SubjectStatus, story: Story, *, by: str = "ana", subject: str = ""
) -> c.NoteStatus:
    return c.NoteStatus(
        inbox=story.inbox(), case=story.case.id, status=status, by=by, subject=subject
    )


def about(status: SubjectStatus, pseudonym: str | None = "s1", **more: Any) -> Any:
    who = {"kind": "person", "status": status.value}
    if pseudonym is not None:
        who["pseudonym"] = pseudonym
    return an_event(STATUS_CHANGED, subjects=[who], **more)


def test_every_status_has_its_row_and_its_source() -> None:
    assert set(STATUSES) == set(SubjectStatus)
    assert all(row.source for row in STATUSES.values())
    assert set(SAID_BY_CODE) <= set(THREATS)


def test_what_was_done_to_somebody_says_how_they_are() -> None:
    story = a_case()
    assert gravest(story.case.conditions) is S.DETAINED
    assert story.of(f.StatusNoted)[0].subject == "hotline/s1"


def test_a_severity_that_the_rulebook_gave_a_code_is_not_raised_by_what_the_code_says() -> None:
    assert a_case(Severity.ELEVATED).case.severity is Severity.ELEVATED


def test_enrichment_stands_in_the_story_and_pages_nobody() -> None:
    story = a_case().page_answered().when("Mon 23:00")
    story.report(an_event("enrichment"), severity=Severity.WATCH)
    assert story.paged(last=True) == []
    assert story.case.severity is Severity.HIGH
    assert story.of(f.EventJoined, last=True)[0].event_type is EventType.CHANGE


def test_enrichment_that_makes_it_graver_pages() -> None:
    story = a_case().page_answered().when("Mon 23:00")
    story.report(an_event("enrichment"), severity=Severity.CRITICAL)
    assert story.paged(last=True) == ["ana"]


def test_a_second_report_of_the_same_pages_as_a_new_act_does() -> None:
    story = a_case().page_answered().when("Mon 23:00").report(an_event("arrest"))
    assert story.paged(last=True) == ["ana"]
    assert not story.of(f.StatusNoted, last=True), "they were known to be detained"


def test_released_leaves_the_case_as_grave_and_as_open_as_it_was_and_wakes_nobody() -> None:
    story = a_case(Severity.CRITICAL).page_answered().when("Mon 22:20")
    owed, next_page = story.case.tasks, story.track(TrackName.DUTY).hold_until
    story.report(an_event("released_from_custody"), severity=Severity.WATCH)

    assert gravest(story.case.conditions) is S.RELEASED
    assert (story.case.status, story.case.severity) == (CaseStatus.OPEN, Severity.CRITICAL)
    assert story.case.tasks == owed
    assert story.track(TrackName.DUTY).hold_until == next_page
    assert story.paged(last=True) == []


def test_a_relief_never_puts_off_a_check_in() -> None:
    story = a_case().page_answered().when("Mon 23:40").finish("first_contact")
    due = story.task("check_in").due_at
    story.when("Tue 10:00").report(an_event("released_from_custody"), severity=Severity.WATCH)
    assert story.task("check_in").due_at == due == at("Tue 23:40")


def test_released_and_then_disappeared_is_critical_and_duty_is_called() -> None:
    story = a_case().page_answered().when("Mon 23:40").finish("first_contact")
    story.when("Tue 10:00").report(an_event("released_from_custody"), severity=Severity.WATCH)
    story.page_answered().when("Tue 12:00").report(about(S.DISAPPEARED), severity=Severity.WATCH)

    assert story.case.severity is Severity.CRITICAL
    assert story.paged(last=True) == ["ana"]
    assert story.of(f.TrackWoken, last=True)[0].reason == "status_worse"
    assert story.task("check_in").due_at == at("Tue 18:00")
    assert story.when("Tue 12:15").paged(last=True) == ["ben"]


def test_worse_news_in_a_case_that_is_critical_already_still_calls_duty() -> None:
    story = a_case(Severity.CRITICAL).page_answered().when("Mon 22:10")
    story.report(about(S.DISAPPEARED), severity=Severity.WATCH)
    assert story.paged(last=True) == ["ana"]
    assert not story.of(f.SeverityRaised, last=True)


def test_check_ins_begin_anew_close_together_after_worse_news() -> None:
    story = a_case().page_answered().when("Mon 23:40").finish("first_contact")
    story.when("Tue 23:40").finish("check_in")
    assert story.task("check_in").due_at == at("9 Mar 23:40")
    noted(S.DISAPPEARED, story.when("Wed 12:00"))
    assert story.task("check_in").due_at == at("Wed 18:00")
    story.when("Wed 18:00").finish("check_in")
    assert story.task("check_in").due_at == at("Thu 18:00")


def test_the_same_news_twice_is_news_once() -> None:
    story = noted(S.DISAPPEARED, a_case().page_answered())
    noted(S.DISAPPEARED, story.page_answered())
    assert not story.last


def test_what_is_said_of_one_person_leaves_the_other_as_they_were() -> None:
    two = [{"kind": "person", "pseudonym": name, "status": "detained"} for name in ("s1", "s2")]
    story = Story().report(an_event(subjects=two)).page_answered()
    story.report(about(S.RELEASED, "s2"), severity=Severity.WATCH)
    assert gravest(story.case.conditions) is S.DETAINED

    story.report(about(S.RELEASED, None), severity=Severity.WATCH)
    assert gravest(story.case.conditions) is S.DETAINED, "it does not say of whom it speaks"

    noted(S.RELEASED, story)
    assert gravest(story.case.conditions) is S.RELEASED, "a person of ours speaks of everybody"


def test_an_old_report_that_comes_late_does_not_make_somebody_better_off() -> None:
    story = a_case().page_answered().when("Tue 10:00")
    story.report(about(S.DISAPPEARED), severity=Severity.WATCH)
    before = {"at": "2027-03-01T21:00:00Z", "precision": "hour"}
    story.report(about(S.RELEASED, occurred=before), severity=Severity.WATCH)
    assert gravest(story.case.conditions) is S.DISAPPEARED


def test_a_report_from_the_future_counts_from_when_it_came() -> None:
    later = {"at": "2027-04-01T21:00:00Z", "precision": "hour"}
    story = a_case().report(about(S.DISAPPEARED, occurred=later), severity=Severity.WATCH)
    assert story.of(f.StatusNoted, last=True)[0].at == story.now


def test_worse_news_by_a_person_opens_a_watched_case_again() -> None:
    story = a_case().page_answered().proposed().confirmed().after(days=3)
    noted(S.RELEASED, story)
    assert story.case.status is CaseStatus.MONITORED
    noted(S.DISAPPEARED, story)
    assert story.case.status is CaseStatus.OPEN
    assert story.case.severity is Severity.CRITICAL
    assert story.paged(last=True) == ["ana"]
    assert story.owes("triage")


def test_nobody_says_how_a_stranger_is() -> None:
    story = a_case()
    asked = a_note(S.DETAINED, story, subject="hotline/somebody-else")
    assert story.refused(asked).reason is RefusedBecause.INCOMPLETE


def test_a_closed_case_takes_no_news_of_a_person() -> None:
    story = a_case()
    story.case = replace(story.case, status=CaseStatus.CLOSED)
    assert story.refused(a_note(S.DETAINED, story)).reason is RefusedBecause.NOT_OPEN


@pytest.mark.parametrize(
    ("status", "first", "second"),
    [
        (S.DISAPPEARED, 6, 24),
        (S.DETAINED, 24, 7 * 24),
        (S.IN_HIDING, 24, 72),
        (S.RELEASED, 24, 7 * 24),
        (S.RELOCATED, 7 * 24, 30 * 24),
        (S.FREE, 30 * 24, 30 * 24),
    ],
)
def test_check_ins_go_by_how_the_person_is_where_that_is_sooner(
    status: SubjectStatus, first: int, second: int
) -> None:
    story = Story().report(an_event("enrichment"), severity=Severity.WATCH).page_answered()
    story.finish("first_contact")
    story.send(a_note(status, story))
    if status.at_least is Severity.WATCH:
        assert check_ins.after(story.case) == timedelta(hours=first)
        story.after(hours=1).finish("check_in")
        assert story.task("check_in").due_at == story.now + timedelta(hours=second)
    else:
        assert check_ins.after(story.case) <= timedelta(hours=first)


def test_a_rulebooks_own_cadence_stays_with_the_case_although_it_becomes_graver() -> None:
    story = a_case()
    state = story.track(TrackName.DUTY)
    own = f"{state.track.check_ins}"
    assert own == "None", "as shipped: nothing to keep"


def test_what_is_known_of_people_survives_being_stored() -> None:
    story = noted(S.IN_HIDING, a_case(), subject="hotline/s1")
    stored = load_case(dump_case(story.case))
    assert stored.conditions == story.case.conditions
    assert stored.conditions[0].status is S.IN_HIDING
