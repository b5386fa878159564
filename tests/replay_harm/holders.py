"""Whoever holds a consent: opens the signed link, reads who was told, and may stop everything."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

from sqlalchemy import text

from engine.case.state import Case
from engine.desk import Busy, CommandFailed
from engine.holder_links import HolderLinks
from engine.store import holder_links
from engine.web.holder.english import HEADING, NOT_TOLD, STOPPED_HEADING, TOLD
from tests.replay_harm.doors import AS_OF, KEYS
from tests.replay_harm.harm import NOT_SHOWN, NOT_STOPPED
from tests.replay_harm.marks import KNOWN, people_in
from tests.replay_harm.outside import Browser, Page
from tests.replay_harm.recipients import GIVES_UP
from tests.replay_harm.sayings import Allowed
from tests.replay_harm.voice import Voice
from tests.simulation.process import Dead

_OURS = re.compile(rb"\b(?:Ana|Ben|Chi|Dia)\b")
_REFS = text("SELECT ref FROM cases")
_MARK = re.compile(r'name="mark" value="([^"]*)"')
_STATE = re.compile(r'name="state" value="([^"]*)"')
PARTS_MOST = 30


class Holders:
    """They hold what a subject allowed, and look when they like."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._links = HolderLinks(KEYS.answer)
        self._n = 0

    async def one(self, case: Case) -> None:
        """A link is made for somebody, who opens it a while later."""
        voice, rng = self._voice, self._voice.rng
        if not case.subjects:
            return
        whose = rng.choice(case.subjects)
        self._n += 1
        id = self._links.id_from(rng.randbytes(8))
        until = voice.now + timedelta(days=7)
        make = partial(
            holder_links.make, id=id, pseudonym=whose, by=voice.somebody(), until=until,
            now=voice.now,
        )  # fmt: skip
        voice.machine.ledger.say(
            (f"holder:{id}", ""),
            Allowed(pseudonym=whose, audiences=frozenset(), mode="quiet", until=None, revoked=True),
        )
        try:
            await voice.machine.write(lambda conn: make(conn))
        except (Dead, CommandFailed):
            return  # nobody made it: the process died
        await asyncio.sleep(rng.expovariate(1 / 1_800))
        await voice.machine.up.wait()
        browser = voice.machine.doors.holder(read=self._read)
        try:
            async with asyncio.timeout(GIVES_UP):  # the machine may die under it
                await self._visit(browser, id, whose, stops=rng.random() < 0.4)
        except (CommandFailed, Busy, TimeoutError, Dead):
            voice.counts["holder_gave_up"] += 1

    async def _visit(self, browser: Browser, id: str, whose: str, *, stops: bool) -> None:
        voice, path = self._voice, f"/h/{self._links.token(id)}"
        page = await browser.get(path)
        mark = _found(_MARK, page)
        if voice.rng.random() < 0.2:
            page = await browser.post(path, {"mark": mark, "code": "0000-00"})
        page = await browser.post(path, {"mark": mark, "code": self._links.code_of(id)})
        if HEADING not in page.text:
            return
        voice.counts["holder_opened"] += 1
        as_of, _ = AS_OF.get()
        pages = [page]
        while 'value="more"' in page.text and len(pages) < PARTS_MOST:
            data = {"state": _found(_STATE, page), "choice": "more"}
            page = await browser.post(path, data)
            pages.append(page)
        self._judge(whose, pages, as_of)
        if not stops or 'value="stop"' not in pages[0].text:
            return
        state = _found(_STATE, pages[0])
        page = await browser.post(path, {"state": state, "choice": "stop"})
        page = await browser.post(path, {"state": _found(_STATE, page), "choice": "stop_yes"})
        if STOPPED_HEADING in page.text:
            voice.counts["holder_stopped"] += 1
            self._must_be_stopped(whose, AS_OF.get()[0])

    def _read(self, path: str, content: bytes) -> None:
        """Names of parties may stand here; nobody's of either side, no case's, nothing sealed."""
        outside, machine = self._voice.machine.outside, self._voice.machine
        outside.reads("holder", path)
        outside.reads("holder", content, page=True)
        refs = sum(row.ref.encode() in content for row in machine.read(_REFS) if row.ref)
        hits = people_in(content) + len(_OURS.findall(content)) + refs
        if hits:
            outside.counts["marks"] += hits
            outside.found.append(f"holder's page: {hits} names of people or cases")

    def _judge(self, whose: str, pages: list[Page], as_of: int) -> None:
        """Whoever had got a message by then stands there as told."""
        shown = {name for page in pages for name in _told(page)}
        for party in sorted(self._messaged(whose, as_of) - shown):
            self._voice.machine.oracle.blame(NOT_SHOWN, f"{whose} is not shown that {party} knows")
        self._voice.counts["holder_shown"] += len(shown)

    def _messaged(self, whose: str, as_of: int) -> set[str]:
        ledger, oracle = self._voice.machine.ledger, self._voice.machine.oracle
        cases = {
            case
            for case, said in ledger.events.items()
            for n, published in said
            if n <= as_of and whose in _subjects(published)
        }
        return {party for case, party, n in oracle.messaged if case in cases and n <= as_of}

    def _must_be_stopped(self, whose: str, as_of: int) -> None:
        """What the page says is done is done; unless somebody allowed something anew since."""
        words = [word for n, word in self._voice.machine.ledger.allowed[whose] if n <= as_of]
        if not any(word.revoked for word in words):
            self._voice.machine.oracle.blame(NOT_STOPPED, f"{whose} pressed stop in vain")


def _subjects(published: Any) -> set[str]:
    return {f"{published.source}/{each.pseudonym}" for each in published.event.subjects}


def _told(page: Page) -> Iterator[str]:
    """The parties that this part of the list names as told."""
    told = page.text.partition(f"<h2>{TOLD}")[2].partition(f"<h2>{NOT_TOLD}")[0]
    for name in re.findall(r"<b><bdi>(.*?)</bdi></b>", told):
        yield unescape(name).removeprefix(f"{KNOWN} ")


def _found(pattern: re.Pattern[str], page: Page) -> str:
    found = pattern.search(page.text)
    return unescape(found[1]) if found else ""
