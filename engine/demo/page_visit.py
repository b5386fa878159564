"""Answering on the recipient's page, as a browser does it: open, enter the code, agree, answer."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import httpx2

_MARK = re.compile(r'name="mark" value="([^"]*)"')
_STATE = re.compile(r'name="state" value="([^"]*)"')
_BUTTON = re.compile(r'<button[^>]*name="choice" value="([^"]*)"')
_LINK = re.compile(r"https?://\S+?/a/[A-Za-z0-9_=-]+")
_CODE = re.compile(r"\b(\d{4}-\d{2})\b")
_FORWARD = {"agree", "go_on", "no_conflict"}
"""Choices that lead on towards the content."""
_STAGES_MOST = 6


class PageError(Exception):
    """The page did not lead where it should have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody wants to say."""

    kind: str
    action: str = ""
    due: datetime | None = None
    effect: str = ""
    reason: str = ""
    note: str = ""

    def fields(self) -> dict[str, str]:
        """As the form of the page sends it."""
        filled = {
            "action": self.action,
            "day": self.due.strftime("%Y-%m-%d") if self.due else "",
            "time": self.due.strftime("%H:%M") if self.due else "",
            "effect": self.effect,
            "reason": self.reason,
            "note": self.note,
        }
        return {name: value for name, value in filled.items() if value}


def link_and_code(text: str) -> tuple[str, str] | None:
    """Link and code of a message, or None when it asks nothing."""
    link, code = _LINK.search(text), _CODE.search(text)
    return (link[0].rstrip(".,"), code[1]) if link and code else None


async def answer_on_page(
    client: httpx2.AsyncClient, *, link: str, code: str, answer: Answer
) -> str:
    """Walk through the page and give the answer; return the heading it ends with.

    Raises PageError when the page closes, or offers no such answer.
    """
    page = await client.get(link)
    mark = _first(_MARK, page.text, "the page for the code")
    page = await client.post(link, data={"mark": mark, "code": code})
    for _ in range(_STAGES_MOST):
        offered = _BUTTON.findall(page.text)
        if not offered:
            return _heading(page.text)
        choice = _choose(offered, answer)
        state = _first(_STATE, page.text, "a step")
        data = {"state": state, "choice": choice}
        if choice == "send":
            data |= answer.fields()
        page = await client.post(link, data=data)
    raise PageError(f"the page went on after {_STAGES_MOST} steps: {_heading(page.text)}")


def _choose(offered: list[str], answer: Answer) -> str:
    if answer.kind in offered:
        return answer.kind
    for choice in offered:
        if choice in _FORWARD or choice == "send":
            return choice
    raise PageError(f"no way to answer {answer.kind} among {', '.join(offered)}")


def _first(pattern: re.Pattern[str], html: str, where: str) -> str:
    found = pattern.search(html)
    if found is None:
        raise PageError(f"{where} shows instead: {_heading(html)}")
    return unescape(found[1])


def _heading(html: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL)
    return unescape(found[1]).strip() if found else "nothing"
