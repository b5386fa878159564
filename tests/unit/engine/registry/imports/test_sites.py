"""A mine site comes with its place and what is dug there; who operates it nobody guesses.

Invented sites in invented states, but for the last tests, which count the real files.
"""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports.places.sites import SITES, read
from engine.registry.rows import Fate, Why
from rules.exclusion import closure
from rules.graph import Registry
from schemas.link import LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from schemas.plan import Reason
from tests.unit.engine.registry.imports.files import (
    Records,
    orders,
    read_all,
    setting,
    shared,
    table,
)
from tests.unit.engine.registry.names.shared_data import needs_data, rows
from tests.unit.rules.build import L, a_link, a_role, an_event

HEADER = (
    "ICMMID,Confidence Factor,Mine Name ,Group Names,Latitude,Longitude,Asset Type,Country,"
    "Primary Commodity,Secondary Commodity,Other Commodities"
)
WORDS = {"Northmere": "QM", "Southlea": "QN"}


def row(
    id: str = "ICMM90001",
    name: str = "Greyfell",
    merged: str = "",
    *,
    country: str = "Northmere",
    place: str = "10.5,-20.25",
    assets: str = "Mine",
    dug: str = "gold,silver,lead;zinc",
) -> str:
    return f"{id},Very Low,{name},{merged},{place},{assets},{country},{dug}"


def read_rows(*rows: str) -> Records:
    return read_all(read, table(HEADER, *rows), said=setting(words=WORDS))


def site(found: Records) -> Party:
    (party,) = found.parties.values()
    return party


def doubt(found: Records) -> tuple[Fate, Why | None, str]:
    (only,) = found.rows
    return only.fate, only.why, only.column


def test_a_site_comes_with_what_is_known_of_it() -> None:
    found = read_rows(row(assets="Mine;Smelter;Mine"))

    greyfell = site(found)
    assert doubt(found) == (Fate.IMPORTED, None, "")
    assert (greyfell.id, greyfell.kind) == ("icmm:ICMM90001", PartyKind.SITE)
    assert (greyfell.state, greyfell.sectors) == ("QM", ("mining",))
    assert dict(greyfell.details) == {
        "asset types": "Mine, Smelter",
        "commodities": "gold, silver, lead, zinc",
        "confidence": "very low",
        "latitude": "10.5",
        "longitude": "-20.25",
    }
    assert not found.links, "nobody is said to operate it"


def test_another_spelling_of_its_name_is_another_name_of_it() -> None:
    found = read_rows(row(merged="Greyfell Mine;GREYFELL;Greyfell;Mina Greyfell"))

    assert doubt(found) == (Fate.IMPORTED, None, "")
    assert site(found).aliases == ("GREYFELL", "Greyfell Mine", "Mina Greyfell")


def test_a_merged_name_may_be_another_site_and_never_leads_to_this_one() -> None:
    found = read_rows(row(merged="Greyfell;Old Tarn;Greyfell 2"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.MERGED_NAMES, "Group Names")
    assert site(found).aliases == ()
    assert dict(site(found).details)["merged names"] == "Greyfell 2 | Old Tarn"


def test_the_name_of_a_country_is_nobodys_other_name() -> None:
    found = read_rows(row(name="Mina Northmere", merged="Northmere"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.MERGED_NAMES, "Group Names")
    assert site(found).aliases == ()


@pytest.mark.parametrize("country", ["Congo", "Atlantis"])
def test_a_site_in_a_doubtful_country_is_in_none(country: str) -> None:
    found = read_rows(row(country=country))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "Country")
    assert site(found).state is None


def test_guinea_is_guinea_in_a_mine_register() -> None:
    assert site(read_rows(row(country="Guinea"))).state == "GN"


def test_two_sites_of_one_name_in_a_country_are_perhaps_one() -> None:
    rows = [row("ICMM90002"), row("ICMM90001", "GREYFELL"), row("ICMM90003", country="Southlea")]
    for ordered in (rows, *orders(rows)):
        found = read_rows(*ordered)

        (same,) = found.by_kind(LinkKind.SAME_AS)
        assert (same.a, same.b) == ("icmm:ICMM90002", "icmm:ICMM90001")
        assert same.status is LinkStatus.UNVERIFIED
        assert found.fates()["ambiguous", "same_name", "Mine Name"] == 1


@pytest.mark.parametrize(
    ("place", "why"),
    [("91,0", Why.NOT_A_NUMBER), ("here,0", Why.NOT_A_NUMBER), ("1.5,", Why.FIELD_MISSING)],
)
def test_an_impossible_place_is_left_out(place: str, why: Why) -> None:
    found = read_rows(row(place=place))

    assert doubt(found) == (Fate.AMBIGUOUS, why, "Latitude")
    assert "latitude" not in dict(site(found).details)


@pytest.mark.parametrize(("written", "column"), [(row(""), "ICMMID"), (row(name=""), "Mine Name")])
def test_a_site_without_id_or_name_is_refused(written: str, column: str) -> None:
    assert doubt(read_rows(written)) == (Fate.REFUSED, Why.FIELD_MISSING, column)


def test_a_site_without_an_id_is_nobodys_other_record() -> None:
    found = read_rows(row(""), row())

    assert not found.links
    assert found.fates() == {("refused", "field_missing", "ICMMID"): 1, ("imported", "", ""): 1}


def test_one_region_at_a_time_is_no_end_of_the_others() -> None:
    assert not SITES.complete


def test_at_a_site_that_nobody_is_known_to_run_the_site_is_out_until_two_people_lift_it() -> None:
    found = read_rows(row())
    event = an_event(parties=[a_role("icmm:ICMM90001", "site")])

    (entry,) = closure(Registry(found.parties.values()), event).entries

    assert entry.party == "icmm:ICMM90001"
    assert (entry.reason, entry.tagged) == (Reason.UNKNOWN_PERPETRATOR_GROUP, True)


def test_once_another_source_names_its_operator_that_one_is_out_likewise() -> None:
    found = read_rows(row())
    operates = a_link("firm", L.OPERATES, "icmm:ICMM90001", status=LinkStatus.UNVERIFIED)
    firm = Party(id="firm", kind=PartyKind.COMPANY, name="Tarnside Mining")
    registry = Registry([*found.parties.values(), firm], links=[operates])
    event = an_event(parties=[a_role("icmm:ICMM90001", "site")])

    shut = {entry.party: entry for entry in closure(registry, event).entries}

    assert set(shut) == {"icmm:ICMM90001", "firm"}
    assert all(entry.tagged for entry in shut.values())


NAMES = st.sampled_from(["Greyfell", "Greyfell Mine", "greyfell", "Old Tarn"])
ROWS = st.lists(
    st.builds(
        lambda n, name, merged, country: (n, row(f"ICMM9000{n}", name, merged, country=country)),
        st.integers(1, 9),
        NAMES,
        st.sampled_from(["", "Greyfell;Old Tarn"]),
        st.sampled_from([*WORDS, "Congo"]),
    ),
    max_size=8,
    unique_by=lambda numbered: numbered[0],
)


@settings(max_examples=10)  # each makes the index of countries twice
@given(rows=ROWS)
def test_the_order_of_sites_says_nothing_and_each_comes_out_once(
    rows: list[tuple[int, str]],
) -> None:
    written = [each for _, each in rows]
    one, two = read_rows(*written), read_rows(*written[::-1])

    assert (one.parties, one.links, one.fates()) == (two.parties, two.links, two.fates())
    assert len(one.rows) == len(one.parties) == len(rows)


@needs_data
def test_every_row_of_the_real_files_comes_out_once() -> None:
    latam = read_all(read, shared("sites/icmm_sites_latam.csv"))
    others = read_all(read, shared("sites/icmm_sites_africa_asia_cut.csv"))

    assert latam.fates() == {
        ("imported", "", ""): 699,
        ("ambiguous", "merged_names", "Group Names"): 340,
        ("ambiguous", "same_name", "Mine Name"): 19,
    }
    assert others.fates() == {
        ("imported", "", ""): 524,
        ("ambiguous", "merged_names", "Group Names"): 202,
        ("ambiguous", "same_name", "Mine Name"): 4,
    }
    assert (len(latam.rows), len(others.rows)) == (1_058, 730)
    assert (len(latam.parties), len(others.parties)) == (1_058, 730)
    merged = [row for row in rows("sites/icmm_sites_latam.csv") if ";" in row["Group Names"]]
    assert len(merged) == 472, "113 of them repeat one name, in one spelling or several"
    everywhere = [*latam.parties.values(), *others.parties.values()]
    assert all(each.state for each in everywhere), "all countries resolve"
    assert all({"latitude", "longitude"} <= dict(each.details).keys() for each in everywhere)
    trust = Counter(dict(each.details)["confidence"] for each in latam.parties.values())
    assert trust["very low"] == 492
    assert {link.kind for link in (*latam.links.values(), *others.links.values())} == {
        LinkKind.SAME_AS
    }, "nobody is said to operate any of them"
