"""A brand's list of suppliers: who it bought from in which year, and where that was made."""

from datetime import date

import pytest

from engine.registry.imports.trade.supplier_lists import BRAND, SUPPLIERS, read
from engine.registry.rows import Fate, FileRefusedError, Why
from schemas.link import LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from tests.unit.engine.registry.imports.files import Records, orders, read_all, setting, table, text

HEADER = "year,supplier_name,country_area,country,supplier_address"


def rows_of(*rows: str) -> Records:
    return read_all(read, table(HEADER, *rows))


def suppliers(found: Records) -> list[Party]:
    return [party for party in found.of_kind(PartyKind.COMPANY) if party.id != BRAND.id]


def test_the_brand_buys_from_the_supplier_who_operates_the_site_in_that_year() -> None:
    found = rows_of("2015,Lindqvist Kabel AB,,Norway,1 Fjordgate Bergen Norway")

    assert found.said() == {
        (BRAND.name, "buys_from", "Lindqvist Kabel AB"),
        ("Lindqvist Kabel AB", "operates", "Lindqvist Kabel AB, 1 Fjordgate Bergen Norway"),
    }
    for link in found.links.values():
        assert (link.valid_from, link.valid_until) == (date(2015, 1, 1), date(2015, 12, 31))
        assert (link.status, link.verified_by) == (LinkStatus.VERIFIED, "Apple Supplier List")
        assert link.as_of == date(2015, 12, 31)
    (site,) = found.of_kind(PartyKind.SITE)
    assert site.state == "NO"
    assert [each.state for each in suppliers(found)] == [None], "where it is seated is not said"


def test_a_supplier_of_two_years_has_a_gap_where_no_list_names_it() -> None:
    found = rows_of("2018,Lindqvist Kabel AB,,Norway,X", "2020,Lindqvist Kabel AB,,Norway,X")
    bought = found.by_kind(LinkKind.BUYS_FROM)

    assert len(suppliers(found)) == 1
    for year, holds in {2018: True, 2019: False, 2020: True, 2021: False}.items():
        assert any(link.current(date(year, 6, 1)) for link in bought) is holds


def test_one_supplier_written_in_several_ways_is_one_and_bears_all_its_names() -> None:
    found = rows_of(
        '2012,"Lindqvist Kabel Co., Ltd.",,Norway,A',
        "2013,LINDQVIST KABEL Co Ltd,,Norway,B",
        '2014,"Lindqvist Kabel Company\nLimited",,Norway,C',
        "2020,Lindqvist Kabel Company Limited (continued),,Norway,D",
    )

    (only,) = suppliers(found)
    assert only.name == "Lindqvist Kabel Company Limited", "the commonest spelling"
    assert only.aliases == ("LINDQVIST KABEL Co Ltd", "Lindqvist Kabel Co., Ltd.")
    assert len(found.by_kind(LinkKind.BUYS_FROM)) == 4


def test_names_of_another_legal_form_or_one_word_more_are_other_suppliers() -> None:
    found = rows_of(
        "2012,Lindqvist Kabel AB,,Norway,A",
        "2012,Lindqvist Kabel GmbH,,Norway,A",
        "2012,Lindqvist Kabel Nord AB,,Norway,A",
        "2012,Lindqvist Kabel,,Norway,A",
    )

    assert len(suppliers(found)) == 4
    assert len(found.of_kind(PartyKind.SITE)) == 4


def test_a_province_is_no_site_of_the_same_text_and_says_what_it_is() -> None:
    found = rows_of(
        "2018,Lindqvist Kabel AB,,Singapore,Singapore",
        "2020,Lindqvist Kabel AB,,Singapore,Singapore",
    )

    street, province = sorted(found.of_kind(PartyKind.SITE), key=lambda site: bool(site.details))
    assert street.details == ()
    assert province.details == (("place", "a province, and perhaps several sites"),)


def test_a_placeholder_for_an_address_makes_no_site_and_the_purchase_stays() -> None:
    found = rows_of("2020,Lindqvist Kabel AB,,Singapore,NA", "2020,Halvorsen Glas,,Norway,")

    placeholder, empty = found.rows
    assert (placeholder.fate, placeholder.why) == (Fate.AMBIGUOUS, Why.PLACEHOLDER)
    assert (empty.fate, empty.why) == (Fate.AMBIGUOUS, Why.FIELD_MISSING)
    assert placeholder.column == empty.column == "supplier_address"
    assert found.of_kind(PartyKind.SITE) == []
    assert len(found.by_kind(LinkKind.BUYS_FROM)) == 2


def test_a_site_in_korea_is_in_neither_korea_until_somebody_says_which() -> None:
    file = table(HEADER, "2015,Lindqvist Kabel AB,,Korea,1 Harbour Road")
    before = read_all(read, file)
    after = read_all(read, file, said=setting(words={"Korea": "KR"}))

    (row,) = before.rows
    assert (row.fate, row.why, row.column) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "country")
    assert [site.state for site in before.of_kind(PartyKind.SITE)] == [None]
    assert [site.state for site in after.of_kind(PartyKind.SITE)] == ["KR"]
    assert before.parties.keys() == after.parties.keys()
    assert before.links == after.links


@pytest.mark.parametrize(
    ("row", "why", "column"),
    [
        ("2015,,,Norway,X", Why.FIELD_MISSING, "supplier_name"),
        ("2015,…,,Norway,X", Why.FIELD_MISSING, "supplier_name"),
        ("15,Lindqvist Kabel AB,,Norway,X", Why.NOT_A_DATE, "year"),
        ("2031,Lindqvist Kabel AB,,Norway,X", Why.NOT_A_DATE, "year"),
    ],
)
def test_a_row_that_says_no_supplier_or_no_year_is_refused_alone(
    row: str, why: Why, column: str
) -> None:
    found = rows_of(row, "2015,Halvorsen Glas,,Norway,Y")

    bad, good = found.rows
    assert (bad.fate, bad.why, bad.column) == (Fate.REFUSED, why, column)
    assert good.fate is Fate.IMPORTED


def test_one_spelling_that_is_a_formula_costs_its_row_and_not_all_rows_of_the_supplier() -> None:
    """It became an alias of the party that every row of the supplier brings."""
    found = rows_of(
        "2015,Lindqvist Kabel AB,,Norway,X",
        "2016,=LINDQVIST KABEL AB,,Norway,X",
        "2017,Lindqvist Kabel AB,,Norway,X",
    )

    assert found.fates() == {("imported", "", ""): 2, ("refused", "formula", "supplier_name"): 1}
    assert [each.aliases for each in suppliers(found)] == [()]


def test_a_row_named_twice_in_a_year_brings_the_same_records() -> None:
    once = rows_of("2015,Lindqvist Kabel AB,,Norway,X")
    twice = rows_of("2015,Lindqvist Kabel AB,,Norway,X", "2015,Lindqvist Kabel AB,,Norway,X")

    assert (twice.parties, twice.links) == (once.parties, once.links)
    assert [row.fate for row in twice.rows] == [Fate.IMPORTED] * 2


def test_the_order_of_rows_changes_nothing() -> None:
    rows = (
        "2012,LINDQVIST KABEL AB,,Norway,A",
        "2013,Lindqvist Kabel A.B.,,Norway,A",
        "2014,Lindqvist Kabel AB,,Korea,A",
        "2020,Lindqvist Kabel AB,,Norway,NA",
    )
    first = rows_of(*rows)

    for order in orders(rows):
        found = rows_of(*order)
        assert (found.parties, found.links) == (first.parties, first.links)
        assert found.fates() == first.fates()


def test_a_file_of_another_format_is_refused_as_a_whole() -> None:
    with pytest.raises(FileRefusedError, match="no column"):
        list(read(text("list.csv", "year,country\n2015,Norway\n"), setting()))

    assert SUPPLIERS.recognises(table(HEADER))
    assert not SUPPLIERS.recognises(table("year,country"))
