"""The last day to complain, on a case's page: for whoever decides there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness.people import Place, contact, link, party
from tests.harness.reports import report
from tests.harness.towns import loto, rulebook
from tests.integration.web.stage import Stage, stage
from tests.integration.web.story import open_case, submit

AGREED = (
    '{id: agreed, when: event.code == "death_threat", policy: quiet, tell: ['
    "{track: investors, walk: agreements}, {track: missions, walk: home_missions}]}"
)


def _town(window: int | None) -> Place:
    """Loto's town, whose buyer has signed an agreement that takes complaints."""
    town = loto()
    accord = replace(party("loto-accord", "agreement", "QS"), complaint_window=window)
    return replace(
        town,
        parties=(*town.parties, accord),
        links=(*town.links, link("haldane", "member_of", "loto-accord")),
        contacts=(*town.contacts, contact("accord-desk", "loto-accord")),
    )


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with stage(tmp_path, place=_town(request.param), rulebook=rulebook(AGREED)) as made:
        yield made


def _case(desk: Stage, **more: object) -> str:
    event = report(
        "death_threat",
        id="t1",
        parties={"loto-unit-4": "site"},
        consents=["missions", "investors"],
        **more,  # type: ignore[arg-type]
    )
    ref = open_case(desk, event)
    desk.log_in("ana")
    return desk.client.get(f"/cases/{ref}").text


def _page_of(desk: Stage, party: str) -> str:
    found = submit(desk, "/parties", {"find": party})
    (path,) = re.findall(r'href="(/parties/[0-9a-f]+)"', found.text)
    return desk.client.get(path).text


@pytest.mark.parametrize("desk", [30], indirect=True)
def test_the_last_day_to_complain_stands_beside_an_agreement_that_was_found(desk: Stage) -> None:
    shown = _case(desk, occurred={"at": "2027-02-20T10:00:00Z"})

    assert "Last day to complain there: 2027-03-22, 30 days from 2027-02-20" in shown
    assert shown.count("Last day to complain") == 1, "the embassy has no window"
    page = _page_of(desk, "loto-accord")
    assert "Complaints within" in page and "30 days of what happened" in page


@pytest.mark.parametrize("desk", [None], indirect=True)
def test_where_nobody_said_how_long_no_day_is_made_up(desk: Stage) -> None:
    assert "Last day to complain" not in _case(desk)
    assert "Complaints within" not in _page_of(desk, "loto-accord")
