"""Two people let somebody be asked whom the closure leaves out, in one case."""

from dataclasses import replace

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus, dump_case, load_case
from rules import exclusion
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import TrackName
from schemas.link import Link, LinkKind, LinkStatus
from schemas.plan import Reason
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import (
    FJORD,
    NORDSTEIN,
    Story,
    an_event,
    outward,
    registry_without,
)

COMPANIES, INVESTORS = TrackName.COMPANIES, TrackName.INVESTORS


def _tie(id: str, kind: LinkKind, a: str, b: str, status: LinkStatus, **more: object) -> Link:
    return replace(
        Link(id=id, kind=kind, a=a, b=b, status=status, source="paper"),
        **more,  # type: ignore[arg-type]
    )


SOFT = _tie("l9", LinkKind.CONTRACTS_SECURITY, "fjord", "guardia", LinkStatus.UNVERIFIED)
FIRM = _tie("l10", LinkKind.PARENT_OF, "guardia", "fjord", LinkStatus.UNVERIFIED)
ANOTHER = _tie("l11", LinkKind.REPRESENTS, "fjord", "guardia", LinkStatus.DISPUTED)


def _case(*links: Link, **more: object) -> Story:
    story = Story(registry=registry_without(links=links or (SOFT,)))
    return story.report(candidates=(FJORD,), **more).page_answered()


def _clear(
    story: Story, *parties: str, by: str = "ana", why: str = "tie_ended"
) -> c.ClearExclusion:
    return c.ClearExclusion(
        inbox=story.inbox(),
        case=story.case.id,
        parties=parties or ("fjord",),
        by=by,
        why=why,  # type: ignore[arg-type]
    )


def _cleared(story: Story, party: str = "fjord", **more: str) -> Story:
    return story.send(_clear(story, party, **more)).send(_clear(story, party, by="ben", **more))


def _over(story: Story, registry: Registry) -> Story:
    """The registry changed: what a claim, a release or a second look sees."""
    fresh = exclusion.closure(registry, an_event())
    return story.around(registry=registry, closure=exclusion.join(story.case.around.closure, fresh))


def test_whom_an_unverified_tie_leaves_out_is_planned_and_waits_for_two() -> None:
    story = _case()
    alert = story.alert("fjord")
    assert alert.status is AlertStatus.WITHHELD
    assert alert.reason is Reason.PERPETRATOR_CLOSURE
    assert not story.release(INVESTORS).told()


def test_one_person_clears_nobody() -> None:
    story = _case()
    story.send(_clear(story))
    (given,) = story.of(f.ClearanceGiven)
    assert (given.party, given.by, given.why) == ("fjord", "ana", "tie_ended")
    assert not story.of(f.ExclusionCleared)
    assert not story.release(INVESTORS).told()


@pytest.mark.parametrize("id", ["fjord+pension@north", "фьорд", f"list:{'9' * 80}"])
def test_two_people_could_not_clear_whom_the_registry_gives_a_long_or_foreign_id(id: str) -> None:
    tie = _tie("l12", LinkKind.CONTRACTS_SECURITY, id, "guardia", LinkStatus.UNVERIFIED)
    story = _cleared(_case(tie), id)
    assert story.of(f.ExclusionCleared)[-1].party == id


def test_a_name_in_the_place_of_an_id_clears_nobody_and_is_not_repeated() -> None:
    refusal = _case().refused(_clear(_case(), "Fjord Pension, Ms Example"))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert "Example" not in refusal.detail


def test_the_same_person_twice_is_one_person() -> None:
    story = _case()
    story.send(_clear(story))
    assert story.refused(_clear(story)).reason is RefusedBecause.SAME_PERSON


def test_two_people_clear_and_nobody_is_told_until_a_person_releases() -> None:
    story = _cleared(_case())
    (cleared,) = story.of(f.ExclusionCleared)
    assert cleared.by == ("ana", "ben")
    assert not story.told()
    assert story.owes("release", detail="investors")
    assert story.release(INVESTORS).told() == ["fjord-mail"]


def test_what_two_people_cleared_leaves_everything_else_in_its_place() -> None:
    story = Story(registry=registry_without(links=(SOFT,)), consents=())
    story.report(candidates=(FJORD,))
    _cleared(story).release(INVESTORS)
    assert not story.told()
    assert story.alert("fjord").reason is Reason.CONSENT_NONE


def test_a_link_of_control_is_never_cleared_and_the_refusal_names_it() -> None:
    story = _case(FIRM)
    refusal = story.refused(_clear(story))
    assert refusal.reason is RefusedBecause.GUARD
    assert "l10" in refusal.detail


def test_whom_the_event_names_is_never_cleared() -> None:
    story = _case()
    refusal = story.refused(_clear(story, "guardia"))
    assert refusal.reason is RefusedBecause.GUARD
    assert "event itself" in refusal.detail


def test_who_controls_somebody_excluded_is_sent_to_the_release_by_two() -> None:
    story = Story().report(
        an_event(parties=[{"party": "minera", "role": "alleged_perpetrator"}]),
        candidates=(NORDSTEIN,),
    )
    refusal = story.refused(_clear(story, "nordstein"))
    assert refusal.reason is RefusedBecause.GUARD
    assert "l2" in refusal.detail
    assert "release" in refusal.detail


def test_one_of_several_who_cannot_be_cleared_keeps_all_of_them_out() -> None:
    story = _case()
    assert story.refused(_clear(story, "fjord", "guardia")).reason is RefusedBecause.GUARD
    assert not story.of(f.ClearanceGiven)


def test_nothing_to_clear_is_said() -> None:
    story = _case()
    assert "nothing" in story.refused(_clear(story, "bright")).detail
    assert "already" in _cleared(_case()).refused(_clear(story, by="chi")).detail


@pytest.mark.parametrize("told", [False, True])
def test_a_link_of_control_found_later_leaves_out_again_who_was_cleared(told: bool) -> None:
    story = _cleared(_case())
    if told:
        story.release(INVESTORS).handed_off("fjord-mail")
    _over(story, registry_without(links=(SOFT, FIRM)))
    story.send(c.Recheck(case=story.case.id))
    assert story.alert("fjord").status is AlertStatus.CLOSED
    assert bool(story.of(f.ToldBeforeExcluded)) is told
    assert story.of(f.ExclusionsJoined, last=True)
    refusal = story.refused(_clear(story, by="chi"))
    assert "l10" in refusal.detail


def test_a_further_soft_tie_that_nobody_saw_is_not_cleared_with_the_first() -> None:
    story = _cleared(_case())
    _over(story, registry_without(links=(SOFT, ANOTHER)))
    assert not story.release(INVESTORS).told()
    assert _cleared(story).release(INVESTORS).told() == ["fjord-mail"]


def test_both_ties_at_once_are_cleared_at_once() -> None:
    story = _case(SOFT, ANOTHER)
    assert len(_cleared(story).of(f.ExclusionCleared)[0].grounds) >= 2
    assert story.release(INVESTORS).told() == ["fjord-mail"]


def test_the_second_person_must_have_seen_what_the_first_one_saw() -> None:
    story = _case()
    story.send(_clear(story))
    _over(story, registry_without(links=(SOFT, ANOTHER)))
    story.send(_clear(story, by="ben"))
    assert not story.of(f.ExclusionCleared)
    story.send(_clear(story, by="ana"))
    assert story.of(f.ExclusionCleared)


def test_whoever_was_told_and_then_left_out_for_a_tie_may_be_cleared_and_asked_again() -> None:
    story = Story().report(candidates=(FJORD,)).page_answered()
    story.release(INVESTORS).handed_off("fjord-mail")
    _over(story, registry_without(links=(SOFT,))).send(c.Recheck(case=story.case.id))
    assert story.alert("fjord").status is AlertStatus.CLOSED
    assert story.owes("told_before_excluded")
    _cleared(story)
    assert story.alert("fjord").reason is Reason.GATE_CLOSED
    assert story.release(INVESTORS).told(last=True) == ["fjord-mail"]


UNKNOWN = an_event(parties=[{"party": "minera", "role": "operator"}])


def test_while_nobody_knows_who_did_it_two_people_may_lift_the_operators_group() -> None:
    track = (outward(COMPANIES),)
    story = Story().report(UNKNOWN, candidates=(NORDSTEIN,), tracks=track).page_answered()
    assert story.alert("nordstein").status is AlertStatus.WITHHELD
    _cleared(story, "nordstein", why="operator_not_involved")
    assert story.release(COMPANIES, by="ana").told() == ["stein"]


def test_who_was_lifted_is_out_again_once_the_operator_is_alleged() -> None:
    track = (outward(COMPANIES),)
    story = Story().report(UNKNOWN, candidates=(NORDSTEIN,), tracks=track).page_answered()
    _cleared(story, "nordstein", why="operator_not_involved")
    story.report(
        an_event("enrichment", parties=[{"party": "minera", "role": "alleged_perpetrator"}]),
        candidates=(),
    )
    assert not story.release(COMPANIES).told()
    assert story.alert("nordstein").reason is Reason.CONTROLLER_NEEDS_TWO


def test_a_case_that_is_opened_again_needs_both_people_again() -> None:
    story = _cleared(_case()).release(INVESTORS).handed_off("fjord-mail")
    story.proposed().confirmed().reopened()
    assert story.case.clearings == ()
    story.send(c.Recheck(case=story.case.id))
    assert story.alert("fjord").status is AlertStatus.WITHHELD
    assert not story.of(f.ToldBeforeExcluded)  # it was told by two people, not by mistake
    assert not story.release(INVESTORS).told(last=True)
    assert _cleared(story).release(INVESTORS).told(last=True) == ["fjord-mail"]


def test_clearances_are_stored_with_the_case() -> None:
    case = _cleared(_case()).case
    assert load_case(dump_case(case)).clearings == case.clearings


def test_only_an_open_case_is_cleared() -> None:
    story = _case().proposed().confirmed()
    assert story.refused(_clear(story)).reason is RefusedBecause.NOT_OPEN
