"""Protocols: what two people agreed beforehand releases at once, and nothing beside it does."""

from dataclasses import replace
from typing import Any

import pytest

from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Gate, Protocol, Reason, Spread, Step, Trouble
from tests.unit.engine.case.builders import (
    BRIGHT,
    EMBASSY,
    FJORD,
    NHRI,
    Story,
    a_consent,
    an_event,
    at,
    found,
    outward,
)

MISSIONS, INVESTORS = TrackName.MISSIONS, TrackName.INVESTORS
AGREED = Protocol(
    id="quick-line",
    publisher="hotline",
    audiences=(MISSIONS,),
    codes=("arrest", "detention"),
    subject=None,
    agreed_by=("ana", "chi"),
    until=at("20 Mar 12:00"),
)
LINE = outward(MISSIONS, gate=Gate.PROTOCOL)


def _consenting(*audiences: str, **changes: Any) -> Any:
    given = {"basis": "person", "audiences": list(audiences or ("missions",)), "mode": "private"}
    return an_event(consent=[given | changes.pop("given", {})], **changes)


def a_report(*protocols: Protocol, event: Any = None, story: Story | None = None, **more: Any):  # type: ignore[no-untyped-def]
    story = story or Story(consents=more.pop("consents", None))
    return story.report(
        event or _consenting(), tracks=more.pop("tracks", (LINE,)),
        candidates=more.pop("candidates", (EMBASSY,)), protocols=protocols or (AGREED,), **more,
    )  # fmt: skip


def test_consent_in_the_event_releases_at_once_without_a_hand() -> None:
    story = a_report()
    assert story.asked() == [("Mon 22:00", "lea+desk")]
    (applied,) = story.of(f.ProtocolApplied)
    assert (applied.protocol, applied.agreed_by) == ("quick-line", ("ana", "chi"))
    assert story.track(MISSIONS).protocol == "quick-line"
    assert not story.owes("release") and story.owes("triage"), "a person still looks at the case"


@pytest.mark.parametrize(
    "changes",
    [
        {"publisher": "another-line"},
        {"audiences": (INVESTORS,)},
        {"codes": ("raid_search",)},
        {"subject": "s2"},
        {"agreed_by": ("ana", "ana")},
    ],
    ids=["publisher", "audience", "code", "subject", "one_person_twice"],
)
def test_whatever_it_does_not_name_waits_for_a_person(changes: dict[str, Any]) -> None:
    story = a_report(replace(AGREED, **changes))
    assert story.told() == []
    assert story.owes("release", detail="missions")
    assert story.release(MISSIONS).told() == ["lea", "desk"], "one person opens it by hand"


def test_a_protocol_for_one_subject_covers_that_subject_alone() -> None:
    mine = replace(AGREED, subject="s1")
    assert a_report(mine).told() == ["lea", "desk"]
    two = [{"kind": "person", "pseudonym": name} for name in ("s1", "s2")]
    assert a_report(mine, event=_consenting(subjects=two)).told() == []


@pytest.mark.parametrize(
    "event",
    [
        an_event(),
        _consenting("investors"),
        _consenting(given={"state": "revoked"}),
    ],
    ids=["none", "others", "revoked"],
)
def test_without_consent_in_the_event_it_releases_nothing(event: Any) -> None:
    assert not a_report(event=event).of(f.ProtocolApplied)


def test_the_guard_stands_before_every_protocol() -> None:
    story = a_report(consents=(a_consent(MISSIONS, revoked=True),))
    assert story.told() == []
    assert story.alert("embassy").reason is Reason.CONSENT_REVOKED
    unsure = a_report(event=_consenting(certainty="possible"))
    assert unsure.told() == [] and unsure.alert("embassy").reason is Reason.CERTAINTY


def test_a_protocol_that_ran_out_leaves_a_release_and_a_task() -> None:
    story = a_report(replace(AGREED, until=at("Mon 22:00")))
    assert story.told() == []
    assert story.owes("release", detail="missions")
    assert story.owes("protocol_over", detail="missions")


def test_when_it_runs_out_the_gate_closes_and_people_are_asked() -> None:
    story = a_report(replace(AGREED, until=at("Tue 09:00"))).page_answered()
    assert story.owes("release_ends", detail="missions")
    story.by("Tue 09:00").claimed("lea")
    assert story.of(f.TellRefused, last=True)[0].reason is Reason.GATE_CLOSED
    story.when("Tue 09:00")
    assert story.owes("protocol_over", detail="missions")
    assert story.track(MISSIONS).anchor_at is None


def test_of_several_that_cover_it_the_longest_counts() -> None:
    longer = replace(AGREED, id="longer", until=at("25 Mar 12:00"))
    story = a_report(AGREED, longer, replace(AGREED, id="old", until=at("Mon 10:00")))
    assert story.track(MISSIONS).protocol == "longer"


def test_those_found_by_a_further_report_are_told_under_it_as_well() -> None:
    other = replace(NHRI, track=MISSIONS)
    story = a_report()
    story.case = replace(story.case, last_outward_at=None)  # else the new act freezes everything
    a_report(story=story, candidates=(EMBASSY, other))
    assert story.told() == ["lea", "desk", "nhri-mail"]
    assert story.of(f.ProtocolApplied)[-1].again


def test_a_protocol_releases_nothing_on_a_frozen_track() -> None:
    story = a_report()
    a_report(story=story, candidates=(EMBASSY, replace(NHRI, track=MISSIONS)))
    assert story.track(MISSIONS).frozen, "a new act after a notice is a suspected reprisal"
    assert story.told() == ["lea", "desk"]


def test_several_investors_at_once_take_a_record_whatever_was_agreed_beforehand() -> None:
    line = outward(INVESTORS, gate=Gate.PROTOCOL, spread=Spread.ALL)
    both = replace(AGREED, audiences=(INVESTORS,))
    event = _consenting("investors")
    one = a_report(both, event=event, tracks=(line,), candidates=(FJORD,))
    assert one.told() == ["fjord-mail"]
    two = a_report(both, event=event, tracks=(line,), candidates=(FJORD, BRIGHT))
    assert two.told() == [] and two.owes("release", detail="investors")


@pytest.mark.parametrize("gate", [Gate.RELEASE, Gate.RELEASE_TWO, Gate.NECESSITY, Gate.NONE])
def test_only_a_gate_that_says_protocol_opens_by_one(gate: Gate) -> None:
    story = a_report(tracks=(outward(MISSIONS, gate=gate),))
    assert story.told() == [] and not story.of(f.ProtocolApplied)


def test_of_a_registry_that_nobody_has_looked_at_for_long_no_machine_releases() -> None:
    story = a_report(troubles=(Trouble.REGISTRY_OLD,))

    assert story.told() == []
    assert story.owes("release", detail="missions") and story.owes("planning_trouble")
    assert story.release(MISSIONS).told() == ["lea", "desk"], "a person who looked may"


def test_a_track_that_asks_one_after_the_other_does_so_under_a_protocol_as_well() -> None:
    line = replace(LINE, steps=(Step(offset=0, spread=Spread.NEXT),))
    further = (found("nhri-qn", MISSIONS, rank=1), found("haldane", MISSIONS, rank=2))
    story = a_report(tracks=(line,))
    before = len(story.told())
    story.case = replace(story.case, last_outward_at=None)  # else the new act freezes everything
    a_report(story=story, tracks=(line,), candidates=(EMBASSY, *further))
    assert story.told()[before:] == ["nhri-mail"]
