"""The sheet a desk keeps of companies: names that mean each other, and control nobody knows."""

from datetime import date

import pytest

from engine.registry.imports.own.company_sheet import COMPANY_SHEET, read
from engine.registry.rows import Fate, FileRefusedError, Why
from schemas.link import LinkStatus
from schemas.party import Ownership, PartyKind
from tests.unit.engine.registry.imports.files import Records, orders, read_all, setting, table, text

HEADER = (
    "company,aka,parent,parent_home_iso2,host_iso2,sector,ownership_kind,sites,"
    "buyers_or_financiers,msi_membership"
)
MINE = (
    "Cerro Mine SA,Cerro,Northmere Metals,QN,QM,mining,listed,North pit|South pit,Kestrel,Ore Pact"
)
BUYER = "Kestrel,Kestrel BV,Kestrel BV,QR,,trading,private,,,"


def rows_of(*rows: str) -> Records:
    return read_all(read, table(HEADER, *rows))


def test_a_row_says_who_owns_a_company_who_buys_there_where_it_works_and_what_it_joined() -> None:
    found = rows_of(MINE, BUYER)

    assert found.said() == {
        ("Northmere Metals", "parent_of", "Cerro Mine SA"),
        ("Cerro Mine SA", "operates", "North pit"),
        ("Cerro Mine SA", "operates", "South pit"),
        ("Kestrel", "buys_from", "Cerro Mine SA"),
        ("Cerro Mine SA", "member_of", "Ore Pact"),
    }
    mine = found.named("Cerro Mine SA")
    assert (mine.aliases, mine.state, mine.ownership) == (("Cerro",), "QM", Ownership.LISTED)
    assert mine.sectors == ("mining",)
    assert found.named("Northmere Metals").state == "QN"
    assert found.named("North pit").state == "QM"
    assert found.named("Ore Pact").kind is PartyKind.MSI


def test_a_buyer_with_a_row_of_its_own_is_that_company() -> None:
    found = rows_of(MINE, BUYER)

    assert found.named("Kestrel").state == "QR"
    assert len(found.of_kind(PartyKind.COMPANY)) == 3


def test_a_name_that_is_another_name_of_a_row_means_that_company() -> None:
    found = rows_of(MINE.replace(",Kestrel,", ",KESTREL B.V.,"), BUYER)

    assert ("Kestrel", "buys_from", "Cerro Mine SA") in found.said()


def test_a_company_that_names_itself_as_its_parent_is_its_own_head_where_it_is_at_home() -> None:
    found = rows_of("Svanura Hydro,,Svanura Hydro,QT,QU,hydropower,private,,,", BUYER)

    assert found.links == {}
    svanura, kestrel = found.named("Svanura Hydro"), found.named("Kestrel")
    assert (svanura.state, svanura.located) == ("QT", "QU")
    assert (kestrel.state, kestrel.located) == ("QR", None)
    assert [row.fate for row in found.rows] == [Fate.IMPORTED] * 2


@pytest.mark.parametrize("parent", ["", "unknown", "?", "n/a", "(a state-owned enterprise)"])
def test_a_parent_that_nobody_knows_is_for_a_person_and_is_no_party(parent: str) -> None:
    found = rows_of(f"Cerro Mine SA,,{parent},,QM,mining,private,,,")

    (row,) = found.rows
    assert (row.fate, row.why, row.column) == (Fate.AMBIGUOUS, Why.CONTROL_UNKNOWN, "parent")
    assert [party.name for party in found.parties.values()] == ["Cerro Mine SA"]


def test_what_stands_in_brackets_for_a_parent_can_be_read_by_a_person() -> None:
    found = rows_of("Cerro Mine SA,,(with a state-owned enterprise),QN,QM,mining,JV,,,")

    assert found.named("Cerro Mine SA").details == (("parent", "(with a state-owned enterprise)"),)


def test_a_joint_venture_of_one_hides_the_others_and_one_of_two_does_not() -> None:
    alone = rows_of("Cerro Mine SA,,Northmere,QN,QM,mining,JV,,,")
    both = rows_of("Cerro Mine SA,,Northmere|Dala Metals,QN,QM,mining,joint venture,,,")

    assert [(row.why, row.column) for row in alone.rows] == [
        (Why.CONTROL_UNKNOWN, "ownership_kind")
    ]
    assert alone.said() == {("Northmere", "parent_of", "Cerro Mine SA")}, "what is known is kept"
    assert [row.fate for row in both.rows] == [Fate.IMPORTED]
    assert len(both.links) == 2
    assert both.named("Cerro Mine SA").ownership is Ownership.JOINT_VENTURE


def test_a_bank_finances_and_anybody_else_buys() -> None:
    found = rows_of("Cerro Mine SA,,Northmere,QN,QM,mining,listed,,Banco del Norte|Halvorsen AB,")

    assert ("Banco del Norte", "finances", "Cerro Mine SA") in found.said()
    assert ("Halvorsen AB", "buys_from", "Cerro Mine SA") in found.said()
    assert found.named("Banco del Norte").kind is PartyKind.BANK


def test_a_name_that_two_companies_bear_is_neither_and_a_person_decides() -> None:
    found = rows_of(
        "Cerro Mine SA,,Northmere,QN,QM,mining,listed,,Kestrel,",
        "Kestrel Grain,Kestrel,Kestrel Grain,QR,,trading,private,,,",
        "Kestrel Ore,Kestrel,Kestrel Ore,QL,,trading,private,,,",
    )

    assert (found.rows[0].fate, found.rows[0].why) == (Fate.AMBIGUOUS, Why.SAME_NAME)
    assert ("Kestrel", "buys_from", "Cerro Mine SA") in found.said()
    assert found.named("Kestrel").state is None


def test_a_parent_that_is_at_home_in_two_countries_is_in_neither() -> None:
    found = rows_of(
        "Cerro Mine SA,,Northmere,QN,QM,mining,listed,,,",
        "Rio Mine SA,,NORTHMERE,QO,QM,mining,listed,,,",
    )

    assert {row.why for row in found.rows} == {Why.COUNTRY_DOUBTFUL}
    assert found.named("NORTHMERE").state is None


def test_a_country_that_is_no_code_is_for_a_person() -> None:
    found = rows_of("Cerro Mine SA,,Northmere,QN,Quebec,mining,listed,Pit,,")

    (row,) = found.rows
    assert (row.fate, row.why, row.column) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "host_iso2")
    assert found.named("Cerro Mine SA").state is None
    assert found.named("Pit").state is None


@pytest.mark.parametrize(
    ("row", "why", "column"),
    [
        (",,Northmere,QN,QM,,,,,", Why.FIELD_MISSING, "company"),
        ("n/a,,Northmere,QN,QM,,,,,", Why.PLACEHOLDER, "company"),
        ("(a mine),,Northmere,QN,QM,,,,,", Why.PLACEHOLDER, "company"),
        ("Cerro,,Northmere,QN,QM,,someone's,,,", Why.NOT_KNOWN, "ownership_kind"),
    ],
)
def test_a_row_that_names_no_company_or_an_unknown_kind_is_refused_alone(
    row: str, why: Why, column: str
) -> None:
    bad, good = rows_of(row, BUYER).rows

    assert (bad.fate, bad.why, bad.column) == (Fate.REFUSED, why, column)
    assert good.fate is Fate.IMPORTED


def test_a_formula_in_one_row_costs_that_row_and_not_those_that_name_its_company() -> None:
    """They bring the company too, and were refused with it."""
    found = rows_of(
        "Kestrel,=cmd(),Kestrel,QR,,trading,private,,,",
        "Cerro Mine SA,,=Northmere,QN,QM,mining,listed,,,",
        "Rio Mine SA,,Northmere,QN,QM,mining,listed,,Kestrel,",
    )

    assert found.fates() == {
        ("refused", "formula", "aka"): 1,
        ("refused", "formula", "parent"): 1,
        ("imported", "", ""): 1,
    }
    assert found.said() == {
        ("Northmere", "parent_of", "Rio Mine SA"),
        ("Kestrel", "buys_from", "Rio Mine SA"),
    }


def test_the_sheet_is_believed_when_somebody_stands_for_it_and_dated_when_they_say() -> None:
    said = setting(verified_by="Ana", as_of=date(2026, 1, 5))
    stood_for = read_all(read, table(HEADER, MINE), said=said)
    plain = rows_of(MINE)

    assert {link.status for link in plain.links.values()} == {LinkStatus.UNVERIFIED}
    assert {(link.status, link.verified_by, link.as_of) for link in stood_for.links.values()} == {
        (LinkStatus.VERIFIED, "Ana", date(2026, 1, 5))
    }
    assert plain.links.keys() == stood_for.links.keys()


def test_two_sheets_agree_about_who_is_who() -> None:
    """A desk splits its sheet; the companies and links stay the same ones."""
    whole = rows_of(MINE, BUYER)
    part = rows_of(MINE)

    assert part.parties.keys() <= whole.parties.keys()
    assert part.links.keys() <= whole.links.keys()


def test_the_order_of_rows_changes_nothing() -> None:
    rows = (
        MINE,
        BUYER,
        "Rio Mine SA,Rio,NORTHMERE METALS,QN,QM,mining,JV,,Banco Rio|Kestrel,Ore Pact",
        MINE,
    )
    first = rows_of(*rows)

    for order in orders(rows):
        found = rows_of(*order)
        assert (found.parties, found.links) == (first.parties, first.links)
        assert found.fates() == first.fates()


def test_a_sheet_with_the_four_columns_that_are_needed_is_enough() -> None:
    found = read_all(
        read, table("company,parent,parent_home_iso2,host_iso2", "Cerro Mine SA,Northmere,QN,QM")
    )

    assert found.said() == {("Northmere", "parent_of", "Cerro Mine SA")}
    assert COMPANY_SHEET.recognises(table(HEADER))
    with pytest.raises(FileRefusedError, match="no column"):
        list(read(text("sheet.csv", "company,parent\nA,B\n"), setting()))
