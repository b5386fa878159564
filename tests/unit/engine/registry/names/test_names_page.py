"""What operators read about names is what the tables say."""

from pathlib import Path

import pytest

from engine.registry.names.countries import Doubt
from engine.registry.names.tables import Word, territory_notes, word_rows

PAGE = (Path(__file__).parents[5] / "docs" / "reference" / "names.md").read_text("utf-8")


def line(word: Word) -> str:
    """The row of the page for a word."""
    first = "Guinea, in any language" if word.names[0].startswith("*") else word.names[0]
    listed = word.listed or ""
    return f"| {first} | {' '.join(word.candidates)} | {listed} | {word.why} |"


@pytest.mark.parametrize("word", list(word_rows()), ids=lambda word: word.names[0])
def test_every_word_that_is_decided_stands_on_the_page(word: Word) -> None:
    assert line(word) in PAGE.splitlines()


def test_every_territory_with_a_state_over_it_stands_on_the_page() -> None:
    for code, governed, claimed, why in territory_notes():
        assert f"| {code} | {' '.join(governed)} | {' '.join(claimed)} | {why} |" in PAGE


def test_every_doubt_is_explained() -> None:
    assert all(f"`{doubt.value}`" in PAGE for doubt in Doubt)
