"""A case becomes graver: whoever owes an answer owes it sooner, or the next contact is told."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case.evolve import evolve
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, Severity, TrackName
from schemas.plan import Track
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import EMBASSY, HOUR, Story, a_consent, an_event, at, outward

MISSIONS = TrackName.MISSIONS
_TABLE = ((Severity.CRITICAL, 4 * HOUR, 4 * HOUR), (Severity.HIGH, 24 * HOUR, 24 * HOUR))


def planned(severity: Severity = Severity.ELEVATED) -> Track:
    """Missions with the shipped times, and those of graver cases beside them."""
    graver = tuple(row for row in _TABLE if row[0].rank < severity.rank)
    return replace(outward(MISSIONS, severity=severity), graver=graver)


def told(severity: Severity = Severity.ELEVATED) -> Story:
    """The embassy was told on Tuesday at 09:00, to answer within three days."""
    story = Story(now=at("Tue 09:00"))
    story.report(severity=severity, tracks=(planned(severity),), candidates=(EMBASSY,))
    return story.page_answered().release(MISSIONS).handed_off("lea")


def graver(story: Story, severity: Severity = Severity.CRITICAL) -> Story:
    return story.report(an_event("enrichment"), severity=severity, tracks=(), candidates=())


def test_who_still_owes_an_answer_owes_it_within_the_graver_time_from_the_rise() -> None:
    story = graver(told().when("Tue 10:00"))
    (fact,) = story.of(f.TrackHastened)
    assert (fact.track, fact.answer_by) == (MISSIONS, 4 * HOUR)
    assert [call.next_at for call in story.alert("embassy").calls] == [at("Tue 14:00")]
    assert story.when("Tue 14:00").asked()[-1] == ("Tue 14:00", "desk")


def test_what_was_due_sooner_anyway_is_not_put_off() -> None:
    story = told().when("Fri 08:00")
    before = story.alert("embassy").calls
    assert graver(story).alert("embassy").calls == before


def test_what_was_answered_holds_as_long_as_it_did_and_the_next_answer_for_less() -> None:
    story = told().answer("lea", ResponseKind.ACKNOWLEDGED)
    before = story.alert("embassy").calls
    graver(story.when("Tue 10:00"))
    assert story.alert("embassy").calls == before
    story.answer("lea", ResponseKind.ACKNOWLEDGED)
    assert story.alert("embassy").calls[0].next_at == at("Tue 14:00")


def test_a_promise_keeps_its_time() -> None:
    story = graver(told().promises("lea", ActionKind.LETTER, due="Fri 12:00"))
    assert story.alert("embassy").status is AlertStatus.PROMISED
    assert story.alert("embassy").promises[0].ask_at == at("Fri 12:00")


def test_who_is_told_afterwards_has_the_graver_time() -> None:
    story = graver(told().when("Tue 10:00")).when("Tue 14:00")
    assert [call.next_at for call in story.alert("embassy").calls] == [at("Tue 18:00")]


def test_a_rise_by_one_step_takes_the_times_of_that_step() -> None:
    story = graver(told().when("Tue 10:00"), Severity.HIGH)
    assert [call.next_at for call in story.alert("embassy").calls] == [at("Wed 10:00")]
    graver(story.when("Tue 11:00"))
    assert [call.next_at for call in story.alert("embassy").calls] == [at("Tue 15:00")]


def test_a_suspected_reprisal_hastens_whom_it_does_not_silence() -> None:
    story = told()
    story.report(an_event("assault"), severity=Severity.ELEVATED, tracks=(), candidates=())
    assert story.case.severity is Severity.CRITICAL
    assert story.of(f.TrackHastened)


def test_a_case_planned_before_these_times_were_kept_goes_on_as_it_was() -> None:
    story = Story(now=at("Tue 09:00"))
    plain = outward(MISSIONS, severity=Severity.ELEVATED)
    story.report(severity=Severity.ELEVATED, tracks=(plain,), candidates=(EMBASSY,))
    story.page_answered().release(MISSIONS).handed_off("lea")
    before = story.alert("embassy").calls
    assert graver(story.when("Tue 10:00")).alert("embassy").calls == before


def test_it_says_nothing_to_anybody() -> None:
    story = told().when("Tue 10:00")
    graver(story)
    assert story.told(last=True) == []


@settings(max_examples=40, deadline=None)
@given(
    before=st.sampled_from((Severity.HIGH, Severity.ELEVATED, Severity.WATCH)),
    after=st.sampled_from((Severity.CRITICAL, Severity.HIGH, Severity.ELEVATED)),
    waited=st.integers(min_value=0, max_value=71),
)
def test_no_rise_ever_gives_anybody_more_time(
    before: Severity, after: Severity, waited: int
) -> None:
    story = told(before)
    story.around(consents=(a_consent(),))
    story.now = at("Tue 09:00")
    fact = f.TrackHastened(
        track=MISSIONS,
        at=story.now,
        answer_by=min(waited * HOUR, story.track(MISSIONS).track.answer_by),
        answer_holds_for=0,
    )
    now = {call.contact: call.next_at for call in story.alert("embassy").calls}
    case = evolve(story.case, fact)
    (alert,) = [each for each in case.alerts if each.party == "embassy"]
    assert all(call.next_at <= now[call.contact] for call in alert.calls)
    assert evolve(case, fact).alerts == case.alerts
    if after.rank < before.rank:
        graver(story, after)
        assert story.track(MISSIONS).track.answer_by <= planned(before).answer_by
