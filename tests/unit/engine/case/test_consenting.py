"""What a case does when one of its people allows more, or less, or somebody says they do."""

from dataclasses import replace
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.consenting import subject_mark
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import TrackName
from schemas.consent import ConsentDoor, Wider
from schemas.plan import Reason
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import EMBASSY, SUBJECT, Story, a_consent, a_told_case, at

pytestmark = pytest.mark.guard

MISSIONS, COMPANIES = TrackName.MISSIONS, TrackName.COMPANIES
NOTHING = a_consent(TrackName.DUTY, id="consent-0")


def _case(*consents: Any) -> Story:
    return Story(consents=consents or (a_consent(),)).report(candidates=(EMBASSY,)).page_answered()


def _asked(**more: Any) -> Any:
    """More is said to be allowed; two people have not agreed."""
    known = a_consent(MISSIONS, id="consent-2", **more)
    wider = Wider(scope=a_consent().scope, given_at=at("Mon 22:00"), asked_at=at("Mon 22:00"),
                  needs=2)  # fmt: skip
    return replace(known, wider=wider)


def test_the_case_writes_down_which_record_counts_by_whom_and_by_which_door() -> None:
    story = _case()
    story.consent("narrowed", a_consent(MISSIONS, id="k2", by="ana", door=ConsentDoor.TERMINAL))

    (fact,) = story.of(f.ConsentApplied)
    assert fact == f.ConsentApplied(
        consent="k2", state="narrowed", at=story.now, by="ana", door=ConsentDoor.TERMINAL
    )


def test_who_was_told_is_stood_down_at_once_when_it_is_taken_back() -> None:
    story = _case().release(MISSIONS).handed_off("lea")

    story.consent("revoked", a_consent(id="k2", revoked=True, by="ana"))

    assert story.alert("embassy").status is AlertStatus.CLOSED
    assert story.alert("embassy").reason is Reason.CONSENT_REVOKED
    assert not story.owes("first_contact", detail=subject_mark(SUBJECT)), "a person took it back"


def test_the_wrong_person_hears_nothing_more_when_it_is_taken_back() -> None:
    story = a_told_case().answer("lea", ResponseKind.WRONG_CONTACT)

    story.consent("revoked", a_consent(id="k2", revoked=True, by="ana"))

    assert story.told(purpose=Purpose.STAND_DOWN) == ["desk"]
    assert story.alert("embassy").status is AlertStatus.CLOSED


def test_what_is_newly_allowed_waits_for_a_person_to_release_it() -> None:
    story = _case(NOTHING)
    assert not story.owes("release", detail="missions")

    story.consent("granted", a_consent(id="k2"))

    assert story.owes("release", detail="missions")
    assert not story.told()


def test_somebody_is_asked_to_agree_for_as_long_as_more_is_said_to_be_allowed() -> None:
    story = _case().consent("asked", _asked())
    mark = subject_mark(SUBJECT)
    assert story.owes("widen_consent", detail=mark)

    story.consent("asked", _asked())
    assert sum(task.kind == "widen_consent" for task in story.case.tasks) == 1

    story.consent("granted", a_consent(id="k3"))
    assert not story.owes("widen_consent", detail=mark)


def test_of_several_people_each_is_asked_about_alone() -> None:
    story = _case().consent("asked", _asked())
    other = _asked(pseudonym="hotline/s2")
    story.consent("asked", other)
    marks = {task.detail for task in story.case.tasks if task.kind == "widen_consent"}
    assert marks == {subject_mark(SUBJECT), subject_mark("hotline/s2")}

    story.consent("granted", a_consent(pseudonym="hotline/s2", id="k4"))

    assert story.owes("widen_consent", detail=subject_mark(SUBJECT))
    assert not story.owes("widen_consent", detail=subject_mark("hotline/s2"))


def test_a_mark_is_short_and_always_the_same_since_tasks_are_stored_under_it() -> None:
    assert subject_mark(SUBJECT) == "5d76bff6a6193460"
    assert subject_mark("hotline/s2") != subject_mark(SUBJECT)


def test_when_the_holder_stops_everything_somebody_speaks_to_them() -> None:
    story = _case().finish("first_contact")

    story.consent("revoked", a_consent(id="k2", revoked=True, by="h1", door=ConsentDoor.HOLDER))

    assert story.task("first_contact", detail=subject_mark(SUBJECT)).critical


@pytest.mark.parametrize(
    ("state", "door"), [("narrowed", ConsentDoor.HOLDER), ("revoked", ConsentDoor.CONSOLE)]
)
def test_nobody_else_is_called_for_what_our_own_people_recorded(
    state: str, door: ConsentDoor
) -> None:
    story = _case().finish("first_contact")

    story.consent(state, a_consent(MISSIONS, id="k2", revoked=state == "revoked", door=door))

    assert not story.owes("first_contact")


def test_a_case_that_is_over_writes_it_down_and_asks_nobody() -> None:
    story = _case().proposed().confirmed()
    before = {task.kind for task in story.case.tasks}

    story.send(c.ConsentChanged(inbox=story.inbox(), consent=_asked(), state="asked"))

    assert story.of(f.ConsentApplied)
    assert {task.kind for task in story.case.tasks} == before


def test_nobody_phones_a_mailbox_at_opening_when_consent_was_taken_back_in_the_night() -> None:
    story = a_told_case(TrackName.NHRIS)
    assert story.owes("phone_at_opening")
    story.consent("revoked", a_consent(revoked=True))
    assert not story.owes("phone_at_opening")


def test_a_stand_down_that_left_late_is_not_said_a_second_time() -> None:
    """Consent came back, the old stand-down left, and its going counted as being told anew."""
    story = a_told_case().consent("revoked", a_consent(revoked=True))
    assert story.told(last=True, purpose=Purpose.STAND_DOWN)
    story.consent("granted", a_consent())
    for contact in ("lea", "desk"):
        story.settled(contact, "handed_off", purpose=Purpose.STAND_DOWN)
    assert story.alert("embassy").reached == ()
    story.consent("revoked", a_consent(revoked=True))
    assert not story.told(last=True)
