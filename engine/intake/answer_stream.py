"""Answers from a log, as CloudEvents: one desk unit a record, each with its position.

A record that is no answer, or whose token and code open nothing, lies sealed in quarantine and a
person is told; the position moves on behind it.
"""

import hashlib
from collections.abc import Sequence

from pydantic import ValidationError

from engine.case import commands as c
from engine.clock import Clock
from engine.desk.lanes import Lane, StoreUnavailable
from engine.intake.cloudevents import from_kafka, open_envelope
from engine.intake.stream import PARKED, STORE_PAUSE
from engine.ports import Position, Record
from engine.program_answers import AnswerGiven, Desk, ProgramAnswers
from engine.vault import Vault
from schemas.limits import UnreadableJsonError
from schemas.responses import Way

ANSWER_TYPE = "org.tocsin.answer.given.v1"


class AnswerHandler:
    """`engine.ports.Handler` for the topic of answers: durable when it returns."""

    def __init__(self, *, answers: ProgramAnswers, desk: Desk, vault: Vault, clock: Clock) -> None:
        self._answers = answers
        self._desk = desk
        self._vault = vault
        self._clock = clock

    async def __call__(self, records: Sequence[Record], *, epoch: int) -> None:
        """Take records of one partition, in order; wait while the store takes nothing.

        Raises Fenced, and CommandFailed when a record itself cannot be taken.
        """
        for record in records:
            while not await self._taken(record, epoch):
                await self._clock.sleep(STORE_PAUSE)

    async def park(self, record: Record, epoch: int) -> None:
        """Put a record aside without reading it."""
        await self._aside(record, epoch, reason=PARKED)

    async def _taken(self, record: Record, epoch: int) -> bool:
        try:
            try:
                given = _read(record)
            except (UnreadableJsonError, ValidationError):
                await self._aside(record, epoch, reason="not an answer")
                return True
            position = _position(record, epoch)
            if await self._answers.take(given, way=Way.KAFKA, position=position) is None:
                await self._aside(record, epoch, reason="an answer whose code opens nothing")
        except StoreUnavailable:  # nothing is acknowledged; the desk leaves if this goes on
            return False
        return True

    async def _aside(self, record: Record, epoch: int, *, reason: str) -> None:
        exact = from_kafka(record.headers, record.value or b"").exact
        await self._desk.submit(
            c.Quarantine(
                source="",
                reason=reason,
                sealed=self._vault.seal(exact),
                digest=hashlib.sha256(exact).hexdigest(),
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
            ),
            lane=Lane.CRITICAL,
            position=_position(record, epoch),
        )


def _read(record: Record) -> AnswerGiven:
    """Raises UnreadableJsonError, ValidationError."""
    attributes, data = open_envelope(from_kafka(record.headers, record.value or b""))
    given = dict(data or {})
    if attributes.get("specversion") != "1.0" or attributes.get("type") != ANSWER_TYPE:
        given["type"] = "another"  # No field of an answer: it is refused as any other is.
    source, id = attributes.get("source"), attributes.get("id")
    if isinstance(source, str) and isinstance(id, str) and source and id:
        given["id"] = f"{source}\n{id}"
    return AnswerGiven.model_validate(given)


def _position(record: Record, epoch: int) -> Position:
    return Position(
        topic=record.topic, partition=record.partition, offset=record.offset, epoch=epoch
    )
