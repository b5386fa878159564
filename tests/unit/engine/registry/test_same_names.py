"""One name on two lists: nobody is told because of it, and nobody who must not know is missed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.history import Known
from engine.registry.imports.together import FileRows
from engine.registry.names.keys import load_name_keys
from engine.registry.rows import Fate, RowRead, Why
from engine.registry.same_names import SOURCE, file_of_same_names, same_names
from rules.exclusion import closure
from rules.graph import Registry
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from tests.unit.rules.build import a_role, an_event

KEYS = load_name_keys()


def party(
    name: str,
    source: str,
    *aliases: str,
    kind: PartyKind = PartyKind.COMPANY,
    state: str | None = None,
    located: str | None = None,
    id: str = "",
) -> Party:
    return Party(
        id=id or f"{source}:{name}".replace(" ", "-"),
        kind=kind,
        name=name,
        aliases=aliases,
        state=state,
        located=located,
        source=source,
    )


def joined(*parties: Party) -> set[frozenset[str]]:
    return {frozenset((link.a, link.b)) for link in same_names(parties, keys=KEYS)}


def test_a_company_on_two_lists_is_a_candidate_that_somebody_decides() -> None:
    one, other = party("Lindqvist Kabel Co., Ltd.", "a"), party("LINDQVIST KABEL CO LTD", "b")

    (link,) = same_names([one, other], keys=KEYS)
    assert {link.a, link.b} == {one.id, other.id}
    assert (link.kind, link.status) == (LinkKind.SAME_AS, LinkStatus.UNVERIFIED)
    assert (link.source, link.verified_by) == (SOURCE, "")
    assert "indqvist" not in link.id + link.evidence, "a link names nobody"


def test_it_includes_nobody_on_any_day() -> None:
    (link,) = same_names([party("Lindqvist Kabel", "a"), party("Lindqvist Kabel", "b")], keys=KEYS)

    assert not any(link.current(date(year, 1, 1)) for year in range(1990, 2100))


def test_another_name_of_a_party_counts_as_its_name_does() -> None:
    one = party("Northmere Metals", "a", "Lindqvist Kabel AB")

    assert joined(one, party("Lindqvist Kabel AB", "b")) == {
        frozenset((one.id, "b:Lindqvist-Kabel-AB"))
    }


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("Lindqvist Kabel AB", "QM"), ("Lindqvist Kabel AB", "QN"), "seats are often elsewhere"),
        (("Lindqvist Kabel AB", None), ("Lindqvist Kabel", "QN"), "the form is often left out"),
        (("Lindqvist Kabel AB", "QM"), ("Lindqvist Kabel", "QM"), "the form is often left out"),
        (("Lindqvist Kabel AB", "QM"), ("Lindqvist Kabel GmbH", "QM"), "one house in one country"),
        (("Lindqvist Kabel AB", "QM"), ("Lindqvist Kabel GmbH", None), "no country is no other"),
        (("ATS", "QM"), ("ATS", "QM"), "short, and of one country"),
        (("ATS Corp", None), ("ATS Corp", "QM"), "short, with one form, and no other country"),
    ],
)
def test_who_may_be_the_same_is_a_candidate(
    one: tuple[str, str | None], other: tuple[str, str | None], why: str
) -> None:
    assert joined(party(one[0], "a", state=one[1]), party(other[0], "b", state=other[1])), why


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("ATS", "QM"), ("ATS", "QN"), "three letters are in many names"),
        (("ATS", None), ("ATS", "QN"), "three letters, and no country"),
        (("ATS Corp", "QM"), ("ATS Corp", "QN"), "three letters, and another country"),
        (("ATS Corp", "QM"), ("ATS", "QM"), "three letters, and another form"),
        (("Mining Company Ltd", "QM"), ("Mining Company Ltd", "QN"), "words of the trade"),
        (("Amuse LLC", "QM"), ("Amuse Inc", "QN"), "the forms contradict each other"),
        (("Amuse", "QM"), ("Amuse Inc", "QN"), "another country, and another form"),
        (("Lindqvist Kabel", "QM"), ("Lindqvist Kable", "QM"), "spelled much alike is not equal"),
        (("Lindqvist Kabel", "QM"), ("Lindqvist Kabel Group", "QM"), "one word more"),
        (("Café Lind", "QM"), ("Cafe Lind", "QM"), "accents count"),
    ],
)
def test_chance_matches_are_no_candidates(
    one: tuple[str, str | None], other: tuple[str, str | None], why: str
) -> None:
    assert not joined(party(one[0], "a", state=one[1]), party(other[0], "b", state=other[1])), why


def test_where_a_company_is_located_counts_as_its_country_too() -> None:
    listed = party("Amuse Inc", "a", state="QM", located="QN")

    assert joined(listed, party("Amuse LLC", "b", state="QN"))


@pytest.mark.parametrize("kind", [PartyKind.SITE, PartyKind.STATE_BODY, PartyKind.NHRI])
def test_sites_and_institutions_need_one_country_since_their_names_are_common(
    kind: PartyKind,
) -> None:
    here = party("Santa Rosa", "a", kind=kind, state="QM")

    assert joined(here, party("Santa Rosa", "b", kind=kind, state="QM"))
    assert not joined(here, party("Santa Rosa", "b", kind=kind, state="QN"))
    assert not joined(here, party("Santa Rosa", "b", kind=kind))


def test_a_firm_may_be_a_site_on_one_list_and_a_company_on_another() -> None:
    site = party("Halvorsen Strikk Ltd", "a", kind=PartyKind.SITE, state="QM")

    assert joined(site, party("Halvorsen Strikk Ltd", "b", state="QM"))
    assert not joined(site, party("Halvorsen Strikk Ltd", "b", kind=PartyKind.UNION, state="QM"))


@pytest.mark.parametrize("kind", [PartyKind.STATE, PartyKind.MISSION, PartyKind.PERSON])
def test_states_missions_and_persons_are_never_matched_by_a_name(kind: PartyKind) -> None:
    assert not joined(
        party("Embassy of Quorum", "a", kind=kind, state="QM"),
        party("Embassy of Quorum", "b", kind=kind, state="QM"),
    )


def test_a_source_with_ids_of_its_own_has_nobody_twice_and_one_without_may() -> None:
    twice = [party("Lindqvist Kabel AB", "gleif", id=f"lei:{each}") for each in "12"]
    spelled = [party("Lindqvist Kabel AB", "nbim", id=f"nbim:{each}") for each in "12"]

    assert not joined(*twice)
    assert joined(*spelled)


def test_as_many_questions_as_are_needed_to_join_all_and_no_more() -> None:
    lists = [party("Lindqvist Kabel AB", source) for source in "abcdef"]
    looser = party("Lindqvist Kabel", "g")

    found = same_names([*lists, looser], keys=KEYS)
    assert len(found) == 6
    assert sorted(link.evidence for link in found)[:5] == ["the same name"] * 5
    assert {id for link in found for id in (link.a, link.b)} == {
        each.id for each in (*lists, looser)
    }


def test_a_name_that_a_file_has_thousands_of_times_is_as_many_questions_and_no_more() -> None:
    many = [
        party("Lindqvist AB", "nbim", state=f"Q{'MNOP'[n % 4]}", id=f"nbim:{n}")
        for n in range(3_000)
    ]

    assert len(same_names(many, keys=KEYS)) == 2_999


def test_whom_somebody_joined_before_is_not_asked_about_again() -> None:
    b, c = party("Lindqvist Kabel", "b"), party("Lindqvist Kabel", "c")
    before = same_names([b, c], keys=KEYS)
    a = party("Lindqvist Kabel", "a")

    (further,) = same_names([a, b, c], joined=before, keys=KEYS)
    assert a.id in (further.a, further.b)
    assert same_names([a, b, c], joined=(*before, further), keys=KEYS) == ()


def test_what_was_refuted_is_not_asked_again_either() -> None:
    pair = [party("Lindqvist Kabel", "b"), party("Lindqvist Kabel", "c")]
    refuted = [replace(link, status=LinkStatus.REFUTED) for link in same_names(pair, keys=KEYS)]

    assert same_names(pair, joined=refuted, keys=KEYS) == ()


def test_exclusion_crosses_from_one_list_to_the_other_with_all_that_is_known_there() -> None:
    """The site is known to one list alone; the perpetrator is named as the other has it."""
    accused, listed = party("Lindqvist Kabel", "a"), party("Lindqvist Kabel AB", "b")
    site = party("North Works", "b", kind=PartyKind.SITE, state="QM")
    runs = Link(
        id="runs", kind=LinkKind.OPERATES, a=listed.id, b=site.id,
        status=LinkStatus.UNVERIFIED, source="b",
    )  # fmt: skip
    everybody = [accused, listed, site]
    without = Registry(everybody, links=[runs])
    candidates = Registry(everybody, links=[runs, *same_names(everybody, keys=KEYS)])

    event = an_event(parties=[a_role(accused.id)])
    assert {each.party for each in closure(without, event).entries} == {accused.id}
    assert {each.party for each in closure(candidates, event).entries} == {
        accused.id, listed.id, site.id,
    }  # fmt: skip


def rows_file(*parties: Party) -> FileRows:
    rows = [
        RowRead(line=line, fate=Fate.IMPORTED, parties=(each,))
        for line, each in enumerate(parties, 2)
    ]
    return FileRows(
        name="list.csv", sha256="", format="list", source="b", complete=False, updates=False,
        rows=tuple(rows),
    )  # fmt: skip


def test_an_import_ends_with_the_candidates_between_what_it_brings_and_what_is_known() -> None:
    a, b = party("Lindqvist Kabel", "a"), party("Lindqvist Kabel", "b")
    known = Known(parties={a.id: a})

    (file,) = file_of_same_names(known, [rows_file(b)])
    assert (file.source, file.complete) == (SOURCE, False), "no candidate is ever closed"
    (row,) = file.rows
    assert (row.line, row.fate, row.why) == (1, Fate.AMBIGUOUS, Why.SAME_NAME)

    decided = Known(parties={a.id: a, b.id: b}, links={each.id: each for each in row.links})
    assert file_of_same_names(decided, [rows_file(b)]) == ()


def test_what_a_refused_row_says_is_no_candidate() -> None:
    a = party("Lindqvist Kabel", "a")
    file = rows_file(party("Lindqvist Kabel", "b"))
    refused = [replace(each, fate=Fate.REFUSED, why=Why.FORMULA) for each in file.rows]

    assert file_of_same_names(Known(parties={a.id: a}), [replace(file, rows=tuple(refused))]) == ()


several = st.lists(
    st.builds(
        party,
        st.sampled_from(["Ats", "Lindqvist", "Lindqvist AB", "Lindqvist Ltd", "Kabel", "Mine"]),
        st.sampled_from(["a", "b", "nbim"]),
        st.sampled_from(["Lindqvist", "Kabel AB", "Ats Ltd"]),
        kind=st.sampled_from([PartyKind.COMPANY, PartyKind.SITE, PartyKind.NHRI]),
        state=st.sampled_from([None, "QM", "QN"]),
        id=st.integers(0, 40).map("p:{}".format),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)


@settings(max_examples=80, deadline=None)
@given(parties=several, data=st.data())
def test_the_order_of_parties_changes_nothing(parties: list[Party], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(parties))

    found = same_names(parties, keys=KEYS)
    assert same_names(shuffled, keys=KEYS) == found
    assert same_names(parties, joined=found, keys=KEYS) == (), "a second time asks nothing"


@settings(max_examples=80, deadline=None)
@given(parties=several, at=st.integers(0, 12))
def test_who_was_joined_stays_joined_when_more_parties_come(parties: list[Party], at: int) -> None:
    """What is excluded never shrinks because another list was imported."""
    before, after = same_names(parties[:at], keys=KEYS), same_names(parties, keys=KEYS)

    together = circles(after)
    for link in before:
        assert together[link.a] == together[link.b]


def circles(links: tuple[Link, ...]) -> dict[str, set[str]]:
    """Everybody with all whom links lead to, in the plainest way."""
    found: dict[str, set[str]] = {}
    for link in links:
        both = found.get(link.a, {link.a}) | found.get(link.b, {link.b})
        found.update(dict.fromkeys(both, both))
    return found
