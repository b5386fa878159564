"""Other people's words are shown literally, set apart, and hidden marks in them are pointed out."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.web.console.present_line import Line, listed
from engine.web.pages import environment, foreign, parts
from engine.web.words.sentence import Name, plain
from tests.unit.notifiers.messages import naughty_strings

MARKED = '<span class="hidden-marks">'


def shown(text: str) -> str:
    """What a reader sees of a name."""
    markup = str(foreign(text))
    inside = re.fullmatch(r"<bdi>(.*?)</bdi>(?: <span.*</span>)?", markup, re.DOTALL)
    assert inside, markup
    assert "<" not in inside[1]
    return html.unescape(inside[1])


def test_five_hundred_strange_strings_are_shown_as_they_are() -> None:
    for text in naughty_strings():
        seen = shown(text)

        assert len(seen) == len(text)
        for was, now in zip(text, seen, strict=True):
            assert was == now or ord(was) < 0x20 or 0x7F <= ord(was) < 0xA0 or now == "\ufffd"


@given(st.text(st.characters(codec=None)))
def test_whatever_somebody_writes_stays_inside_its_place(text: str) -> None:
    shown(text).encode("utf-8")


@pytest.mark.parametrize(
    "text", ["abc\u202etxt.exe", "zero\u200bwidth", "\x1b[31mred", "bell\x07", "\u2066iso\u2069"]
)
def test_hidden_marks_are_pointed_out(text: str) -> None:
    assert MARKED in foreign(text)


@pytest.mark.parametrize("text", ["Ana", "منظمة", "Zoë Ångström", "漢字", "line\nbreak", "🙂"])
def test_ordinary_names_in_any_script_are_not_suspected(text: str) -> None:
    assert MARKED not in foreign(text)
    assert shown(text) == text


def test_escape_sequences_of_terminals_are_made_visible() -> None:
    assert shown("\x1b[31m\x00\x7f") == "\u241b[31m\u2400\u2421"


def test_our_words_and_a_name_make_a_sentence_without_mixing() -> None:
    said = ("Told ", Name("<b>Evil & Sons</b>"), " & others")

    assert plain(said) == "Told <b>Evil & Sons</b> & others"
    assert str(parts(said)) == ("Told <bdi>&lt;b&gt;Evil &amp; Sons&lt;/b&gt;</bdi> &amp; others")


@pytest.mark.parametrize(
    ("names", "said"), [("", ""), ("A", "A"), ("AB", "A and B"), ("ABC", "A, B and C")]
)
def test_names_in_a_row(names: str, said: str) -> None:
    assert plain(Line(listed([Name(name) for name in names])).said) == said


def test_a_template_never_runs_what_a_name_says() -> None:
    template = environment().from_string("{{ name }} {{ name|foreign }}")

    rendered = template.render(name="{{ 7*7 }}${7*7}%n<script>")

    assert "49" not in rendered
    assert "<script>" not in rendered
    assert rendered.count("{{ 7*7 }}${7*7}%n&lt;script&gt;") == 2
