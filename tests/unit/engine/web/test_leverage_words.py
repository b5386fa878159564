"""Leverage in words: what counts, then what does not; unknown is said to be unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.web.console.names import Names
from engine.web.console.present_leverage import tell_leverage
from engine.web.words.sentence import Name, plain
from rules.leverage import BUSINESS, Leverage
from schemas.link import LinkKind

NAMES = Names(parties={"shop": "Far Shop", "brand": "Near Brand"})


def _said(
    share: float | None = None,
    years: int | None = None,
    clauses: tuple[str, ...] = (),
    *,
    kind: LinkKind = LinkKind.BUYS_FROM,
    ties: int = 1,
) -> str:
    found = Leverage(
        kind=kind, a="shop", b="brand", share=share, years=years, clauses=clauses, ties=ties
    )
    return plain(tell_leverage(found, NAMES))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (_said(24.0, 6), "Leverage 2 of 3: 24 % share, 6 years; no clause known"),
        (
            _said(),
            "Leverage 0 of 3: share not known, since when not known, no clause known",
        ),
        (_said(5.5, 1), "Leverage 0 of 3: 5.5 % share, 1 year, no clause known"),
        (_said(0.0, 0), "Leverage 0 of 3: 0 % share, less than a year, no clause known"),
        (
            _said(None, 2, ("audit_right",)),
            "Leverage 1 of 3: audit right; share not known, 2 years",
        ),
        (
            _said(20.0, 3, ("human_rights_clause", "audit_right")),
            "Leverage 3 of 3: 20 % share, 3 years, human rights clause, audit right",
        ),
        (
            _said(5.0, 9, ties=2),
            "Leverage 1 of 3, weakest where Far Shop buys from Near Brand:"
            " 9 years; 5 % share, no clause known",
        ),
    ],
)
def test_a_tired_person_reads_what_counts_before_what_does_not(said: str, words: str) -> None:
    assert said == words


@pytest.mark.parametrize("kind", sorted(BUSINESS))
def test_the_weakest_of_several_ties_is_said_whatever_kind_it_is(kind: LinkKind) -> None:
    assert ", weakest where Far Shop " in _said(kind=kind, ties=3)


def test_a_clause_in_somebody_elses_words_is_set_apart() -> None:
    found = Leverage(kind=LinkKind.FINANCES, a="shop", b="brand", clauses=("<b>evil</b>",))

    assert Name("<b>evil</b>") in tell_leverage(found, NAMES)


@given(
    share=st.none() | st.floats(0, 100),
    years=st.none() | st.integers(0, 200),
    clauses=st.lists(st.sampled_from(["audit_right", "exit_clause"]), unique=True).map(tuple),
)
def test_each_part_is_said_once_and_no_unknown_as_a_number(
    share: float | None, years: int | None, clauses: tuple[str, ...]
) -> None:
    said = _said(share, years, clauses)

    assert ("share not known" in said) is (share is None)
    assert ("since when not known" in said) is (years is None)
    assert ("no clause known" in said) is (not clauses)
    assert said.count(" share") == 1
    assert not said.endswith((", ", "; ", ": "))
