# ruff: noqa: RUF001 - letters that look alike are the matter of these tests.
"""One name written in many ways is one name; two names are never made one by folding."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.registry.names.text import folded, plain


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("  Sri-Lanka ", "sri lanka"),
        ("CÔTE D’IVOIRE", "côte divoire"),
        ("Côte d'Ivoire", "côte divoire"),
        ("U.S.A.", "usa"),
        ("U. S. A.", "usa"),
        ("\u202bمصر\u202c", "مصر"),
        ("Ｋｅｎｙａ", "kenya"),
        ("TÜRKİYE", "türkiye"),
        ("မြန်မာ", "မြန်မာ"),
        ("کره\u200cجنوبی", "کرهجنوبی"),
        ("Straße", "strasse"),
        ("", ""),
        (" - ", ""),
    ],
)
def test_case_width_punctuation_and_hidden_marks_do_not_matter(written: str, key: str) -> None:
    assert folded(written) == key


def test_accents_go_from_latin_and_greek_and_stay_where_they_are_letters() -> None:
    assert plain("Perú") == plain("Peru") == "peru"
    assert plain("ΕΛΛΆΔΑ") == plain("Ελλάδα")
    assert plain("الأردن") == plain("الاردن")
    assert plain("Киргизия") != plain("Киргизиа")
    assert plain("Красный") != plain("Красныи")
    # In Dzongkha one vowel sign is the difference between Ghana and Guinea.
    assert plain("གྷ་ན") != plain("གི་ན")


def test_letters_that_only_look_alike_are_not_the_same() -> None:
    assert plain("\u0421had") != plain("Chad")  # a Cyrillic letter in front


@given(st.text())
@example("\u0345")
@example("\u1e9e\u0130")
@example("´")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert plain(plain(text)) == plain(text)


@given(st.text(), st.sampled_from([" ", "\u200b", "\u200f", "\t", "\n", "!"]))
def test_what_stands_around_a_name_is_no_part_of_it(text: str, around: str) -> None:
    assert plain(around + text + around) == plain(text)
