"""Whoever still believes that they must act, and whom no message reaches, is phoned by a person."""

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus, CaseStatus
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.plan import Closure, Excluded, Reason
from schemas.projection import Purpose
from tests.unit.engine.case.builders import (
    CONTACTS,
    PARTIES,
    Registry,
    Story,
    a_case,
    a_consent,
    at,
    registry_without,
)

MISSIONS = TrackName.MISSIONS
OVER = Purpose.STAND_DOWN


def on_their_way(severity: Severity = Severity.CRITICAL) -> Story:
    """The embassy's mission was told and has heard; nobody else was."""
    story = a_case(severity, now=at("Tue 09:00")).page_answered()
    return story.release(MISSIONS).handed_off("lea")


def resolved(severity: Severity = Severity.CRITICAL) -> Story:
    return on_their_way(severity).proposed().confirmed()


def lost(story: Story) -> Story:
    """Mail and text to them both fail for good."""
    return story.bounced("lea", purpose=OVER).bounced("lea", purpose=OVER)


def revoked(story: Story) -> Story:
    withdrawn = a_consent(revoked=True)
    story.around(consents=(withdrawn,))
    return story.send(c.ConsentChanged(inbox=story.inbox(), consent=withdrawn, state="revoked"))


def excluded(story: Story) -> Story:
    entry = Excluded(party="embassy", reason=Reason.PERPETRATOR_CLOSURE)
    return story.around(closure=Closure(digest="d9", entries=(entry,)))


# --- a case is over, and they do not hear of it


def test_on_the_way_to_a_visit_that_is_over_and_out_of_reach_they_are_phoned() -> None:
    story = lost(resolved())

    task = story.task("unreachable", detail="stand_down")
    assert (task.alert, task.critical) == (story.alert("embassy").id, True)
    assert story.case.status is CaseStatus.MONITORED


def test_nobody_is_asked_to_phone_while_another_way_is_still_tried() -> None:
    story = resolved().bounced("lea", purpose=OVER)

    assert not story.owes("unreachable")


def test_what_a_network_gives_up_late_is_phoned_as_well() -> None:
    story = resolved()

    story.settled("lea", "not_delivered", purpose=OVER)
    story.settled("lea", "unknown_exhausted", purpose=OVER)

    assert story.owes("unreachable", detail="stand_down")


def test_somebody_of_ours_hears_of_it_at_once_in_a_grave_case() -> None:
    story = lost(resolved())
    before = len(story.of(f.Told))

    story.by("Tue 09:01")

    told = story.of(f.Told)[before:]
    assert told and {x.track for x in told} == {TrackName.DUTY}


def test_in_a_case_that_is_not_grave_it_comes_back_day_by_day() -> None:
    story = lost(resolved(Severity.ELEVATED))
    task = story.task("unreachable", detail="stand_down")
    assert not task.critical

    story.by("Fri 09:00")

    assert story.owes("unreachable", detail="stand_down")
    assert any(x.at > at("Wed 08:00") for x in story.of(f.Told))


def test_the_case_is_not_archived_before_somebody_phoned() -> None:
    story = lost(resolved()).reviewed()

    story.when("10 Apr 09:00")
    assert story.case.status is CaseStatus.MONITORED

    story.finish("unreachable")
    for channel in ("email", "sms"):
        story.finish("dead_way", detail=channel)
    story.when("10 Apr 09:01")
    assert story.case.status is CaseStatus.CLOSED


def test_a_way_that_died_when_it_was_over_is_mended_all_the_same() -> None:
    story = resolved().bounced("lea", purpose=OVER)

    assert story.owes("dead_way")


@pytest.mark.parametrize("gone", [("lea",), ("lea", "desk")])
def test_a_contact_that_left_the_registry_before_it_was_sent_is_phoned(
    gone: tuple[str, ...],
) -> None:
    story = resolved().around(registry=registry_without(*gone))

    story.claimed("lea", purpose=OVER)

    assert story.owes("unreachable", detail="stand_down")


def test_a_party_that_left_the_registry_before_it_was_over_is_phoned() -> None:
    story = on_their_way().proposed()
    others = tuple(each for each in PARTIES if each.id != "embassy")
    without = Registry(others, links=(), contacts=CONTACTS)

    story.around(registry=without).confirmed()

    assert not story.told(purpose=OVER)
    assert story.owes("unreachable", detail="stand_down")


# --- whom nobody may approach


def test_whoever_must_not_know_is_not_phoned_either() -> None:
    story = excluded(resolved()).claimed("lea", purpose=OVER)
    assert not story.owes("unreachable")

    lost(story)

    assert not story.owes("unreachable")


def test_whoever_is_held_when_no_way_works_is_phoned_when_the_hold_ends() -> None:
    story = revoked(on_their_way()).hold("embassy", until="Fri 20:00")

    lost(story)

    assert not story.owes("unreachable")
    assert story.task("stand_down_held").due_at == at("Fri 20:00")


def test_a_hold_that_keeps_a_stand_down_from_leaving_is_a_reminder_for_its_end() -> None:
    story = revoked(on_their_way()).hold("embassy", until="Fri 20:00")

    story.claimed("lea", purpose=OVER)

    assert story.task("stand_down_held").due_at == at("Fri 20:00")


# --- what becomes of it


def test_a_call_that_an_open_case_owed_is_still_owed_when_it_is_resolved() -> None:
    story = lost(revoked(on_their_way()))
    assert story.owes("unreachable", detail="stand_down")

    story.proposed().confirmed()

    assert story.owes("unreachable", detail="stand_down"), "nobody has told them yet"


def test_a_reminder_for_the_end_of_a_hold_is_still_owed_when_it_is_resolved() -> None:
    story = lost(revoked(on_their_way()).hold("embassy", until="Fri 20:00"))

    story.proposed().confirmed()

    assert story.task("stand_down_held").due_at == at("Fri 20:00")


def test_nobody_is_phoned_that_it_is_over_once_the_case_goes_on() -> None:
    story = lost(resolved()).reopened()

    assert not story.owes("unreachable")
    assert story.alert("embassy").status is AlertStatus.PLANNED


def test_a_report_that_opens_it_again_drops_the_call_as_well() -> None:
    story = lost(resolved()).report()

    assert story.case.status is CaseStatus.OPEN
    assert not story.owes("unreachable")


def test_whoever_is_out_since_consent_was_withdrawn_is_phoned_although_the_case_goes_on() -> None:
    story = lost(revoked(on_their_way())).proposed().confirmed().reopened()

    assert story.alert("embassy").status is AlertStatus.CLOSED
    assert story.owes("unreachable", detail="stand_down"), "they still believe that they must act"
