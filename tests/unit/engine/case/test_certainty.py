"""Certainty: joined over reports, judged by people, and sources that count once each."""

from typing import Any

import pytest

from engine.case import commands as c
from engine.case.sources import independent
from schemas import facts as f
from schemas.codes import Certainty, Reliability, TrackName
from schemas.plan import Closure, Excluded, Reason
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, an_event

MISSIONS = TrackName.MISSIONS
GOOD, BAD = Reliability.HIGH, Reliability.LOW


def judged(story: Story, certainty: str, why: str = "spoke_to_source") -> c.JudgeCertainty:
    return c.JudgeCertainty(
        inbox=story.inbox(), case=story.case.id, certainty=Certainty(certainty), by="ana",
        reason=why,
    )  # fmt: skip


def heard(story: Story, source: str, reliability: Reliability = GOOD) -> c.HearSource:
    return c.HearSource(
        inbox=story.inbox(), case=story.case.id, source=source, reliability=reliability, by="ana"
    )


def a_case(**event: Any) -> Story:
    return Story().report(an_event(**event))


def test_reports_join_and_the_surest_counts() -> None:
    story = a_case(certainty="possible").report(an_event("enrichment", certainty="likely"))
    story.report(an_event("enrichment", certainty="unlikely"))
    assert story.case.certainty is Certainty.LIKELY


def test_what_an_unreliable_source_is_sure_of_is_possible_at_most() -> None:
    story = a_case(certainty="confirmed", source_reliability="unreliable").release(MISSIONS)
    assert story.case.certainty is Certainty.POSSIBLE
    assert story.alert("embassy").reason is Reason.CERTAINTY
    unsaid = a_case(certainty="confirmed", source_reliability="unknown")
    assert unsaid.release(MISSIONS).told() == ["lea", "desk"]


def test_a_person_who_is_less_sure_stops_what_has_not_left() -> None:
    story = a_case().release(MISSIONS)
    story.send(judged(story, "possible", "doubts")).claimed("lea")
    assert story.of(f.TellRefused)[-1].reason is Reason.CERTAINTY


def test_a_person_who_is_surer_tells_nobody_but_asks_for_a_release() -> None:
    story = a_case(certainty="possible").release(MISSIONS)
    story.send(judged(story, "confirmed"))
    assert story.told() == [] and story.owes("release", detail="missions")
    assert story.release(MISSIONS).told() == ["lea", "desk"]


@pytest.mark.parametrize("said", ["likely", "confirmed"])
def test_no_report_moves_what_a_person_judged_but_a_surer_one_is_a_task(said: str) -> None:
    story = a_case()
    story.send(judged(story, "unlikely", "contradicted"))
    story.report(an_event("enrichment", certainty=said))
    assert story.case.certainty is Certainty.UNLIKELY
    assert story.owes("certainty")
    story.send(judged(story, "likely"))
    assert not story.owes("certainty")


def test_a_report_that_is_less_sure_than_a_person_is_no_task() -> None:
    story = a_case()
    story.send(judged(story, "confirmed")).report(an_event("enrichment", certainty="possible"))
    assert story.case.certainty is Certainty.CONFIRMED and not story.owes("certainty")


def test_saying_the_same_twice_is_refused_and_so_are_words() -> None:
    story = a_case()
    story.send(judged(story, "possible"))
    assert story.refused(judged(story, "possible")).reason is RefusedBecause.INCOMPLETE
    assert "short code" in story.refused(judged(story, "likely", "She rang me")).detail


def test_two_independent_reliable_sources_stand_in_for_certainty() -> None:
    story = a_case(certainty="possible")
    story.send(heard(story, "clinic")).release(MISSIONS)
    assert story.told() == []
    story.send(heard(story, "union")).release(MISSIONS)
    assert story.told() == ["lea", "desk"]


def test_the_same_source_twice_is_one() -> None:
    story = a_case(certainty="possible")
    for _ in range(3):
        story.send(heard(story, "clinic"))
    assert independent(story.case) == 1


@pytest.mark.parametrize("reliability", [BAD, Reliability.UNKNOWN])
def test_a_source_that_is_not_known_to_be_reliable_does_not_count(reliability: Reliability) -> None:
    story = a_case(certainty="possible")
    story.send(heard(story, "clinic", reliability))
    assert independent(story.case) == 0


def test_a_source_that_turns_out_unreliable_counts_no_more_from_then_on() -> None:
    story = a_case(certainty="possible")
    story.send(heard(story, "clinic")).send(heard(story, "union")).release(MISSIONS)
    story.send(heard(story, "union", BAD)).claimed("lea")
    assert story.of(f.TellRefused)[-1].reason is Reason.CERTAINTY


def test_reports_of_one_publisher_are_one_source_however_many() -> None:
    story = a_case(certainty="possible", source_reliability="highly_reliable")
    for _ in range(3):
        story.report(an_event("enrichment", source_reliability="highly_reliable"))
    assert independent(story.case) == 1
    assert "it is counted" in story.refused(heard(story, "hotline")).detail


def test_who_must_not_know_is_no_source() -> None:
    story = a_case(certainty="possible")
    assert story.refused(heard(story, "guardia")).reason is RefusedBecause.GUARD


def test_a_source_found_out_to_be_tied_to_the_perpetrator_counts_no_more() -> None:
    story = a_case(certainty="possible")
    story.send(heard(story, "haldane"))
    assert independent(story.case) == 1
    entry = Excluded(party="haldane", reason=Reason.PERPETRATOR_CLOSURE, path=())
    story.around(closure=Closure(digest="d2", entries=(entry,)))
    assert independent(story.case) == 0


def test_a_source_has_a_name_that_is_an_id() -> None:
    story = a_case()
    for name in ("", "Doctor of the clinic"):
        assert story.refused(heard(story, name)).reason is RefusedBecause.INCOMPLETE
