"""One table of answers through every way: the same facts, but for the way and who typed it in."""

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from schemas import facts as f
from schemas.codes import ActionKind, Effect, Proviso, TrackName
from schemas.responses import DeclineReason, ResponseKind, Way
from tests.unit.engine.case.builders import Story, a_case, at


@dataclass(frozen=True, kw_only=True)
class Row:
    """An answer of Lea's, and what came before it."""

    kind: ResponseKind
    said: dict[str, Any]
    after_promise: bool = False


TABLE = (
    Row(kind=ResponseKind.ACKNOWLEDGED, said={}),
    Row(
        kind=ResponseKind.COMMITTED,
        said={
            "action": ActionKind.VISIT,
            "due": "Wed 14:00",
            "condition": Proviso.FACTS_CONFIRMED,
            "for_date": "d1",
            "note": "v1",
        },
    ),
    Row(kind=ResponseKind.ACTED, said={"action": ActionKind.CALL, "effect": Effect.POSITIVE}),
    Row(kind=ResponseKind.ACTED, said={"effect": Effect.NEGATIVE}, after_promise=True),
    Row(kind=ResponseKind.DECLINED, said={"reason": DeclineReason.NO_CAPACITY}),
    Row(kind=ResponseKind.CONFLICT, said={}),
    Row(kind=ResponseKind.WRONG_CONTACT, said={}),
    Row(kind=ResponseKind.PASSED_ON, said={"passed_on_to": "desk"}),
    Row(kind=ResponseKind.PASSED_ON, said={"passed_on_to": "guardia"}),
    Row(kind=ResponseKind.ASKS, said={"note": "v2"}),
    Row(kind=ResponseKind.WARNS, said={"due": "Tue 20:00"}),
    Row(kind=ResponseKind.ALREADY_ACTING, said={"action": ActionKind.DEMARCHE}),
    Row(kind=ResponseKind.WITHDRAWS, said={}, after_promise=True),
)


def _told(row: Row, *, way: Way) -> tuple[Story, list[f.Fact]]:
    story = a_case(now=at("Tue 09:00")).page_answered().release(TrackName.MISSIONS)
    story.handed_off("lea")
    if row.after_promise:
        story.promises("lea", ActionKind.LETTER, due="Wed 12:00")
    before = len(story.facts)
    story.answer("lea", row.kind, way=way, **row.said)
    return story, story.facts[before:]


def _alike(fact: f.Fact) -> f.Fact:
    named = {field.name for field in fields(fact)}
    return replace(fact, way="") if "way" in named else fact  # type: ignore[call-arg]


def test_the_table_has_every_kind_of_answer() -> None:
    assert {row.kind for row in TABLE} == set(ResponseKind)


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.kind.value)
def test_an_answer_means_the_same_on_every_way_in(row: Row, way: Way) -> None:
    here, said = _told(row, way=way)
    page, on_page = _told(row, way=Way.PAGE)
    assert [_alike(fact) for fact in said] == [_alike(fact) for fact in on_page]
    assert here.case == page.case


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.kind.value)
def test_what_ana_types_in_for_lea_leads_to_the_same_case(row: Row) -> None:
    page, _ = _told(row, way=Way.PAGE)
    story = a_case(now=at("Tue 09:00")).page_answered().release(TrackName.MISSIONS)
    story.handed_off("lea")
    if row.after_promise:
        story.promises("lea", ActionKind.LETTER, due="Wed 12:00")
    alert = story.alert("embassy").id
    story.answer("ana", row.kind, way=Way.PHONE, alert=alert, **row.said)
    assert story.case == page.case
