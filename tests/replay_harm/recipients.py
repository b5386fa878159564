"""Recipients: they answer on the page, by a program, over a topic, or say it to a handler."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import text

from engine.answer_tokens import digest as digest_of
from engine.case import commands as c
from engine.demo.page_visit import Answer, PageError, answer_on_page
from engine.desk import Busy, CommandFailed
from engine.intake.answer_stream import ANSWER_TYPE
from engine.ports import Record
from notifiers.message import Message
from schemas.codes import ActionKind, Effect
from schemas.contact import Endpoint
from schemas.responses import Response, ResponseKind, Way
from tests.replay_harm.machine import ANSWERS
from tests.replay_harm.marks import sealed
from tests.replay_harm.sayings import Answered
from tests.replay_harm.voice import Voice
from tests.simulation.process import Dead

GIVES_UP = 60.0
"""Seconds after which a browser does."""
_ALERT = text(
    "SELECT n.alert_id, n.contact, n.case_id, n.party, a.track FROM notifications n"
    " JOIN alerts a ON a.id = n.alert_id WHERE n.key = :key"
)
_ANSWERED_BY = frozenset({"tell", "ask_outcome", "page", "task", "overdue"})
_KINDS = (
    ResponseKind.ACKNOWLEDGED, ResponseKind.COMMITTED, ResponseKind.ACTED, ResponseKind.DECLINED,
    ResponseKind.CONFLICT, ResponseKind.WRONG_CONTACT, ResponseKind.ASKS, ResponseKind.WARNS,
    ResponseKind.PASSED_ON, ResponseKind.PASSED_ON, ResponseKind.ALREADY_ACTING,
)  # fmt: skip
_SHARES: Mapping[str, float] = MappingProxyType(
    {"page": 0.12, "told": 0.36, "api": 0.43, "topic": 0.5}
)
"""Up to which draw a message is answered in this way."""


class Recipients:
    """Everybody whom messages reach."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._n = 0
        self._offset = 0
        voice.machine.listeners.append(self._reached)

    def _reached(self, message: Message, endpoint: Endpoint) -> None:
        voice = self._voice
        if voice.ended or message.purpose.value not in _ANSWERED_BY:
            return
        draw = voice.rng.random()
        if endpoint.id not in voice.machine.ledger.contacts:
            if draw < 0.1:
                voice.begin(self._takes_it(message))
            return
        way = next((name for name, share in _SHARES.items() if draw < share), "")
        if way == "page" and message.how.code:
            voice.begin(self._opens_page(message, endpoint))
        elif way in ("api", "topic") and message.how.code:
            voice.begin(self._by_program(message, topic=way == "topic"))
        elif way:
            voice.begin(self._answers(message))

    async def _takes_it(self, message: Message) -> None:
        """Somebody of ours who was paged."""
        await asyncio.sleep(self._voice.rng.expovariate(1 / 1_200))
        row = self._row(message)
        said = Response(kind=ResponseKind.ACKNOWLEDGED, way=Way.PAGE, by=row.contact)
        await self._voice.command(
            lambda inbox: c.Respond(inbox=inbox, alert=row.alert_id, response=said)
        )

    async def _answers(self, message: Message) -> None:
        """What they say on the phone; a handler types it in."""
        voice, rng = self._voice, self._voice.rng
        await asyncio.sleep(rng.expovariate(1 / 1_200))
        row = self._row(message)
        kind = rng.choice(_KINDS)
        more = self._more(kind)
        to = self._colleague_or_other(row.party) if kind is ResponseKind.PASSED_ON else ""
        said = Response(kind=kind, way=Way.PHONE, by=row.contact, passed_on_to=to, **more)
        answered = self._answered(row, kind, until=more.get("due"), to=to)
        if await voice.command(
            lambda inbox: c.Respond(inbox=inbox, alert=row.alert_id, response=said), answered
        ):
            voice.counts[f"answered {kind.value}"] += 1
            if to and to.startswith(f"{row.party}."):
                voice.counts["passed_to_colleague"] += 1

    async def _by_program(self, message: Message, *, topic: bool) -> None:
        """A program of theirs answers; sometimes with a code that is not right, or with rubbish."""
        voice, rng = self._voice, self._voice.rng
        await asyncio.sleep(rng.expovariate(1 / 1_200))
        row = self._row(message)
        kind = rng.choice(_KINDS)
        more = self._more(kind)
        self._n += 1
        id_, token = f"answer-{self._n}", message.how.url.partition("/a/")[2]
        code = message.how.code if rng.random() < 0.9 else "0000-00"
        given: dict[str, Any] = {"token": token, "code": code, "answer": kind.value, **more}
        if "due" in more:
            given["due"] = more["due"].isoformat()
        to = self._colleague_or_other(row.party) if kind is ResponseKind.PASSED_ON else ""
        if to:
            given["passed_on_to"] = to
        if rng.random() < 0.1:
            given["note"] = sealed("note")  # no such field: it is refused, and read by nobody
        named = f"{row.party}\n{id_}" if topic else id_
        identity = f"{digest_of(token)[:32]}.{hashlib.sha256(named.encode()).hexdigest()[:32]}"
        voice.machine.ledger.say(
            ("answer-program", identity), self._answered(row, kind, until=more.get("due"), to=to)
        )
        if topic:
            await self._over_the_topic({"id": id_, "source": row.party}, given)
        else:
            await self._over_http({"id": id_, **given})

    async def _over_http(self, given: dict[str, Any]) -> None:
        machine = self._voice.machine

        def read(path: str, content: bytes) -> None:
            machine.outside.reads("api", path, content)

        await machine.up.wait()
        browser = machine.doors.program(read=read)
        try:
            async with asyncio.timeout(GIVES_UP):
                page = await browser.send("/v1/answers", json.dumps(given).encode())
        except (CommandFailed, Busy, TimeoutError, Dead):
            return  # it died; this program does not try again
        taken = '"outcome":"taken"' in page.text.replace(" ", "")
        self._voice.counts["api_taken" if taken else "api_refused"] += 1

    async def _over_the_topic(self, named: dict[str, str], given: dict[str, Any]) -> None:
        machine = self._voice.machine
        event = {"specversion": "1.0", "type": ANSWER_TYPE, **named, "data": given}
        offset, self._offset = self._offset, self._offset + 1
        record = Record(
            topic=ANSWERS, partition=0, offset=offset, key=None, value=json.dumps(event).encode()
        )

        async def once(_: Any) -> bool:
            await machine.doors.topic()([record], epoch=machine.answers_epoch)
            return True

        await self._voice.insist(once)
        self._voice.counts["topic_answers"] += 1

    async def _opens_page(self, message: Message, endpoint: Endpoint) -> None:
        voice = self._voice
        await asyncio.sleep(voice.rng.expovariate(1 / 3_600))
        await voice.machine.up.wait()
        kind = voice.rng.choice(("acknowledged", "asks", "conflict", "declined"))
        answer = Answer(kind=kind, note=sealed("note"), reason="not_us")
        browser: Any = voice.machine.doors.visit(message, endpoint)
        try:
            async with asyncio.timeout(GIVES_UP):  # the machine may die under it
                ending = await answer_on_page(
                    browser, link=message.how.url, code=message.how.code, answer=answer
                )
        except (PageError, CommandFailed, Busy, TimeoutError, Dead):
            voice.counts["pages_shut"] += 1
            return
        voice.counts["pages_answered" if ending == "Thank you" else "pages_shut"] += 1

    def _row(self, message: Message) -> Any:
        (row,) = self._voice.machine.read(_ALERT, key=message.key)
        return row

    def _more(self, kind: ResponseKind) -> dict[str, Any]:
        """What such an answer says besides."""
        due = self._voice.now + timedelta(hours=self._voice.rng.randint(1, 9))
        match kind:
            case ResponseKind.COMMITTED:
                return {"action": ActionKind.LETTER, "due": due}
            case ResponseKind.WARNS:
                return {"due": due}
            case ResponseKind.ACTED:
                return {"effect": Effect.UNKNOWN}
        return {}

    def _answered(
        self, row: Any, kind: ResponseKind, *, until: Any = None, to: str = ""
    ) -> Answered:
        return Answered(
            case=row.case_id,
            track=row.track,
            party=row.party,
            contact=row.contact,
            kind=kind.value,
            until=until if kind is ResponseKind.WARNS else None,
            to=to,
        )

    def _colleague_or_other(self, party: str) -> str:
        """Mostly somebody of the same party, whatever their level; else anybody at all."""
        town, rng = self._voice.town, self._voice.rng
        colleagues = sorted(each.id for each in town.contacts.values() if each.party == party)
        if colleagues and rng.random() < 0.6:
            return rng.choice(colleagues)
        return rng.choice(sorted(town.parties))
