"""The wrong people: never told, and if they were, duty hears exactly of that at once."""

from dataclasses import replace

import pytest

from engine.case import commands as c
from engine.case.delivery import verdict
from engine.case.state import AlertStatus
from rules import exclusion
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import TrackName
from schemas.contact import Contact, Level
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Mark
from schemas.plan import Closure, Excluded, Reason, Withheld
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import (
    BRIGHT,
    CONTACTS,
    EMBASSY,
    FJORD,
    HALDANE,
    LINKS,
    NHRI,
    PARTIES,
    REGISTRY,
    Story,
    a_case,
    a_consent,
    a_told_case,
    an_event,
    at,
    found,
    outward,
    registry_without,
)

MISSIONS, INVESTORS, COMPANIES = TrackName.MISSIONS, TrackName.INVESTORS, TrackName.COMPANIES

STATE_BEHIND_IT = an_event(
    "enrichment",
    parties=[{"party": "embassy", "role": "alleged_perpetrator", "perpetrator_kind": "state"}],
)


def test_the_perpetrators_house_is_planned_for_nothing_and_shown_with_the_reason() -> None:
    story = Story().report(candidates=(found("minera", COMPANIES), EMBASSY))
    assert story.withheld()["minera"] is Reason.PERPETRATOR_CLOSURE
    assert not any(a.party == "minera" for a in story.case.alerts)


def test_whoever_rules_explain_is_shown_with_what_the_guard_says() -> None:
    story = Story(consents=(a_consent(MISSIONS),)).report(
        candidates=(EMBASSY,), explained=(HALDANE, found("nordstein", TrackName.SPORTS))
    )
    assert story.withheld() == {
        "haldane": Reason.CONSENT_AUDIENCE,
        "nordstein": Reason.CONSENT_AUDIENCE,
    }
    assert [a.party for a in story.case.alerts if a.track.outward] == ["embassy"]


def test_an_explained_party_that_nothing_forbids_waits_at_the_gate() -> None:
    story = Story().report(candidates=(EMBASSY,), explained=(HALDANE,))
    assert story.withheld()["haldane"] is Reason.GATE_CLOSED


def test_nobody_is_shown_twice_as_withheld() -> None:
    gone = Withheld(party="minera", reason=Reason.PERPETRATOR_CLOSURE)
    story = Story().report(
        candidates=(found("minera", COMPANIES),), withheld=(gone,), explained=(HALDANE, HALDANE)
    )
    (plan,) = story.of(f.Planned)
    assert [each.party for each in plan.withheld].count("minera") == 1


def test_a_party_told_before_it_is_excluded_closes_and_duty_hears_of_it_at_once() -> None:
    story = a_told_case().after(hours=1).report(STATE_BEHIND_IT)
    alert = story.alert("embassy")
    assert alert.status is AlertStatus.CLOSED
    (told,) = story.of(f.ToldBeforeExcluded)
    assert (told.party, told.tells) == ("embassy", 1)
    assert story.task("told_before_excluded").critical
    assert story.paged(last=True) == ["ana"]
    assert not story.told(last=True, purpose=Purpose.STAND_DOWN)
    assert story.owes("nobody_left", detail="missions")


def test_excluding_calls_off_what_has_not_left_and_calls_it_no_leak() -> None:
    story = a_case().release(MISSIONS).report(STATE_BEHIND_IT)
    assert not story.of(f.ToldBeforeExcluded)
    assert story.of(f.NoticesCancelled)[-1].alerts == (story.alert("embassy").id,)


def test_a_message_in_flight_while_its_party_is_excluded_is_told_before_excluded() -> None:
    story = a_case().release(MISSIONS).report(STATE_BEHIND_IT).handed_off("lea", "desk")
    assert len(story.of(f.ToldBeforeExcluded)) == 1
    assert story.owes("told_before_excluded")
    assert story.send(c.Tick()).paged(last=True) == ["ana"]


def test_a_message_that_may_have_arrived_counts_as_told() -> None:
    story = a_case().release(MISSIONS).settled("lea", "unknown_exhausted")
    story.report(STATE_BEHIND_IT)
    assert story.owes("told_before_excluded")


def test_whoever_declined_has_seen_it_too() -> None:
    story = a_told_case().answer("lea", ResponseKind.DECLINED).report(STATE_BEHIND_IT)
    assert story.owes("told_before_excluded")


def test_excluding_again_says_nothing_new() -> None:
    story = a_told_case().report(STATE_BEHIND_IT).report(STATE_BEHIND_IT)
    assert len(story.of(f.ToldBeforeExcluded)) == 1


def test_an_exclusion_never_tells_the_next_party_by_itself() -> None:
    story = a_case().release(INVESTORS).handed_off("fjord-mail")
    closure = Closure(
        digest="d2",
        entries=(Excluded(party="fjord", reason=Reason.PERPETRATOR_CLOSURE),),
    )
    story.report(an_event("enrichment"), closure=closure)
    assert story.told() == ["fjord-mail"]
    assert story.owes("nobody_left", detail="investors")


def test_the_closure_of_all_events_together_only_grows() -> None:
    story = a_case()
    first = story.case.around.closure
    story.report(STATE_BEHIND_IT)
    joined = story.case.around.closure
    assert {e.party for e in first.entries} < {e.party for e in joined.entries}
    assert story.case.closure_digest == joined.digest
    story.report(an_event("enrichment"))
    assert not story.of(f.ExclusionsJoined, last=True)


def test_no_closure_at_all_is_no_fact() -> None:
    story = Story().report(closure=Closure())
    assert not story.of(f.ExclusionsJoined)


# --- the last look before sending


def _newly_linked() -> tuple[Link, ...]:
    return (
        Link(
            id="l9",
            kind=LinkKind.CONTRACTS_SECURITY,
            a="fjord",
            b="guardia",
            status=LinkStatus.UNVERIFIED,
            source="paper",
        ),
    )


def test_a_link_found_between_plan_and_claim_stops_the_message_at_the_door() -> None:
    story = a_case().release(INVESTORS)
    registry = registry_without(links=_newly_linked())
    fresh = exclusion.closure(registry, an_event())
    story.around(registry=registry, closure=exclusion.join(story.case.around.closure, fresh))
    story.claimed("fjord-mail")
    (refused,) = story.of(f.TellRefused)
    assert refused.reason is Reason.PERPETRATOR_CLOSURE
    assert story.alert("fjord").status is AlertStatus.CLOSED
    assert story.told(last=True) == ["bright-mail"], "the next party is told instead"


def test_a_link_found_after_telling_is_noticed_at_the_next_message() -> None:
    story = a_told_case(INVESTORS).answer("fjord-mail", ResponseKind.ACKNOWLEDGED)
    story.when("Tue 22:30")
    registry = registry_without(links=_newly_linked())
    fresh = exclusion.closure(registry, an_event())
    story.around(registry=registry, closure=exclusion.join(story.case.around.closure, fresh))
    story.claimed("fjord-mail")
    assert story.owes("told_before_excluded")


def test_consent_withdrawn_between_plan_and_claim_stops_the_message() -> None:
    story = a_case().release(MISSIONS).around(consents=(a_consent(revoked=True),))
    story.claimed("lea", "desk")
    assert {x.reason for x in story.of(f.TellRefused)} == {Reason.CONSENT_REVOKED}
    assert story.alert("embassy").status is AlertStatus.WITHHELD
    assert story.owes("nobody_left", detail="missions")


def test_what_may_leave_is_not_refused() -> None:
    story = a_case().release(MISSIONS).claimed("lea", "desk")
    assert story.last == ()


def test_a_contact_that_left_the_registry_before_the_claim_gives_way_to_the_next() -> None:
    story = a_case(now=at("Tue 09:00")).release(MISSIONS)
    story.around(registry=registry_without("lea")).claimed("lea")
    assert story.told() == ["lea", "desk"]


def test_with_no_contact_left_at_the_claim_duty_hears_of_it() -> None:
    story = a_case(now=at("Tue 09:00")).release(MISSIONS)
    story.around(registry=registry_without("lea", "desk")).claimed("lea")
    assert story.task("unreachable").critical
    assert story.owes("nobody_left")


def test_one_contact_refused_leaves_the_other_to_answer() -> None:
    story = a_case().release(MISSIONS).handed_off("desk")
    story.around(registry=registry_without("lea")).claimed("lea")
    assert story.alert("embassy").status is AlertStatus.WAITING
    story.answer("desk", ResponseKind.ACTED)
    assert story.alert("embassy").status is AlertStatus.ACTED


def test_a_refusal_never_undoes_an_act() -> None:
    story = a_case().release(MISSIONS).handed_off("desk").answer("desk", ResponseKind.ACTED)
    story.freeze(MISSIONS).claimed("lea")
    assert story.alert("embassy").status is AlertStatus.ACTED


def test_a_refusal_at_the_door_never_undoes_that_somebody_declined() -> None:
    story = a_case().release(MISSIONS).handed_off("lea").answer("lea", ResponseKind.DECLINED)
    story.claimed("desk")
    assert story.of(f.TellRefused, last=True)
    assert story.alert("embassy").status is AlertStatus.DECLINED


def test_a_closed_page_sends_nothing_more() -> None:
    story = a_told_case().answer("lea", ResponseKind.CONFLICT).claimed("desk")
    assert story.of(f.TellRefused)[-1].reason is Reason.CONFLICT


def test_a_closed_page_of_a_party_that_is_itself_allowed_sends_nothing_more() -> None:
    story = a_told_case().answer("lea", ResponseKind.PASSED_ON, passed_on_to="guardia")
    story.claimed("desk")
    assert story.of(f.TellRefused)[-1].reason is Reason.PASSED_ON_INSIDE


@pytest.mark.parametrize(("alert", "contact"), [("other", "lea"), ("", "somebody"), ("", "vik")])
def test_a_message_the_case_knows_nothing_of_is_refused(alert: str, contact: str) -> None:
    story = a_told_case()
    notice = c.DueNotice(
        key="k",
        alert=alert or story.alert("embassy").id,
        tell_no=1,
        purpose="tell",
        contact=contact,
        endpoint="email:email-lea",
        decided_at=story.now,
    )
    story.send(c.Claimed(notices=(notice,)))
    assert story.of(f.TellRefused)[-1].reason is Reason.UNKNOWN_PARTY


def test_pages_to_duty_pass_whatever_is_frozen_or_revoked() -> None:
    story = a_case().freeze().consent("revoked", a_consent(revoked=True)).claimed("ana")
    assert story.last == ()


def test_a_stand_down_leaves_although_consent_is_gone_and_the_track_is_frozen() -> None:
    story = a_told_case().consent("revoked", a_consent(revoked=True)).freeze()
    story.claimed("lea", "desk", purpose=Purpose.STAND_DOWN)
    assert story.last == ()


def test_a_stand_down_never_reaches_somebody_excluded_meanwhile() -> None:
    story = a_told_case().consent("revoked", a_consent(revoked=True))
    closure = Closure(
        digest="d9", entries=(Excluded(party="embassy", reason=Reason.PERPETRATOR_CLOSURE),)
    )
    story.around(closure=closure).claimed("lea", purpose=Purpose.STAND_DOWN)
    assert story.of(f.TellRefused)[-1].reason is Reason.PERPETRATOR_CLOSURE


@pytest.mark.parametrize("gone", ["contact", "party"])
def test_a_stand_down_to_nobody_known_is_refused(gone: str) -> None:
    story = a_told_case().consent("revoked", a_consent(revoked=True))
    parties = tuple(p for p in PARTIES if gone == "contact" or p.id != "embassy")
    contacts = tuple(x for x in CONTACTS if gone == "party" or x.id != "lea")
    story.around(registry=Registry(parties, links=LINKS, contacts=contacts))
    story.claimed("lea", purpose=Purpose.STAND_DOWN)
    assert story.of(f.TellRefused)[-1].reason in (Reason.NO_ENDPOINT, Reason.UNKNOWN_PARTY)


def test_a_list_that_somebody_excluded_reads_gets_no_stand_down_either() -> None:
    guard = Contact(id="guard-mail", party="guardia", label="x", level=Level.GENERAL)
    lea = next(x for x in CONTACTS if x.id == "lea")
    ends = tuple(replace(end, members=("desk", "guard-mail")) for end in lea.endpoints)
    others = tuple(x for x in CONTACTS if x.id != "lea")
    registry = Registry(
        PARTIES, links=LINKS, contacts=(*others, guard, replace(lea, endpoints=ends))
    )
    story = a_told_case().consent("revoked", a_consent(revoked=True)).around(registry=registry)
    story.claimed("lea", purpose=Purpose.STAND_DOWN)
    assert story.of(f.TellRefused)[-1].reason is Reason.ENDPOINT_FANS_OUT


def test_a_list_that_somebody_excluded_reads_is_shown_as_left_out() -> None:
    guard = Contact(id="guard-mail", party="guardia", label="x", level=Level.GENERAL)
    lea = next(x for x in CONTACTS if x.id == "lea")
    ends = tuple(replace(end, members=("desk", "guard-mail")) for end in lea.endpoints)
    others = tuple(x for x in CONTACTS if x.id != "lea")
    registry = Registry(
        PARTIES, links=LINKS, contacts=(*others, guard, replace(lea, endpoints=ends))
    )
    story = Story(registry=registry).report().release(MISSIONS)
    (shown,) = (x for fact in story.of(f.Planned) for x in fact.withheld if x.contact == "lea")
    assert (shown.party, shown.reason) == ("embassy", Reason.ENDPOINT_FANS_OUT)
    assert story.told() == ["desk"]


def test_an_unknown_party_is_planned_and_told_only_once_it_is_known() -> None:
    lost = tuple(p for p in PARTIES if p.id != "embassy")
    story = Story(registry=Registry(lost, links=LINKS, contacts=CONTACTS)).report()
    assert story.withheld()["embassy"] is Reason.UNKNOWN_PARTY
    story.release(MISSIONS)
    assert story.told() == []
    story.around(registry=REGISTRY).release(MISSIONS, by="ana")
    assert story.told() == ["lea", "desk"]


def test_the_whole_registry_being_away_for_a_moment_closes_nobody_for_good() -> None:
    story = a_told_case().around(registry=Registry()).report(an_event("enrichment"))
    assert story.alert("embassy").status is AlertStatus.WAITING
    assert not story.of(f.ToldBeforeExcluded)
    story.around(registry=REGISTRY)


def test_everybody_planned_is_one_party_once_per_track() -> None:
    story = Story().report(candidates=(EMBASSY, NHRI, FJORD, BRIGHT))
    story.report(an_event("enrichment"), candidates=(EMBASSY, NHRI, FJORD, BRIGHT))
    parties = [(a.track, a.party) for a in story.case.alerts if a.track.outward]
    assert len(parties) == len(set(parties)) == 4


def test_while_another_of_its_track_was_told_an_exclusion_sends_nobody_looking() -> None:
    both = (EMBASSY, found("nhri-qn", MISSIONS, rank=1))
    story = Story().report(tracks=(outward(MISSIONS),), candidates=both).release(MISSIONS)
    story.handed_off("lea", "nhri-mail").report(STATE_BEHIND_IT)
    assert story.alert("embassy").status is AlertStatus.CLOSED
    assert not story.owes("nobody_left")


def test_whoever_is_to_get_patterns_only_still_hears_that_it_is_over() -> None:
    story = a_told_case()
    marked = (replace(p, marks=(Mark.PATTERN_ONLY,)) if p.id == "embassy" else p for p in PARTIES)
    story.around(registry=Registry(tuple(marked), links=LINKS, contacts=CONTACTS))
    story.proposed().confirmed()
    assert story.told(last=True, purpose=Purpose.STAND_DOWN) == ["lea", "desk"]


def test_nobody_phones_a_mailbox_at_opening_whose_house_must_not_know() -> None:
    story = a_told_case(TrackName.NHRIS)
    assert story.owes("phone_at_opening")
    closure = Closure(
        digest="d2", entries=(Excluded(party="nhri-qn", reason=Reason.PERPETRATOR_CLOSURE),)
    )
    story.report(an_event("enrichment"), closure=closure)
    assert not story.owes("phone_at_opening")


def test_the_guard_says_which_of_ours_a_page_is_for() -> None:
    story = a_case()
    told, notice = story.of(f.Told)[0], story.of(f.Told)[0].notices[0]
    due = c.DueNotice(
        key=notice.key, alert=told.alert, tell_no=1, purpose=told.purpose.value, contact="ana",
        endpoint=notice.endpoint, decided_at=told.at,
    )  # fmt: skip
    judged = verdict(story.case, due, now=story.now)
    assert (judged.allowed, judged.evidence) == (True, "ana")
