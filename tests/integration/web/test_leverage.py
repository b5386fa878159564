"""Leverage on a case's page: for whoever decides there, and for nobody outside."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.registry.world import WorldHolder
from rules.graph import Registry
from schemas.link import LinkStatus
from tests.harness.people import Place, link
from tests.harness.reports import report
from tests.harness.towns import THREAT, loto, rulebook
from tests.integration.web.stage import Stage, stage
from tests.integration.web.story import choose, enter, open_case, page_of, press, release

TRADE = link(
    "haldane",
    "buys_from",
    "loto-garments",
    share=24.0,
    valid_from=date(2021, 1, 1),
    terms=("audit_right",),
)
SHORT = "Leverage 3 of 3: 24 % share, 6 years, <bdi>audit right</bdi>"


def _town() -> Place:
    """Loto's town; of its buyer's contract something is known."""
    town = loto()
    return replace(town, links=tuple(TRADE if each.id == TRADE.id else each for each in town.links))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, place=_town(), rulebook=rulebook(THREAT)) as made:
        yield made


def _threat(desk: Stage, **more: object) -> str:
    event = report(
        "death_threat",
        id="t1",
        parties={"loto-unit-4": "site"},
        consents=["missions", "investors", "companies"],
        **more,  # type: ignore[arg-type]
    )
    return open_case(desk, event)


def test_the_page_says_beside_the_link_how_much_each_can_change(desk: Stage) -> None:
    ref = _threat(desk)
    desk.log_in("ana")

    shown = desk.client.get(f"/cases/{ref}").text

    assert f"Linked to it by its business. {SHORT}</summary>" in shown
    weakest = "weakest where <bdi>Brightwater</bdi> holds part of <bdi>Haldane</bdi>: 2 % share"
    assert f"Leverage 0 of 3, {weakest}, since when not known" in shown
    assert shown.count("Leverage ") == 3, "the buyer and two investors; no parent, no embassy"


def test_the_years_are_counted_until_the_day_of_the_event(desk: Stage) -> None:
    ref = _threat(desk, occurred={"at": "2022-06-01T10:00:00Z"})
    desk.log_in("ana")

    assert (
        "Leverage 2 of 3: 24 % share, <bdi>audit right</bdi>; 1 year"
        in desk.client.get(f"/cases/{ref}").text
    )


def test_what_the_registry_says_now_counts_and_a_doubted_tie_gives_nothing(desk: Stage) -> None:
    ref = _threat(desk)
    desk.log_in("ana")
    held = desk.services.world
    assert isinstance(held, WorldHolder)
    doubted = replace(TRADE, status=LinkStatus.UNVERIFIED)

    held.swap(replace(held.current, registry=held.registry().changed(links=[doubted])))
    shown = desk.client.get(f"/cases/{ref}").text
    assert "Leverage 0 of 3: share not known, since when not known, no clause known" in shown

    held.swap(replace(held.current, registry=Registry()))
    assert "24 % share" not in desk.client.get(f"/cases/{ref}").text


def test_the_party_itself_reads_nothing_of_it(desk: Stage) -> None:
    ref = _threat(desk)
    desk.log_in("ana")
    press(desk, ref, "own")
    release(desk, ref, "companies")
    desk.log_in("chi")
    release(desk, ref, "companies")
    page = page_of(desk, ref, "haldane", "noor")

    before = enter(desk, page)
    shown = choose(desk, page, before, "agree")

    assert "you buy from somebody who is linked" in shown.text
    for word in ("everage", "24 %", "audit right"):
        assert word not in before.text + shown.text
