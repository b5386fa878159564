"""Who reported to the EITI took part in it, in that country and those years; nothing more is known.

Invented organisations, but for the last tests, which count the real files.
"""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports.formats import FORMATS
from engine.registry.imports.initiatives.eiti import EITI_COUNTRIES
from engine.registry.imports.initiatives.eiti_organisations import EITI_ORGANISATIONS
from engine.registry.rows import Fate, Why
from schemas.link import LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from tests.unit.engine.registry.imports.files import (
    Records,
    orders,
    read_all,
    shared,
    table,
)
from tests.unit.engine.registry.names.shared_data import needs_data, rows

ORGANISATIONS = "country,identification,labels,first_year,last_year,declarations"
COUNTRIES = "country,identified_organisations,first_year,last_year"


def row(
    number: str = "RC100",
    labels: str = "Tarnside Mining Ltd",
    *,
    country: str = "QM",
    first: str = "2014",
    last: str = "2016",
) -> str:
    return f'{country},{number},"{labels}",{first},{last},3'


def read_rows(*written: str) -> Records:
    return read_all(EITI_ORGANISATIONS.read, table(ORGANISATIONS, *written))


def read_countries(*written: str) -> Records:
    return read_all(EITI_COUNTRIES.read, table(COUNTRIES, *written))


def company(found: Records) -> Party:
    (party,) = found.parties.values()
    return party


def doubt(found: Records) -> tuple[Fate, Why | None, str]:
    (only,) = found.rows
    return only.fate, only.why, only.column


def test_a_company_takes_part_in_the_years_it_reported() -> None:
    found = read_rows(row())

    (member,) = found.links.values()
    assert doubt(found) == (Fate.IMPORTED, None, "")
    assert company(found).id == "eiti:QM:RC100"
    assert company(found).kind is PartyKind.COMPANY
    assert (member.kind, member.a, member.b) == (LinkKind.MEMBER_OF, "eiti:QM:RC100", "eiti")
    assert (member.status, member.verified_by) == (LinkStatus.VERIFIED, "EITI")
    assert not member.current(date(2013, 12, 31))
    assert member.current(date(2014, 1, 1))
    assert member.current(date(2016, 12, 31))
    assert not member.current(date(2017, 1, 1))
    assert "QM" in member.evidence
    assert found.rows[0].ahead, "the initiative comes with its own file"


def test_where_it_reports_is_not_where_it_is_seated() -> None:
    assert (company(read_rows(row())).located, company(read_rows(row())).state) == ("QM", None)


def test_spellings_of_one_number_are_one_company() -> None:
    found = read_rows(row(labels="Tarn Side\nMining Ltd | Tarn side SA | #N/A | TARN MINING"))
    blanks = read_rows(row(labels="Tarn Side LLC | Tarnside"))

    assert doubt(found) == doubt(blanks) == (Fate.IMPORTED, None, "")
    assert company(found).name == "Tarn Side Mining Ltd"
    assert company(found).aliases == ("Tarn side SA", "TARN MINING")
    assert company(blanks).aliases == ("Tarnside",)


def test_an_unlike_name_under_its_number_never_leads_to_it() -> None:
    found = read_rows(row(labels="Tarnside Mining Ltd | Greyfell Gold Ltd | Tarnside plc"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.MERGED_NAMES, "labels")
    assert company(found).aliases == ("Tarnside plc",)
    assert dict(company(found).details)["other names"] == "Greyfell Gold Ltd"
    assert found.links, "that the number reported is certain"


@pytest.mark.parametrize(
    ("one", "other"), [("'1401", "1401"), ("151 000 037", "151000037"), ("rc 7", "RC7")]
)
def test_one_number_written_in_two_ways_is_one_company(one: str, other: str) -> None:
    written = [row(one, first="2012", last="2013"), row(other, "Tarnside JSC", first="2015")]
    for ordered in (written, *orders(written)):
        found = read_rows(*ordered)

        (member,) = found.links.values()
        assert found.fates() == {("imported", "", ""): 2}
        assert {company(found).name, *company(found).aliases} == {
            "Tarnside Mining Ltd",
            "Tarnside JSC",
        }
        assert (member.valid_from, member.valid_until) == (date(2012, 1, 1), date(2016, 12, 31))


@pytest.mark.parametrize("number", ["Not available", "NA", "-", "Mining", "Non inclus", ""])
def test_without_a_number_one_name_is_a_company_and_several_are_for_a_person(number: str) -> None:
    one = read_rows(row(number))
    several = read_rows(row(number, "Tarnside Mining Ltd | Greyfell Gold Ltd"))

    assert doubt(one) == (Fate.IMPORTED, None, "")
    assert company(one).id.startswith("eiti:")
    assert "Tarnside" not in company(one).id, "ids travel in logs"
    assert doubt(several) == (Fate.AMBIGUOUS, Why.MERGED_NAMES, "labels")
    assert not several.parties, "which years are whose is lost"


def test_the_same_name_without_a_number_is_another_company_in_another_country() -> None:
    here, there = read_rows(row("NA")), read_rows(row("NA", country="QN"))

    assert company(here).id != company(there).id


@pytest.mark.parametrize(
    ("written", "fate", "why", "column"),
    [
        (row(country="YUG"), Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "country"),
        (row(country=""), Fate.REFUSED, Why.FIELD_MISSING, "country"),
        (row(labels="#N/A | NA"), Fate.REFUSED, Why.PLACEHOLDER, "labels"),
        (row(labels=""), Fate.REFUSED, Why.FIELD_MISSING, "labels"),
        (row(first="soon"), Fate.REFUSED, Why.NOT_A_DATE, "first_year"),
        (row(last="2099"), Fate.REFUSED, Why.NOT_A_DATE, "last_year"),
        (row(first="2017"), Fate.REFUSED, Why.DATES_REVERSED, "last_year"),
    ],
)
def test_what_cannot_be_read_is_named(written: str, fate: Fate, why: Why, column: str) -> None:
    found = read_rows(written)

    assert doubt(found) == (fate, why, column)
    assert not found.parties


def test_the_initiative_covers_the_countries_it_has_data_of() -> None:
    found = read_countries("QN,12,2013,2019", "QM,3,2009,2020")

    (initiative,) = found.parties.values()
    assert (initiative.id, initiative.kind) == ("eiti", PartyKind.MSI)
    assert initiative.regions == ("QM", "QN")
    assert dict(initiative.details) == {
        "data of QM": "2009 to 2020, 3 organisations",
        "data of QN": "2013 to 2019, 12 organisations",
        "years": "first and last year with data; not of joining or leaving",
    }
    assert [row.parties for row in found.rows] == [(initiative,)] * 2


def test_a_country_that_cannot_be_read_is_not_covered_and_none_is_not_everywhere() -> None:
    found = read_countries("QM,3,2009,2020", "YUG,3,2009,2020", "QN,3,2020,2009")

    assert [row.why for row in found.rows] == [None, Why.COUNTRY_DOUBTFUL, Why.DATES_REVERSED]
    assert company(found).regions == ("QM",)
    assert not read_countries("YUG,3,2009,2020").parties


def test_a_country_twice_with_other_years_is_neither() -> None:
    written = ["QM,3,2009,2020", "QM,3,2009,2021", "QN,1,2010,2010"]
    for ordered in (written, written[::-1]):
        found = read_countries(*ordered)

        assert found.fates() == {("refused", "id_twice", "country"): 2, ("imported", "", ""): 1}
        assert company(found).regions == ("QN",)


NUMBERS = st.sampled_from(["RC1", "'RC1", "RC 1", "RC2", "NA", "Mining"])
LABELS = st.sampled_from(
    ["Tarnside Ltd", "Tarnside", "Greyfell Gold", "Tarnside | Greyfell Gold", "#N/A"]
)
YEARS = st.sampled_from([("2010", "2012"), ("2013", "2013"), ("2016", "2014")])
ROWS = st.lists(
    st.builds(
        lambda number, labels, years, country: row(
            number, labels, first=years[0], last=years[1], country=country
        ),
        NUMBERS,
        LABELS,
        YEARS,
        st.sampled_from(["QM", "QN"]),
    ),
    max_size=8,
)


@settings(max_examples=10)  # each makes the index of countries twice
@given(written=ROWS)
def test_the_order_of_organisations_says_nothing_and_each_comes_out_once(
    written: Sequence[str],
) -> None:
    one, two = read_rows(*written), read_rows(*written[::-1])

    assert (one.parties, one.links, one.fates()) == (two.parties, two.links, two.fates())
    assert len(one.rows) == len(written)


NO_COMPANY = {
    "AF", "MM",  # not in the other file: small traders bear names of persons
    "NE", "SC", "ST",  # rows without a number alone, with several names each
}  # fmt: skip


@needs_data
def test_every_row_of_the_real_files_comes_out_once() -> None:
    countries = read_all(EITI_COUNTRIES.read, shared("msi/eiti_countries.csv"))
    found = read_all(EITI_ORGANISATIONS.read, shared("msi/eiti_reporting_organisations.csv"))

    assert countries.fates() == {("imported", "", ""): 56}
    assert len(company(countries).regions) == 56
    assert found.fates() == {
        ("imported", "", ""): 4_147,
        ("ambiguous", "merged_names", "labels"): 449,
    }
    assert len(found.rows) == 4_596
    assert len(found.parties) == len(found.links) == 4_439
    assert sum(not row.parties for row in found.rows) == 63, "several names, and no number"
    several = sum(" | " in row["labels"] for row in rows("msi/eiti_reporting_organisations.csv"))
    assert several == 1_432
    reporting = {party.located for party in found.parties.values()}
    assert set(company(countries).regions) - reporting == NO_COMPANY
    assert not any("\n" in party.name for party in found.parties.values())
    assert not any("#N/A" in (party.name, *party.aliases) for party in found.parties.values())


def test_the_same_file_read_again_says_the_same() -> None:
    written = [row(), row("'RC100", "Tarnside"), row("NA", "Greyfell Gold"), row(labels="#N/A")]

    assert read_rows(*written) == read_rows(*written)


@needs_data
def test_each_file_is_recognised_as_what_it_is() -> None:
    files = {
        "msi/eiti_countries.csv": "eiti-countries",
        "msi/eiti_reporting_organisations.csv": "eiti-organisations",
        "msi/wikirate_fashionchecker_2021.csv": "wikirate-fashion",
        "msi/derived_msi_participants_2021.csv": "msi-participants",
        "sites/icmm_sites_latam.csv": "icmm-sites",
        "sites/icmm_sites_africa_asia_cut.csv": "icmm-sites",
        "embassies/missions_2022-11.csv": "missions",
        "embassies/missions_2020-10_cut.csv": "missions",
    }
    for path, name in files.items():
        assert [each.name for each in FORMATS.values() if each.recognises(shared(path))] == [name]
