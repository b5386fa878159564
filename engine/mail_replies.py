"""Answers by mail: from the bytes of a mail to the same command as on a page.

Who answered is known by three things together: the message of ours that the mail names as answered,
the contact whom that message was for, and the address that it comes from. What fails one of them
changes nothing and is shown to a person; what a machine sent by itself is dropped in silence.
"""

import hashlib

import structlog

from engine.case import commands as c
from engine.clock import Clock
from engine.coded import needs_a_person, response_of
from engine.desk import Lane
from engine.ports import Reader
from engine.registry.world import WorldHolder
from engine.replies import Became, Desk
from engine.store.answering import alerts_of
from engine.store.mailed import Mailed, mailed
from notifiers.email.address import one_address
from notifiers.email.inbound import MailReply, NoAnswerError, parse_mail
from schemas.codes import IncidentCode
from schemas.responses import Refused, Way

_log = structlog.get_logger(__name__)


class MailReplies:
    """Takes answers by mail. One per engine."""

    def __init__(self, *, desk: Desk, reader: Reader, world: WorldHolder, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._reader = reader
        self._world = world

    async def take(self, channel: str, raw: bytes) -> Became:
        """Take one mail; durable when this returns. Raises Busy, CommandFailed."""
        try:
            reply = parse_mail(raw)
        except NoAnswerError as error:
            _log.info("reply.no_answer", channel=channel, what=str(error))
            if "by itself" in str(error):
                return Became.REFUSED  # An away note is nobody's answer, and nobody's trouble.
            return await self._tell(channel, Became.UNCLEAR)
        asked = await self._asked(channel, reply)
        if asked is None:
            return await self._tell(channel, Became.STRANGER)
        response = response_of(
            reply.answer,
            way=Way.EMAIL,
            by=asked.contact,
            ours=asked.ours,
            now=self._clock.now(),
        )
        if response is None:
            return await self._tell(channel, Became.UNCLEAR)
        # Each server on its way adds lines to a mail: what is said in it makes it the same one.
        said = f"{asked.key}\0{_as_sent(reply)}\0{reply.reference}"
        digest = hashlib.sha256(said.encode()).hexdigest()
        command = c.Respond(
            inbox=c.Inbox(
                source=f"email:{channel}"[:160],
                id=hashlib.sha256((reply.id or said).encode()).hexdigest(),
                digest=digest,
            ),
            alert=asked.alert,
            response=response,
        )
        (result,) = await self._desk.submit(command, lane=Lane.STOP)
        if isinstance(result, Refused) and needs_a_person(result, response.kind):
            return await self._tell(channel, Became.UNCLEAR)
        return Became.REFUSED if isinstance(result, Refused) else Became.TAKEN

    async def _asked(self, channel: str, reply: MailReply) -> Mailed | None:
        """The nearest message of ours that it answers, if it comes from whom that was for."""
        found = await self._reader.run(lambda conn: mailed(conn, reply.keys))
        meant: set[str] | None = None
        if reply.reference:
            alerts = await self._reader.run(lambda conn: alerts_of(conn, reply.reference))
            meant = {alert.id for alert in alerts}
        for key in reply.keys:
            message = found.get(key)
            if message is None or not self._is_from(message, channel, reply.sender):
                continue
            return message if meant is None or message.alert in meant else None
        return None

    def _is_from(self, message: Mailed, channel: str, sender: str) -> bool:
        """Whether the mail comes from the address to which that message went."""
        way, _, id = message.endpoint.partition(":")
        end = self._world.registry().endpoint(id)
        if way != channel or end is None:
            return False
        try:
            return one_address(end.address).lower() == sender.lower()
        except ValueError:
            return False

    async def _tell(self, channel: str, became: Became) -> Became:
        code = IncidentCode(f"reply_{became.value}")
        await self._desk.submit(
            c.RaiseIncident(code=code, key=channel, severe=False), lane=Lane.CRITICAL
        )
        return became


def _as_sent(reply: MailReply) -> str:
    """`0` and `0 24h` are two answers; a digit alone is written as it always was."""
    within = f" {reply.answer.hours}h" if reply.answer.hours else ""
    return f"{reply.answer.code}{within}"
