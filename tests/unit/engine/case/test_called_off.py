"""A gate closed before anything left: whoever was to be told was not, and is told next time."""

import pytest

from engine.case import commands as c
from engine.case.evolve import evolve
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import TrackName
from schemas.facts import dump_fact, load_fact
from schemas.plan import Reason
from tests.unit.engine.case.builders import OUTWARD, Story, a_case, a_consent, at

MISSIONS = TrackName.MISSIONS


def released_until(ends: str) -> Story:
    return a_case().page_answered().release(MISSIONS, expires_at=at(ends))


def test_whom_no_message_left_for_is_told_first_when_the_track_is_released_again() -> None:
    story = released_until("Mon 23:00").when("Tue 09:00").release(MISSIONS)

    assert story.asked() == [("Mon 22:00", "lea+desk"), ("Tue 09:00", "lea")]
    assert not story.owes("nobody_left")


def test_a_release_that_was_taken_back_before_anything_left_told_nobody() -> None:
    story = released_until("Fri 08:00")
    story.send(
        c.WithdrawRelease(
            inbox=story.inbox(), case=story.case.id, track=MISSIONS, by="ana", why="other"
        )
    )
    story.when("Tue 09:00").release(MISSIONS)

    assert story.asked()[-1] == ("Tue 09:00", "lea")


def test_consent_that_was_gone_for_an_hour_leaves_nobody_out_whom_nothing_had_reached() -> None:
    story = released_until("Fri 08:00")
    without = tuple(audience for audience in OUTWARD if audience is not MISSIONS)
    story.consent("narrowed", a_consent(*without)).when("Tue 09:00")
    story.consent("granted", a_consent()).release(MISSIONS)

    assert story.asked()[-1] == ("Tue 09:00", "lea")


def test_whom_a_message_did_leave_for_is_not_told_the_same_twice() -> None:
    story = released_until("Mon 23:00").handed_off("lea", "desk").when("Tue 09:00")
    story.release(MISSIONS)

    assert story.asked() == [("Mon 22:00", "lea+desk")]


def test_whoever_fell_silent_while_the_gate_was_closed_is_followed_up_when_it_opens() -> None:
    story = Story(now=at("Tue 09:00")).report().page_answered()
    story.release(MISSIONS, expires_at=at("Tue 10:00")).handed_off("lea").when("Wed 09:00")
    assert story.alert("embassy").status is AlertStatus.SILENT
    assert story.owes("release", detail="missions"), "whether anybody is asked further"

    story.release(MISSIONS)

    assert story.asked() == [("Tue 09:00", "lea"), ("Wed 09:00", "desk")]


@pytest.mark.parametrize("reason", [Reason.GATE_CLOSED, Reason.CONSENT_NONE])
def test_what_was_written_before_called_off_messages_were_counted_reads_as_it_did(
    reason: Reason,
) -> None:
    story = released_until("Fri 08:00")
    alert = story.alert("embassy")
    written = dump_fact(f.AlertWithheld(alert=alert.id, reason=reason))
    after = evolve(story.case, load_fact(written)).alert(alert.id)

    assert after is not None
    assert after.told_contacts == ("lea", "desk")
