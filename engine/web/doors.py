"""From pages to the engine: the desk's lanes and the intake's door, as pages need them."""

import orjson

from engine.case.commands import Command
from engine.case.ids import event_id
from engine.desk import Desk, Lane
from engine.intake.door import Door, Outcome
from engine.intake.scope import EVERY_AUDIENCE, Scope
from engine.ports import Reader
from engine.store import board
from engine.web.services import Taken
from schemas.codes import EventType, Severity
from schemas.responses import Result, Way

_EQUIVOCATION = "id: this id came before with other content. Open the form again."


class DeskLanes:
    """`engine.web.services.Desk`: what people do goes first, the rest with the rest."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def urgent(self, command: Command) -> Result:
        """Answers, releases, freezes and the switch. Raises CommandFailed."""
        (result,) = await self._desk.submit(command, lane=Lane.STOP)
        return result

    async def submit(self, command: Command) -> Result:
        """Everything else. Raises Busy and CommandFailed."""
        (result,) = await self._desk.submit(command, lane=Lane.NORMAL)
        return result


class PeoplesReports:
    """`engine.web.services.Reports`: what one of our own people reports, by form or command line.

    They may speak for any source, since they write down what a hotline told them; the stream
    `system` says who was logged in.
    """

    def __init__(self, door: Door, *, reader: Reader) -> None:
        self._door = door
        self._reader = reader

    async def take(self, raw: bytes, *, by: str) -> Taken:
        """Accept one CloudEvents JSON event; durable when this returns.

        The reference is that of the case it belongs to. Raises Busy and CommandFailed.
        """
        taken = await self._door.take(raw, scopes=_any_source, way=Way.CONSOLE)
        if taken.outcome is Outcome.EQUIVOCATION:
            return Taken(problems=(_EQUIVOCATION,))
        if taken.outcome is Outcome.UNREADABLE:
            return Taken(problems=tuple(map(str, taken.problems)))
        envelope = orjson.loads(raw)
        event = event_id(str(envelope.get("source")), str(envelope.get("id")))
        ref = await self._reader.run(lambda conn: board.case_of_event(conn, event))
        return Taken(reference=ref)


def _any_source(source: str) -> Scope:
    return Scope(
        source=source,
        types=frozenset(EventType),
        ceiling=Severity.CRITICAL,
        audiences=EVERY_AUDIENCE,
    )
