"""Who owns which brand, as volunteers found out: it excludes, and includes when somebody stands."""

from datetime import date

import pytest

from engine.registry.imports.trade.brands import BRANDS, TEA, read_brands, read_tea
from engine.registry.rows import Fate, FileRefusedError, Why
from schemas.link import LinkKind, LinkStatus
from schemas.party import PartyKind
from tests.unit.engine.registry.imports.files import Records, orders, read_all, setting, table

HEADER = "relationship_id,owner_company_id,owner_company,brand_company_id,brand_company,year,sector"
TEA_HEADER = "wikirate_id,company,country,discloses_suppliers"


def rows_of(*rows: str) -> Records:
    return read_all(read_brands, table(HEADER, *rows))


def test_an_owner_is_the_parent_of_its_brand_in_that_year_and_nobody_stands_for_it() -> None:
    found = rows_of("7,1,Veltrane AB,2,Osprey & Hale,2019,Textiles")

    (link,) = found.links.values()
    assert found.said() == {("Veltrane AB", "parent_of", "Osprey & Hale")}
    assert (link.id, link.kind) == ("wikirate-brands:7", LinkKind.PARENT_OF)
    assert (link.status, link.verified_by) == (LinkStatus.UNVERIFIED, "")
    assert (link.valid_from, link.valid_until) == (date(2019, 1, 1), date(2019, 12, 31))
    assert link.sectors == ("Textiles",)
    assert not link.current(date(2019, 6, 1)), "it includes nobody"


def test_it_is_verified_by_the_person_who_stands_for_it() -> None:
    file = table(HEADER, "7,1,Veltrane AB,2,Osprey & Hale,2019,")
    (link,) = read_all(read_brands, file, said=setting(verified_by="Ana")).links.values()

    assert (link.status, link.verified_by, link.sectors) == (LinkStatus.VERIFIED, "Ana", ())
    assert link.current(date(2019, 6, 1)) and not link.current(date(2020, 6, 1))


def test_a_company_that_owns_and_is_owned_is_one_party() -> None:
    found = rows_of("7,1,Veltrane AB,2,Hale,2019,", "8,2,Hale,3,Osprey,2020,")

    assert len(found.of_kind(PartyKind.COMPANY)) == 3


def test_a_brand_may_have_two_owners_in_one_year_and_both_are_kept() -> None:
    found = rows_of("7,1,Veltrane AB,2,Hale,2019,", "8,3,Kestrel Grain,2,Hale,2019,")

    assert len(found.links) == 2


@pytest.mark.parametrize(
    ("row", "why", "column"),
    [
        ("7,1,Veltrane AB,1,Veltrane AB,2019,", Why.LINKED_TO_ITSELF, "brand_company"),
        ("7,1,,2,Hale,2019,", Why.FIELD_MISSING, "owner_company"),
        ("7,1,Veltrane AB,,Hale,2019,", Why.FIELD_MISSING, "brand_company_id"),
        (",1,Veltrane AB,2,Hale,2019,", Why.FIELD_MISSING, "relationship_id"),
        ("7,1,Veltrane AB,2,Hale,,", Why.NOT_A_DATE, "year"),
        ("7,1,Veltrane AB,2,Hale,2077,", Why.NOT_A_DATE, "year"),
    ],
)
def test_a_row_that_says_no_ownership_is_refused_alone(row: str, why: Why, column: str) -> None:
    bad, good = rows_of(row, "9,4,Halvorsen AB,5,Strikk,2019,").rows

    assert (bad.fate, bad.why, bad.column) == (Fate.REFUSED, why, column)
    assert good.fate is Fate.IMPORTED


def test_the_order_of_rows_changes_nothing() -> None:
    rows = (
        "7,1,Veltrane,2,Hale,2019,A",
        "8,2,Hale,3,Osprey,2020,B",
        "9,1,Veltrane,1,Veltrane,2020,",
    )
    first = rows_of(*rows)

    for order in orders(rows):
        found = rows_of(*order)
        assert (found.parties, found.links, found.fates()) == (
            first.parties, first.links, first.fates(),
        )  # fmt: skip


def test_a_company_on_two_lists_of_wikirate_is_one_party() -> None:
    owner = rows_of("7,5,Serambi Tea,2,Hale,2019,").named("Serambi Tea")
    (seller,) = read_all(read_tea, table(TEA_HEADER, "5,Serambi Tea,Norway,")).parties.values()

    assert owner.id == seller.id
    assert owner.source != seller.source, "each list keeps what it says"


def test_a_tea_company_has_its_country_and_what_it_discloses() -> None:
    found = read_all(read_tea, table(TEA_HEADER, "5,Serambi Tea,Norway,True"))

    (only,) = found.parties.values()
    assert (only.id, only.name, only.state) == ("wikirate:5", "Serambi Tea", "NO")
    assert (only.sectors, only.details) == (("tea",), (("discloses suppliers", "True"),))


def test_a_tea_company_of_no_certain_country_is_for_a_person_and_one_without_id_refused() -> None:
    found = read_all(
        read_tea, table(TEA_HEADER, "5,Serambi Tea,Korea,", ",Nyasa Tea,Norway,", "6,,Norway,")
    )

    assert found.fates() == {
        ("ambiguous", "country_doubtful", "country"): 1,
        ("refused", "field_missing", "wikirate_id"): 1,
        ("refused", "field_missing", "company"): 1,
    }


def test_each_file_is_recognised_as_what_it_is_and_nothing_else() -> None:
    brands, tea = table(HEADER), table(TEA_HEADER)

    assert BRANDS.recognises(brands) and not BRANDS.recognises(tea)
    assert TEA.recognises(tea) and not TEA.recognises(brands)
    with pytest.raises(FileRefusedError, match="no column"):
        list(read_brands(tea, setting()))
