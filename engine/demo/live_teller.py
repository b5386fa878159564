"""Tells a story on a running engine: real messages, real pages, and time that leaps."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from sqlalchemy import select

from engine.case import commands as c
from engine.clock import SystemClock
from engine.demo.follower import Follower
from engine.demo.narrator import Narrator
from engine.demo.page_visit import Answer, PageError, answer_on_page, link_and_code
from engine.demo.stories.failing import StoryError, expect
from engine.demo.stories.inbox import Unread
from engine.demo.stories.moments import next_moment
from engine.demo.stories.reports import Report
from engine.demo.stories.teller import Teller
from engine.demo.theatre import Theatre
from engine.desk import Lane
from engine.store.database import Database
from engine.store.following import owed
from engine.store.tables import notifications
from notifiers.sinks import Mail, Text
from schemas.projection import Purpose
from schemas.responses import Result

AT_REST_WITHIN = 30.0
"""Seconds of the machine until nothing is under way any more; longer, and the story failed."""
TAKEN = "Thank you"
"""How a page ends that has taken an answer."""
_LOOK_EVERY = 0.01
_MINUTE = timedelta(minutes=1)
_LATE = 2 * _MINUTE
"""What is decided in one minute on a busy machine may be read in the next."""
_BY_PAGE = ("acknowledged", "committed", "acted", "declined")
_REFERENCE = re.compile(r"\b(?:TC-[0-9A-Z]{4,9}|[0-9A-Z]{4}-[0-9A-Z]{2,4})\b")
_PAGE_KNOWS = {"action", "due", "effect", "reason"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One message as it came over the wire."""

    at: datetime
    endpoint: str
    to: str
    """Address or number."""
    said: str = field(repr=False)
    purpose: Purpose
    key: str


class LiveTeller(Teller):
    """One telling, for whoever watches. `pace`: seconds of the machine after whatever is new."""

    def __init__(self, theatre: Theatre, narrator: Narrator, *, pace: float) -> None:
        super().__init__()
        self.theatre = theatre
        self.registry = theatre.registry
        self.database = Database(theatre.settings.database.get_secret_value(), exclusive=False)
        self.narrator = narrator
        self.strict = True
        self.posted: dict[str, Posted] = {}
        self.accepted: list[Report] = []
        self._unread = Unread(lambda: list(self.posted.values()), late=_LATE)
        self._pace = pace
        self._wall = SystemClock()
        self._follower: Follower | None = None
        theatre.smtp.on_mail = self._mail
        theatre.sms.on_text = self._text

    @property
    def now(self) -> datetime:
        return self.theatre.clock.now()

    @property
    def follower(self) -> Follower:
        """Who reads the journal aloud; it goes on where it was after the engine was away."""
        if self._follower is None:
            self._follower = Follower(self.theatre.engine.parts.reader, self.narrator)
        return self._follower

    def left_for(self, endpoint: str) -> int:
        return sum(posted.endpoint == endpoint for posted in self.posted.values())

    def say(self, text: str) -> None:
        self.narrator.tell(self.now, "", f"» {text}", tone="title")

    async def publish(self, report: Report) -> None:
        self.remember(report)
        await self.theatre.publish(report.bytes(), source=report.source)
        self.accepted.append(report)
        await self.settle()

    async def do(self, command: c.Command) -> Result:
        (result,) = await self.theatre.engine.parts.desk.submit(command, lane=Lane.STOP)
        await self.settle()
        return result

    async def until(self, said: str) -> None:
        """Leap from one thing that is due to the next, up to that minute and not beyond."""
        target = next_moment(said, after=self.now)
        while self.theatre.up:
            due = await self.settle()
            if due is None or due >= target + _MINUTE:
                break
            self.theatre.clock.leap(due)
        self.theatre.clock.leap(target)
        if self.theatre.up:
            await self.settle()

    async def settle(self) -> datetime | None:
        """Let everything happen that needs no time; when the next thing is due."""
        until = self._wall.monotonic() + AT_REST_WITHIN
        reader = self.theatre.engine.parts.reader
        while self._wall.monotonic() < until:
            found = await reader.run(owed)
            late = found.next_at is not None and found.next_at <= self.now
            if not (found.sending or late):
                if await self.follower.look():
                    await self._wall.sleep(self._pace)
                return found.next_at
            await self._wall.sleep(_LOOK_EVERY)
        raise StoryError(f"nothing came to rest within {AT_REST_WITHIN:.0f} s")

    async def down(self) -> None:
        await self.theatre.lower_curtain()

    async def up(self) -> None:
        await self.theatre.raise_curtain()
        reader = self.theatre.engine.parts.reader
        self._follower = Follower(reader, self.narrator, after=self._follower)
        await self.settle()

    def close(self) -> None:
        """Give back what it reads with."""
        self.database.close()

    async def respond(self, letter: Any, kind: str, more: dict[str, Any]) -> None:
        """By text message, on the page, or for what the page asks in words, by phone."""
        if more.get("way") == "sms" and kind == "acknowledged":
            await self.theatre.reply_by_sms(letter.to, f"1 {_reference(letter.said)}")
        elif kind in _BY_PAGE and set(more) <= _PAGE_KNOWS:
            await self._on_page(letter, kind, more)
        else:
            await self._respond(letter, kind, more)
        await self.settle()

    async def _on_page(self, letter: Posted, kind: str, more: dict[str, Any]) -> None:
        found = link_and_code(letter.said)
        expect(found is not None, f"no link and code for {letter.endpoint}:\n{letter.said}")
        link, code = found or ("", "")
        due = more.get("due")
        answer = Answer(
            kind=kind,
            action=more.get("action", ""),
            due=next_moment(due, after=self.now) if due else None,
            effect=more.get("effect", "unknown" if kind == "acted" else ""),
            reason=more.get("reason", ""),
        )
        try:
            said = await answer_on_page(self.theatre.client, link=link, code=code, answer=answer)
        except (PageError, httpx2.HTTPError) as error:
            raise StoryError(f"{letter.endpoint} could not answer {kind}: {error}") from error
        if said != TAKEN:  # its link has run out: they phone, and somebody on duty enters it
            await self._respond(letter, kind, {**more, "way": "phone"})

    def _mail(self, mail: Mail) -> None:
        subject = str(mail.parsed["subject"] or "")
        self._post(mail.key, to=mail.recipients[0], said=f"{subject}\n{mail.text}")

    def _text(self, text: Text) -> None:
        self._post(text.key, to=text.to, said=text.text)

    def _post(self, key: str, *, to: str, said: str) -> None:
        query = select(
            notifications.c.endpoint, notifications.c.purpose, notifications.c.decided_at
        ).where(notifications.c.key == key)
        row = self.read(query)[0]
        self.posted.setdefault(
            key,
            Posted(
                at=row.decided_at,
                endpoint=row.endpoint.partition(":")[2],
                to=to,
                said=said,
                purpose=Purpose(row.purpose),
                key=key,
            ),
        )


def _reference(said: str) -> str:
    """What an answer by text message has to name."""
    found = _REFERENCE.search(said)
    if found is None:
        raise StoryError(f"no reference to answer with:\n{said}")
    return found[0]
