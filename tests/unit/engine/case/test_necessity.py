"""Necessity: protection without consent, by one now and reviewed in two hours, or by two first."""

from dataclasses import replace
from typing import Any

import pytest

from engine.case import commands as c
from engine.case.protect import judge_party, safeguards
from engine.case.state import AlertStatus
from rules.consents import OURS, allowed_fields
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import FieldName, Severity, TrackName
from schemas.contact import Contact, Endpoint, Level
from schemas.party import Party, PartyKind
from schemas.plan import Candidate, ContactRef, Gate, Reason, Spread, Until
from schemas.projection import Purpose
from schemas.responses import RefusedBecause
from schemas.safeguards import Basis
from tests.unit.engine.case.builders import (
    CONTACTS,
    EMBASSY,
    LINKS,
    PARTIES,
    TRACKS,
    Story,
    a_consent,
    an_event,
    at,
    outward,
)

PROTECTION, MISSIONS = TrackName.PROTECTION, TrackName.MISSIONS
_HOUSES = (
    Party(id="mednet", kind=PartyKind.PROTECTION, name="MedNet", state="QS"),
    Party(id="salus", kind=PartyKind.PROTECTION, name="Salus", state="QS"),
    Party(id="friends", kind=PartyKind.NGO, name="Friends", state="QS"),
)


def _line(party: str) -> Contact:
    end = Endpoint(id=f"email-{party}-line", channel="email", address=f"{party}@desk.example")
    return Contact(
        id=f"{party}-line", party=party, label="line", level=Level.FOCAL_POINT, endpoints=(end,)
    )


_LINES = tuple(_line(house.id) for house in _HOUSES)
REGISTRY = Registry((*PARTIES, *_HOUSES), links=LINKS, contacts=(*CONTACTS, *_LINES))


def _found(party: str, rank: int = 0) -> Candidate:
    ref = ContactRef(
        id=f"{party}-line", level="focal_point", endpoints=(f"email:email-{party}-line",)
    )
    return Candidate(party=party, track=PROTECTION, path=(), contacts=(ref,), rank=rank)


LADDER = outward(PROTECTION, spread=Spread.NEXT, until=Until.COMMITTED, severity=Severity.CRITICAL)


def a_case(
    severity: Severity = Severity.CRITICAL,
    *,
    consents: tuple[Any, ...] = (),
    parties: tuple[str, ...] = ("mednet", "salus"),
    now: str = "Thu 05:00",
    gate: Gate = Gate.RELEASE,
    **event: Any,
) -> Story:
    story = Story(registry=REGISTRY, consents=consents, now=at(now))
    ladder = replace(LADDER, gate=gate)
    found = tuple(_found(party, rank) for rank, party in enumerate(parties))
    return story.report(
        an_event(**event), severity=severity, tracks=(ladder, *TRACKS),
        candidates=(*found, EMBASSY),
    )  # fmt: skip


def decided(story: Story, by: str = "ana", why: str = "life_at_stake") -> c.DecideNecessity:
    return c.DecideNecessity(inbox=story.inbox(), case=story.case.id, by=by, why=why)


def withdrawn(story: Story, by: str = "ben") -> c.WithdrawNecessity:
    return c.WithdrawNecessity(inbox=story.inbox(), case=story.case.id, by=by)


def test_without_consent_protection_is_told_nothing_by_a_release() -> None:
    assert a_case().release(PROTECTION).told() == []


@pytest.mark.parametrize("gate", [Gate.RELEASE, Gate.NECESSITY])
def test_in_a_critical_case_one_person_asks_protection_now(gate: Gate) -> None:
    story = a_case(gate=gate)
    story.send(decided(story))
    assert story.told() == ["mednet-line"]
    assert story.case.necessity is not None
    assert story.case.necessity.review_by == at("Thu 07:00")


def test_the_review_is_somebody_elses_critical_task_and_they_are_told_at_once() -> None:
    story = a_case().page_answered("ana")
    story.send(decided(story))
    task = story.task("necessity_review")
    assert (task.owner, task.due_at, task.critical) == ("chi", at("Thu 07:00"), True)
    assert "chi" in story.paged(last=True)


def test_with_nobody_else_on_duty_the_review_is_everybodys() -> None:
    story = a_case()
    roster = story.case.around.roster
    alone = tuple(replace(shift, person="eve") for shift in roster.shifts)
    story.around(roster=replace(roster, shifts=alone)).send(decided(story, by="eve"))
    assert story.task("necessity_review").owner == ""


def test_whoever_decided_does_not_review() -> None:
    story = a_case()
    story.send(decided(story))
    assert story.refused(decided(story)).reason is RefusedBecause.SAME_PERSON


def test_reviewed_in_time_it_holds() -> None:
    story = a_case()
    story.send(decided(story)).handed_off("mednet-line").when("Thu 06:50")
    story.send(decided(story, by="chi")).when("Thu 07:30")
    assert story.of(f.NecessityReviewed)[0].by == "chi"
    assert not story.of(f.NecessityWithdrawn)
    assert not story.owes("necessity_review")
    assert story.alert("mednet").status is AlertStatus.WAITING


def test_a_minute_short_of_two_hours_it_holds_and_then_no_longer() -> None:
    story = a_case()
    story.send(decided(story)).handed_off("mednet-line").when("Thu 06:59")
    assert not story.of(f.NecessityWithdrawn)
    story.when("Thu 07:00")
    gone = story.of(f.NecessityWithdrawn)[0]
    assert (gone.by, gone.reason, gone.at) == ("engine", "not_reviewed", at("Thu 07:00"))
    assert story.told(purpose=Purpose.STAND_DOWN) == ["mednet-line"]
    assert story.alert("mednet").status is AlertStatus.CLOSED
    assert story.owes("necessity_withdrawn") and not story.owes("necessity_review")
    assert story.track(PROTECTION).anchor_at is None


def test_a_message_claimed_at_the_very_minute_does_not_leave() -> None:
    story = a_case()
    story.send(decided(story)).by("Thu 07:00").claimed("mednet-line")
    assert story.of(f.TellRefused, last=True)[0].reason in (
        Reason.GATE_CLOSED,
        Reason.CONSENT_NONE,
    )


def test_after_it_was_withdrawn_it_can_be_decided_anew_and_tells_them_again() -> None:
    story = a_case()
    story.send(decided(story)).handed_off("mednet-line").when("Thu 07:10")
    story.send(decided(story, by="chi"))
    assert story.told(last=True, purpose=Purpose.TELL) == ["mednet-line"]
    assert not story.owes("necessity_withdrawn")


def test_silent_protection_is_followed_by_the_next_while_it_holds() -> None:
    story = a_case()
    story.send(decided(story)).handed_off("mednet-line")
    story.send(decided(story, by="chi")).when("Thu 09:01")
    assert story.told(purpose=Purpose.TELL) == ["mednet-line", "salus-line"]


def test_anybody_takes_it_back_at_once() -> None:
    story = a_case()
    story.send(decided(story)).handed_off("mednet-line")
    story.send(withdrawn(story))
    assert story.told(last=True, purpose=Purpose.STAND_DOWN) == ["mednet-line"]
    assert story.refused(withdrawn(story)).reason is RefusedBecause.NOT_PROPOSED


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.ELEVATED, Severity.WATCH])
def test_in_any_other_case_two_agree_first(severity: Severity) -> None:
    story = a_case(severity)
    story.send(decided(story))
    assert story.told() == [] and story.owes("necessity_second")
    assert story.refused(decided(story)).reason is RefusedBecause.SAME_PERSON
    story.send(decided(story, by="chi"))
    assert story.told() == ["mednet-line"]
    assert story.case.necessity is not None and story.case.necessity.review_by is None
    assert not story.owes("necessity_second")


def test_nobody_but_protection_is_told_out_of_necessity() -> None:
    story = a_case()
    story.send(decided(story))
    story.release(MISSIONS).release(TrackName.COMPANIES).release(TrackName.COMPANIES, by="chi")
    assert story.told() == ["mednet-line"]
    assert story.alert("embassy").reason is Reason.CONSENT_NONE


def test_only_a_vetted_responder_is_told() -> None:
    story = a_case(parties=("friends", "mednet"))
    story.send(decided(story))
    assert story.told() == ["mednet-line"]
    none = a_case(parties=("friends",))
    assert "no vetted protection" in none.refused(decided(none)).detail


def test_the_least_there_is_may_be_shown() -> None:
    story = a_case()
    story.send(decided(story))
    given = safeguards(story.case, towards=_HOUSES[0], now=story.now)
    shown = allowed_fields(given, track=PROTECTION)
    assert shown == OURS | {FieldName.COUNTRY}


def test_necessity_never_overrules_a_no() -> None:
    said_no = a_case(consents=(a_consent(revoked=True),))
    assert said_no.refused(decided(said_no)).reason is RefusedBecause.GUARD
    later = a_case()
    later.send(decided(later)).handed_off("mednet-line")
    later.consent("revoked", a_consent(revoked=True))
    assert later.told(last=True, purpose=Purpose.STAND_DOWN) == ["mednet-line"]


def test_where_consent_covers_protection_nobody_needs_it() -> None:
    story = a_case(consents=(a_consent(PROTECTION),))
    assert "release the track" in story.refused(decided(story)).detail
    assert story.release(PROTECTION).told() == ["mednet-line"]


def test_consent_for_others_is_silence_about_protection() -> None:
    story = a_case(consents=(a_consent(MISSIONS),))
    story.send(decided(story))
    assert story.told() == ["mednet-line"]
    verdict = judge_party(story.case, track=MISSIONS, party="embassy", now=story.now)
    assert verdict.allowed, "necessity takes nothing from what was allowed"


def test_consent_that_ran_out_is_silence_too() -> None:
    story = a_case(consents=(a_consent(PROTECTION, until=at("Thu 04:00")),))
    assert story.send(decided(story)).told() == ["mednet-line"]


def test_a_case_about_nobody_known_can_be_decided_as_well() -> None:
    story = a_case(subjects=[])
    assert story.send(decided(story)).told() == ["mednet-line"]


def test_the_review_is_not_finished_like_a_task() -> None:
    story = a_case()
    story.send(decided(story))
    refusal = story.refused(story.a_finish("necessity_review", by="chi"))
    assert "agree to it on the case" in refusal.detail


def test_words_are_refused_and_so_is_a_case_without_the_track() -> None:
    story = a_case()
    assert story.refused(decided(story, why="He is dying")).reason is RefusedBecause.INCOMPLETE
    bare = Story().report(severity=Severity.CRITICAL)
    assert bare.refused(decided(bare)).reason is RefusedBecause.NO_SUCH_TRACK


def test_a_resolved_case_holds_no_necessity() -> None:
    story = a_case()
    story.send(decided(story)).send(decided(story, by="chi"))
    story.proposed().confirmed()
    assert story.case.necessity is None


def test_necessity_given_without_record_of_a_basis_is_none() -> None:
    stood_in = safeguards(a_case().case, towards=_HOUSES[0], now=at("Thu 05:00"))
    assert not any(each.basis is Basis.NECESSITY for each in stood_in.consents)


def test_nobody_is_asked_to_release_what_necessity_opened() -> None:
    story = a_case(consents=(a_consent(PROTECTION, until=at("Thu 05:30")),))
    assert story.owes("release", detail="protection")
    story.when("Thu 06:00").send(decided(story))
    assert story.told() == ["mednet-line"]
    assert not story.owes("release", detail="protection")


def test_a_track_that_was_released_in_vain_tells_somebody_once_necessity_stands_for_consent() -> (
    None
):
    story = a_case().release(PROTECTION)
    assert story.told() == []
    story.send(decided(story))
    assert story.told() == ["mednet-line"]
