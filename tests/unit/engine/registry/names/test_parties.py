"""A written name leads to exactly one party, or to a person who chooses; never to the nearest."""

import dataclasses
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.names.candidates import (
    Candidate,
    Candidates,
    Doubt,
    How,
    Likeness,
    Resolved,
    Suggested,
)
from engine.registry.names.identifiers import Identifier, Scheme
from engine.registry.names.keys import load_name_keys
from engine.registry.names.parties import Named, PartyNames

KEYS = load_name_keys()
LEI = Identifier(Scheme.LEI, "A")
OTHER_LEI = Identifier(Scheme.LEI, "B")
OS_ID = Identifier(Scheme.OS_ID, "C")

NORTHMERE = Named(
    id="company:northmere",
    name="Northmere Holdings Ltd",
    aliases=("Northmere", "Нортмир"),
    identifiers=(LEI,),
    country="QM",
)
QUIMBARE = Named(id="company:quimbare", name="Minera Cerro Quimbaré S.A.", country="QN")
ATS = Named(id="company:ats", name="ATS", country="QO")


def index(*parties: Named) -> PartyNames:
    return PartyNames(parties, keys=KEYS)


GORA = Named(id="company:gora", name="Gora Metal", country="QP")
REGISTRY = index(NORTHMERE, QUIMBARE, ATS, GORA)


def refused(answer: Resolved | Candidates) -> Candidates:
    assert isinstance(answer, Candidates), answer
    return answer


def best(answer: Resolved | Candidates) -> Candidate:
    return refused(answer).ranked[0]


@pytest.mark.parametrize(
    "written",
    [
        "Northmere Holdings Ltd",
        "NORTHMERE HOLDINGS LIMITED",
        " northmere  holdings, ltd. ",
        "Northmere",
        "нортмир",
    ],
)
def test_a_name_or_alias_that_one_party_bears_leads_to_it(written: str) -> None:
    assert REGISTRY.resolve(written) == Resolved(party="company:northmere", how=How.NAME)


@pytest.mark.parametrize(
    ("written", "party", "words"),
    [
        ("Northmere GmbH", "company:northmere", "same without legal form"),
        ("Minera Cerro Quimbare S.A.", "company:quimbare", "same letters without accents"),
        ("Northmere Group", "company:northmere", "same without words such as group or holding"),
        ("North Mere", "company:northmere", "same letters, other blanks"),
        ("Гора Метал", "company:gora", "transliterated"),
        ("Минера Церро Куимбаре", "company:quimbare", "spelled much alike, transliterated"),
        ("Minera Cerro Quimbaré Norte", "company:quimbare", "one word more or less"),
        ("Minera Altiplano Quimbaré", "company:quimbare", "one word differs"),
        ("Minera Cerro Quimbarré", "company:quimbare", "spelled much alike"),
    ],
)
def test_everything_else_is_a_candidate_that_says_in_words_why(
    written: str, party: str, words: str
) -> None:
    answer = refused(REGISTRY.resolve(written))

    assert answer.doubt is Doubt.NO_PARTY
    assert (answer.ranked[0].suggested.to_show, answer.ranked[0].words) == (party, words)


def test_a_name_that_two_bear_is_nobodys_whatever_the_country() -> None:
    twin = Named(id="company:twin", name="Northmere", country="QP")
    both = index(NORTHMERE, twin)

    for country in (None, "QM", "QP"):
        answer = refused(both.resolve("Northmere", country=country))
        assert answer.doubt is Doubt.SEVERAL_PARTIES
        shown = [each.suggested.to_show for each in answer.ranked]
        assert sorted(shown) == ["company:northmere", "company:twin"]
        assert country != "QP" or shown[0] == "company:twin"


def test_a_name_in_another_country_is_not_certain() -> None:
    answer = refused(REGISTRY.resolve("Northmere", country="QP"))

    assert answer.doubt is Doubt.OTHER_COUNTRY
    assert answer.ranked[0].words == "the same name, another country"
    assert isinstance(REGISTRY.resolve("Northmere", country="QM"), Resolved)


def test_three_letters_are_a_name_only_in_their_country() -> None:
    """Of real lists: `ATS`, `API` and `SMK` are different firms on each."""
    assert refused(REGISTRY.resolve("ATS")).doubt is Doubt.COMMON_NAME
    assert refused(REGISTRY.resolve("ATS LLC", country="QO")).doubt is Doubt.NO_PARTY
    assert isinstance(REGISTRY.resolve("ATS", country="QO"), Resolved)
    nowhere = index(Named(id="company:ats", name="ATS"))
    assert refused(nowhere.resolve("ATS", country="QO")).doubt is Doubt.COMMON_NAME


def test_an_identifier_leads_to_its_party_whatever_it_is_called_there() -> None:
    found = Resolved(party="company:northmere", how=How.IDENTIFIER)

    assert REGISTRY.resolve("Some other name", identifiers=[LEI]) == found
    assert REGISTRY.resolve("", identifiers=[LEI], country="QP") == found
    own = Identifier(Scheme.OWN, "company:northmere")
    assert REGISTRY.resolve("", identifiers=[own]) == found


def test_identifiers_that_disagree_lead_nowhere() -> None:
    other = Named(id="company:other", name="Other", identifiers=(OS_ID,))
    both = index(NORTHMERE, other)

    answer = refused(both.resolve("Northmere", identifiers=[LEI, OS_ID]))
    assert answer.doubt is Doubt.IDENTIFIERS_DISAGREE
    assert {each.suggested.to_show for each in answer.ranked} >= {NORTHMERE.id, other.id}
    same = refused(index(NORTHMERE, dataclasses.replace(other, identifiers=(LEI,))).resolve(
        "Northmere", identifiers=[LEI]
    ))  # fmt: skip
    assert same.doubt is Doubt.IDENTIFIERS_DISAGREE


def test_the_right_name_with_another_lei_is_another_party() -> None:
    answer = refused(REGISTRY.resolve("Northmere", identifiers=[OTHER_LEI]))

    assert answer.doubt is Doubt.IDENTIFIERS_DISAGREE
    assert answer.ranked[0].words == "the same name, another identifier"


@pytest.mark.parametrize(("name", "doubt"), [("", Doubt.EMPTY), (" - ", Doubt.EMPTY)])
def test_nothing_written_leads_nowhere(name: str, doubt: Doubt) -> None:
    assert REGISTRY.resolve(name) == Candidates(doubt=doubt)
    assert refused(REGISTRY.resolve("Northmere " * 1_000)).doubt is Doubt.TOO_LONG


def test_a_candidate_cannot_be_linked_until_somebody_says_who_chose_it() -> None:
    """By type: what a link takes is text, and a candidate has none."""
    candidate = best(REGISTRY.resolve("Northmere GmbH"))

    assert not isinstance(candidate.suggested, str)
    assert str(candidate.suggested) != "company:northmere"
    held = typing.get_type_hints(Candidate)
    assert held["suggested"] is Suggested and "party" not in held
    assert "party" not in typing.get_type_hints(Candidates)
    assert typing.get_type_hints(Resolved)["party"] is str
    assert candidate.chosen(by="person:ana") == Resolved(
        party="company:northmere", how=How.HUMAN, by="person:ana"
    )
    with pytest.raises(ValueError, match="say who"):
        candidate.chosen(by=" ")


def test_candidates_are_ten_at_most_and_always_in_the_same_order() -> None:
    many = [Named(id=f"company:{n:02}", name=f"Northmere {n}") for n in range(40)]

    first = index(*many).candidates("Northmere x")
    assert len(first) == 10
    assert first == index(*reversed(many)).candidates("Northmere x")


def test_a_word_of_the_trade_in_common_makes_no_candidate() -> None:
    assert refused(index(QUIMBARE).resolve("Minera Blanca")).ranked == ()
    assert refused(index(QUIMBARE).resolve("Minera S.A.")).ranked == ()


def test_every_likeness_has_words_and_nothing_apart_costs_nothing() -> None:
    assert len({part.words for part in Likeness}) == len(Likeness)
    assert Likeness.OTHER_COUNTRY.distance > Likeness.WITHOUT_LEGAL_FORM.distance


names = st.sampled_from(
    ["Northmere", "Northmere Ltd", "northmere ltd.", "Northmére", "Cerro", "Cerro S.A.", "ATS"]
)
countries = st.sampled_from([None, "QM", "QN"])
identifiers = st.lists(st.sampled_from([LEI, OTHER_LEI, OS_ID]), max_size=2).map(tuple)


@st.composite
def registries(draw: st.DrawFn) -> list[Named]:
    count = draw(st.integers(0, 5))
    return [
        Named(
            id=f"company:{number}",
            name=draw(names),
            aliases=tuple(draw(st.lists(names, max_size=1))),
            identifiers=draw(identifiers),
            country=draw(countries),
        )
        for number in range(count)
    ]


@given(registries(), names, countries, identifiers)
def test_who_is_found_bears_the_name_or_the_identifier_alone(
    parties: list[Named], name: str, country: str | None, given_: tuple[Identifier, ...]
) -> None:
    answer = index(*parties).resolve(name, country=country, identifiers=given_)
    if isinstance(answer, Resolved):
        exact = KEYS.of(name).exact
        if answer.how is How.NAME:
            bearing = [
                each
                for each in parties
                if exact in {KEYS.of(known).exact for known in (each.name, *each.aliases)}
            ]
        else:
            bearing = [each for each in parties if {*each.identifiers} & {*given_}]
        assert [each.id for each in bearing] == [answer.party]


@given(registries(), registries(), names, countries)
def test_a_further_party_never_makes_an_ambiguous_name_certain(
    some: list[Named], more: list[Named], name: str, country: str | None
) -> None:
    """Only an identifier can, and none is given here."""
    before = index(*some).resolve(name, country=country)
    added = [dataclasses.replace(each, id=f"{each.id}:more") for each in more]
    after = index(*some, *added).resolve(name, country=country)

    if isinstance(before, Candidates) and before.doubt is not Doubt.NO_PARTY:
        assert isinstance(after, Candidates)
    if isinstance(before, Resolved) and isinstance(after, Resolved):
        assert before == after


@given(registries(), names, countries)
def test_the_order_of_the_parties_does_not_matter(
    parties: list[Named], name: str, country: str | None
) -> None:
    one = index(*parties).resolve(name, country=country)
    other = index(*reversed(parties)).resolve(name, country=country)

    assert one == other
