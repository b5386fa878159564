"""Two cases about the same: the stricter of both counts in each, and two people part them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.case import commands as c
from engine.case import linking
from engine.case.around import Beside
from engine.case.beside import stricter
from engine.case.house import House
from engine.case.state import AlertStatus, Case, CaseStatus
from rules import duty, exclusion
from schemas import facts as f
from schemas.codes import ContactRule, Label, Mode, Severity, TrackName
from schemas.consent import ConsentDoor
from schemas.facts import WhyUnlinked
from schemas.linked import Strictures
from schemas.plan import Reason
from schemas.responses import RefusedBecause
from schemas.safeguards import Concerned, Safeguards
from tests.unit.engine.case.builders import (
    REGISTRY,
    Refusal,
    Story,
    a_case,
    a_consent,
    a_told_case,
    an_event,
    at,
)

MISSIONS, COMPANIES = TrackName.MISSIONS, TrackName.COMPANIES
THEIRS = "hotline-two/s2"
ASKS = Strictures(subjects=(THEIRS,), mode_ceiling=Mode.PRIVATE)


def _beside(*audiences: TrackName, case: str = "other", **more: object) -> Beside:
    given = (a_consent(*audiences, id="theirs", pseudonym=THEIRS),) if audiences else ()
    return Beside(case=case, consents=given, **more)  # type: ignore[arg-type]


def _linked(
    story: Story, *beside: Beside, asks: Strictures = ASKS, case: str = "other", **act: str
) -> Story:
    story.around(linked=beside or (_beside(MISSIONS),))
    return story.send(
        c.BeLinked(
            case=story.case.id, other=case, ref=f"REF-{case}", by="ana", strictures=asks, **act
        )
    )


def _grew(story: Story, asks: Strictures, case: str = "other") -> Story:
    return story.send(c.LinkedGrew(case=story.case.id, other=case, strictures=asks))


def _parting(story: Story, by: str) -> c.UnlinkCase:
    why = WhyUnlinked.ANOTHER_PERSON
    return c.UnlinkCase(inbox=story.inbox(), case=story.case.id, by=by, why=why, note="note-1")


def _frozen(story: Story) -> set[TrackName]:
    return {s.track.name for s in story.case.tracks if s.frozen}


# --- who may be linked


def _why_not(case: Case, other: Case) -> RefusedBecause | None:
    try:
        linking.may_be_linked(case, other)
    except Refusal as refusal:
        return refusal.reason
    return None


def _another(**changes: object) -> Case:
    story = a_case()
    return replace(story.case, **{"id": "other", "ref": "OTHER", **changes})


def test_two_living_cases_about_the_same_may_be_linked_from_either_side() -> None:
    mine, other = a_case().case, _another()
    assert _why_not(mine, other) is None and _why_not(other, mine) is None
    assert linking.group_of(mine) == (mine.id,)


def test_a_case_is_linked_neither_with_itself_nor_with_a_drill_nor_with_what_is_over() -> None:
    mine = a_case().case
    assert _why_not(mine, mine) is RefusedBecause.INCOMPLETE
    assert _why_not(mine, _another(exercise=True)) is RefusedBecause.GUARD
    gone = _another(status=CaseStatus.CLOSED)
    assert _why_not(mine, gone) is RefusedBecause.NOT_OPEN
    assert _why_not(gone, mine) is RefusedBecause.NOT_OPEN
    assert _why_not(mine, _another(kind="incident")) is RefusedBecause.NOT_OPEN


def test_what_is_linked_already_is_not_linked_again() -> None:
    story = _linked(a_case())
    assert _why_not(story.case, _another()) is RefusedBecause.ALREADY_ANSWERED
    assert _why_not(story.case, _another(id="third")) is None
    assert linking.group_of(story.case) == tuple(sorted((story.case.id, "other")))


def test_eight_hotlines_may_tell_of_the_same_and_no_ninth() -> None:
    eight = [f"c{n}" for n in range(8)]
    linking.must_fit(eight[:4], eight[4:])
    linking.must_fit(eight, eight[:1])
    with pytest.raises(Refusal) as refused:
        linking.must_fit(eight, ["c8"])
    assert refused.value.reason is RefusedBecause.INCOMPLETE
    assert "8 cases" in str(refused.value)


# --- which act is told of


def test_the_newest_act_within_thirty_days_after_a_notice_is_the_one_that_counts() -> None:
    told, days = at("Mon 22:00"), timedelta(days=1)
    acts = [("before", told - days), ("soon", told + days), ("later", told + 29 * days)]
    assert linking.followed(acts, [told]) == "later"
    assert linking.followed(acts[:2], [told]) == "soon"
    assert linking.followed(acts[:1], [told]) == "", "it came first"
    assert linking.followed([("that day", told + 30 * days)], [told]) == ""
    assert linking.followed([("at once", told)], [told]) == "at once"
    assert linking.followed([("late", told + 40 * days)], [told, told + 20 * days]) == "late"
    assert linking.followed([("b", told), ("a", told)], [told]) == "b", "always the same of two"
    assert linking.followed(acts, []) == ""


# --- what it changes here


def test_a_link_says_who_made_it_and_what_it_asks() -> None:
    story = _linked(a_case())
    (linked,) = story.of(f.CasesLinked)
    assert (linked.case, linked.ref, linked.by, linked.at) == (
        "other",
        "REF-other",
        "ana",
        story.now,
    )
    (kept,) = story.case.links
    assert (kept.case, kept.ref, kept.at, kept.strictures) == (
        "other",
        "REF-other",
        story.now,
        ASKS,
    )


def test_what_their_people_did_not_allow_is_not_told_here_either() -> None:
    story = _linked(a_case(), _beside(COMPANIES)).release(MISSIONS)
    assert story.told(last=True) == []
    assert story.alert("embassy").reason is Reason.LINKED


def test_a_linked_case_of_which_nothing_was_read_allows_nothing() -> None:
    story = _linked(a_case(), _beside(MISSIONS, case="a third"))
    assert story.release(MISSIONS).told(last=True) == []


@pytest.mark.parametrize(
    ("house", "door", "told"),
    [
        ("guardia", ConsentDoor.EVENT, []),
        ("guardia", ConsentDoor.CONSOLE, ["lea", "desk"]),
        ("nhri-qn", ConsentDoor.EVENT, ["lea", "desk"]),
    ],
)
def test_what_their_people_allow_is_not_heard_from_a_line_that_the_perpetrator_runs(
    house: str, door: ConsentDoor, told: list[str]
) -> None:
    """Found by the replay: asked of the case's own publishers, and of no linked case's."""
    theirs = a_consent(MISSIONS, id="theirs", pseudonym=THEIRS, by="their-line", door=door)
    asks = replace(ASKS, houses=(("their-line", house),))
    story = _linked(a_case(), Beside(case="other", consents=(theirs,)), asks=asks)

    assert story.release(MISSIONS).told(last=True) == told
    assert (story.alert("embassy").reason is Reason.LINKED) is (not told)


def test_what_both_peoples_allow_is_told() -> None:
    story = _linked(a_case()).release(MISSIONS)
    assert story.told(last=True) == ["lea", "desk"]
    assert not story.of(f.ReprisalSuspected), "without an act nobody is suspected"


def test_whoever_was_told_and_must_not_know_of_the_other_case_is_closed_and_duty_hears() -> None:
    event = an_event(parties=[{"party": "embassy", "role": "alleged_perpetrator"}])
    out = exclusion.closure(REGISTRY, event)
    story = _linked(a_told_case(), _beside(MISSIONS, closure=out))
    told = story.alert("embassy")
    assert (told.status, told.reason) == (AlertStatus.CLOSED, Reason.PERPETRATOR_CLOSURE)
    assert story.owes("told_before_excluded", alert=told.id, critical=True)


def test_of_a_conflict_there_duty_hears_what_was_told_here_already() -> None:
    asks = replace(ASKS, conflicts=("embassy",))
    story = _linked(a_told_case(), asks=asks)
    (told,) = story.of(f.ToldBeforeExcluded)
    assert (told.party, told.reason) == ("embassy", Reason.CONFLICT)
    assert story.owes("told_before_excluded", alert=story.alert("embassy").id)
    assert not _linked(a_case(), asks=asks).of(f.ToldBeforeExcluded), "they were told nothing"
    elsewhere = replace(ASKS, conflicts=("haldane",))
    assert not _linked(a_told_case(), asks=elsewhere).of(f.ToldBeforeExcluded)


def test_a_kind_that_their_people_refused_is_not_told_here() -> None:
    story = _linked(a_case(), asks=replace(ASKS, refused_tracks=(MISSIONS,)))
    assert story.release(MISSIONS).told(last=True) == []


def test_the_stricter_label_ceiling_and_wish_of_two_linked_cases_count() -> None:
    own = Safeguards(
        refused_kinds=(COMPANIES,),
        label=Label.AMBER,
        may_contact=ContactRule.ORGANISATION,
        mode_ceiling=Mode.PRIVATE,
        conflicts=("fjord",),
    )
    asks = replace(
        ASKS,
        refused_tracks=(MISSIONS,),
        label=Label.RED,
        may_contact=ContactRule.REPRESENTATIVE,
        mode_ceiling=Mode.QUIET,
        conflicts=("bright",),
    )
    both = stricter(own, _linked(a_case(), asks=asks).case)
    assert both.refused_kinds == tuple(sorted((COMPANIES, MISSIONS)))
    assert both.label is Label.RED
    assert both.may_contact is ContactRule.NOBODY, "they do not agree whom"
    assert both.mode_ceiling is Mode.QUIET
    assert both.conflicts == ("bright", "fjord")
    assert both.linked == (
        Concerned(case="other", subjects=(THEIRS,), consents=_beside(MISSIONS).consents),
    )


def test_what_the_other_case_leaves_open_stays_as_strict_as_it_is_here() -> None:
    own = Safeguards(
        label=Label.RED, may_contact=ContactRule.REPRESENTATIVE, mode_ceiling=Mode.QUIET
    )
    wide = replace(ASKS, label=Label.AMBER, mode_ceiling=Mode.PRIVATE)
    both = stricter(own, _linked(a_case(), asks=wide).case)
    assert (both.label, both.mode_ceiling) == (Label.RED, Mode.QUIET)
    assert both.may_contact is ContactRule.REPRESENTATIVE
    same = replace(wide, may_contact=ContactRule.REPRESENTATIVE)
    agreed = stricter(own, _linked(a_case(), asks=same).case)
    assert agreed.may_contact is ContactRule.REPRESENTATIVE


def test_what_a_case_asks_of_others_is_what_its_own_people_said() -> None:
    case = replace(
        a_case().case, conflicts=("fjord",), refused_tracks=(COMPANIES,), mode_ceiling=Mode.QUIET
    )
    asks = linking.strictures_of(case)
    assert asks.subjects == case.subjects != ()
    assert asks.closure == case.closure_digest != ""
    assert (asks.conflicts, asks.refused_tracks) == (("fjord",), (COMPANIES,))
    assert (asks.mode_ceiling, asks.label) == (Mode.QUIET, case.label)
    housed = replace(case, houses=(House(source="hotline", party="nhri-qn", noted=True),))
    assert linking.strictures_of(housed).houses == (("hotline", "nhri-qn"),)
    labelled = replace(case, label=Label.RED, may_contact=ContactRule.NOBODY)
    assert linking.strictures_of(labelled).label is Label.RED
    assert linking.strictures_of(labelled).may_contact is ContactRule.NOBODY


# --- a reprisal that only the link shows


def test_an_act_there_after_a_notice_here_freezes_this_one_and_makes_it_grave() -> None:
    story = a_told_case()
    _linked(story, act="e9", after=story.case.id)
    (suspected,) = story.of(f.ReprisalSuspected)
    assert (suspected.event, suspected.at, suspected.after) == ("e9", story.now, "")
    assert story.case.severity is Severity.CRITICAL
    assert story.track(TrackName.DUTY).track == duty.built_in(Severity.CRITICAL)
    assert _frozen(story) >= {MISSIONS, COMPANIES}
    assert story.owes("reprisal", critical=True)


def test_an_act_after_a_notice_there_freezes_this_one_and_leaves_it_as_grave_as_it_is() -> None:
    story = _linked(a_told_case(), act="e9", after="other")
    (suspected,) = story.of(f.ReprisalSuspected)
    assert suspected.after == "other"
    assert story.case.severity is Severity.HIGH
    assert _frozen(story) >= {MISSIONS, COMPANIES}


# --- the other case goes on


def test_whatever_the_linked_case_asks_later_counts_here_at_once() -> None:
    story = _linked(a_case())
    asks = replace(ASKS, subjects=(THEIRS, "hotline-two/s3"))
    _grew(story, asks)
    (changed,) = story.of(f.LinkedChanged)
    assert (changed.case, changed.at, changed.strictures) == ("other", story.now, asks)
    assert story.case.links[0].strictures == asks
    assert story.release(MISSIONS).told(last=True) == [], "nobody asked the third person"


def test_one_of_two_linked_cases_grows_and_the_other_is_as_it_was() -> None:
    both = (_beside(MISSIONS), _beside(MISSIONS, case="third"))
    story = _linked(_linked(a_case(), *both), *both, case="third")
    asks = replace(ASKS, refused_tracks=(COMPANIES,))
    _grew(story, asks, case="third")
    assert {each.case: each.strictures for each in story.case.links} == {
        "other": ASKS,
        "third": asks,
    }


def test_a_conflict_that_the_linked_case_learns_of_later_is_told_to_duty() -> None:
    story = _grew(_linked(a_told_case()), replace(ASKS, conflicts=("embassy",)))
    (told,) = story.of(f.ToldBeforeExcluded)
    assert told.reason is Reason.CONFLICT


def test_what_is_no_longer_linked_changes_nothing() -> None:
    story = _grew(a_case(), ASKS)
    assert story.last == ()


def test_where_their_people_allow_it_now_a_person_is_asked_and_nobody_is_told() -> None:
    story = _linked(a_case(), _beside()).release(MISSIONS)
    assert story.told(last=True) == []
    story.around(linked=(_beside(MISSIONS),))
    _grew(story, ASKS)
    assert story.told(last=True) == [] and not story.of(f.LinkedChanged)
    assert story.owes("release", detail=MISSIONS.value)


# --- parting them


def test_one_person_does_not_part_them_and_a_second_does() -> None:
    story = _linked(a_case(), _beside()).release(MISSIONS)
    story.send(_parting(story, "ana"))
    (given,) = story.of(f.UnlinkGiven)
    assert (given.by, given.at, given.note) == ("ana", story.now, "note-1")
    assert given.why is WhyUnlinked.ANOTHER_PERSON
    assert story.case.links and story.owes("confirm_unlink")

    again = story.refused(_parting(story, "ana"))
    assert again.reason is RefusedBecause.SAME_PERSON and "second person" in str(again)

    story.around(linked=())
    story.send(_parting(story, "ben"))
    (parted,) = story.of(f.CasesUnlinked)
    assert (parted.case, parted.by, parted.at) == ("other", ("ana", "ben"), story.now)
    assert parted.why is WhyUnlinked.ANOTHER_PERSON
    assert not story.case.links and not story.case.unlinking
    assert not story.owes("confirm_unlink")
    assert story.told(last=True) == [], "a person decides whether anybody is told"
    assert story.owes("release", detail=MISSIONS.value)
    assert story.release(MISSIONS).told(last=True) == ["lea", "desk"]


def test_no_word_done_stands_in_for_the_second_person_who_parts_them() -> None:
    story = _linked(a_case())
    story.send(_parting(story, "ana"))
    refused = story.refused(story.a_finish("confirm_unlink", by="chi"))
    assert refused.reason is RefusedBecause.INCOMPLETE
    assert refused.detail == (
        "confirm_unlink: agree on the case to unlink it; until then it stays linked."
    )
    assert story.case.links


def test_what_is_linked_with_nothing_cannot_be_parted() -> None:
    story = a_case()
    refused = story.refused(_parting(story, "ana"))
    assert refused.reason is RefusedBecause.INCOMPLETE and "no case" in str(refused)


def test_the_first_who_agreed_does_not_count_for_a_link_made_since() -> None:
    story = _linked(a_case())
    story.send(_parting(story, "ana"))
    _linked(story, _beside(MISSIONS), _beside(MISSIONS, case="third"), case="third")
    assert story.case.unlinking == ()
    story.send(_parting(story, "ben"))
    assert len(story.case.links) == 2, "for what is linked now, one person has agreed"


def test_two_people_part_it_from_all_that_it_is_linked_with() -> None:
    both = (_beside(MISSIONS), _beside(MISSIONS, case="third"))
    story = _linked(_linked(a_case(), *both), *both, case="third")
    story.send(_parting(story, "ana")).send(_parting(story, "ben"))
    assert [each.case for each in story.of(f.CasesUnlinked)] == ["other", "third"]
    assert all(each.by == ("ana", "ben") for each in story.of(f.CasesUnlinked))
    assert not story.case.links


def test_the_other_side_is_parted_from_that_one_alone() -> None:
    both = (_beside(MISSIONS), _beside(MISSIONS, case="third"))
    story = _linked(_linked(a_case(), *both), *both, case="third")
    parted = c.BeUnlinked(
        case=story.case.id, other="third", by=("ana", "ben"), why=WhyUnlinked.ANOTHER_PERSON
    )
    story.send(parted)
    assert [each.case for each in story.case.links] == ["other"]
    assert story.send(parted).last == (), "it is parted already"


def test_a_case_that_is_over_asks_nobody_to_release_when_it_is_parted() -> None:
    story = _linked(a_case().proposed().confirmed())
    story.send(_parting(story, "ana")).send(_parting(story, "ben"))
    assert not story.case.links and not story.owes("release", detail=MISSIONS.value)
