"""Heads of groups: an LEI, a seat and many names; no link, whatever is counted."""

import pytest

from engine.registry.imports.ownership.meip import read
from engine.registry.rows import Fate, Why
from tests.unit.engine.registry.imports.files import read_all, setting, table
from tests.unit.engine.registry.imports.lei import lei

HEADER = "lei,name,iso3,parent_mne,alt_names,subsidiaries_total,subsidiaries_with_lei"


def row(**said: str) -> str:
    cells = {"lei": lei(1), "name": "Invented Head", "iso3": "FRA", "parent_mne": "Invented Group"}
    cells |= {"alt_names": "", "total": "7", "with": "1"} | said
    return ",".join(cells.values())


def test_a_head_is_a_company_with_the_names_of_its_group() -> None:
    found = read_all(read, table(HEADER, row(alt_names="INVENTED|Invented Head| Other ")))
    party = found.parties[f"lei:{lei(1)}"]
    assert (party.name, party.state) == ("Invented Head", "FR")
    assert party.aliases == ("INVENTED", "Invented Group", "Other")
    assert dict(party.details) == {"subsidiaries_total": "7", "subsidiaries_with_lei": "1"}
    assert not found.links


@pytest.mark.parametrize(
    ("said", "fate", "why", "column"),
    [
        ({"lei": "NOT-AN-LEI"}, Fate.REFUSED, Why.NOT_AN_IDENTIFIER, "lei"),
        ({"name": ""}, Fate.REFUSED, Why.FIELD_MISSING, "name"),
        ({"iso3": "ZZX"}, Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "iso3"),
        ({"iso3": ""}, Fate.AMBIGUOUS, Why.FIELD_MISSING, "iso3"),
    ],
)
def test_what_is_wrong_with_a_head_is_named(
    said: dict[str, str], fate: Fate, why: Why, column: str
) -> None:
    (found,) = read(table(HEADER, row(**said)), setting())
    assert (found.fate, found.why, found.column) == (fate, why, column)
    assert bool(found.parties) == (fate is Fate.AMBIGUOUS)


def test_three_letters_are_read_as_iso_and_never_as_another_list() -> None:
    """GER is Germany to sports; ISO has DEU."""
    (found,) = read(table(HEADER, row(iso3="GER")), setting())
    assert found.why is Why.COUNTRY_DOUBTFUL
