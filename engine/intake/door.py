"""The door: every report, whatever way it came, becomes one command for the desk here.

Accept, plan against the world as it is now, submit; answered only when it is durable. A rule that
raises does not hold up a report: the built-in duty plan goes with it.
"""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import structlog

from engine import canary
from engine.case import commands as c
from engine.clock import Clock
from engine.desk.inner import Canary
from engine.desk.lanes import Lane
from engine.intake.accept import Accepted, Unreadable, accept
from engine.intake.cloudevents import Message
from engine.intake.receipts import receipt_of
from engine.intake.scope import Scopes
from engine.metrics import Metrics
from engine.ports import Position
from engine.registry.world import WorldHolder
from engine.vault import Secret, Vault
from rules.candidates import candidates, fallback
from schemas.codes import Danger, Severity, threat_of
from schemas.event import ThreatEvent
from schemas.plan import Candidates, Trouble
from schemas.problem import Fault, Problem
from schemas.responses import Already, Refused, RefusedBecause, Result, Way

EQUIVOCATION = "equivocation"

log = structlog.get_logger()


class Desk(Protocol):
    """The desk as the door needs it."""

    async def submit(
        self, *commands: c.Command | Canary, lane: Lane, position: Position | None = None
    ) -> tuple[Result, ...]:
        """One unit, answered after the commit. Raises Busy, Fenced, CommandFailed."""
        ...


class Outcome(StrEnum):
    """What became of one report."""

    TAKEN = "taken"
    """Durable: it is in exactly one case."""
    REPEATED = "repeated"
    """It was here before, with the same content; nothing changed."""
    EQUIVOCATION = "equivocation"
    """The same id came before with other content: the first stays, this one is kept aside."""
    UNREADABLE = "unreadable"
    """Not an event. From a stream it lies in quarantine; otherwise nothing was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The door's answer."""

    outcome: Outcome
    reference: str = ""
    """The publisher's receipt: the same for the same report each time."""
    problems: tuple[Problem, ...] = ()
    id: str = ""
    """The event's own id, where it could be read."""


class Door:
    """Takes reports in. One per engine."""

    def __init__(
        self,
        *,
        desk: Desk,
        world: WorldHolder,
        clock: Clock,
        vault: Vault,
        receipt_key: Secret,
        metrics: Metrics,
    ) -> None:
        self._desk = desk
        self._world = world
        self._clock = clock
        self._vault = vault
        self._receipt_key = receipt_key
        self._metrics = metrics

    async def take(
        self,
        message: Message | bytes,
        *,
        scopes: Scopes,
        way: Way,
        position: Position | None = None,
        critical: bool = False,
    ) -> Taken:
        """Take one report; durable when this returns. `critical`: it came on the critical topic.

        With a position, whatever becomes of the bytes moves it in the same transaction.
        Raises Busy, Fenced and CommandFailed as the desk does; then nothing was taken.
        """
        # Our own canary comes by a log that we read ourselves, and on no other way.
        heard = canary.also(scopes) if way is Way.KAFKA else canary.never(scopes)
        message = Message(body=message) if isinstance(message, bytes) else message
        judged = accept(message, scopes=heard, received_at=self._clock.now(), seal=self._vault.seal)
        if isinstance(judged, Accepted) and judged.inbox.source == canary.SOURCE:
            mark = canary.read(self._receipt_key, judged.inbox.id)
            if mark is not None:
                return await self._canary(judged, mark, position, critical=critical)
            judged = _imitation(message)
        if isinstance(judged, Unreadable):
            taken = await self._unreadable(judged, position)
        else:
            taken = await self._accepted(judged, message, position, critical=critical)
        self._metrics.taken(way=way, outcome=taken.outcome)
        return taken

    async def take_canary(self, raw: bytes) -> None:
        """Take a canary where no log is read. Raises as `take` does; ValueError for another."""
        judged = accept(
            raw,
            scopes=canary.also(canary.nobody),
            received_at=self._clock.now(),
            seal=self._vault.seal,
        )
        mark = (
            canary.read(self._receipt_key, judged.inbox.id)
            if isinstance(judged, Accepted)
            else None
        )
        if mark is None or isinstance(judged, Unreadable):
            raise ValueError("not a canary of this engine")
        await self._canary(judged, mark, None, critical=True)

    async def park(self, message: Message | bytes, *, reason: str, position: Position) -> None:
        """Put a record aside unread: it has ended the process whenever it was read."""
        exact = message.exact if isinstance(message, Message) else message
        await self._aside(exact, source="", reason=reason, position=position)

    async def _accepted(
        self,
        judged: Accepted,
        message: Message,
        position: Position | None,
        *,
        critical: bool,
    ) -> Taken:
        arrived = c.EventArrived(
            inbox=judged.inbox, report=judged.report, candidates=self._planned(judged)
        )
        lane = _lane(judged, critical=critical)
        (result,) = await self._desk.submit(arrived, lane=lane, position=position)
        reference = receipt_of(self._receipt_key, judged.inbox.source, judged.inbox.id)
        if isinstance(result, Refused):
            if result.reason is not RefusedBecause.EQUIVOCATION:
                raise RuntimeError(f"the desk refused a report: {result.reason}")
            await self._aside(
                message.exact,
                source=judged.inbox.source,
                reason=EQUIVOCATION,
                position=position,
            )
            return Taken(outcome=Outcome.EQUIVOCATION, id=judged.inbox.id)
        again = isinstance(result, Already)
        return Taken(
            outcome=Outcome.REPEATED if again else Outcome.TAKEN,
            reference=reference,
            id=judged.inbox.id,
        )

    async def _canary(
        self, judged: Accepted, mark: canary.Mark, position: Position | None, *, critical: bool
    ) -> Taken:
        """Plan it as any report, and give it to the desk without the plan: it is for nobody.

        Where planning failed it goes no further, and its watch will miss it.
        """
        planned = Trouble.PLANNING_FAILED not in self._planned(judged).troubles
        command = Canary(
            id=judged.inbox.id,
            way=mark.way if planned else "",
            at=mark.at,
            report=judged.report,
        )
        lane = _lane(judged, critical=critical)
        await self._desk.submit(command, lane=lane, position=position)
        return Taken(outcome=Outcome.TAKEN, id=judged.inbox.id)

    async def _unreadable(self, judged: Unreadable, position: Position | None) -> Taken:
        if position is not None:
            await self._aside(
                judged.exact,
                source=judged.source,
                reason=judged.reason,
                position=position,
            )
        return Taken(outcome=Outcome.UNREADABLE, problems=judged.problems)

    async def _aside(
        self, exact: bytes, *, source: str, reason: str, position: Position | None
    ) -> None:
        """Keep bytes, sealed; the desk opens the incident that tells a human."""
        where = position.topic if position is not None else ""
        await self._desk.submit(
            c.Quarantine(
                source=source,
                reason=reason,
                sealed=self._vault.seal(exact),
                digest=hashlib.sha256(exact).hexdigest(),
                topic=None if position is None else position.topic,
                partition=None if position is None else position.partition,
                offset=None if position is None else position.offset,
            ),
            lane=Lane.CRITICAL,
            position=position,
        )
        log.warning("intake.set_aside", reason=reason, source=source, topic=where)

    def _planned(self, judged: Accepted) -> Candidates:
        """What the rules say, or the built-in duty plan where they cannot."""
        event = judged.report.event
        world = self._world.current.rules
        try:
            if world is None:
                raise LookupError("no rulebook is active")
            found = candidates(
                world, event, severity_ceiling=judged.ceiling, at=judged.report.received_at
            )
        except Exception as error:  # whatever a rule or the registry does: help is called
            log.error("intake.planning_failed", error=type(error).__name__)
            self._metrics.planning_failed()
            found = fallback(_severity_without_rules(event))
        troubles = (*found.troubles, *(t for t in judged.troubles if t not in found.troubles))
        return replace(found, troubles=troubles)


def _imitation(message: Message) -> Unreadable:
    """Somebody speaks as our canary and does not bear its mark."""
    problem = Problem(
        code=Fault.FOREIGN_SOURCE,
        path="source",
        fix="Nobody may speak for that source. Send the source that is yours.",
    )
    digest = hashlib.sha256(message.exact).hexdigest()
    return Unreadable(problems=(problem,), digest=digest, exact=message.exact, source=canary.SOURCE)


def _lane(judged: Accepted, *, critical: bool) -> Lane:
    if judged.touches_consent:
        return Lane.STOP
    return Lane.CRITICAL if critical or judged.grave else Lane.NORMAL


def _severity_without_rules(event: ThreatEvent) -> Severity:
    """As grave as the code, the claim, or danger make it; a code nobody knows counts as high."""
    threat = threat_of(event.code)
    found = [Severity.HIGH if threat is None else threat.severity]
    if event.severity is not None:
        found.append(event.severity)
    if event.danger_now is Danger.YES:
        found.append(Severity.HIGH)
    return min(found, key=lambda severity: severity.rank)
