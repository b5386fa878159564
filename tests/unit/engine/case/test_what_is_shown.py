"""What a case learns from its reports about telling: how far, whom to speak to, how many it is."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case.evolve import evolve
from engine.case.protect import judge_party, judge_stand_down, safeguards
from engine.case.state import Case, dump_case, load_case
from schemas import facts as f
from schemas.codes import PATTERN, ContactRule, Label, TrackName
from schemas.event import ThreatEvent
from schemas.plan import Reason
from schemas.safeguards import Basis
from tests.unit.engine.case.builders import (
    EMBASSY,
    FJORD,
    Story,
    a_consent,
    an_event,
    outward,
)

MISSIONS, INVESTORS = TrackName.MISSIONS, TrackName.INVESTORS
NOBODY, LAWYER, GROUP = ContactRule


def a_pattern(people: int = 9, **more: object) -> ThreatEvent:
    """So many people of one country and sector, none of them known to us."""
    counted = {"subjects": [{"kind": "none_identifiable", "count": people}], "parties": []}
    return an_event(PATTERN, sector="mining", **{**counted, **more})


def reported(*events: ThreatEvent, nobody: bool = False, **more: object) -> Story:
    basis = Basis.NO_IDENTIFIABLE_PERSON if nobody else Basis.PERSON
    story = Story().around(consents=(a_consent(basis=basis, agreed_by=("ana", "ben")),))
    for event in events:
        story.report(event, candidates=(EMBASSY, FJORD), **more)
    return story


def may_know(story: Story, party: str = "fjord", track: TrackName = INVESTORS) -> Reason:
    return judge_party(story.case, track=track, party=party, now=story.now).reason


def test_a_case_keeps_the_strictest_label_of_its_reports() -> None:
    story = reported(
        an_event(label="TLP:GREEN"), an_event(label="TLP:RED"), an_event(label="TLP:CLEAR")
    )

    assert story.case.label is Label.RED
    assert safeguards(story.case).label is Label.RED


def test_reports_without_a_label_leave_the_label_as_it_is() -> None:
    assert reported(an_event()).case.label is None
    assert reported(an_event(label="TLP:AMBER"), an_event()).case.label is Label.AMBER


@given(st.lists(st.none() | st.sampled_from(Label), max_size=5))
def test_the_label_of_a_case_only_ever_tightens(labels: list[Label | None]) -> None:
    case, before = Case(), -1
    for label in labels:
        case = evolve(case, _joined(label=label))
        now = -1 if case.label is None else case.label.rank
        assert now >= before
        assert label is None or now >= label.rank
        before = now


def test_where_no_report_says_so_nobody_is_put_through() -> None:
    assert safeguards(reported(an_event()).case).may_contact is NOBODY


def test_what_the_protocol_allows_reaches_the_page() -> None:
    story = reported(an_event(), an_event(may_contact="representative"), an_event())

    assert safeguards(story.case).may_contact is LAWYER


def test_where_two_reports_differ_nobody_is_put_through_any_more() -> None:
    said = [an_event(may_contact=each) for each in ("representative", "organisation")]
    story = reported(*said, an_event(may_contact="organisation"))

    assert safeguards(story.case).may_contact is NOBODY


@given(st.lists(st.none() | st.sampled_from(ContactRule), max_size=6))
def test_a_rule_holds_only_while_everybody_who_speaks_of_it_says_the_same(
    said: list[ContactRule | None],
) -> None:
    case = Case()
    for each in said:
        case = evolve(case, _joined(may_contact=each))

    spoken = {each for each in said if each is not None}
    expected = spoken.pop() if len(spoken) == 1 else NOBODY
    assert safeguards(case).may_contact is expected


def test_a_pattern_of_enough_people_is_told_once_it_is_released() -> None:
    story = reported(a_pattern(5), nobody=True)

    assert may_know(story) is Reason.ALLOWED
    assert "fjord" not in {x.party for x in story.of(f.Planned)[0].withheld}


def test_a_pattern_of_too_few_is_kept_back_and_shown_with_the_reason() -> None:
    story = reported(a_pattern(4), nobody=True)

    assert may_know(story) is Reason.SMALL_CELL
    assert (FJORD.party, Reason.SMALL_CELL) in {
        (x.party, x.reason) for x in story.of(f.Planned)[0].withheld
    }
    assert story.paged() == ["ana"], "duty is told of it all the same"


def test_a_pattern_that_counts_nobody_is_kept_back() -> None:
    assert may_know(reported(a_pattern(9, subjects=[]), nobody=True)) is Reason.SMALL_CELL


def test_the_people_of_a_pattern_are_those_of_all_its_subjects() -> None:
    three = {"kind": "group", "count": 3, "pseudonym": "s1"}
    two = {"kind": "none_identifiable", "count": 2}

    assert may_know(reported(a_pattern(subjects=[three, two]))) is Reason.ALLOWED
    assert may_know(reported(a_pattern(subjects=[three]))) is Reason.SMALL_CELL


def test_a_later_and_larger_pattern_may_be_told_and_a_smaller_one_no_more() -> None:
    assert may_know(reported(a_pattern(3), a_pattern(12), nobody=True)) is Reason.ALLOWED
    assert may_know(reported(a_pattern(12), a_pattern(3), nobody=True)) is Reason.SMALL_CELL


def test_the_rulebook_says_how_many_and_a_running_case_keeps_what_it_said() -> None:
    story = reported(a_pattern(9), nobody=True, small_cell=10)

    assert may_know(story) is Reason.SMALL_CELL
    assert story.of(f.EventJoined)[0].small_cell == 10
    story.report(an_event("enrichment"), small_cell=3)
    assert may_know(story) is Reason.SMALL_CELL


def test_an_attack_beside_a_small_pattern_still_brings_help() -> None:
    story = reported(a_pattern(2), an_event("arrest"))

    assert story.case.personal
    assert may_know(story, "embassy", MISSIONS) is Reason.ALLOWED


@pytest.mark.parametrize(
    ("code", "personal"),
    [("arrest", True), ("early_warning", True), ("released_from_custody", True),
     ("date_set", True), ("brand_new_code", True), (PATTERN, False), ("enrichment", False),
     ("consent_granted", False)],
)  # fmt: skip
def test_only_what_tells_of_somebody_makes_a_case_personal(code: str, personal: bool) -> None:
    event = a_pattern() if code == PATTERN else an_event(code)

    assert reported(event).case.personal is personal


def test_whoever_was_told_of_a_pattern_hears_that_nothing_more_is_asked() -> None:
    """A pattern that turned out small must not keep the word from going out that it is over."""
    story = reported(a_pattern(9), nobody=True, tracks=(outward(MISSIONS),))
    story.release(MISSIONS).handed_off("lea")
    story.report(a_pattern(1), candidates=(EMBASSY,), tracks=())

    assert may_know(story, "embassy", MISSIONS) is Reason.SMALL_CELL
    over = judge_stand_down(story.case, story.alert("embassy"), None, now=story.now)
    assert over.reason is Reason.ALLOWED


def test_a_case_of_an_older_journal_reads_as_it_did() -> None:
    old = f.EventJoined(**_OLD)

    assert (old.label, old.may_contact, old.people, old.personal) == (None, None, None, False)
    case = evolve(Case(), old)
    assert (case.label, case.may_contact, case.pattern, case.personal) == (None, None, None, False)


@pytest.mark.parametrize(
    "events", [[a_pattern(7, label="TLP:RED")], [an_event(may_contact="organisation"), a_pattern()]]
)
def test_what_was_learned_survives_storing_and_replay(events: Iterable[ThreatEvent]) -> None:
    story = reported(*events)

    assert load_case(dump_case(story.case)).pattern == story.case.pattern
    replayed = Case(id=story.case.id, around=story.case.around)
    for fact in story.facts:
        replayed = evolve(replayed, fact)
    assert dump_case(replayed) == dump_case(story.case)


_OLD = {
    "event": "e1",
    "event_type": "act",
    "code": "arrest",
    "at": Story().now,
    "certainty": "likely",
    "independent_sources": 1,
}


def _joined(**more: object) -> f.EventJoined:
    return f.EventJoined(**{**_OLD, **more})
