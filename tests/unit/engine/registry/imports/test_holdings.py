"""What a fund published that it owned in a year: in that year, with its share, and no other."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports.trade.holdings import HOLDINGS, INVESTOR, read
from engine.registry.rows import Fate, FileRefusedError, Why
from rules.graph import Registry
from schemas.link import LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind
from tests.unit.engine.registry.imports.files import Records, read_all, setting, table, text

HEADER = (
    "Region,Country,Name,Industry,Market Value(NOK),Market Value(USD),Voting,Ownership,"
    "Incorporation Country"
)


def rows_of(*rows: str, year: int = 2018) -> Records:
    return read_all(read, table(HEADER, *rows, name=f"EQ_{year}_Country.csv"))


def company(found: Records) -> Party:
    (only,) = found.of_kind(PartyKind.COMPANY)
    return only


def test_the_fund_invests_in_each_company_with_its_share_and_value_in_that_year() -> None:
    found = rows_of('Europe,Norway,Nordlys Havbruk ASA,Food,"1,234,567","150,001",2.06,1.5,Norway')

    (link,) = found.links.values()
    assert (link.kind, link.a, link.b) == (LinkKind.INVESTS_IN, INVESTOR.id, company(found).id)
    assert (link.share, link.value, link.currency) == (1.5, 1_234_567, "NOK")
    assert (link.valid_from, link.valid_until) == (date(2018, 1, 1), date(2018, 12, 31))
    assert link.as_of == date(2018, 12, 31)
    assert (link.status, link.verified_by) == (LinkStatus.VERIFIED, INVESTOR.name)
    assert link.evidence == "equity holdings 2018, Food, votes 2.06 %"


def test_the_fund_is_an_investor_owned_by_its_state() -> None:
    assert INVESTOR.kind is PartyKind.INVESTOR
    assert (INVESTOR.state, INVESTOR.ownership) == ("NO", Ownership.STATE_OWNED)


def test_votes_that_are_not_given_are_not_said_to_be_none() -> None:
    found = rows_of("Europe,Norway,Nordlys Havbruk ASA,Food,10,2,,1.5,Norway")

    (link,) = found.links.values()
    assert "votes" not in link.evidence
    assert link.share == 1.5


def test_a_share_that_is_not_given_is_unknown_and_one_of_nought_is_nought() -> None:
    unknown = rows_of("Europe,Norway,Nordlys Havbruk ASA,Food,10,2,,,Norway")
    nought = rows_of("Europe,Norway,Nordlys Havbruk ASA,Food,10,2,,0,Norway")

    assert [link.share for link in unknown.links.values()] == [None]
    assert [link.share for link in nought.links.values()] == [0.0]


def test_a_value_that_is_not_given_has_no_currency_either() -> None:
    found = rows_of("Europe,Norway,Nordlys Havbruk ASA,Food,,,,1.5,Norway")

    assert [(link.value, link.currency) for link in found.links.values()] == [(None, "")]


def test_a_company_is_seated_where_it_is_incorporated_and_located_where_it_is_counted() -> None:
    found = company(rows_of("Asia,China,Pearl Gate Ltd,Food,1,1,1,1,Cayman Islands"))

    assert (found.state, found.located) == ("KY", "CN"), "both may be asked, none is forgotten"


def test_a_company_counted_where_it_is_incorporated_has_one_country() -> None:
    found = company(rows_of("Europe,Norway,Nordlys Havbruk ASA,Food,1,1,1,1,Norway"))

    assert (found.state, found.located) == ("NO", None)


@pytest.mark.parametrize("seat", ["Virgin Islands", "International Organisations", "Atlantis", ""])
def test_a_company_of_no_certain_country_is_taken_without_one_and_a_person_decides(
    seat: str,
) -> None:
    found = rows_of(f"Asia,Hong Kong,Pearl Gate Ltd,Food,1,1,1,1,{seat}")

    (row,) = found.rows
    why = Why.COUNTRY_DOUBTFUL if seat else Why.FIELD_MISSING
    assert (row.fate, row.why, row.column) == (Fate.AMBIGUOUS, why, "Incorporation Country")
    assert (company(found).state, company(found).located) == (None, "HK")
    assert len(found.links) == 1, "that the fund owns it is certain"


def test_once_somebody_says_what_a_word_means_the_same_company_has_its_country() -> None:
    file = table(HEADER, "Asia,Hong Kong,Pearl Gate Ltd,F,1,1,1,1,Virgin Islands", name="2012.csv")
    before = read_all(read, file)
    after = read_all(read, file, said=setting(words={"virgin islands": "VG"}))

    assert (company(before).state, company(after).state) == (None, "VG")
    assert company(before).id == company(after).id
    assert before.links == after.links


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("E,Norway,X Havbruk,F,1 000,1,1,1,Norway", "Market Value(NOK)"),
        ('E,Norway,X Havbruk,F,"1,00",1,1,1,Norway', "Market Value(NOK)"),
        ("E,Norway,X Havbruk,F,-5,1,1,1,Norway", "Market Value(NOK)"),
        ('E,Norway,X Havbruk,F,1,1,1,"1,5",Norway', "Ownership"),
        ("E,Norway,X Havbruk,F,1,1,1,nan,Norway", "Ownership"),
        ("E,Norway,X Havbruk,F,1,1,1e3,1,Norway", "Voting"),
        ("E,Norway,X Havbruk,F,1,1,1,٢,Norway", "Ownership"),
    ],
)
def test_a_number_that_is_written_otherwise_is_refused_and_not_guessed(
    row: str, column: str
) -> None:
    """`1,5` is five tenths to a European and a slip to the publisher: 15 per cent to nobody."""
    found = rows_of(row, "E,Norway,Nordlys Havbruk ASA,F,1,1,1,1,Norway")

    bad, good = found.rows
    assert (bad.fate, bad.why, bad.column) == (Fate.REFUSED, Why.NOT_A_NUMBER, column)
    assert good.fate is Fate.IMPORTED, "the rest of the file stays usable"


def test_a_row_without_a_name_is_refused() -> None:
    (row,) = rows_of("E,Norway,,F,1,1,1,1,Norway").rows

    assert (row.fate, row.why, row.column) == (Fate.REFUSED, Why.FIELD_MISSING, "Name")


def test_each_year_says_the_same_whichever_other_years_came_before_it() -> None:
    """A company is spelled and counted differently over the years; no year overwrites another."""
    early = "E,Norway,NORDLYS Havbruk ASA,F,1,1,1,1,Norway"
    late = "E,Sweden,Nordlys Havbruk ASA,F,1,1,1,1,Norway"
    both = read_all(
        read, table(HEADER, early, name="2012.csv"), table(HEADER, late, name="2018.csv")
    )

    assert len(both.of_kind(PartyKind.COMPANY)) == 2
    assert both.parties == (rows_of(early).parties | rows_of(late).parties)


def test_a_file_read_twice_says_the_same_twice() -> None:
    rows = ("E,Norway,Nordlys Havbruk ASA,F,1,1,1,1,Norway", "E,Kenya,Lind,F,1,1,1,1,Atlantis")

    assert rows_of(*rows).rows == rows_of(*rows).rows


def test_a_company_held_in_two_years_is_one_party_with_two_links() -> None:
    row = "E,Norway,Nordlys Havbruk ASA,F,1,1,1,1,Norway"
    both = read_all(read, table(HEADER, row, name="2012.csv"), table(HEADER, row, name="2018.csv"))

    assert len(both.of_kind(PartyKind.COMPANY)) == 1
    assert {link.as_of for link in both.links.values()} == {
        date(2012, 12, 31),
        date(2018, 12, 31),
    }


def test_a_holding_of_2018_tells_nobody_of_an_event_in_2012_nor_of_one_today() -> None:
    found = rows_of("E,Norway,Nordlys Havbruk ASA,F,1,1,1,1,Norway", year=2018)
    (link,) = Registry(found.parties.values(), links=found.links.values()).links_to(
        company(found).id, {LinkKind.INVESTS_IN}
    )

    assert link.current(date(2018, 1, 1)) and link.current(date(2018, 12, 31))
    for day in (date(2012, 6, 1), date(2017, 12, 31), date(2019, 1, 1), date(2026, 3, 2)):
        assert not link.current(day)


def test_a_file_of_another_format_is_refused_as_a_whole() -> None:
    with pytest.raises(FileRefusedError, match="no column"):
        list(read(text("2018.csv", "a,b\n1,2\n"), setting()))

    assert not HOLDINGS.recognises(text("2018.csv", "Country,Name\n1,2\n"))
    assert HOLDINGS.recognises(table(HEADER, name="2018.csv"))


names = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1).filter(str.strip)
lines = st.lists(
    st.tuples(names, st.sampled_from(["Norway", "Kenya", "Virgin Islands"]), st.floats(0, 100)),
    max_size=8,
    unique_by=lambda row: " ".join(row[0].split()),
)


@settings(max_examples=8, deadline=None)
@given(lines=lines, data=st.data())
def test_the_order_of_rows_changes_nothing_and_no_row_is_lost(
    lines: list[tuple[str, str, float]], data: st.DataObject
) -> None:
    written = [
        f'E,{country},"{name.replace(chr(34), chr(34) * 2)}",F,1,1,1,{share:.4f},{country}'
        for name, country, share in lines
    ]
    shuffled = data.draw(st.permutations(written))

    one, other = rows_of(*written), rows_of(*shuffled)
    assert len(one.rows) == len(other.rows) == len(lines)
    assert (one.parties, one.links) == (other.parties, other.links)
