"""Who may ever be shown what: the table of a rulebook, what it can never hold, what changed."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.fields import (
    CLASS_OF,
    NEVER_PROJECTED,
    SEALED,
    Change,
    DataClass,
    changes,
    table,
    why_never,
)
from rules.rulebook import RulebookError, load
from schemas.codes import FieldName, HeightenedRisk, RootCause, TrackName
from schemas.event import Sealed, Subject
from schemas.rulebook import RulebookShape
from tests.unit.rules.build import PACK

TEXT = PACK.read_text("utf-8")
SHAPE = load(TEXT, filename=PACK.name).shape
MISSIONS = "missions: [country, act, sector"

CLASSES = st.dictionaries(
    st.sampled_from(TrackName), st.lists(st.sampled_from(FieldName), unique=True).map(tuple)
)


def _with(classes: Mapping[TrackName, tuple[FieldName, ...]]) -> RulebookShape:
    return SHAPE.model_copy(update={"field_classes": classes})


def test_every_field_has_a_class_and_none_that_can_be_shown_is_sealed() -> None:
    assert set(CLASS_OF) == set(FieldName)
    assert DataClass.SEALED not in CLASS_OF.values()


def test_the_names_of_companies_and_why_somebody_was_found_are_need_to_know() -> None:
    closed = {name for name, known in CLASS_OF.items() if known is DataClass.NEED_TO_KNOW}

    assert closed == {FieldName.SECTOR, FieldName.COMPANY, FieldName.WHY_YOU, FieldName.ASK}


def test_nothing_sealed_and_nothing_about_greater_risk_has_a_name_that_could_be_shown() -> None:
    shown = {name.value for name in FieldName}

    assert set(Sealed.model_fields) <= SEALED
    assert {cause.value for cause in RootCause} | {"root_causes"} <= NEVER_PROJECTED
    assert {risk.value for risk in HeightenedRisk} | {"heightened_risk"} <= NEVER_PROJECTED
    assert set(Subject.model_fields) & NEVER_PROJECTED == {"heightened_risk"}
    assert not shown & (SEALED | NEVER_PROJECTED)


@pytest.mark.parametrize("name", sorted(SEALED | NEVER_PROJECTED))
def test_a_rulebook_that_shows_what_is_sealed_is_refused_in_its_place(name: str) -> None:
    line = 1 + TEXT[: TEXT.index(f"  {MISSIONS}")].count("\n")

    with pytest.raises(RulebookError) as refused:
        load(TEXT.replace(MISSIONS, f"missions: [{name}, country, act, sector"), filename="x")

    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (line, len("  missions: [") + 1)
    assert problem.message == f"'{name}' may be shown to nobody."
    assert problem.remedy == why_never(name)
    assert problem.remedy.endswith("Remove it.")


def test_a_field_that_is_merely_misspelt_is_told_what_there_is() -> None:
    with pytest.raises(RulebookError) as refused:
        load(TEXT.replace(MISSIONS, "missions: [county, act, sector"), filename="x")

    assert why_never("county") == ""
    assert "'country'" in refused.value.problems[0].remedy


def test_the_table_says_of_each_field_who_may_ever_be_shown_it() -> None:
    rows = {row.field: row for row in table(SHAPE)}

    assert list(rows) == list(FieldName)
    assert TrackName.COMPANIES not in rows[FieldName.ACT].audiences
    assert TrackName.COMPANIES not in rows[FieldName.COMPANY].audiences
    assert rows[FieldName.DATE_AHEAD].audiences == (
        TrackName.DUTY, TrackName.MISSIONS, TrackName.MECHANISMS, TrackName.LEGAL,
    )  # fmt: skip


@given(CLASSES)
def test_the_table_is_the_rulebook_and_nothing_besides(
    classes: dict[TrackName, tuple[FieldName, ...]],
) -> None:
    told = {(a, row.field) for row in table(_with(classes)) for a in row.audiences}

    assert told == {(audience, name) for audience, names in classes.items() for name in names}


def test_what_a_rulebook_shows_more_of_is_said_first() -> None:
    narrower = TEXT.replace("legal: [country, act, company,", "legal: [country, act,")
    wider = narrower.replace("companies: [country, sector,", "companies: [country, act, sector,")

    assert changes(SHAPE, load(wider, filename="x").shape) == (
        Change(audience=TrackName.COMPANIES, field=FieldName.ACT, wider=True),
        Change(audience=TrackName.LEGAL, field=FieldName.COMPANY, wider=False),
    )
    assert changes(SHAPE, SHAPE) == ()


@given(CLASSES, CLASSES)
def test_the_changes_lead_from_one_rulebook_to_the_other_and_back(
    before: dict[TrackName, tuple[FieldName, ...]], after: dict[TrackName, tuple[FieldName, ...]]
) -> None:
    shown = {(a, name) for a, names in before.items() for name in names}
    found = changes(_with(before), _with(after))
    for change in found:
        pair = (change.audience, change.field)
        assert (pair in shown) is not change.wider
        shown ^= {pair}

    assert shown == {(a, name) for a, names in after.items() for name in names}
    assert [c.wider for c in found] == sorted((c.wider for c in found), reverse=True)
    assert {(c.audience, c.field, not c.wider) for c in found} == {
        (c.audience, c.field, c.wider) for c in changes(_with(after), _with(before))
    }
