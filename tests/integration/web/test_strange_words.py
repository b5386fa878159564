"""Strange words typed into every field, and strange names in the registry, come out literally."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.people import Place, contact, link, party, place
from tests.harness.towns import ARREST, rulebook
from tests.integration.web.stage import Stage, stage
from tests.integration.web.story import (
    arrest,
    choose,
    enter,
    open_case,
    page_of,
    press,
    release,
    submit,
)
from tests.unit.notifiers.messages import naughty_strings

EVIL = "<script>alert(1)</script>{{7*7}}\u202e'\"&\x1b[31m"


def typable() -> list[str]:
    """Strange strings as a browser can send them: without lone surrogates and carriage returns."""
    strings = (text.replace("\r", "") for text in naughty_strings())
    return [text for text in strings if (text.strip() and text.isprintable()) or "<" in text]


def evil_town() -> Place:
    """An embassy, a police and contacts whose names mean harm."""
    return place(
        parties=[
            party("police-qm", "state_body", "QM", name=EVIL),
            party("state-qm", "state", "QM"),
            party("state-qn", "state", "QN"),
            party("cerro-pit", "site", "QM", name=EVIL),
            party("cerro-minera", "company", "QM", name=EVIL),
            party("nordstein", "company", "QN", name=EVIL),
            party("guardia-sur", "company", "QM", name=EVIL),
            party("embassy-qn", "mission", "QN", name=EVIL),
        ],
        links=[
            link("cerro-minera", "operates", "cerro-pit"),
            link("nordstein", "parent_of", "cerro-minera"),
            link("police-qm", "body_of", "state-qm"),
            link("embassy-qn", "accredited_to", "state-qm"),
        ],
        contacts=[contact("capital-desk", "embassy-qn", "capital_desk")],
    )


@pytest.fixture
def evil(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, place=evil_town(), rulebook=rulebook(ARREST)) as made:
        yield made


def harmless(text: str) -> None:
    assert "<script" not in text.lower()
    assert "49" not in re.sub(r"[0-9a-f]{24,}|TC-\w+|\w{4}-\w{2}|\d\d:\d\d", "", text)
    assert "\x1b" not in text


def test_names_that_mean_harm_are_only_names(evil: Stage) -> None:
    ref = open_case(evil)
    evil.log_in("ana")
    press(evil, ref, "own")
    release(evil, ref)

    shown = evil.client.get(f"/cases/{ref}").text

    harmless(shown)
    assert html.escape("<script>alert(1)</script>{{7*7}}", quote=False) in shown
    assert "hidden marks in this text" in shown
    page = page_of(evil, ref, "embassy-qn", "capital-desk")
    harmless(choose(evil, page, enter(evil, page), "agree").text)


def test_strange_words_in_a_report_come_out_as_they_went_in(desk: Stage) -> None:
    desk.log_in("ana")
    words = "\n".join(typable())[:7_000]

    shown = submit(desk, "/new", {"code": "arrest", "narrative": words, "identity": EVIL})
    harmless(shown.text)
    path = str(shown.url).split("?")[0].removeprefix("https://desk.example") + "/reveal/"
    path += shown.text.split("/reveal/")[1].split('"')[0]
    opened = submit(desk, path, {"reason": "To read it literally"}).text

    assert "<script" not in opened.lower()
    inside = [html.unescape(x) for x in re.findall(r"<bdi>(.*?)</bdi>", opened, re.DOTALL)]
    assert words.strip() in inside


def test_strange_words_stay_in_the_form_that_lacks_something(desk: Stage) -> None:
    desk.log_in("ana")
    for text in (EVIL, "</textarea><script>", '" onfocus="x', "]]>", "\u202e\u0000x"):
        again = submit(desk, "/new", {"narrative": text, "situation": text, "country": text}).text

        assert "<script" not in again.lower()
        typed = again.split('name="narrative"')[1].split(">\n", 1)[1].split("</textarea>")[0]
        assert html.unescape(typed) == text


def test_strange_words_at_the_login_are_only_words(desk: Stage) -> None:
    for text in typable()[:60]:
        answer = desk.client.post(
            "/login", data={"person": text, "password": "x", "code": text, "to": text}
        )
        assert answer.status_code == 401
        assert "<script" not in answer.text.lower().replace("&lt;script", "")


def test_strange_words_in_every_field_of_an_answer_change_nothing(desk: Stage) -> None:
    desk.log_in("ana")
    ref = open_case(desk, arrest())
    release(desk, ref)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    content = choose(desk, page, enter(desk, page), "agree")
    asked = choose(desk, page, content, "committed")

    for text in (EVIL, *typable()[:40]):
        for name in ("action", "day", "time", "note"):
            again = choose(desk, page, asked, "send", **{name: text})
            assert again.status_code == 422
            assert "<script" not in again.text.lower()
        assert choose(desk, page, content, text).status_code == 422
        assert enter(desk, page, text).status_code in (403, 422)
        if "Too many" in enter(desk, page).text:
            return  # strange codes are wrong codes
