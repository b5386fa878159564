"""A mechanism's form: filled in with what it may read today, and never with anything else."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.case.matter import Matter
from engine.case.state import AlertStatus
from engine.web.answer.fields import event_fields, look
from engine.web.answer.stages import Stage
from engine.web.form_sheet import How, Line, Sheet, as_document, sheet
from engine.web.form_words import WIDTH, lines
from rules.graph import Registry
from schemas.codes import FieldName, Label, Mode, TrackName
from schemas.form import FormPoint
from schemas.party import Party
from schemas.pattern import Pattern
from schemas.safeguards import Basis
from tests.unit.engine.web.test_projected import (
    LINKED,
    MARK,
    NOW,
    a_consent,
    a_matter,
    reports,
    some_fields,
)
from tests.unit.rules.build import K, a_contact, a_party, a_registry

pytestmark = pytest.mark.guard

TRACK = TrackName.MECHANISMS
ALL = frozenset(FieldName)
EVERY_POINT = tuple(FormPoint)
ARREST: dict[str, Any] = {
    "code": "arrest",
    "sector": "mining",
    "countries": [{"code": "QM", "role": "happened"}],
    "subjects": [{"kind": "person", "pseudonym": f"{MARK}-s1"}],
    "parties": [{"party": f"{MARK}-guards", "role": "alleged_perpetrator"}],
}
FIELD_OF = {
    FormPoint.STATE: FieldName.COUNTRY,
    FormPoint.WHERE: FieldName.COUNTRY,
    FormPoint.ACT: FieldName.ACT,
    FormPoint.WHEN: FieldName.AS_OF,
    FormPoint.SUBJECT: FieldName.SUBJECT_KIND,
    FormPoint.COMPANY: FieldName.COMPANY,
    FormPoint.CERTAINTY: FieldName.CERTAINTY,
    FormPoint.URGENCY: FieldName.DATE_AHEAD,
    FormPoint.ASKED: FieldName.ASK,
}


def mechanism(*points: FormPoint, **more: Any) -> Party:
    given = {
        "requirements": points or EVERY_POINT,
        "complaints": "https://appeals.example/submit",
        "languages": ("en", "fr"),
    } | more
    return replace(a_party("recipient", K.MECHANISM), name="Office of Appeals", **given)


def town(party: Party) -> Registry:
    return a_registry([party, LINKED], contacts=[a_contact("recipient", "lea")])


def told_of(*events: dict[str, Any], fields: frozenset[FieldName] = ALL, **case: Any) -> Matter:
    consents = [a_consent(fields, TRACK, Basis.PERSON)]
    return a_matter(TRACK, list(events or (ARREST,)), consents, **case)


def made(
    matter: Matter, party: Party | None = None, *, classes: frozenset[FieldName] = ALL
) -> Sheet | None:
    """As the command makes it: what the guard shows, and which fields the case has."""
    party = party or mechanism()
    registry = town(party)
    projection = look(
        matter, alert_id="alert-1", contact="recipient.lea", stage=Stage.CONTENT,
        registry=registry, field_class=classes, zone="UTC", now=NOW,
    ).projection  # fmt: skip
    if projection is None:
        return None
    has = event_fields(matter, matter.case.alerts[0], registry=registry).keys()
    return sheet(party, projection, known=has, now=NOW)


def line(found: Sheet | None, point: FormPoint) -> Line:
    assert found is not None
    return next(each for each in found.lines if each.point is point)


def words(found: Sheet) -> str:
    return "\n".join(lines(found))


def test_the_points_stand_in_the_order_of_the_mechanisms_own_form_each_once() -> None:
    own = (FormPoint.ASKED, FormPoint.STATE, FormPoint.ASKED, FormPoint.ACT)

    found = made(told_of(), mechanism(*own))

    assert found is not None
    assert [each.point for each in found.lines] == [
        FormPoint.ASKED, FormPoint.STATE, FormPoint.ACT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("point", "says"),
    [
        (FormPoint.STATE, "QM"),
        (FormPoint.WHERE, "QM"),
        (FormPoint.ACT, "A person who defends others’ rights in QM was arrested."),
        (FormPoint.WHEN, "Our newest report of it: 2 March 2027, 09:00 (UTC)."),
        (FormPoint.SUBJECT, "One person"),
        (FormPoint.COMPANY, "Linked Firm"),
        (FormPoint.ASKED, "Your reply. Please answer by"),
    ],
)
def test_what_the_mechanism_may_read_is_filled_in(point: FormPoint, says: str) -> None:
    found = line(made(told_of()), point)

    assert found.how is How.FILLED
    assert found.says.replace("'", "’").startswith(says)


@pytest.mark.parametrize("point", [FormPoint.STATE, FormPoint.SUBJECT, FormPoint.CERTAINTY])
def test_what_the_person_holds_back_is_sealed_and_sends_to_whoever_holds_the_consent(
    point: FormPoint,
) -> None:
    found = line(made(told_of(fields=ALL - {FIELD_OF[point]})), point)

    assert (found.how, found.says) == (How.SEALED, "")
    assert "Ask whoever holds the consent" in found.todo


def test_what_the_rulebook_shows_no_mechanism_is_sealed_too() -> None:
    found = line(made(told_of(), classes=ALL - {FieldName.COMPANY}), FormPoint.COMPANY)

    assert (found.how, found.says) == (How.SEALED, "")


def test_what_nobody_knows_is_to_be_asked() -> None:
    found = made(replace(told_of({"code": "arrest"}), plans=()))

    for point in (FormPoint.STATE, FormPoint.SUBJECT, FormPoint.COMPANY):
        assert line(found, point).how is How.UNKNOWN
        assert line(found, point).todo.startswith("Ask whoever may know it.")
    assert line(found, FormPoint.REMEDIES).how is How.UNKNOWN


@pytest.mark.parametrize("point", [FormPoint.ALLEGED, FormPoint.AUTHORITY, FormPoint.DOCUMENTS])
def test_what_no_machine_says_is_sealed_whatever_the_consent_allows(point: FormPoint) -> None:
    assert line(made(told_of()), point).how is How.SEALED


def test_why_it_cannot_wait_is_for_a_person_to_write_where_no_date_is_ahead() -> None:
    assert line(made(told_of()), FormPoint.URGENCY).how is How.YOURS


def test_it_says_on_top_that_it_is_a_draft_where_it_goes_and_under_which_label() -> None:
    found = made(told_of(label=Label.AMBER_STRICT))

    assert found is not None
    top = words(found).partition("\n1. ")[0]
    assert top.startswith("DRAFT. Nobody has sent it")
    assert "For: Office of Appeals" in top
    assert "Goes to: https://appeals.example/submit" in top
    assert "Languages: en, fr" in top
    assert "Label: TLP:AMBER+STRICT" in top
    assert "ask the person" in " ".join(top.split())


def test_what_nobody_entered_of_the_mechanism_is_said_with_its_column() -> None:
    found = made(told_of(), mechanism(complaints="", languages=()))

    assert found is not None
    assert "column `complaints` of parties.csv" in words(found)
    assert "column `languages` of parties.csv" in words(found)


def test_a_drill_says_so_before_anything_else() -> None:
    found = made(told_of())

    assert found is not None
    assert words(replace(found, exercise=True)).startswith("EXERCISE")
    assert "EXERCISE" not in words(found)


def test_it_asks_the_mechanism_to_keep_to_what_its_page_asks() -> None:
    found = made(told_of(mode=Mode.QUIET))

    assert found is not None
    said = " ".join(words(found).partition("Say with it:")[2].split())
    assert "Please do not contact the person" in said
    assert "Please act quietly" in said


@pytest.mark.parametrize("status", [AlertStatus.CLOSED, AlertStatus.DECLINED])
def test_there_is_none_for_whoever_is_asked_nothing_any_more(status: AlertStatus) -> None:
    matter = told_of()
    (alert,) = matter.case.alerts
    closed = replace(matter.case, alerts=(replace(alert, status=status),))

    assert made(replace(matter, case=closed)) is None


def test_there_is_none_without_consent_for_mechanisms_nor_while_everything_is_stopped() -> None:
    elsewhere = a_consent(ALL, TrackName.MISSIONS, Basis.PERSON)
    matter = told_of()
    over = replace(elsewhere, until=NOW - timedelta(days=1), audiences=(TRACK,))

    assert made(replace(matter, consents=(elsewhere,))) is None
    assert made(replace(matter, consents=())) is None
    assert made(replace(matter, consents=(over,))) is None
    assert made(replace(matter, stopped=True)) is None


some_points = st.lists(st.sampled_from(FormPoint), max_size=25).map(tuple)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(
    events=st.lists(reports, min_size=1, max_size=3),
    consented=st.lists(some_fields, min_size=1, max_size=2),
    basis=st.sampled_from([Basis.PERSON, Basis.REPRESENTATIVE, Basis.NECESSITY]),
    classes=some_fields,
    points=some_points,
    many=st.booleans(),
    label=st.none() | st.sampled_from(Label),
)
def test_nothing_stands_in_it_but_the_projection_and_what_is_public_of_the_mechanism(
    events: list[dict[str, Any]],
    consented: list[frozenset[FieldName]],
    basis: Basis,
    classes: frozenset[FieldName],
    points: tuple[FormPoint, ...],
    many: bool,
    label: Label | None,
) -> None:
    """The same, whatever the case knows beyond what is shown: only sealed or not known differs."""
    consents = [a_consent(each, TRACK, basis) for each in consented]
    pattern = Pattern(people=9, at_least=5) if many else None
    matter = a_matter(TRACK, events, consents, pattern=pattern, label=label)
    party = replace(mechanism(), requirements=points)
    registry = town(party)
    projection = look(
        matter, alert_id="alert-1", contact="recipient.lea", stage=Stage.CONTENT,
        registry=registry, field_class=classes, zone="UTC", now=NOW,
    ).projection  # fmt: skip
    found = made(matter, party, classes=classes)
    if projection is None or found is None:
        assert projection is None and found is None
        return

    blind = sheet(party, projection, known=frozenset(), now=NOW)

    whole = (words(found) + json.dumps(as_document(found))).lower()
    assert MARK not in whole
    assert "call_first" not in whole
    assert [each.says for each in found.lines] == [each.says for each in blind.lines]
    for each in found.lines:
        of = FIELD_OF.get(each.point)
        assert (each.how is How.FILLED) is (of in projection.fields)
        assert bool(each.says) is (each.how is How.FILLED)
        assert each.says or each.todo.endswith((".", "?"))
    assert [each.point for each in found.lines] == list(dict.fromkeys(points))


@given(points=some_points)
def test_every_point_is_read_in_lines_that_fit_a_page(
    points: tuple[FormPoint, ...],
) -> None:
    found = made(told_of(), replace(mechanism(), requirements=points or EVERY_POINT))

    assert found is not None
    said = list(lines(found))
    document = as_document(found)
    assert all(len(each) <= WIDTH for each in said if " " in each.strip())
    for number, point in enumerate(document["points"], 1):
        asks = point["asks"]
        assert f"{number}. {asks[:1].upper()}{asks[1:]}" in said
        assert point["says"] or point["todo"]
