"""What rows say of each other: one id for two things, one identifier of two, parties nobody has."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.registry.imports.tally import tally
from engine.registry.imports.together import FileRows, Known, together
from engine.registry.rows import Fate, RowRead, Why
from schemas.contact import Contact, Endpoint, Level
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind


def company(id: str, *, name: str = "", identifiers: tuple[str, ...] = ()) -> Party:
    return Party(id=id, kind=PartyKind.COMPANY, name=name or id, identifiers=identifiers)


def owns(a: str, b: str) -> Link:
    return Link(
        id=f"{a}>{b}",
        kind=LinkKind.PARENT_OF,
        a=a,
        b=b,
        status=LinkStatus.UNVERIFIED,
        source="list",
    )


def contact(id: str, party: str, *, endpoint: str = "") -> Contact:
    ends = (Endpoint(id=endpoint, channel="email", address="a@x.example"),) if endpoint else ()
    return Contact(id=id, party=party, label="Desk", level=Level.GENERAL, endpoints=ends)


def file(
    *records: Party | Link | Contact, name: str = "list.csv", updates: bool = False
) -> FileRows:
    """A file of one record a row."""
    rows = []
    for line, each in enumerate(records, 2):
        row = RowRead(line=line, fate=Fate.IMPORTED)
        if isinstance(each, Party):
            row = replace(row, parties=(each,))
        elif isinstance(each, Link):
            row = replace(row, links=(each,))
        else:
            row = replace(row, contacts=(each,))
        rows.append(row)
    return FileRows(
        name=name,
        sha256="0",
        format="list",
        source="list",
        complete=False,
        updates=updates,
        rows=tuple(rows),
    )


def refused(*files: FileRows, known: Known | None = None) -> list[tuple[int, str, str]]:
    """Line, why and field of the rows that are refused, file after file."""
    return [
        (row.line, row.why.value if row.why else "", row.column)
        for each in together(files, known=known or Known())
        for row in each.rows
        if row.fate is Fate.REFUSED
    ]


def test_two_parties_with_one_identifier_are_not_both_taken() -> None:
    one, other = company("a", identifiers=("lei:1",)), company("b", identifiers=("lei:1",))

    assert refused(file(one, other)) == [(3, "identifier_taken", "identifiers")]
    assert refused(file(one), file(other)) == [(2, "identifier_taken", "identifiers")]


def test_an_identifier_that_the_registry_gives_to_another_party_is_not_taken() -> None:
    known = Known(identifiers={"lei:1": "z"})

    claims = file(company("a", identifiers=("lei:1",)), company("z", identifiers=("lei:1",)))

    assert refused(claims, known=known) == [(2, "identifier_taken", "identifiers")]


def test_one_id_for_two_things_is_a_mistake_within_a_file() -> None:
    assert refused(file(company("a", name="A"), company("a", name="B"))) == [(3, "id_twice", "id")]


def test_a_row_that_stands_there_twice_is_no_mistake() -> None:
    assert refused(file(company("a"), company("a"))) == []


def test_a_later_edition_may_say_something_else_of_an_id() -> None:
    assert refused(file(company("a", name="A")), file(company("a", name="B"))) == []


def test_a_stream_of_updates_may_say_something_else_of_an_id() -> None:
    assert refused(file(company("a", name="A"), company("a", name="B"), updates=True)) == []


def test_one_endpoint_id_of_two_contacts_is_a_mistake() -> None:
    both = file(company("p"), contact("a", "p", endpoint="e"), contact("b", "p", endpoint="e"))

    assert refused(both) == [(4, "id_twice", "endpoints")]


def test_a_row_that_contradicts_itself_is_a_mistake() -> None:
    row = RowRead(line=2, fate=Fate.IMPORTED, parties=(company("a", name="A"), company("a")))

    assert refused(replace(file(), rows=(row,))) == [(2, "id_twice", "id")]


def test_a_link_or_contact_of_a_party_that_nobody_has_is_named_by_its_end() -> None:
    rows = file(company("a"), owns("a", "x"), owns("y", "a"), contact("c", "z"))

    assert refused(rows) == [
        (3, "party_unknown", "b"),
        (4, "party_unknown", "a"),
        (5, "party_unknown", "party"),
    ]


def test_a_party_of_another_file_or_of_the_registry_is_known() -> None:
    parties, links = file(company("a")), file(owns("a", "b"))

    assert refused(links, parties, known=Known(parties=frozenset({"b"}))) == []


def test_a_link_to_a_party_whose_own_row_was_refused_is_taken_and_excludes() -> None:
    brings = RowRead(
        line=1, fate=Fate.IMPORTED, parties=(company("a"),), links=(owns("a", "nobody"),)
    )
    rows = replace(file(), rows=(brings, *file(company("b"), owns("a", "b")).rows))

    assert refused(rows) == [(1, "party_unknown", "b")]


def test_a_contact_of_a_party_whose_own_row_was_refused_waits_with_it() -> None:
    brings = RowRead(
        line=1, fate=Fate.IMPORTED, parties=(company("a"),), links=(owns("a", "nobody"),)
    )
    rows = replace(file(), rows=(brings, *file(contact("c", "a")).rows))

    assert refused(rows) == [(1, "party_unknown", "b"), (2, "party_unknown", "party")]


def test_a_party_that_waits_for_a_person_loses_none_of_its_links_not_in_another_file_either() -> (
    None
):
    waits = RowRead(line=1, fate=Fate.AMBIGUOUS, why=Why.COUNTRY_DOUBTFUL, left_out=("a",))
    parties = replace(file(), rows=(waits,))

    assert refused(file(company("b"), owns("a", "b")), parties) == []


def test_a_party_with_an_identifier_of_another_one_keeps_its_links() -> None:
    first = replace(company("a"), identifiers=("own:1",))
    second = replace(company("b"), identifiers=("own:1",))

    assert refused(file(first, second, company("c"), owns("b", "c"))) == [
        (3, "identifier_taken", "identifiers")
    ]


def test_of_a_long_chain_one_misspelt_end_refuses_its_own_row_and_no_other() -> None:
    rows = [
        RowRead(
            line=n,
            fate=Fate.IMPORTED,
            parties=(company(f"p{n}"),),
            links=(owns(f"p{n}", f"p{n + 1}"),),
        )
        for n in range(3_000)
    ]

    assert refused(replace(file(), rows=tuple(rows))) == [(2_999, "party_unknown", "b")]


def test_a_long_chain_of_contacts_of_unknown_parties_is_refused_in_one_go() -> None:
    rows = [
        RowRead(
            line=n,
            fate=Fate.IMPORTED,
            parties=(company(f"p{n}"),),
            contacts=(contact(f"c{n}", f"p{n + 1}"),),
        )
        for n in range(3_000)
    ]

    assert len(refused(replace(file(), rows=tuple(rows)))) == 3_000


def test_links_to_parties_that_come_with_another_file_are_taken_where_the_format_says_so() -> None:
    row = RowRead(line=2, fate=Fate.IMPORTED, links=(owns("a", "b"),), ahead=True)

    assert refused(replace(file(), rows=(row,))) == []


IDS = st.sampled_from("abcde")
RECORDS = st.one_of(
    st.builds(company, IDS, name=st.sampled_from(["", "A", "B"])),
    st.builds(owns, IDS, IDS),
    st.builds(contact, IDS, IDS, endpoint=IDS),
)


@given(st.lists(st.lists(RECORDS, max_size=8), max_size=3))
def test_every_row_comes_out_once_and_what_is_left_contradicts_nothing(
    files: list[list[Party | Link | Contact]],
) -> None:
    before = [file(*records, name=str(n)) for n, records in enumerate(files)]

    after = together(before, known=Known())

    for one, other in zip(before, after, strict=True):
        assert [row.line for row in one.rows] == [row.line for row in other.rows]
        counted = tally(other.rows)
        assert counted.read == counted.imported + counted.ambiguous + counted.refused
    left = [row for each in after for row in each.rows if row.fate is not Fate.REFUSED]
    parties = {each.id for row in left for each in row.parties}
    assert all({each.a, each.b} <= parties for row in left for each in row.links)
    assert all(each.party in parties for row in left for each in row.contacts)
    for each in after:
        records = [r for row in each.rows for r in (*row.parties, *row.links, *row.contacts)]
        assert len({(type(r), r.id) for r in records}) == len(set(map(repr, records)))
    assert together(after, known=Known()) == after


def test_reasons_are_counted_once_with_the_lines_of_each() -> None:
    counted = tally(
        together([file(owns("x", "y"), owns("x", "z"), company("a"))], known=Known())[0].rows
    )

    assert (counted.read, counted.imported, counted.refused) == (3, 1, 2)
    assert [(each.why, each.column, each.lines) for each in counted.reasons] == [
        (Why.PARTY_UNKNOWN, "a", (2, 3))
    ]
