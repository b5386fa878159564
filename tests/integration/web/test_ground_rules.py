"""A recipient's page, end to end: how far, how openly, whom not to contact, what it promised."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from schemas.party import PolicyClause
from tests.harness.reports import Report, report
from tests.harness.towns import ARREST, THREAT, cerro, rulebook
from tests.integration.web.stage import Stage, stage
from tests.integration.web.story import (
    Page,
    arrest,
    choose,
    enter,
    open_case,
    page_of,
    press,
    release,
)

NOBODY = "Please do not contact the person, the family or their organisation on your own"


def released(desk: Stage, **more: object) -> Page:
    """The capital desk's page, told of a report that says this as well."""
    desk.log_in("ana")
    ref = open_case(desk, arrest(**more))
    press(desk, ref, "own")
    release(desk, ref)
    desk.client.cookies.clear()
    return page_of(desk, ref, "embassy-qn", "capital-desk")


def later(**more: object) -> Report:
    """A further report of the same situation that says this."""
    return report("enrichment", id="e2", situation="s1", **more)  # type: ignore[arg-type]


def content(desk: Stage, page: Page) -> str:
    return str(choose(desk, page, enter(desk, page), "agree").text)


def test_an_embassy_reads_the_label_the_mode_and_whom_not_to_contact(desk: Stage) -> None:
    text = content(desk, released(desk))

    assert "TLP:AMBER+STRICT" in text
    assert NOBODY in text
    assert "nobody may learn that you were asked" in text
    assert text.index("TLP:") < text.index("was arrested") < text.index(NOBODY)


def test_before_the_terms_are_accepted_there_is_not_even_a_label(desk: Stage) -> None:
    shown = enter(desk, released(desk, label="TLP:RED")).text

    assert "TLP:" not in shown
    assert "I will not contact the person, family" in shown


def test_a_publishers_red_holds_for_whoever_reads_and_a_wider_label_widens_nothing(
    desk: Stage,
) -> None:
    page = released(desk, label="TLP:RED")
    open_case(desk, later(label="TLP:CLEAR"))

    assert "TLP:RED" in content(desk, page)


def test_whom_not_to_contact_is_said_again_where_something_is_promised(desk: Stage) -> None:
    page = released(desk)
    asked = choose(desk, page, choose(desk, page, enter(desk, page), "agree"), "committed")

    assert "By which day?" in asked.text
    assert NOBODY in asked.text


def test_what_the_contact_protocol_allows_is_told_and_narrowed_by_a_later_report(
    desk: Stage,
) -> None:
    page = released(desk, may_contact="representative")
    assert "You may speak to whoever represents the person" in content(desk, page)

    open_case(desk, later(may_contact="nobody"))

    assert NOBODY in enter(desk, page).text


@pytest.fixture
def promising(tmp_path: Path) -> Iterator[Stage]:
    with _promising(tmp_path) as desk:
        yield desk


@contextmanager
def _promising(folder: Path) -> Iterator[Stage]:
    """Cerro's town, where the embassy's foreign ministry has a policy of its own."""
    town = cerro()
    said = {
        "policy": "Guidelines on defenders, page 4",
        "policy_clauses": (PolicyClause.ENGAGE,),
        "policy_as_of": date(2026, 11, 2),
    }
    parties = tuple(
        replace(each, **said) if each.id == "embassy-qn" else each for each in town.parties
    )
    book = rulebook(ARREST, THREAT)
    classes = {
        track: (*names, "commitment") if track == "missions" else names
        for track, names in book.shape.field_classes.items()
    }
    shown = replace(book, shape=book.shape.model_copy(update={"field_classes": classes}))
    with stage(folder, place=replace(town, parties=parties), rulebook=shown) as desk:
        yield desk


def test_a_recipient_reads_what_it_has_said_in_public(promising: Stage) -> None:
    text = content(promising, released(promising))

    assert "You have said publicly that you engage with people who defend rights" in text
    assert "Guidelines on defenders, page 4" in text
    assert "as of 2 November 2026" in text
