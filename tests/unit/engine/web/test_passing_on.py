"""Whom the words about passing it on may mean, while they are at hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.web.passing_on import named_among
from rules.graph import Registry
from schemas.party import Party, PartyKind

REGISTRY = Registry(
    [
        Party(
            id="guardia",
            kind=PartyKind.COMPANY,
            name="Guardia Sur",
            aliases=("GS Vigilancia",),
        ),
        Party(id="minera", kind=PartyKind.COMPANY, name="Cerro Minería"),
        Party(id="qm", kind=PartyKind.STATE, name="Q"),
    ]
)
EXCLUDED = ["guardia", "minera", "qm"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("I gave it to our partner Guardia Sur.", ("guardia",)),
        ("to GUARDIA-SUR, they must know", ("guardia",)),
        ("my friend at gs vigilancia", ("guardia",)),
        ("the people of Cerro Mineria and of Guardia Sur", ("guardia", "minera")),
        ("id minera", ("minera",)),
        ("a friend", ()),
        ("the guardian of the south", ()),
        ("Q told me", ()),
        ("", ()),
    ],
)
def test_whoever_is_named_in_the_words_is_found(words: str, named: tuple[str, ...]) -> None:
    assert named_among(REGISTRY, words, EXCLUDED) == named


def test_an_excluded_party_that_the_registry_lacks_is_found_by_its_id() -> None:
    assert named_among(REGISTRY, "sent it to shell-firm-9", ["shell-firm-9"]) == ("shell-firm-9",)


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_a_name_between_any_other_words_is_found(before: str, after: str) -> None:
    assert "guardia" in named_among(REGISTRY, f"{before} Guardia Sur {after}", EXCLUDED)
