"""The files an organisation keeps itself: any order of columns, each mistake with its place."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.checks import of_party
from engine.registry.history import Known, compare
from engine.registry.imports.formats import FORMATS
from engine.registry.imports.own.columns import CONTACT, LINK, PARTY
from engine.registry.imports.own.spreadsheet import CONTACTS, LINKS, PARTIES
from engine.registry.imports.reading import NotTaken, read_file
from engine.registry.imports.together import FileRows, together
from engine.registry.imports.together import Known as Named
from engine.registry.rows import Fate, Setting, SourceFile, Why
from engine.store.versions import What, dump, load
from rules.complaints import WINDOW_MOST
from schemas.contact import Endpoint, Level
from schemas.link import LinkKind, LinkStatus
from schemas.party import FormPoint, Ownership, PartyKind
from tests.unit.engine.registry.imports.files import setting, text

HERE = Path(__file__).parents[5]
SAMPLES = HERE / "engine" / "bootstrap" / "samples"


def taken(name: str, content: str, said: Setting | None = None) -> FileRows:
    found = read_file(text(name, content), said or setting(), formats=FORMATS)
    assert isinstance(found, FileRows), found
    return found


def refusals(name: str, content: str) -> list[tuple[int, str, str]]:
    """Line, why and column of the rows that are not imported."""
    return [
        (row.line, row.why.value, row.column)
        for row in taken(name, content).rows
        if row.why is not None
    ]


def test_parties_are_read_whatever_the_order_of_the_columns() -> None:
    (row,) = taken(
        "ours.csv",
        "name;aliases;kind;id;state;ownership;sectors;expires\n"
        "Acme;Acme Ltd | ACME;Company;acme;Germany;state_owned;mining | energy;2027-01-31\n",
    ).rows

    (party,) = row.parties
    assert (party.id, party.kind, party.name) == ("acme", PartyKind.COMPANY, "Acme")
    assert party.aliases == ("Acme Ltd", "ACME")
    assert (party.state, party.ownership) == ("DE", Ownership.STATE_OWNED)
    assert (party.sectors, party.expires) == (("mining", "energy"), date(2027, 1, 31))
    assert party.source == "own"


@given(st.lists(st.sampled_from(FormPoint), max_size=20).map(tuple))
def test_what_a_form_asks_for_is_read_as_it_was_written(points: tuple[FormPoint, ...]) -> None:
    cell = " | ".join(points)
    (row,) = taken("p.csv", f"id,kind,name,requirements\nm,mechanism,Office,{cell}\n").rows

    (party,) = row.parties
    assert party.requirements == points
    assert load(What.PARTY, dump(What.PARTY, party)) == party


@given(st.integers(1, WINDOW_MOST))
def test_a_complaint_window_is_read_in_days_and_stored(days: int) -> None:
    (row,) = taken("p.csv", f"id,kind,name,complaint_window\na,agreement,Accord,{days}\n").rows

    (party,) = row.parties
    assert party.complaint_window == days
    assert load(What.PARTY, dump(What.PARTY, party)) == party
    assert list(of_party(party)) == []


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("0", "not_known"), ("-3", "not_known"), ("3654", "not_known"),
        ("2.5", "not_a_number"), ("30 days", "not_a_number"),
    ],
)  # fmt: skip
def test_a_complaint_window_that_cannot_be_is_named_and_its_row_refused(
    cell: str, why: str
) -> None:
    """The next row is taken: a slip in one agreement keeps nobody else out."""
    content = (
        f"id,kind,name,complaint_window\na,agreement,Accord,{cell}\nb,agreement,Other Accord,30\n"
    )

    found = together([taken("p.csv", content)], known=Named())[0].rows
    refused, kept = found

    assert (refused.line, refused.why, refused.column) == (2, Why(why), "complaint_window")
    assert kept.parties[0].complaint_window == 30


def test_a_party_stored_before_there_were_complaint_windows_has_none() -> None:
    (row,) = taken("p.csv", "id,kind,name\na,agreement,Accord\n").rows
    before = orjson.loads(dump(What.PARTY, row.parties[0]))
    del before["complaint_window"]

    assert load(What.PARTY, orjson.dumps(before)) == row.parties[0]


def test_a_point_that_no_form_has_is_named_and_not_passed_over() -> None:
    content = "id,kind,name,requirements\nm,mechanism,Office,state | horoscope\n"

    assert refusals("p.csv", content) == [(2, "not_known", "requirements")]


def test_a_party_stored_before_there_were_forms_is_read_as_one_without() -> None:
    (row,) = taken("p.csv", "id,kind,name\nm,mechanism,Office\n").rows
    before = orjson.loads(dump(What.PARTY, row.parties[0]))
    del before["requirements"]

    assert load(What.PARTY, orjson.dumps(before)) == row.parties[0]


def test_a_link_without_a_status_is_unverified_unless_the_person_stands_for_the_file() -> None:
    content = "kind,a,b,share\nparent_of,acme,pit,51.5\n"

    (unverified,) = taken("links.csv", content).rows[0].links
    (verified,) = taken("links.csv", content, setting(verified_by="person:ana")).rows[0].links

    assert (unverified.kind, unverified.status) == (LinkKind.PARENT_OF, LinkStatus.UNVERIFIED)
    assert (verified.status, verified.verified_by) == (LinkStatus.VERIFIED, "person:ana")
    assert unverified.share == 51.5
    assert unverified.id == verified.id == "own:acme:parent_of:pit"


def test_a_link_to_a_state_needs_no_row_for_the_state() -> None:
    (row,) = taken("links.csv", "kind,a,b\naccredited_to,mission,state:QM\n").rows

    assert [(party.id, party.kind) for party in row.parties] == [("state:QM", PartyKind.STATE)]


def test_a_contact_has_its_addresses_in_the_order_in_which_they_are_tried() -> None:
    (row,) = taken(
        "contacts.csv",
        "id,party,label,level,endpoints,verified_until\n"
        'lea,acme,Human rights,hq_human_rights,"email:lea@a.example | sms:+491711234567'
        ' | email:desk@a.example",2027-06-30\n',
    ).rows

    (contact,) = row.contacts
    assert contact.level is Level.HQ_HUMAN_RIGHTS
    assert contact.endpoints == (
        Endpoint(id="lea-email", channel="email", address="lea@a.example"),
        Endpoint(id="lea-sms", channel="sms", address="+491711234567"),
        Endpoint(id="lea-email-2", channel="email", address="desk@a.example"),
    )
    assert contact.verified_until == datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC)


def test_every_mistake_has_its_line_and_column_and_the_other_rows_are_read() -> None:
    content = (
        "id,kind,name,state,expires,independence_override,ganhri\n"
        "a,company,Acme,QM,,,\n"
        "b,castle,Bo,QM,,,\n"
        ",company,Cy,QM,,,\n"
        "d,company,,QM,,,\n"
        "e,company,Eve,QM,31.01.2027,,\n"
        "f,company,Fay,QM,,maybe,\n"
        "g,nhri,Gus,QM,,,C\n"
        "h,company,=cmd(),QM,,,\n"
        "i,company,Ida,Congo,,,\n"
        "j,company,Joe,QM,2027-02-30,,\n"
    )

    assert refusals("ours.csv", content) == [
        (3, "not_known", "kind"),
        (4, "field_missing", "id"),
        (5, "field_missing", "name"),
        (6, "not_a_date", "expires"),
        (7, "not_known", "independence_override"),
        (8, "not_known", "ganhri"),
        (9, "formula", "name"),
        (10, "country_doubtful", "state"),
        (11, "not_a_date", "expires"),
    ]
    assert len(taken("ours.csv", content).rows) == 10


def test_a_party_whose_state_is_in_doubt_waits_for_a_person_and_is_not_half_taken() -> None:
    content = "id,kind,name,state\ni,company,Ida,Congo\n"
    (row,) = taken("ours.csv", content).rows

    assert (row.fate, row.parties) == (Fate.AMBIGUOUS, ())

    (row,) = taken("ours.csv", content, setting(words={"Congo": "CG"})).rows

    assert (row.fate, row.parties[0].state) == (Fate.IMPORTED, "CG")


@pytest.mark.parametrize("share", ["12,5", "1e2", "fifty", "nan", "1_0", "\u0665"])
def test_a_share_that_is_no_plain_number_is_not_guessed(share: str) -> None:
    content = f'kind,a,b,share\nparent_of,acme,pit,"{share}"\n'

    assert refusals("links.csv", content) == [(2, "not_a_number", "share")]


@pytest.mark.parametrize("day", ["1714521600", "20240501", "01/05/2024", "2024-13-01", "May 2024"])
def test_a_date_is_written_in_one_way(day: str) -> None:
    assert refusals("links.csv", f"kind,a,b,valid_until\nparent_of,acme,pit,{day}\n") == [
        (2, "not_a_date", "valid_until")
    ]


@pytest.mark.parametrize("end", ["lea@a.example", "email:", ":lea@a.example"])
def test_an_address_names_its_channel(end: str) -> None:
    content = f"id,party,label,level,endpoints\nlea,acme,L,general,{end}\n"

    assert refusals("contacts.csv", content) == [(2, "address_unsafe", "endpoints")]


def test_a_misspelt_column_is_not_passed_over_in_silence() -> None:
    content = "kind,a,b,valid_untill\nparent_of,acme,pit,2024-05-01\n"
    found = read_file(text("links.csv", content), setting(), formats=FORMATS)

    assert isinstance(found, NotTaken)
    assert found.why.startswith("links.csv:1:") and "docs/reference/registry.md" in found.why
    assert "valid_untill" not in found.why


def test_the_templates_are_read_without_a_doubt_and_name_every_column() -> None:
    files = []
    for name, columns in (("parties.csv", PARTY), ("links.csv", LINK), ("contacts.csv", CONTACT)):
        content = (SAMPLES / name).read_text("utf-8")
        assert content.partition("\n")[0].split(",") == list(columns)
        files.append(taken(name, content))

    checked = together(files, known=Named())

    assert [row.why for file in checked for row in file.rows] == [None] * 6


@pytest.mark.parametrize(
    ("heading", "columns"),
    [("parties.csv", PARTY), ("links.csv", LINK), ("contacts.csv", CONTACT)],
)
def test_every_column_is_documented(heading: str, columns: dict[str, object]) -> None:
    page = (HERE / "docs" / "reference" / "registry.md").read_text("utf-8")
    section = page.partition(f"\n`{heading}`: ")[2].partition("\n\n| ")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `(\w+)`", "| " + section, re.MULTILINE) == list(columns)


def test_every_format_is_documented() -> None:
    page = (HERE / "docs" / "reference" / "registry.md").read_text("utf-8")

    assert not [name for name in FORMATS if f"| `{name}` |" not in page]


@given(st.binary(max_size=300))
def test_no_bytes_whatever_crash_a_format_of_ours(data: bytes) -> None:
    for format, header in (
        (PARTIES, b"id,kind,name,state,expires\n"),
        (LINKS, b"kind,a,b,share,valid_from\n"),
        (CONTACTS, b"id,party,label,level,endpoints\n"),
    ):
        file = SourceFile(name="x.csv", data=header + data)
        found = read_file(file, setting(), formats={format.name: format}, named=format.name)

        assert isinstance(found, FileRows)
        assert all(row.why for row in found.rows if row.fate is not Fate.IMPORTED)


def test_importing_a_file_twice_changes_nothing() -> None:
    content = "id,kind,name\na,company,Acme\nb,site,Bo\n"
    once = compare(Known(), taken("p.csv", content).rows, source="own")
    known = Known(
        parties={change.id: change.record for change in once.added},  # type: ignore[misc]
        claims={(change.id, "own"): change.record for change in once.added},  # type: ignore[misc]
    )

    again = compare(known, taken("p.csv", content).rows, source="own")

    assert len(once.added) == 2
    assert not again.all and again.unchanged == 2
