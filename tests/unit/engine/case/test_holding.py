"""Scoped holds: people ask to wait for somebody; nobody approaches them until it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.state import AlertStatus, Case, dump_case, load_case
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import ActionKind, TrackName
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.plan import Reason
from schemas.responses import RefusedBecause, ResponseKind
from tests.unit.engine.case.builders import (
    LINKS,
    PARTIES,
    REGISTRY,
    Story,
    a_case,
    a_told_case,
    at,
)

MISSIONS, NHRIS, INVESTORS = TrackName.MISSIONS, TrackName.NHRIS, TrackName.INVESTORS


def _ready(**changes: object) -> Story:
    """A case that somebody looks after, on Tuesday morning."""
    return a_case(now=at("Tue 09:00"), **changes).page_answered()  # type: ignore[arg-type]


# --- placing


@pytest.mark.parametrize(
    "scope",
    [
        {"tracks": (MISSIONS,)},
        {"states": ("QN",)},
        {"kinds": (PartyKind.MISSION,)},
        {"tracks": (MISSIONS,), "states": ("QN",), "kinds": (PartyKind.MISSION,)},
    ],
)
def test_nobody_of_the_scope_is_told_while_it_holds(scope: dict[str, object]) -> None:
    story = _ready().hold(until="Tue 20:00", **scope).release(MISSIONS)
    assert story.told() == []
    assert story.alert("embassy").reason is Reason.HELD


@pytest.mark.parametrize(
    "scope",
    [
        {"tracks": (NHRIS,)},
        {"states": ("QS",)},
        {"kinds": (PartyKind.NHRI,)},
        {"tracks": (MISSIONS,), "states": ("QS",)},
    ],
)
def test_whoever_fits_one_part_only_is_not_held(scope: dict[str, object]) -> None:
    story = _ready().hold(until="Tue 20:00", **scope).release(MISSIONS)
    assert story.told() == ["lea"]


def test_nobody_approaches_an_embassy_until_tuesday_eight_in_the_evening() -> None:
    story = _ready().release(MISSIONS).hold("embassy", until="Tue 20:00").claimed("lea")
    assert [x.reason for x in story.of(f.TellRefused)] == [Reason.HELD]
    assert story.by("Tue 20:00").told() == ["lea"], "the message that was refused"
    story.when("Tue 20:00")
    assert story.asked()[-1] == ("Tue 20:00", "lea+desk")


def test_a_hold_of_one_party_holds_no_other() -> None:
    story = _ready().hold("embassy", until="Tue 20:00").release(MISSIONS).release(NHRIS)
    assert {x.party for x in story.of(f.Told) if x.track.outward} == {"nhri-qn"}


def test_duty_is_paged_while_everything_is_held() -> None:
    story = a_case().hold(until="Wed 20:00", tracks=tuple(TrackName))
    story.when("Tue 02:00")
    assert story.pages(), "nobody took it, and nobody holds duty"


def test_the_next_party_is_asked_while_the_first_is_held() -> None:
    story = _ready().hold("fjord", until="Tue 20:00").release(INVESTORS)
    assert story.told() == ["bright-mail"]


def test_whoever_was_held_is_not_asked_as_well_once_another_has_it() -> None:
    story = _ready().hold("fjord", until="Tue 20:00").release(INVESTORS)
    story.handed_off("bright-mail").when("Tue 20:30")
    assert story.told() == ["bright-mail"]


def test_with_everybody_held_nobody_is_sent_looking_for_somebody_else() -> None:
    story = _ready().hold("embassy", until="Tue 20:00").release(MISSIONS)
    assert not story.owes("nobody_left")


# --- what it owes


def test_a_hold_is_a_task_of_whoever_placed_it_with_its_end_as_deadline() -> None:
    story = _ready().hold("embassy", until="Tue 20:00", by="ben")
    task = story.task("hold")
    assert (task.owner, task.due_at, task.detail) == ("ben", at("Tue 20:00"), "hold-1")
    assert due_at(story.case) <= at("Tue 20:00")  # type: ignore[operator]


def test_when_it_ends_its_owner_hears_of_it() -> None:
    story = _ready().hold("embassy", until="Tue 20:00", by="ben").when("Tue 20:00")
    assert ("Tue 20:00", "ben") in story.pages()
    assert story.owes("hold"), "until ben has looked"
    assert story.of(f.HoldEnded)[-1].by == ("engine",)


def test_nobody_is_asked_to_release_a_track_on_which_all_are_held() -> None:
    story = a_case()
    assert story.owes("release", detail="missions")
    story.hold(until="Fri 10:00", tracks=(MISSIONS,))
    assert not story.owes("release", detail="missions"), "the hold is the task"
    assert story.owes("release", detail="nhris")
    story.when("Fri 10:00")
    assert story.owes("release", detail="missions"), "it ended: now somebody decides"


def test_a_hold_of_one_party_leaves_the_release_of_the_others_a_task() -> None:
    story = a_case().hold("fjord", until="Fri 10:00")
    assert story.owes("release", detail="investors")


def test_two_holds_of_one_party_hold_until_the_later_ends() -> None:
    story = (
        _ready()
        .hold("embassy", until="Tue 20:00")
        .hold(until="Wed 08:00", id="hold-2", tracks=(MISSIONS,))
    )
    story.release(MISSIONS).when("Tue 21:00")
    assert story.told() == []
    assert story.when("Wed 08:00").asked() == [("Wed 08:00", "lea")]


def test_a_hold_releases_nothing_when_it_ends() -> None:
    story = _ready().hold("embassy", until="Tue 20:00").when("Wed 08:00")
    assert story.told() == []


def test_a_frozen_track_stays_frozen_when_a_hold_ends() -> None:
    story = _ready().hold("embassy", until="Tue 20:00").release(MISSIONS).freeze(MISSIONS)
    assert story.when("Wed 08:00").told() == []


def test_lifting_a_freeze_does_not_reach_whoever_is_held() -> None:
    story = _ready().hold("embassy", until="Wed 20:00").release(MISSIONS).freeze(MISSIONS)
    assert story.lifted(MISSIONS).told() == []
    assert story.when("Wed 20:00").told() == ["lea", "desk"]


# --- clocks of those who were told before


def test_whoever_was_told_before_is_not_pressed_while_held() -> None:
    story = a_told_case().hold("embassy", until="Fri 20:00").when("Fri 19:59")
    assert not story.of(f.ContactSilent)
    assert not story.owes("phone_them"), "a phone call is an approach as well"
    assert story.told() == ["lea", "desk"]


def test_after_the_hold_their_silence_counts_again() -> None:
    story = a_told_case().hold("embassy", until="Fri 20:00").when("Fri 20:00")
    assert story.of(f.ContactSilent)


def test_they_may_answer_while_held() -> None:
    story = a_told_case().hold("embassy", until="Fri 20:00")
    story.answer("lea", ResponseKind.ACKNOWLEDGED)
    assert story.alert("embassy").status is AlertStatus.ANSWERED


def test_nobody_asks_after_a_promise_of_somebody_held() -> None:
    story = a_told_case().promises("lea", ActionKind.CALL, due="Tue 14:00")
    story.hold("embassy", until="Wed 20:00").when("Wed 19:59")
    assert not story.of(f.PromiseAsked)
    assert story.when("Wed 20:00").of(f.PromiseAsked)


def test_a_lifted_hold_lets_their_clocks_go_on_now() -> None:
    story = a_told_case().hold("embassy", until="20 Mar 20:00").when("Thu 12:00")
    story.send(story.a_hold_lift("ana")).send(story.a_hold_lift("ben"))
    assert story.of(f.ContactSilent, last=True)


# --- lifting


def test_ending_it_early_takes_two_different_people() -> None:
    story = _ready().hold("embassy", until="Wed 20:00").release(MISSIONS)
    story.send(story.a_hold_lift("ana"))
    assert story.told() == []
    assert story.refused(story.a_hold_lift("ana")).reason is RefusedBecause.SAME_PERSON
    story.send(story.a_hold_lift("ben"))
    assert story.told() == ["lea"]
    assert story.of(f.HoldEnded)[-1].by == ("ana", "ben")
    assert not story.owes("hold")


def test_what_is_not_held_cannot_be_lifted() -> None:
    story = _ready()
    assert story.refused(story.a_hold_lift("ana")).reason is RefusedBecause.NO_SUCH_HOLD


# --- what is refused


def test_a_hold_of_nobody_in_particular_is_refused() -> None:
    refusal = (story := _ready()).refused(story.a_hold(until="Tue 20:00"))
    assert refusal.reason is RefusedBecause.INCOMPLETE
    assert "whom" in refusal.detail


@pytest.mark.parametrize("until", ["Tue 09:00", "Mon 20:00", "20 May 09:00"])
def test_a_hold_without_an_end_worth_the_name_is_refused(until: str) -> None:
    story = _ready()
    assert story.refused(story.a_hold("embassy", until=until)).detail.startswith("until")


def test_the_same_hold_is_placed_once() -> None:
    story = _ready().hold("embassy", until="Tue 20:00")
    again = story.a_hold("embassy", until="Tue 20:00")
    assert story.refused(again).reason is RefusedBecause.INCOMPLETE


def test_holds_do_not_grow_without_end() -> None:
    story = _ready()
    for n in range(20):
        story.hold("embassy", until="Tue 20:00", id=f"h{n}")
    more = story.a_hold("embassy", until="Tue 20:00", id="one-more")
    assert story.refused(more).reason is RefusedBecause.INCOMPLETE


def test_a_case_that_is_over_takes_no_hold() -> None:
    story = a_told_case().proposed().confirmed()
    place = story.a_hold("embassy", until="Fri 20:00")
    assert story.refused(place).reason is RefusedBecause.NOT_OPEN
    assert story.refused(story.a_hold_lift("ana")).reason is RefusedBecause.NOT_OPEN


def test_a_hold_outlives_the_end_of_its_case_and_tells_nobody_when_it_ends() -> None:
    story = a_told_case().hold("embassy", until="Fri 20:00").proposed().confirmed()
    before = story.told()
    story.when("Fri 19:00")
    assert story.told() == before


def test_whoever_was_held_when_the_case_ended_is_somebodys_task_when_the_hold_ends() -> None:
    story = a_told_case().hold("embassy", until="Fri 20:00").proposed().confirmed()
    task = story.task("stand_down_held")
    assert task.due_at == at("Fri 20:00")
    assert task.alert == story.alert("embassy").id
    story.when("Fri 20:00")
    assert story.of(f.HoldEnded)


# --- replay


def test_a_stored_hold_is_read_back() -> None:
    story = _ready().hold("embassy", until="Tue 20:00", states=("QN",), kinds=(PartyKind.MISSION,))
    assert load_case(dump_case(story.case)).holds == story.case.holds


def test_facts_about_unknown_holds_change_nothing() -> None:
    case = a_case().case
    for fact in (
        f.HoldLiftGiven(hold="none", by="ana", at=at("Mon 22:00")),
        f.HoldEnded(hold="none", by=("engine",), at=at("Mon 22:00")),
        f.AlertHeld(alert="none", hold="none", until=at("Tue 22:00")),
    ):
        after = evolve(case, fact)
        assert (after.holds, after.alerts) == (case.holds, case.alerts)


@settings(max_examples=30)
@given(
    holds=st.lists(
        st.tuples(
            st.sampled_from(
                [("embassy", ()), ("", (MISSIONS,)), ("fjord", ()), ("", (INVESTORS,))]
            ),
            st.integers(min_value=1, max_value=30),
        ),
        min_size=1,
        max_size=4,
    ),
    pause=st.integers(min_value=1, max_value=40),
)
def test_whatever_is_held_nobody_of_it_is_told_before_its_end(
    holds: list[tuple[tuple[str, tuple[TrackName, ...]], int]], pause: int
) -> None:
    story = _ready()
    ends = {MISSIONS: story.now, INVESTORS: story.now}
    for n, ((party, tracks), hours) in enumerate(holds):
        hold = story.a_hold(*([party] if party else []), until="Tue 20:00", id=f"h{n}")
        until = story.now + timedelta(hours=hours)
        story.send(replace(hold, hold=replace(hold.hold, until=until, tracks=tracks)))
        if party != "fjord":  # of the investors another one may be asked
            track = INVESTORS if tracks == (INVESTORS,) else MISSIONS
            ends[track] = max(ends[track], until)
    story.release(MISSIONS).release(INVESTORS).after(hours=pause)

    for told in story.of(f.Told):
        assert told.track not in ends or told.at >= ends[told.track]
    replayed = Case(id=story.case.id, around=story.case.around)
    for fact in story.facts:
        replayed = evolve(replayed, fact)
    assert dump_case(replayed) == dump_case(story.case)


def test_every_record_of_a_party_that_is_held_is_held() -> None:
    twice = Party(id="embassy-2", kind=PartyKind.MISSION, name="Embassy QN", state="QN")
    same = Link(
        id="same",
        kind=LinkKind.SAME_AS,
        a="embassy-2",
        b="embassy",
        status=LinkStatus.UNVERIFIED,
        source="list",
    )
    contacts = [x for p in PARTIES for x in REGISTRY.contacts(p.id)]
    registry = Registry((*PARTIES, twice), links=(*LINKS, same), contacts=contacts)
    story = _ready(registry=registry).hold("embassy-2", until="Tue 20:00").release(MISSIONS)
    assert story.told() == []


def test_a_hold_may_last_sixty_days_to_the_minute() -> None:
    story = _ready()
    asked = story.a_hold("embassy", until="Tue 20:00")
    most = replace(asked.hold, until=story.now + timedelta(days=60))
    story.send(replace(asked, hold=most))
    assert [each.hold for each in story.case.holds] == [most]
