"""The real holdings, suppliers and facilities: every row counted, and no year taken for another."""

from collections import Counter
from datetime import date

import pytest

from engine.registry.imports.formats import FORMATS
from engine.registry.imports.own.company_sheet import COMPANY_SHEET
from engine.registry.imports.trade.brands import BRANDS, TEA
from engine.registry.imports.trade.facilities import FACILITIES
from engine.registry.imports.trade.holdings import HOLDINGS, INVESTOR
from engine.registry.imports.trade.supplier_lists import BRAND, SUPPLIERS
from engine.registry.imports.vocabularies import VOCABULARY
from engine.registry.rows import Format
from schemas.link import LinkKind, LinkStatus
from schemas.party import PartyKind
from tests.unit.engine.registry.imports.files import Records, read_all, setting, shared
from tests.unit.engine.registry.names.shared_data import DATA, needs_data, rows

pytestmark = needs_data

YEARS = (2012, 2018, 2022)
KOREA = setting(words={"Korea": "KR"})


@pytest.fixture(scope="module")
def holdings() -> Records:
    files = (shared(f"holdings/nbim_equity_{year}.csv") for year in YEARS)
    return read_all(HOLDINGS.read, *files)


@pytest.fixture(scope="module")
def suppliers() -> Records:
    return read_all(SUPPLIERS.read, shared("suppliers/apple_suppliers_2012-2022.csv"), said=KOREA)


@pytest.fixture(scope="module")
def facilities() -> Records:
    return read_all(FACILITIES.read, *(shared(f"suppliers/osh_lists/{each}") for each in LISTS))


LISTS = {
    "Fall_2017_Compliance_List.csv": 29,
    "Fall_2018_Compliance_List.csv": 33,
    "Spring_2017_Apparel_List.csv": 54,
    "Spring_2019_Compliance_List.csv": 14,
    "Summer_2017_Compliance_List.csv": 46,
    "Summer_2018_Affiliate_List.csv": 51,
    "Summer_2019_Affiliate_List.csv": 77,
    "Summer_2019_Apparel_List.csv": 59,
    "Summer_2019_Compliance_List.csv": 75,
    "Winter_2017_Affiliate_List.csv": 18,
    "Winter_2017_Compliance_List.csv": 25,
    "Winter_2018_Apparel_List.csv": 38,
    "Winter_2019_Compliance_List.csv": 62,
    "Winter_2019_Compliance_List_V2.csv": 351,
}


def test_every_holding_of_three_years_is_taken_and_six_are_for_a_person(holdings: Records) -> None:
    assert holdings.fates() == {
        ("imported", "", ""): 7_428 + 9_158 + 9_228 - 6,
        ("ambiguous", "country_doubtful", "Incorporation Country"): 2 + 3 + 1,
    }
    assert len(holdings.links) == 7_428 + 9_158 + 9_228
    written = {
        (row["Name"], row["Country"], row["Incorporation Country"])
        for year in YEARS
        for row in rows(f"holdings/nbim_equity_{year}.csv")
    }
    assert len(holdings.of_kind(PartyKind.COMPANY)) == len(written) == 15_194


def test_companies_incorporated_elsewhere_keep_both_countries(holdings: Records) -> None:
    """530, 753 and 714 rows; in 5 of 2012 two spellings are one country."""
    apart = {year: 0 for year in YEARS}
    for link in holdings.links.values():
        assert link.as_of is not None
        apart[link.as_of.year] += holdings.parties[link.b].located is not None
    written = {
        year: sum(
            row["Country"] != row["Incorporation Country"]
            for row in rows(f"holdings/nbim_equity_{year}.csv")
        )
        for year in YEARS
    }

    assert written == {2012: 530, 2018: 753, 2022: 714}
    assert apart == {2012: 530 - 5, 2018: 753, 2022: 714}


def test_no_holding_is_used_outside_its_year(holdings: Records) -> None:
    for year in (2012, 2015, 2018, 2022, 2026):
        usable = [each for each in holdings.links.values() if each.current(date(year, 6, 1))]
        assert {each.as_of for each in usable} == ({date(year, 12, 31)} if year in YEARS else set())


def test_votes_and_shares_are_as_published(holdings: Records) -> None:
    """126, 174 and 263 companies give the fund no votes that are known."""
    silent = Counter(each.as_of for each in holdings.links.values() if "votes" not in each.evidence)
    shares = [each.share for each in holdings.links.values()]

    assert silent == {date(2012, 12, 31): 126, date(2018, 12, 31): 174, date(2022, 12, 31): 263}
    assert None not in shares and max(share or 0 for share in shares) == 25.74
    assert sum(share == 0 for share in shares) == 44 + 81 + 204
    assert {each.a for each in holdings.links.values()} == {INVESTOR.id}


def test_every_supplier_row_is_taken_and_placeholders_are_no_sites(suppliers: Records) -> None:
    assert suppliers.fates() == {
        ("imported", "", ""): 7_558 - 16,
        ("ambiguous", "placeholder", "supplier_address"): 16,
    }
    names = {row["supplier_name"] for row in rows("suppliers/apple_suppliers_2012-2022.csv")}
    ours = {
        name
        for party in suppliers.of_kind(PartyKind.COMPANY)
        if party.id != BRAND.id
        for name in (party.name, *party.aliases)
    }
    cleaned = {" ".join(name.removesuffix(" (continued)").split()) for name in names}
    assert (len(names), ours) == (954, cleaned)
    assert (len(cleaned), len(suppliers.of_kind(PartyKind.COMPANY))) == (935, 506 + 1)


def test_korea_is_for_a_person_in_350_rows_until_somebody_has_read_the_list() -> None:
    found = read_all(SUPPLIERS.read, shared("suppliers/apple_suppliers_2012-2022.csv"))

    assert found.fates() == {
        ("imported", "", ""): 7_558 - 16 - 350,
        ("ambiguous", "placeholder", "supplier_address"): 16,
        ("ambiguous", "country_doubtful", "country"): 350,
    }


def test_nobody_supplied_in_the_year_without_a_list(suppliers: Records) -> None:
    bought = suppliers.by_kind(LinkKind.BUYS_FROM)
    per_year = Counter(each.as_of.year for each in bought if each.as_of)

    assert set(per_year) == {*range(2012, 2023)} - {2019}
    assert not [each for each in suppliers.links.values() if each.current(date(2019, 6, 1))]
    pairs = {
        (row["year"], row["supplier_name"])
        for row in rows("suppliers/apple_suppliers_2012-2022.csv")
    }
    assert (len(pairs), len(bought)) == (1_975, 1_970), "5 are one supplier written twice"


def test_sites_since_2020_say_that_they_are_provinces(suppliers: Records) -> None:
    for link in suppliers.by_kind(LinkKind.OPERATES):
        site = suppliers.parties[link.b]
        assert link.as_of is not None
        assert bool(site.details) is (link.as_of.year >= 2020)
        assert site.state is not None


def test_every_facility_is_a_site_in_a_certain_country(facilities: Records) -> None:
    per_list = Counter(len(rows(f"suppliers/osh_lists/{name}")) for name in LISTS)

    assert per_list == Counter(LISTS.values())
    assert facilities.fates() == {("imported", "", ""): 932}
    assert len(facilities.parties) == 928, "four are on two lists, or twice on one"
    assert len({party.name for party in facilities.parties.values()}) == 924
    states = Counter(party.state for party in facilities.parties.values())
    assert states["CN"] == 159 + 142 + 133 - 1
    assert None not in states


def test_brands_and_their_owners_come_in_unverified_and_those_that_own_themselves_not() -> None:
    found = read_all(BRANDS.read, shared("suppliers/wikirate_has_brands.csv"))

    assert found.fates() == {
        ("imported", "", ""): 1_135 - 20,
        ("refused", "linked_to_itself", "brand_company"): 20,
    }
    assert {link.status for link in found.links.values()} == {LinkStatus.UNVERIFIED}
    assert len({link.a for link in found.links.values()}) == 210
    assert Counter(link.as_of.year for link in found.links.values() if link.as_of) == {
        2017: 1, 2019: 313, 2020: 570, 2021: 231,
    }  # fmt: skip


def test_tea_companies_and_lists_of_words_are_read_whole() -> None:
    tea = read_all(TEA.read, shared("suppliers/wikirate_tea_companies.csv"))
    words = [
        read_all(VOCABULARY.read, shared(f"suppliers/{name}"))
        for name in ("osh_sectors.json", "osh_contributor_types.csv")
    ]

    assert tea.fates() == {("imported", "", ""): 67}
    assert len(tea.parties) == 67
    assert [each.fates() for each in words] == [
        {("refused", "vocabulary", "pk"): 117},
        {("refused", "vocabulary", "contributor_type"): 9},
    ]


def test_the_invented_companies_are_taken_and_seven_ventures_are_for_a_person() -> None:
    found = read_all(COMPANY_SHEET.read, shared("events/synthetic_companies.csv"))

    assert found.fates() == {
        ("imported", "", ""): 30,
        ("ambiguous", "control_unknown", "ownership_kind"): 6,
        ("ambiguous", "control_unknown", "parent"): 1,
    }
    assert {row["company"] for row in rows("events/synthetic_companies.csv")} <= {
        party.name for party in found.parties.values()
    }


OURS: dict[str, Format] = {
    "holdings": HOLDINGS,
    "suppliers/apple": SUPPLIERS,
    "suppliers/osh_lists": FACILITIES,
    "suppliers/osh": VOCABULARY,
    "suppliers/wikirate_has": BRANDS,
    "suppliers/wikirate_tea": TEA,
    "events/synthetic_companies": COMPANY_SHEET,
}


def test_every_file_of_the_three_folders_is_recognised_as_one_format() -> None:
    folders = [*DATA.glob("holdings/*"), *DATA.glob("suppliers/**/*.*")]
    paths = [str(each.relative_to(DATA)) for each in folders]
    assert len(paths) == 3 + 1 + 14 + 4

    for path in (*paths, "events/synthetic_companies.csv"):
        meant = next(each for start, each in OURS.items() if path.startswith(start))
        file = shared(path)
        assert [each.name for each in FORMATS.values() if each.recognises(file)] == [meant.name]
