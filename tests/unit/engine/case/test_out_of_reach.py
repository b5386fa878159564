"""A party that is to be told and that no message reaches is phoned, whoever else was told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.contact import Contact, Level
from schemas.plan import Closure, Excluded, Reason, Spread
from tests.unit.engine.case.builders import (
    CONTACTS,
    EMBASSY,
    LINKS,
    NHRI,
    PARTIES,
    Registry,
    Story,
    a_consent,
    at,
    outward,
    registry_without,
)

MISSIONS = TrackName.MISSIONS
COMMISSION = replace(NHRI, track=MISSIONS, rank=1)


def two_missions(
    severity: Severity = Severity.CRITICAL, *, spread: Spread = Spread.ALL, **around: object
) -> Story:
    """An embassy and a commission are to be told on one track, once somebody releases it."""
    story = Story(now=at("Tue 10:00"), **around).report(  # type: ignore[arg-type]
        severity=severity,
        tracks=(outward(MISSIONS, spread=spread),),
        candidates=(EMBASSY, COMMISSION),
    )
    return story


def the_embassy_has(change: Callable[[Contact], Contact]) -> Registry:
    contacts = tuple(change(x) if x.party == "embassy" else x for x in CONTACTS)
    return Registry(PARTIES, links=LINKS, contacts=contacts)


def test_others_are_told_and_the_party_nobody_can_reach_is_phoned() -> None:
    story = two_missions().around(registry=registry_without("lea", "desk")).release(MISSIONS)

    assert story.told() == ["nhri-mail"]
    task = story.task("unreachable")
    assert (task.alert, task.detail, task.critical) == (story.alert("embassy").id, "", True)
    assert not story.owes("nobody_left"), "somebody of the track was told"


def test_it_is_not_critical_where_the_case_is_not_grave() -> None:
    story = two_missions(Severity.ELEVATED).around(registry=registry_without("lea", "desk"))

    story.release(MISSIONS)

    assert not story.task("unreachable").critical


@pytest.mark.parametrize(
    "change",
    [
        lambda x: replace(x, away_until=date(2027, 3, 31)),
        lambda x: replace(x, verified_until=at("Tue 09:00")),
    ],
    ids=["everybody is on leave", "nobody stands for the addresses any more"],
)
def test_contacts_that_may_not_be_used_today_are_no_way_either(
    change: Callable[[Contact], Contact],
) -> None:
    story = two_missions().around(registry=the_embassy_has(change)).release(MISSIONS)

    assert story.told() == ["nhri-mail"]
    assert story.owes("unreachable")


def test_one_contact_with_a_way_is_enough_and_nobody_is_asked_to_phone() -> None:
    story = two_missions().around(registry=registry_without("lea")).release(MISSIONS)

    assert sorted(story.told()) == ["desk", "nhri-mail"]
    assert not story.owes("unreachable")


def test_asked_in_turn_the_nearest_out_of_reach_gives_way_and_is_phoned() -> None:
    story = two_missions(spread=Spread.NEXT).around(registry=registry_without("lea", "desk"))

    story.release(MISSIONS)

    assert story.told() == ["nhri-mail"]
    assert story.task("unreachable").alert == story.alert("embassy").id


def test_with_nobody_told_at_all_both_are_owed() -> None:
    gone = registry_without("lea", "desk", "nhri-mail")
    story = two_missions().around(registry=gone).release(MISSIONS)

    assert {t.alert for t in story.case.tasks if t.kind == "unreachable"} == {
        story.alert("embassy").id,
        story.alert("nhri-qn").id,
    }
    assert story.owes("nobody_left", detail="missions")


def test_a_hold_ends_and_whoever_it_kept_waiting_has_no_way_left() -> None:
    story = two_missions().hold("embassy", until="Tue 14:00").release(MISSIONS)
    assert not story.owes("unreachable")

    story.around(registry=registry_without("lea", "desk")).when("Tue 14:01")

    assert story.owes("unreachable")


def test_releasing_again_asks_nobody_a_second_time() -> None:
    story = two_missions().around(registry=registry_without("lea", "desk"))

    story.release(MISSIONS).release(MISSIONS)

    assert [fact.task_kind for fact in story.of(f.TaskRaised)].count("unreachable") == 1


def test_somebody_of_ours_hears_of_it_like_of_any_other_task() -> None:
    story = two_missions().page_answered().around(registry=registry_without("lea", "desk"))
    before = len(story.of(f.Told))

    story.release(MISSIONS).when("Tue 10:01")

    assert TrackName.DUTY in {told.track for told in story.of(f.Told)[before:]}


# --- whom nobody is to phone


def _excluded(story: Story) -> Story:
    entry = Excluded(party="embassy", reason=Reason.PERPETRATOR_CLOSURE)
    return story.around(closure=Closure(digest="d9", entries=(entry,)))


def _unwanted(story: Story) -> Story:
    return story.around(consents=(a_consent(TrackName.NHRIS),))


def _held(story: Story) -> Story:
    return story.hold("embassy", until="Fri 20:00")


@pytest.mark.parametrize("kept", [_excluded, _unwanted, _held])
def test_whoever_may_not_be_told_is_not_phoned_because_no_way_works(
    kept: Callable[[Story], Story],
) -> None:
    story = kept(two_missions().around(registry=registry_without("lea", "desk")))

    story.release(MISSIONS)

    assert story.alert("embassy").status is AlertStatus.WITHHELD
    assert not story.owes("unreachable")


# --- always


@settings(max_examples=60, deadline=None)
@given(
    lost=st.sets(st.sampled_from(("lea", "desk", "nhri-mail"))),
    by_site=st.sets(st.sampled_from(("lea", "desk", "nhri-mail"))),
    spread=st.sampled_from(Spread),
    severity=st.sampled_from(Severity),
)
def test_a_party_that_was_due_is_told_or_phoned_or_has_only_its_site(
    lost: set[str], by_site: set[str], spread: Spread, severity: Severity
) -> None:
    kept = tuple(
        replace(x, level=Level.SITE) if x.id in by_site else x for x in CONTACTS if x.id not in lost
    )
    story = two_missions(severity, spread=spread)

    story.around(registry=Registry(PARTIES, links=LINKS, contacts=kept)).release(MISSIONS)

    told = set(story.told())
    phoned = {task.alert for task in story.case.tasks if task.kind == "unreachable"}
    for party, contacts in (("embassy", {"lea", "desk"}), ("nhri-qn", {"nhri-mail"})):
        alert = story.alert(party)
        if alert.status is AlertStatus.PLANNED:
            assert spread is Spread.NEXT and told, "its turn has not come"
            continue
        assert bool(contacts & told) == bool(contacts - lost - by_site)
        assert (alert.id in phoned) == (not contacts & told and bool(contacts & lost))
