"""Every colour can be read on every ground it stands on, by day and by night (WCAG 2.2, 1.4)."""

import re

import pytest

from engine.web.pages import HERE as WEB

SHEET = (WEB / "static" / "style.css").read_text("utf-8")
GROUNDS = ("paper", "card", "wash", "alarm-wash", "warm-wash", "good-wash")
WORDS = ("ink", "soft", "deep", "alarm", "warm", "good")
EDGES = ("soft", "edge", "deep", "alarm")
"""What shows where a field, a button or the focus is."""


def scheme(night: bool) -> dict[str, str]:
    """The colours by their names: those of the day, and of the night over them."""
    blocks = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    assert len(blocks) == 2
    found = dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[0]))
    return found | (dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[1])) if night else {})


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_the_most_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_words_can_be_read_on_every_ground(night: bool) -> None:
    colours = scheme(night)
    pairs = [(words, ground) for words in WORDS for ground in GROUNDS]
    pairs += [("on-deep", "deep"), ("card", "alarm")]  # buttons, and what is critical
    weak = {
        f"{words} on {ground}": round(contrast(colours[words], colours[ground]), 2)
        for words, ground in pairs
        if contrast(colours[words], colours[ground]) < 4.5
    }
    assert not weak


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_where_a_field_or_the_focus_is_can_be_seen(night: bool) -> None:
    colours = scheme(night)
    weak = {
        f"{edge} on {ground}": round(contrast(colours[edge], colours[ground]), 2)
        for edge in EDGES
        for ground in ("paper", "card")
        if contrast(colours[edge], colours[ground]) < 3
    }
    assert not weak


def test_colours_are_named_once_so_that_they_can_be_tried() -> None:
    rest = SHEET[SHEET.index("* {") :].replace("#fff; }", "")  # white paper, in print
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", rest)
    assert "opacity" not in rest


def test_the_focus_is_shown_and_nobody_takes_it_away() -> None:
    assert ":focus-visible { outline: 3px solid" in SHEET
    assert not re.search(r"outline(-width|-style)?:\s*(0|none)", SHEET)


def test_nothing_moves_for_whoever_asked_for_stillness() -> None:
    asked = "@media (prefers-reduced-motion: no-preference) { button, .button { transition"
    assert asked in SHEET
    assert len(re.findall(r"transition|animation|scroll-behavior", SHEET)) == 1


def test_letters_grow_with_the_readers_own_size() -> None:
    assert not re.search(r"font(-size)?:[^;]*\dpx", SHEET)
