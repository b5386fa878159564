"""A mission is linked to the states it is certainly for; whose it is not certain is told nothing.

The states here are invented; somebody said what their names mean in the file.
"""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports.places.missions import MISSIONS, read
from engine.registry.imports.reading import read_file
from engine.registry.rows import Fate, FileRefusedError, SourceFile, Why
from schemas.link import LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from tests.unit.engine.registry.imports.files import Records, orders, read_all, setting, table

NEW = (
    "operator;operatorQID;jurisdictions;jurisdictionQIDs;country;countryQID;city;cityQID;address;"
    "latitude;longitude;phone;email;website;facebook;twitter;youtube;picture;pictureAuthor;"
    "pictureLicense;pictureLicenseURL;type;typeQID;creation;QID;"
)
OLD = (
    "operator;operatorQID;country;countryQID;city;cityQID;address;latitude;longitude;phone;email;"
    "website;facebook;twitter;youtube;picture;type;typeQID;creation;QID;"
)
ENTITY = "http://www.wikidata.org/entity/"
WORDS = {"Northmere": "QM", "Southlea": "QN", "Eastholm": "QP", "Westfell": "QQ"}
"""Invented states."""


def row(
    item: str = "Q900001",
    *,
    operator: str = "Northmere",
    host: str = "Southlea",
    city: str = "Leaport",
    kind: str = "embassy",
    jurisdictions: str = "",
    header: str = NEW,
    **cells: str,
) -> str:
    """One row, with an e-mail address and a telephone that nobody may ever reach."""
    filled = {
        "operator": operator,
        "country": host,
        "city": city,
        "type": kind,
        "jurisdictions": jurisdictions,
        "jurisdictionQIDs": "|".join(f"{ENTITY}Q7" for part in jurisdictions.split("|") if part),
        "email": "mailto:duty@mission.example",
        "phone": "+000 555",
        "website": "https://mission.example",
        "QID": f"{ENTITY}{item}",
    } | cells
    return ";".join(filled.get(column, "") for column in header.split(";")[:-1])


def read_rows(
    *rows: str,
    header: str = NEW,
    words: Mapping[str, str] = WORDS,
    verified_by: str = "",
    as_of: date | None = None,
) -> Records:
    said = setting(words=words, verified_by=verified_by, as_of=as_of)
    return read_all(read, table(header, *rows, name="missions.csv"), said=said)


def mission(found: Records) -> Party:
    (party,) = found.of_kind(PartyKind.MISSION)
    return party


def hosts(found: Records) -> set[str]:
    return {link.b for link in found.by_kind(LinkKind.ACCREDITED_TO)}


def doubt(found: Records) -> tuple[Fate, Why | None, str]:
    (only,) = found.rows
    return only.fate, only.why, only.column


def test_an_embassy_is_its_states_and_stands_for_all_its_jurisdictions() -> None:
    found = read_rows(row(jurisdictions="Southlea|Eastholm"))

    embassy = mission(found)
    assert doubt(found) == (Fate.IMPORTED, None, "")
    assert embassy.id == "wikidata:Q900001"
    assert embassy.identifiers == ("wikidata:Q900001",)
    assert (embassy.state, embassy.located) == ("QM", "QN")
    assert embassy.name == "Northmere: embassy in Leaport, Southlea"
    assert hosts(found) == {"state:QN", "state:QP"}
    assert {party.id for party in found.of_kind(PartyKind.STATE)} == {
        "state:QM",
        "state:QN",
        "state:QP",
    }


def test_the_older_layout_says_the_host_alone() -> None:
    found = read_rows(row(header=OLD), header=OLD)

    assert doubt(found) == (Fate.IMPORTED, None, "")
    assert mission(found).state == "QM"
    assert hosts(found) == {"state:QN"}


def test_no_address_of_the_file_is_ever_taken() -> None:
    found = read_rows(row())

    assert not any(each.contacts for each in found.rows)
    assert "mission.example" not in repr(found)
    assert "555" not in repr(found)


def test_a_crowd_says_so_until_a_person_stands_for_it() -> None:
    (crowd,) = read_rows(row()).links.values()
    (stood_for,) = read_rows(row(), verified_by="person:ana").links.values()

    assert crowd.status is LinkStatus.UNVERIFIED
    assert not crowd.verified_by
    assert stood_for.status is LinkStatus.VERIFIED
    assert stood_for.verified_by == "person:ana"
    assert crowd.id == stood_for.id


NO_CERTAIN_STATE = (
    "Sovereign Military Order of Malta",
    "Ministry of Foreign Affairs",
    "Ministry of Foreign Affairs of Northmere",
    "Government of Northmere",
    "European Parliament",
    "Quebec",
    "Saxony",
    "Turkish Republic of Northern Cyprus",
    "Abkhazia",
    "Somaliland",
    "Scotland",
    "Zanzibar",
    "",
)


def test_a_mission_of_no_certain_state_is_nobodys_and_no_walk_finds_it() -> None:
    found = read_rows(
        *(
            row(f"Q9001{n:02}", operator=operator, jurisdictions="Southlea")
            for n, operator in enumerate(NO_CERTAIN_STATE)
        )
    )

    assert found.fates() == {("ambiguous", "operator_doubtful", "operator"): len(NO_CERTAIN_STATE)}
    assert {party.state for party in found.of_kind(PartyKind.MISSION)} == {None}
    assert not found.links


def test_a_person_may_say_whose_it_is_in_this_file() -> None:
    found = read_rows(row(operator="Scotland"), words=WORDS | {"Scotland": "GB"})

    assert doubt(found) == (Fate.IMPORTED, None, "")
    assert mission(found).state == "GB"


def test_georgia_is_the_country_only_as_the_item_that_is_it() -> None:
    """The other one is a part of the United States."""
    country = row(operator="Georgia", operatorQID=f"{ENTITY}Q230")
    elsewhere = row(operator="Georgia", operatorQID=f"{ENTITY}Q1428")

    assert mission(read_rows(country)).state == "GE"
    assert doubt(read_rows(elsewhere))[1] is Why.OPERATOR_DOUBTFUL


def test_jurisdictions_without_items_are_read_by_their_names() -> None:
    found = read_rows(row(jurisdictions="Southlea|Guinea|Eastholm", jurisdictionQIDs=""))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "jurisdictions")
    assert hosts(found) == {"state:QN", "state:QP"}


@pytest.mark.parametrize("host", ["Nordic countries", "Abkhazia", "Scotland", "Atlantis"])
def test_a_doubtful_host_is_no_host(host: str) -> None:
    found = read_rows(row(host=host, jurisdictions="Eastholm"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "country")
    assert mission(found).located is None
    assert hosts(found) == {"state:QP"}, "the jurisdiction is certain"


def test_a_mission_filed_under_its_own_state_is_not_accredited_to_it() -> None:
    found = read_rows(row(host="Northmere", city="Leaport", jurisdictions="Southlea|Eastholm"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.WRONG_HOST, "country")
    assert mission(found).located is None
    assert hosts(found) == {"state:QN", "state:QP"}


def test_a_mission_filed_under_its_own_state_without_jurisdictions_stands_nowhere() -> None:
    found = read_rows(row(host="Northmere"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.WRONG_HOST, "country")
    assert not found.links


def test_its_own_state_among_the_jurisdictions_is_a_mistake_as_well() -> None:
    found = read_rows(row(jurisdictions="Southlea|Northmere"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.WRONG_HOST, "jurisdictions")
    assert hosts(found) == {"state:QN"}


def test_an_embassy_to_another_state_that_lies_in_the_host_is_not_the_hosts() -> None:
    """As those to the Holy See are in Rome, and those to Libya were in Tunis."""
    found = read_rows(row(jurisdictions="Eastholm"))

    assert doubt(found) == (Fate.IMPORTED, None, "")
    assert mission(found).located == "QN"
    assert hosts(found) == {"state:QP"}


def test_a_consulate_for_provinces_is_its_hosts() -> None:
    found = read_rows(row(kind="consulate general", jurisdictions="Upper Lea|Lower Lea"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "jurisdictions")
    assert hosts(found) == {"state:QN"}


def test_a_mission_to_an_organisation_is_not_the_hosts() -> None:
    found = read_rows(row(kind="permanent mission", jurisdictions="United Nations"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.COUNTRY_DOUBTFUL, "jurisdictions")
    assert not found.links


def test_a_consulate_in_hong_kong_is_found_by_what_happens_there() -> None:
    there = read_rows(row(host="People's Republic of China", city="Hong Kong"))
    elsewhere = read_rows(row(host="Southlea", city="Hong Kong"))

    assert hosts(there) == {"state:CN", "state:HK"}
    assert mission(there).located == "HK"
    assert hosts(elsewhere) == {"state:QN"}, "Hong Kong is not the host's"


@pytest.mark.parametrize("city", ["", "Leaport District"])
def test_a_district_or_no_city_changes_nothing(city: str) -> None:
    found = read_rows(row(city=city))

    assert doubt(found) == (Fate.IMPORTED, None, "")
    assert mission(found).located == "QN"
    assert dict(mission(found).details).get("city", "") == city


def test_what_is_no_mission_is_for_a_person() -> None:
    found = read_rows(row(kind="nonprofit organization"))

    assert doubt(found) == (Fate.AMBIGUOUS, Why.NOT_KNOWN, "type")
    assert not found.links


def test_one_item_for_two_missions_is_neither_of_them() -> None:
    secure = f"{ENTITY.replace('http:', 'https:')}Q900001"
    rows = [row(), row(operator="Westfell", QID=secure), row("Q900002", operator="Westfell")]
    for ordered in (rows, *orders(rows)):
        found = read_rows(*ordered)

        assert found.fates() == {
            ("refused", "id_twice", "QID"): 2,
            ("imported", "", ""): 1,
        }
        assert mission(found).id == "wikidata:Q900002", "and no link to one that was refused"


def test_the_same_row_twice_is_one_mission() -> None:
    found = read_rows(row(), row())

    assert found.fates() == {("imported", "", ""): 2}
    assert mission(found).id == "wikidata:Q900001"


def test_two_items_that_say_the_same_are_perhaps_one_mission() -> None:
    rows = [row("Q900010"), row("Q90002")]
    for ordered in (rows, rows[::-1]):
        found = read_rows(*ordered)

        (same,) = found.by_kind(LinkKind.SAME_AS)
        assert (same.a, same.b) == ("wikidata:Q900010", "wikidata:Q90002")
        assert same.status is LinkStatus.UNVERIFIED
        assert found.fates() == {("imported", "", ""): 1, ("ambiguous", "same_name", ""): 1}


def test_that_two_are_one_is_not_verified_by_who_imports() -> None:
    found = read_rows(row("Q900010"), row("Q90002"), verified_by="person:ana")

    (same,) = found.by_kind(LinkKind.SAME_AS)
    assert same.status is LinkStatus.UNVERIFIED


def test_honorary_consulates_without_a_city_are_several() -> None:
    found = read_rows(*(row(f"Q90000{n}", city="", kind="honorary consulate") for n in range(3)))

    assert found.fates() == {("imported", "", ""): 3}


@pytest.mark.parametrize(
    ("cells", "why", "column"),
    [
        ({"QID": ""}, Why.FIELD_MISSING, "QID"),
        ({"QID": "Q900001"}, Why.NOT_AN_IDENTIFIER, "QID"),
        ({"QID": f"{ENTITY}P31"}, Why.NOT_AN_IDENTIFIER, "QID"),
        ({"jurisdictionQIDs": f"{ENTITY}Q1|{ENTITY}Q2"}, Why.WRONG_SHAPE, "jurisdictionQIDs"),
    ],
)
def test_a_row_that_names_no_mission_is_refused(
    cells: dict[str, str], why: Why, column: str
) -> None:
    found = read_rows(row(jurisdictions="Southlea", **cells))

    assert doubt(found) == (Fate.REFUSED, why, column)


@pytest.mark.parametrize(
    ("cells", "why", "column"),
    [
        ({"latitude": "91", "longitude": "0"}, Why.NOT_A_NUMBER, "latitude"),
        ({"latitude": "north", "longitude": "0"}, Why.NOT_A_NUMBER, "latitude"),
        ({"latitude": "1.5"}, Why.FIELD_MISSING, "latitude"),
        ({"creation": "long ago"}, Why.NOT_A_DATE, "creation"),
    ],
)
def test_what_only_people_read_is_left_out_when_it_cannot_be_true(
    cells: dict[str, str], why: Why, column: str
) -> None:
    found = read_rows(row(**cells))

    assert doubt(found) == (Fate.AMBIGUOUS, why, column)
    assert hosts(found) == {"state:QN"}
    assert {"latitude", "created"}.isdisjoint(dict(mission(found).details))


def test_a_dated_edition_takes_the_place_of_what_it_said_of_the_same_mission() -> None:
    day = date(2026, 1, 31)
    (certain,) = read_rows(row(), as_of=day).rows
    (doubtful,) = read_rows(row(host="Atlantis"), as_of=day).rows
    (undated,) = read_rows(row()).rows

    assert (certain.as_of, certain.replaces) == (day, ("missions:Q900001:",))
    assert all(link.as_of == day for link in certain.links)
    assert doubtful.replaces == (), "a doubt ends nothing"
    assert undated.replaces == (), "nobody knows which edition is the later one"


def test_an_edition_ends_nothing_of_missions_it_does_not_name() -> None:
    """A query that timed out once lost all missions of four states."""
    assert not MISSIONS.complete


def test_both_layouts_are_recognised_and_nothing_else_is() -> None:
    assert MISSIONS.recognises(table(NEW, row()))
    assert MISSIONS.recognises(table(OLD, row(header=OLD)))
    assert not MISSIONS.recognises(table("id,name,kind"))
    with pytest.raises(FileRefusedError, match="names no column"):
        list(read(table("operator;country"), setting()))


def test_a_file_cut_off_in_a_row_keeps_the_rest() -> None:
    whole = table(NEW, row(), row("Q900002", city="Otherport")).data
    rows = list(read(SourceFile(name="cut.csv", data=whole[:-20]), setting(words=WORDS)))

    assert [each.fate for each in rows] == [Fate.IMPORTED, Fate.REFUSED]


def test_a_formula_in_a_name_refuses_the_row() -> None:
    file = table(NEW, row(operator="=HYPERLINK(1)"), name="missions.csv")
    read_as = read_file(file, setting(words=WORDS), formats={"missions": MISSIONS})

    assert [each.why for each in read_as.rows] == [Why.FORMULA]  # type: ignore[union-attr]


CELLS = st.fixed_dictionaries(
    {
        "operator": st.sampled_from([*WORDS, "Quebec", ""]),
        "host": st.sampled_from([*WORDS, "Nordic countries"]),
        "city": st.sampled_from(["", "Leaport", "Hong Kong"]),
        "kind": st.sampled_from(["embassy", "consulate", "band"]),
        "jurisdictions": st.sampled_from(["", "Southlea", "Northmere|Eastholm", "Upper Lea"]),
    }
)
ROWS = st.lists(
    st.builds(lambda item, cells: row(f"Q{item}", **cells), st.integers(1, 6), CELLS), max_size=8
)


@settings(max_examples=8)  # each makes the index of countries twice
@given(rows=ROWS, at=st.integers(0, 8))
def test_the_order_of_rows_says_nothing_and_each_comes_out_once(rows: list[str], at: int) -> None:
    one, two = read_rows(*rows), read_rows(*rows[at:], *rows[:at][::-1])

    assert (one.parties, one.links, one.fates()) == (two.parties, two.links, two.fates())
    assert [each.line for each in one.rows] == list(range(2, len(rows) + 2))
    for link in one.by_kind(LinkKind.ACCREDITED_TO):
        sender = one.parties[link.a].state
        assert sender is not None, "a mission without a state is accredited nowhere"
        assert link.b != f"state:{sender}", "nor one to the state that sent it"


def test_the_same_file_read_again_says_the_same() -> None:
    rows = [row(), row("Q900002"), row("Q900003", operator="Quebec"), row(operator="Westfell")]

    assert read_rows(*rows) == read_rows(*rows)
