"""Looking a party up on the board: what is known, how it is reached, who stands around it."""

import re
from dataclasses import replace
from itertools import chain

from engine.registry.neighbourhood import MOST
from engine.web.pages import PAGE_BYTES_MAX
from schemas.link import LinkKind
from tests.integration.web.stage import Stage
from tests.integration.web.story import submit
from tests.unit.rules.build import a_link, a_party, a_registry


def looked_up(desk: Stage, words: str) -> list[str]:
    """The pages of those found."""
    found = submit(desk, "/parties", {"find": words})
    return re.findall(r'href="(/parties/[0-9a-f]+)"', found.text)


def test_whoever_is_not_logged_in_sees_neither_page_nor_picture(desk: Stage) -> None:
    desk.log_in("rea")
    (page, *_) = looked_up(desk, "cerro")
    desk.client.cookies.clear()

    for path in ("/parties", page, page.replace("parties", "pictures")):
        answer = desk.client.get(path, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")


def test_a_reader_finds_the_mine_and_sees_who_is_around_it_in_words_and_in_a_picture(
    desk: Stage,
) -> None:
    desk.log_in("rea")
    pages = looked_up(desk, "Cerro")
    shown = [desk.client.get(page) for page in pages]
    mine = next(page for page in shown if "<h1><bdi>Cerro Minera</bdi>" in page.text)

    for words in ("Who stands around it", "is the parent of", "verified", "invented"):
        assert words in mine.text
    picture = desk.client.get(re.findall(r'<img src="([^"]+)"', mine.text)[0])
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")
    named = set(re.findall(r'font-weight="600">([^<]+)</text>', picture.text))
    table = set(re.findall(r"<td>(?:<a[^>]*>)?<bdi>([^<]+)</bdi>", mine.text))
    assert {name for name in named if "…" not in name} <= table


def test_no_address_of_a_page_or_picture_says_whom_somebody_looks_at(desk: Stage) -> None:
    desk.log_in("rea")
    pages = looked_up(desk, "Cerro")
    assert pages
    for page in pages:
        text = desk.client.get(page).text
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', text):
            assert not re.search("cerro|nordstein|guardia", address, re.IGNORECASE)


def test_addresses_of_contacts_are_not_on_the_page(desk: Stage) -> None:
    desk.log_in("rea")
    for page in looked_up(desk, "embassy"):
        text = desk.client.get(page).text
        assert "How it is reached" in text
        assert "@" not in text


def test_a_name_nobody_bears_and_a_page_nobody_has_are_answered_calmly(desk: Stage) -> None:
    desk.log_in("rea")
    none = submit(desk, "/parties", {"find": "qqqq"})
    assert "Nobody by this name" in none.text
    for path in ("/parties/0123", "/pictures/0123"):
        assert desk.client.get(path).status_code == 404
    assert len(none.content) < PAGE_BYTES_MAX


def test_the_first_page_of_the_table_names_everybody_that_a_full_picture_draws(
    desk: Stage,
) -> None:
    firms = [f"firm-{n}" for n in range(MOST - 1)]
    near, far = firms[:30], firms[30:]
    links = chain(
        (
            a_link(firm, LinkKind.INVESTS_IN, "mine", id=f"{firm}-{n}")
            for firm in near
            for n in (1, 2)
        ),
        (a_link(b, LinkKind.BUYS_FROM, a) for a, b in zip(near, far, strict=False)),
    )
    registry = a_registry([a_party("mine"), *map(a_party, firms)], links)
    held = desk.services.world
    held.swap(replace(held.current, registry=registry))
    desk.log_in("rea")

    page = next(
        shown
        for shown in map(desk.client.get, looked_up(desk, "mine"))
        if re.search("<h1><bdi>mine</bdi>", shown.text, re.IGNORECASE)
    )
    further = re.findall(r'href="([^"]+[?]page=1)"', page.text)
    rest = desk.client.get(further[0])

    assert f"{MOST - 1} parties around this one" in page.text
    for firm in map(registry.party, firms):
        assert firm and f"<bdi>{firm.name}</bdi>" in page.text
    assert page.text.count("<tr>") + rest.text.count("<tr>") == len(firms) + len(near) + 2
    assert len(page.content) < PAGE_BYTES_MAX
