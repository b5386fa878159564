"""Delivery receipts that come in from gateways: from their words to a command for the desk.

They are hints of a stranger's machine: repeated, late, contradictory, about messages of somebody
else. None of them is an error to its sender, or it would be sent again for a day; none of them is
let before duty, so they wait on the normal lane.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol

import structlog

from engine.case import commands as c
from engine.clock import Clock
from engine.desk import Lane
from engine.metrics import Metrics
from notifiers.sms.config import SmsSettings
from notifiers.sms.inbound import Receipt, parse_receipt
from schemas.responses import Refused, Result

_log = structlog.get_logger(__name__)

OVERTAKEN_BY = 1.0
"""Seconds by which a receipt may overtake the answer that tells us the message's name."""
WAITING_AT_MOST = 64
"""Receipts of names we do not know that wait so; a flood of them is answered at once."""


class Heard(StrEnum):
    """What became of a request with receipts."""

    TAKEN = "taken"
    """At least one was about a message of ours; it is durable."""
    UNKNOWN = "unknown"
    """None was: nothing changed."""


class _Said(StrEnum):
    """What one receipt came to, for the counter."""

    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    UNDERWAY = "underway"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


class Desk(Protocol):
    """The desk as receipts need it."""

    async def submit(self, *commands: c.Command, lane: Lane) -> tuple[Result, ...]:
        """One unit, answered after the commit."""
        ...


class Receipts:
    """Takes delivery receipts. One per engine."""

    def __init__(self, *, desk: Desk, clock: Clock, metrics: Metrics) -> None:
        self._desk = desk
        self._clock = clock
        self._metrics = metrics
        self._waiting = 0

    async def take(self, channel: str, settings: SmsSettings, given: Sequence[Any]) -> Heard:
        """Take the receipts of one request, if there are any; durable when this returns.

        Raises Busy, CommandFailed: some may be stored then, and all may be sent again.
        """
        outcomes = await asyncio.gather(*(self._one(channel, settings, each) for each in given))
        for outcome in outcomes:
            self._metrics.receipt(outcome=outcome.value)
        strange = sum(each in (_Said.UNKNOWN, _Said.UNREADABLE) for each in outcomes)
        if strange:
            _log.info("receipts.strange", channel=channel, strange=strange, of=len(outcomes))
        return Heard.UNKNOWN if strange == len(outcomes) else Heard.TAKEN

    async def _one(self, channel: str, settings: SmsSettings, given: Any) -> _Said:
        try:
            receipt = parse_receipt(settings, given)
        except ValueError:
            return _Said.UNREADABLE
        if receipt.delivered is None:
            return _Said.UNDERWAY
        known = await self._report(channel, receipt, delivered=receipt.delivered)
        if not known and await self._overtaken():
            known = await self._report(channel, receipt, delivered=receipt.delivered)
        if not known:
            return _Said.UNKNOWN
        return _Said.DELIVERED if receipt.delivered else _Said.NOT_DELIVERED

    async def _report(self, channel: str, receipt: Receipt, *, delivered: bool) -> bool:
        command = c.DeliveryReported(
            channel=channel,
            key=receipt.key,
            provider_id=receipt.provider_id,
            delivered=delivered,
        )
        (result,) = await self._desk.submit(command, lane=Lane.NORMAL)
        return not isinstance(result, Refused)

    async def _overtaken(self) -> bool:
        """Wait once for our own record of what was sent; False when too many wait already."""
        if self._waiting >= WAITING_AT_MOST:
            return False
        self._waiting += 1
        try:
            await self._clock.sleep(OVERTAKEN_BY)
        finally:
            self._waiting -= 1
        return True
