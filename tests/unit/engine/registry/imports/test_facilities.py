"""Facility lists: each row a site, in a country that is certain or that a person decides."""

import pytest

from engine.registry.imports import vocabularies
from engine.registry.imports.trade.facilities import FACILITIES, read
from engine.registry.imports.vocabularies import VOCABULARY
from engine.registry.rows import Fate, FileRefusedError, Why
from schemas.party import Party, PartyKind
from tests.unit.engine.registry.imports.files import Records, orders, read_all, setting, table, text

HEADER = "country,name,address,sector,lat,lng"


def rows_of(*rows: str) -> Records:
    return read_all(read, table(HEADER, *rows))


def site(*rows: str) -> Party:
    (only,) = rows_of(*rows).parties.values()
    return only


def test_a_facility_is_a_site_of_its_country_with_its_place_for_a_person_to_read() -> None:
    found = site('Norway," Halvorsen  Strikk AS ","1 Fjordgate, Bergen",Apparel|Health,60.39,5.32')

    assert (found.kind, found.name, found.state) == (PartyKind.SITE, "Halvorsen Strikk AS", "NO")
    assert found.sectors == ("Apparel", "Health")
    assert dict(found.details) == {"address": "1 Fjordgate, Bergen", "lat": "60.39", "lng": "5.32"}


def test_one_site_on_lists_that_write_its_country_otherwise_is_one() -> None:
    rows = [f"{country},Halvorsen Strikk,1 Fjordgate,Apparel,60,5" for country in ("NO", "NORWAY")]
    found = read_all(read, table(HEADER, rows[0]), table(HEADER, rows[1], name="later.csv"))

    assert len(found.parties) == 1


def test_the_same_name_at_another_address_is_another_site() -> None:
    found = rows_of("NO,Halvorsen Strikk,1 Fjordgate,,1,1", "NO,Halvorsen Strikk,2 Fjordgate,,1,1")

    assert len(found.parties) == 2


@pytest.mark.parametrize("country", ["Korea", "Guinea", "Atlantis", "EU", "YU"])
def test_a_country_that_is_not_certain_is_for_a_person(country: str) -> None:
    found = rows_of(f"{country},Halvorsen Strikk,1 Fjordgate,,1,1")

    (row,) = found.rows
    assert (row.fate, row.why, row.column) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "country")
    assert [each.state for each in found.parties.values()] == [None]


@pytest.mark.parametrize("lat", ["91", "-90.5", "nan", "inf", "10° N", "1,5"])
def test_a_place_off_the_globe_is_left_out_and_named_and_the_site_stays(lat: str) -> None:
    found = rows_of(f'NO,Halvorsen Strikk,1 Fjordgate,,"{lat}",5')

    (row,) = found.rows
    assert (row.fate, row.why, row.column) == (Fate.AMBIGUOUS, Why.NOT_A_NUMBER, "lat")
    (only,) = found.parties.values()
    assert dict(only.details) == {"address": "1 Fjordgate", "lng": "5"}


def test_a_list_without_coordinates_has_none() -> None:
    found = read_all(read, table("country,name,address", "NO,Halvorsen Strikk,1 Fjordgate"))

    assert [row.fate for row in found.rows] == [Fate.IMPORTED]
    assert [dict(each.details) for each in found.parties.values()] == [{"address": "1 Fjordgate"}]


@pytest.mark.parametrize(("row", "column"), [("NO,,A,,1,1", "name"), ("NO,B, ,,1,1", "address")])
def test_a_row_that_names_no_facility_or_no_place_is_refused(row: str, column: str) -> None:
    bad, good = rows_of(row, "NO,Halvorsen Strikk,1 Fjordgate,,1,1").rows

    assert (bad.fate, bad.why, bad.column) == (Fate.REFUSED, Why.FIELD_MISSING, column)
    assert good.fate is Fate.IMPORTED


def test_the_order_of_rows_changes_nothing() -> None:
    rows = (
        "NO,Halvorsen Strikk,1 Fjordgate,,1,1",
        "Norway,Halvorsen Strikk,1 Fjordgate,,1,1",
        "Korea,Halvorsen Strikk,1 Fjordgate,,1,1",
    )
    first = rows_of(*rows)

    for order in orders(rows):
        assert rows_of(*order).parties == first.parties


def test_lists_of_words_are_read_and_name_nobody() -> None:
    types = table("contributor_type,count_in_fixture", '"Union",13', '"Auditor",5')
    sectors = text("sectors.json", '[{"model": "api.sector", "pk": "Food", "fields": {}}]')

    found = read_all(vocabularies.read, types, sectors)
    assert found.fates() == {
        ("refused", "vocabulary", "contributor_type"): 2,
        ("refused", "vocabulary", "pk"): 1,
    }
    assert VOCABULARY.recognises(types) and VOCABULARY.recognises(sectors)


def test_each_file_is_recognised_as_what_it_is_and_nothing_else() -> None:
    facilities, types = table(HEADER), table("contributor_type,count_in_fixture")

    assert FACILITIES.recognises(facilities) and not FACILITIES.recognises(types)
    assert not VOCABULARY.recognises(facilities)
    with pytest.raises(FileRefusedError, match="no column"):
        list(read(types, setting()))
