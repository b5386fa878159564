"""A line that is run for whoever must not know may publish, and what it says opens nothing more."""

from dataclasses import replace

from engine.case import commands as c
from engine.case.state import AlertStatus, dump_case, load_case
from rules import exclusion
from schemas import facts as f
from schemas.codes import Certainty, TrackName
from schemas.consent import ConsentDoor
from schemas.link import Link, LinkKind, LinkStatus
from schemas.plan import Gate, Reason
from tests.unit.engine.case.builders import (
    EMBASSY,
    Story,
    a_consent,
    an_event,
    outward,
    registry_without,
)
from tests.unit.engine.case.test_protocols import AGREED

MISSIONS = TrackName.MISSIONS
SAID = a_consent(by="hotline", door=ConsentDoor.EVENT)
TIE = Link(
    id="l9",
    kind=LinkKind.PARENT_OF,
    a="guardia",
    b="haldane",
    status=LinkStatus.UNVERIFIED,
    source="paper",
)


def _reported(house: str, **more: object) -> Story:
    story = Story(consents=(more.pop("consent", SAID),))  # type: ignore[arg-type]
    return story.report(candidates=(EMBASSY,), house=house, **more)  # type: ignore[arg-type]


def test_the_consent_that_a_perpetrators_own_line_passes_on_tells_nobody() -> None:
    story = _reported("guardia").page_answered()

    assert not story.release(MISSIONS).told()
    (left,) = [w for w in story.of(f.Planned)[0].withheld if w.party == "embassy"]
    assert left.reason is Reason.CONSENT_FROM_INSIDE


def test_duty_hears_at_once_that_nobody_may_answer_through_that_line() -> None:
    story = _reported("guardia")

    (found,) = story.of(f.SourceInside)
    assert (found.source, found.party) == ("hotline", "guardia")
    assert story.task("source_inside", detail="guardia").critical
    assert not story.report(house="guardia").of(f.SourceInside)[1:], "said once"


def test_once_a_person_asked_the_person_by_another_way_they_may_be_told() -> None:
    story = _reported("guardia").page_answered()
    asked = replace(SAID, id="consent-2", by="ana", door=ConsentDoor.CONSOLE)

    story.send(
        c.JudgeCertainty(
            inbox=story.inbox(),
            case=story.case.id,
            certainty=Certainty.CONFIRMED,
            by="ana",
            reason="spoke_to_source",
        )
    )
    story.consent("granted", asked).release(MISSIONS)

    assert story.told() == ["lea", "desk"]


def test_a_line_of_somebody_who_may_know_is_believed_as_any_other() -> None:
    for house in ("", "nhri-qn"):
        story = _reported(house).page_answered().release(MISSIONS)

        assert story.told() == ["lea", "desk"]
        assert not story.of(f.SourceInside)


def test_a_line_found_to_be_theirs_later_stops_what_was_let_go_on_its_word() -> None:
    story = _reported("haldane").page_answered().release(MISSIONS)
    assert story.told() == ["lea", "desk"]
    registry = registry_without(links=(TIE,))
    fresh = exclusion.closure(registry, an_event())

    story.around(registry=registry, closure=exclusion.join(story.case.around.closure, fresh))
    story.send(c.Recheck(case=story.case.id))

    assert story.alert("embassy").status in (AlertStatus.WITHHELD, AlertStatus.CLOSED)
    assert story.alert("embassy").reason is Reason.CONSENT_FROM_INSIDE
    assert story.owes("source_inside")


def test_how_sure_such_a_line_is_does_not_open_what_a_person_has_to_judge() -> None:
    sure = an_event(
        certainty="confirmed", independent_sources=3, source_reliability="highly_reliable"
    )

    theirs, another = (_reported(house, event=sure).case for house in ("guardia", ""))

    assert theirs.certainty is Certainty.POSSIBLE and theirs.independent_sources == 0
    assert another.certainty is Certainty.CONFIRMED and another.independent_sources == 3


def test_a_protocol_lets_nothing_go_on_the_word_of_such_a_line() -> None:
    event = an_event(consent=[{"basis": "person", "audiences": ["missions"], "mode": "private"}])
    line = (outward(MISSIONS, gate=Gate.PROTOCOL),)

    theirs, another = (
        _reported(house, event=event, tracks=line, protocols=(AGREED,)) for house in ("guardia", "")
    )

    assert not theirs.of(f.ProtocolApplied) and another.of(f.ProtocolApplied)


def test_who_runs_a_line_is_remembered_with_the_case() -> None:
    case = _reported("guardia").case

    (house,) = load_case(dump_case(case)).houses
    assert (house.source, house.party, house.noted) == ("hotline", "guardia", True)
