"""What becomes of messages: the next way, the next contact, the floor, a person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.case import commands as c
from engine.case.ids import notice_key
from engine.case.state import AlertStatus, CaseStatus
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from schemas.roster import DutyPerson, Role, Roster, Shift
from tests.unit.engine.case.builders import (
    CONTACTS,
    LINKS,
    PARTIES,
    ROSTER,
    Registry,
    Story,
    a_case,
    a_consent,
    a_told_case,
    an_event,
    at,
)

MISSIONS, INVESTORS = TrackName.MISSIONS, TrackName.INVESTORS


def _lea_told() -> Story:
    return a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS)


def test_a_hard_bounce_moves_to_the_next_way_of_the_same_contact_now() -> None:
    story = _lea_told().bounced("lea")
    (rerouted,) = story.of(f.Rerouted)
    assert rerouted.notices[0].endpoint == "sms:sms-lea"
    assert rerouted.tell_no == 1
    assert rerouted.notices[0].key == notice_key(rerouted.alert, 1, "sms:sms-lea")


def test_with_every_way_failed_the_next_contact_is_told_now() -> None:
    story = _lea_told().bounced("lea").bounced("lea")
    assert story.told() == ["lea", "desk"]


def test_with_every_contact_failed_duty_hears_of_it() -> None:
    story = _lea_told().bounced("lea").bounced("lea").bounced("desk")
    assert story.task("unreachable").critical
    assert story.alert("embassy").status is AlertStatus.SILENT


def _claimed(story: Story) -> Story:
    """The sender takes every outward message that was decided."""
    return story.send(
        c.Claimed(
            notices=tuple(
                c.DueNotice(
                    key=notice.key,
                    alert=told.alert,
                    tell_no=told.tell_no,
                    purpose=told.purpose.value,
                    contact=notice.contact,
                    endpoint=notice.endpoint,
                    decided_at=told.at,
                )
                for told in story.of(f.Told)
                if told.track is not TrackName.DUTY
                for notice in told.notices
            )
        )
    )


def test_contacts_that_left_for_another_house_are_not_told_and_duty_hears_that_nobody_is() -> None:
    story = _lea_told()
    moved = tuple(replace(x, party="nhri-qn") if x.party == "embassy" else x for x in CONTACTS)
    story.around(registry=Registry(PARTIES, links=LINKS, contacts=moved))
    _claimed(story)
    assert story.alert("embassy").status is AlertStatus.WITHHELD
    assert story.task("unreachable").critical
    assert story.task("nobody_left")


def test_a_party_that_declined_elsewhere_before_its_message_left_brings_in_the_next() -> None:
    story = a_case().release(INVESTORS)
    (first,) = story.told()
    story.case = replace(story.case, declined=("fjord",))
    _claimed(story)
    assert story.told() == [first, "bright-mail"]


def test_a_withdrawal_that_reaches_nobody_is_a_persons_task() -> None:
    story = _lea_told().settled("lea", "handed_off")
    withdrawn = a_consent(revoked=True)
    story.around(consents=(withdrawn,))
    story.send(c.ConsentChanged(inbox=story.inbox(), consent=withdrawn, state="revoked"))
    told = story.of(f.Told)[-1]
    assert told.purpose is Purpose.STAND_DOWN
    story.bounced("lea").bounced("lea")
    task = story.task("unreachable")
    assert (task.detail, task.critical) == ("stand_down", True)


def test_unreachable_is_not_critical_when_the_case_is_not_grave() -> None:
    story = a_case(Severity.ELEVATED, now=at("Tue 09:00")).release(MISSIONS)
    story.bounced("lea").bounced("lea").bounced("desk")
    assert not story.task("unreachable").critical


def test_an_unreachable_party_brings_in_the_next_where_they_are_asked_in_turn() -> None:
    story = a_case().release(INVESTORS).bounced("fjord-mail")
    assert story.told() == ["fjord-mail", "bright-mail"]


def test_a_message_that_may_have_arrived_goes_the_next_way_too() -> None:
    story = _lea_told().settled("lea", "unknown_exhausted")
    assert story.of(f.Rerouted)
    assert story.alert("embassy").handed_off, "it may be known there"


def test_a_way_that_failed_is_not_tried_again_in_this_case() -> None:
    story = _lea_told().bounced("lea").answer("lea", ResponseKind.ACKNOWLEDGED)
    story.when("Wed 09:00")
    (notice,) = story.of(f.Told)[-1].notices
    assert notice.endpoint == "sms:sms-lea"


def test_the_same_failure_reported_twice_is_remembered_once() -> None:
    story = a_case().bounced("ana")
    key = story.of(f.Told)[0].notices[-1]
    for _ in range(2):
        story.send(
            c.Settled(
                key=key.key,
                alert=story.duty("ana").id,
                tell_no=1,
                purpose="page",
                contact="ana",
                endpoint=key.endpoint,
                state="failed_permanent",
            )
        )
    assert story.duty("ana").failed.count(key.endpoint) == 1


def test_a_bounce_after_the_answer_bothers_nobody() -> None:
    story = _lea_told().acts("lea").bounced("lea")
    assert not story.of(f.Rerouted)
    assert not story.owes("unreachable")


def test_an_outcome_of_a_message_the_case_knows_nothing_of_is_only_noted() -> None:
    story = a_case()
    settled = c.Settled(
        key="k",
        alert="other",
        tell_no=1,
        purpose="tell",
        contact="x",
        endpoint="email:x",
        state="failed_permanent",
    )
    story.send(settled)
    assert [type(x) for x in story.last] == [f.DeliveryFailed]


def test_a_failure_at_a_contact_that_is_not_of_the_party_is_only_noted() -> None:
    story = _lea_told()
    settled = c.Settled(
        key="k",
        alert=story.alert("embassy").id,
        tell_no=1,
        purpose="tell",
        contact="somebody",
        endpoint="email:x",
        state="failed_permanent",
    )
    story.send(settled)
    assert [type(x) for x in story.last] == [f.DeliveryFailed]


def test_a_stand_down_that_bounced_tries_the_next_way_and_then_a_person_phones() -> None:
    story = _lea_told().handed_off("lea").proposed().confirmed()
    story.bounced("lea", purpose=Purpose.STAND_DOWN)
    assert story.of(f.Rerouted)[-1].purpose is Purpose.STAND_DOWN
    assert not story.owes("unreachable")
    story.bounced("lea", purpose=Purpose.STAND_DOWN)
    assert story.told(purpose=Purpose.TELL) == ["lea"]
    assert story.task("unreachable", detail="stand_down").alert == story.alert("embassy").id


# --- duty


def test_duty_whose_every_way_failed_brings_in_the_floor_contact_at_once() -> None:
    story = a_case()
    told = story.of(f.Told)[0]
    for notice in told.notices:
        assert "eve" not in story.paged()
        story.send(
            c.Settled(
                key=notice.key,
                alert=told.alert,
                tell_no=1,
                purpose="page",
                contact="ana",
                endpoint=notice.endpoint,
                state="failed_permanent",
            )
        )
    assert story.pages()[-1] == ("Mon 22:00", "eve")


def _fail_all(story: Story, person: str) -> Story:
    told = [x for x in story.of(f.Told) if x.party == person][-1]
    for notice in told.notices:
        story.send(
            c.Settled(
                key=notice.key,
                alert=told.alert,
                tell_no=told.tell_no,
                purpose=told.purpose.value,
                contact=person,
                endpoint=notice.endpoint,
                state="failed_permanent",
            )
        )
    return story


def test_five_colleagues_out_of_reach_are_one_page_to_the_floor_contact_within_the_hour() -> None:
    story = _fail_all(a_case(Severity.CRITICAL), "ana").when("Mon 22:30")
    for person in ("ben", "chi"):
        _fail_all(story, person)
    assert story.paged().count("eve") == 1
    (called,) = story.of(f.FloorCalled)
    assert (called.at, called.person) == (at("Mon 22:00"), "ana")


def test_an_hour_later_the_floor_contact_is_called_again() -> None:
    story = _fail_all(a_case(Severity.CRITICAL), "ana").when("Mon 22:59")
    _fail_all(story, "chi")
    assert story.paged().count("eve") == 1
    _fail_all(story.when("Mon 23:00"), "dia")
    assert story.paged().count("eve") == 2


def test_a_new_act_calls_the_floor_contact_again_within_the_hour() -> None:
    story = _fail_all(a_case(Severity.CRITICAL), "ana").when("Mon 22:10")
    story.report(an_event("assault"), severity=Severity.CRITICAL)
    _fail_all(story, "ana")
    assert story.paged().count("eve") == 2, "each call of duty reaches somebody"


def test_the_floor_contact_failing_does_not_page_itself_in_circles() -> None:
    story = _fail_all(a_case(), "ana")
    before = len(story.paged())
    _fail_all(story, "eve")
    assert len(story.paged()) == before
    story.when("Mon 23:00")
    assert len(story.paged()) > before, "the ladder goes on"


def test_whoever_is_their_own_last_resort_is_told_the_last_way_too() -> None:
    """A desk of one: on shift by mail, as floor contact by SMS as well."""
    alone = DutyPerson(id="ana", label="Ana", endpoints=("email:ana-mail",))
    floor = DutyPerson(id="ana", label="Ana", endpoints=("email:ana-mail", "sms:ana-sms"))
    shifts = (Shift(role=Role.HANDLER, person="ana"),)
    roster = Roster(version="one", people=(alone,), shifts=shifts, floor=floor)
    story = _fail_all(a_case(roster=roster), "ana")
    told = story.of(f.Told)[-1]
    assert [n.endpoint for n in told.notices] == ["sms:ana-sms"]
    before = len(story.paged())
    _fail_all(story, "ana")
    assert len(story.paged()) == before, "below the floor is nobody"


def test_a_failing_page_wakes_nobody_once_a_colleague_has_it() -> None:
    story = a_case(Severity.CRITICAL).when("Mon 22:15").page_answered("ben")
    _fail_all(story, "ana")
    assert "eve" not in story.paged()


def test_a_failing_reminder_of_a_task_wakes_the_floor_although_the_case_is_held() -> None:
    story = a_case().page_answered().when("Tue 00:00")
    assert story.pages()[-1] == ("Tue 00:00", "ana")
    _fail_all(story, "ana")
    assert story.paged()[-1] == "eve"


def test_after_an_outage_a_late_task_that_its_owner_never_hears_of_wakes_the_floor() -> None:
    """They had the case, and the one message of all that was late counted as one of the ladder's:
    nobody else heard of a late first contact for hours."""
    story = a_case().page_answered().outage(hours=2, minutes=10)
    assert story.of(f.Told)[-1].purpose is Purpose.OVERDUE

    _fail_all(story, "ana")

    assert story.paged()[-1] == "eve"


def test_after_an_outage_a_lost_page_wakes_nobody_once_a_colleague_has_it() -> None:
    story = a_case().outage(hours=1, minutes=10).page_answered("ben")

    _fail_all(story, "ana")

    assert "eve" not in story.paged()


def test_a_task_its_owner_never_hears_of_wakes_duty_though_the_floor_was_just_called() -> None:
    """Its owner had the case, and the floor had been called: nobody heard of a grave task."""
    story = _fail_all(a_case(Severity.CRITICAL).when("Mon 22:15"), "ben")
    story.when("Mon 22:20").page_answered()
    assert story.paged().count("eve") == 1
    pages = len(story.pages())
    story.freeze(MISSIONS)
    assert story.pages()[pages:] == [("Mon 22:20", "ana")]

    _fail_all(story, "ana")

    assert story.of(f.TrackWoken)[-1].reason == "nobody_reached"
    assert story.track(TrackName.DUTY).hold_until is None
    _fail_all(story.when("Mon 22:21"), "ana")
    assert story.paged()[-2:] == ["ana", "eve"], "called again, and then who is below her"
    assert story.when("Mon 22:35").paged()[-1] == "ben"


def _resolved_while_ana_is_told_of_a_freeze() -> Story:
    """The floor was called for ben within the hour; ana has the case."""
    story = _fail_all(a_case(Severity.CRITICAL).when("Mon 22:15"), "ben")
    story.when("Mon 22:20").page_answered().finish("first_contact").freeze(MISSIONS)
    return story.proposed().confirmed()


def test_a_message_about_a_task_that_is_done_wakes_nobody_once_the_case_is_resolved() -> None:
    """It woke duty of a watched case, whose ladder rests: woken, and never called (seed 500616)."""
    story = _resolved_while_ana_is_told_of_a_freeze()
    pages, woken = len(story.pages()), len(story.of(f.TrackWoken))

    _fail_all(story, "ana")

    assert story.case.status is CaseStatus.MONITORED
    assert len(story.of(f.TrackWoken)) == woken
    assert len(story.pages()) == pages


def test_a_task_of_a_watched_case_that_its_owner_never_hears_of_pages_the_ladder_at_once() -> None:
    story = _resolved_while_ana_is_told_of_a_freeze()
    soon = story.now + timedelta(hours=1)
    story.send(story.a_task_by_hand(soon, owner="ana", critical=True))
    pages = len(story.pages())

    _fail_all(story, "ana")

    assert {"ben", "chi"} <= {who for _, who in story.pages()[pages:]}
    assert not story.of(f.TrackWoken)


def test_an_answer_of_weeks_ago_kept_the_floor_contact_from_a_late_task_of_a_watched_case() -> None:
    """Who answered once had it for ever: of the ladder that was called, nobody was reached."""
    story = a_case(Severity.CRITICAL).page_answered().finish("first_contact")
    story.proposed().confirmed().page_answered()
    story.send(story.a_task_by_hand(story.now + timedelta(days=20), by="ana", owner="ana"))
    story.until(story.now + timedelta(days=22))
    assert story.case.status is CaseStatus.MONITORED
    assert {"ana", "ben", "chi"} <= set(story.paged()), "its ladder was called"
    pages = len(story.pages())

    _fail_all(story, "ben")

    assert [who for _, who in story.pages()[pages:]] == ["eve"]


def test_somebody_who_left_the_roster_counts_as_out_of_reach() -> None:
    story = a_case().around(roster=replace(ROSTER, people=ROSTER.people[1:])).bounced("ana")
    assert story.paged()[-1] == "eve"


def test_a_way_that_failed_is_left_out_while_another_works() -> None:
    story = a_case(Severity.CRITICAL).bounced("ana").when("Mon 23:15")
    told = [x for x in story.of(f.Told) if x.party == "ana"][-1]
    assert [n.endpoint for n in told.notices] == ["sms:ana-sms"]


def test_duty_is_never_given_up_although_every_way_failed() -> None:
    story = _fail_all(a_case(Severity.CRITICAL), "ana").when("Mon 23:15")
    told = [x for x in story.of(f.Told) if x.party == "ana"][-1]
    assert len(told.notices) == 2


def test_after_the_end_an_outcome_is_noted_and_nothing_follows() -> None:
    story = a_told_case().proposed().confirmed().reviewed().when("10 Apr 00:00")
    story.bounced("lea", purpose=Purpose.STAND_DOWN)
    assert [type(x) for x in story.last] == [f.DeliveryFailed]


@pytest.mark.parametrize("state", ["handed_off", "unknown_exhausted"])
def test_a_message_in_flight_while_the_case_was_resolved_is_stood_down(state: str) -> None:
    story = a_case(now=at("Tue 09:00")).release(MISSIONS).proposed().confirmed()
    assert not story.told(purpose=Purpose.STAND_DOWN)
    story.settled("lea", state)
    assert story.told(purpose=Purpose.STAND_DOWN) == ["lea"]


def test_a_stand_down_handed_off_asks_for_no_other() -> None:
    story = a_told_case().proposed().confirmed()
    story.handed_off("lea", "desk")
    assert story.told(purpose=Purpose.STAND_DOWN) == ["lea", "desk"]


def test_a_message_held_by_a_freeze_is_not_stood_down() -> None:
    story = a_case(now=at("Tue 09:00")).release(MISSIONS).freeze(MISSIONS).claimed("lea")
    story.settled("lea", "handed_off")
    assert not story.told(purpose=Purpose.STAND_DOWN)
