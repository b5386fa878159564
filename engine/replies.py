"""Answers that come back on a channel: from a gateway's words to the same command as on a page.

Who answered is known by the number, never by what the text claims. What cannot be understood, or
comes from a number nobody told, changes nothing and is shown to a person.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import orjson
import structlog

from engine.case import commands as c
from engine.case.state import Alert
from engine.clock import Clock
from engine.coded import needs_a_person, response_of
from engine.desk import Lane
from engine.ports import Reader
from engine.registry.world import WorldHolder
from engine.store.answering import alerts_of
from notifiers.sms.config import SmsSettings
from notifiers.sms.inbound import Reply, parse_reply
from notifiers.sms.number import one_number
from schemas.codes import IncidentCode, TrackName
from schemas.responses import Refused, Result, Way

_log = structlog.get_logger(__name__)

SAME_WITHIN = 600
"""Seconds. Somebody who says `1` again half an hour later means it again."""


class Became(StrEnum):
    """What became of an answer."""

    TAKEN = "taken"
    """The desk has it, now or from before."""
    UNCLEAR = "unclear"
    """No digit or no reference of ours: a person is told to look at the gateway."""
    STOP = "stop"
    """From now on their network may keep our texts from them: a person is told, and asks them."""
    STRANGER = "stranger"
    """From a number that was not told about this: nothing changed, a person is told."""
    REFUSED = "refused"
    """Nothing can be answered there any more."""


_INCIDENTS: Mapping[Became, IncidentCode] = {
    Became.UNCLEAR: IncidentCode.REPLY_UNCLEAR,
    Became.STOP: IncidentCode.REPLY_STOP,
    Became.STRANGER: IncidentCode.REPLY_STRANGER,
}


class Desk(Protocol):
    """The desk as answers need it."""

    async def submit(self, *commands: c.Command, lane: Lane) -> tuple[Result, ...]:
        """One unit, answered after the commit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What an answer is about, and whose it is."""

    alert: str
    by: str
    ours: bool
    """Whether it is a page to one of our own people."""


class Replies:
    """Takes answers by SMS. One per engine."""

    def __init__(self, *, desk: Desk, reader: Reader, world: WorldHolder, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._reader = reader
        self._world = world

    async def take(self, channel: str, settings: SmsSettings, payload: Any) -> Became:
        """Take what a gateway reports; durable when this returns. Raises Busy, CommandFailed."""
        digest = hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()
        try:
            reply = parse_reply(settings, payload)
        except ValueError as error:
            _log.warning("reply.unreadable", channel=channel, what=str(error))
            return await self._tell(channel, Became.UNCLEAR)
        if reply.stops:
            return await self._stopped(channel, reply)
        if reply.answer is None or not reply.reference:
            return await self._tell(channel, Became.UNCLEAR)
        asked = await self._asked(channel, reply)
        if asked is None:
            return await self._tell(channel, Became.STRANGER)
        response = response_of(
            reply.answer, way=Way.SMS, by=asked.by, ours=asked.ours, now=self._clock.now()
        )
        if response is None:
            return await self._tell(channel, Became.UNCLEAR)
        command = c.Respond(
            inbox=c.Inbox(
                source=f"sms:{channel}"[:160],
                id=(reply.id or f"{digest[:40]}.{self._window()}")[:160],
                digest=digest,
            ),
            alert=asked.alert,
            response=response,
        )
        (result,) = await self._desk.submit(command, lane=Lane.STOP)
        if isinstance(result, Refused) and needs_a_person(result, response.kind):
            return await self._tell(channel, Became.UNCLEAR)
        return Became.REFUSED if isinstance(result, Refused) else Became.TAKEN

    async def _stopped(self, channel: str, reply: Reply) -> Became:
        """Our own people are paged by what their network now keeps back: that is grave."""
        roster = self._world.current.roster
        everybody = (*roster.people, *((roster.floor,) if roster.floor else ()))
        with suppress(ValueError):
            number = one_number(reply.sender)
            for name in sorted({way for each in everybody for way in each.endpoints}):
                if self._is(name, channel, number):
                    return await self._tell(name, Became.STOP, severe=True)
        return await self._tell(channel, Became.STOP)

    def _window(self) -> int:
        """Without an id of the gateway's own, the same words soon after are the same answer."""
        return int(self._clock.now().timestamp()) // SAME_WITHIN

    async def _asked(self, channel: str, reply: Reply) -> _Asked | None:
        """The alert that this reference means, if the number is one that it is told to."""
        try:
            number = one_number(reply.sender)
        except ValueError:
            return None
        found = await self._reader.run(lambda conn: alerts_of(conn, reply.reference))
        for alert in found:
            for contact, endpoints in self._ways(alert):
                if any(self._is(name, channel, number) for name in endpoints):
                    ours = alert.track is TrackName.DUTY
                    return _Asked(alert=alert.id, by=contact, ours=ours)
        return None

    def _ways(self, alert: Alert) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Who is told by this alert, and how: a party's contacts, or one of our own people."""
        if alert.track is not TrackName.DUTY:
            return tuple((ref.id, ref.endpoints) for ref in alert.contacts)
        roster = self._world.current.roster
        everybody = (*roster.people, *((roster.floor,) if roster.floor else ()))
        return tuple((each.id, each.endpoints) for each in everybody if each.id == alert.party)

    def _is(self, name: str, channel: str, number: str) -> bool:
        """Whether this endpoint is that number on that channel."""
        way, _, id = name.partition(":")
        end = self._world.registry().endpoint(id)
        if way != channel or end is None:
            return False
        try:
            return one_number(end.address) == number
        except ValueError:
            return False

    async def _tell(self, key: str, became: Became, *, severe: bool = False) -> Became:
        code = IncidentCode(f"reply_{became.value}")
        await self._desk.submit(
            c.RaiseIncident(code=code, key=key, severe=severe), lane=Lane.CRITICAL
        )
        return became
