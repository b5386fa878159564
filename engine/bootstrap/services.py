"""What the pages and the operations are given, made from the parts."""

from engine.admin.house import House, ImportRegistry
from engine.bootstrap.parts import Parts
from engine.bootstrap.watching import signs_of
from engine.case import commands as c
from engine.desk import Desk, Lane
from engine.duty.keeping import Duty
from engine.duty.ways import switched_on
from engine.intake.door import Door
from engine.intake.scope import EVERY_AUDIENCE, Scope, only
from engine.registry.loading import follow
from engine.registry.standing_for import StandingFor
from engine.web.sealing import VaultWords
from engine.web.services import Services, Taken
from schemas.codes import EventType, Severity
from schemas.responses import Result, Way


class DeskForPages:
    """`engine.web.services.Desk` over the desk's lanes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def urgent(self, command: c.Command) -> Result:
        """Submit on the lane that goes before all other work."""
        (result,) = await self._desk.submit(command, lane=Lane.STOP)
        return result

    async def submit(self, command: c.Command) -> Result:
        """Submit on the normal lane."""
        (result,) = await self._desk.submit(command, lane=Lane.NORMAL)
        return result


class ReportsAtDoor:
    """`engine.web.services.Reports`: our own people publish under any source they name."""

    def __init__(self, door: Door, *, way: Way = Way.CONSOLE) -> None:
        self._door = door
        self._way = way

    async def take(self, raw: bytes, *, by: str) -> Taken:
        """Accept one event; durable when this returns."""
        taken = await self._door.take(raw, scopes=_ours, way=self._way)
        return Taken(
            reference=taken.reference, problems=tuple(str(problem) for problem in taken.problems)
        )


def _ours(source: str) -> Scope | None:
    scope = Scope(
        source=source,
        types=frozenset(EventType),
        ceiling=Severity.CRITICAL,
        audiences=EVERY_AUDIENCE,
    )
    return only(scope)(source)


def make_services(parts: Parts) -> Services:
    """The services of this house."""
    return Services(
        clock=parts.clock,
        entropy=parts.entropy,
        reader=parts.reader,
        writer=parts.writer,
        desk=DeskForPages(parts.desk),
        people=parts.people,
        sessions=parts.sessions,
        reports=ReportsAtDoor(parts.door),
        sealing=VaultWords(
            parts.vault,
            cases=parts.cases,
            reader=parts.reader,
            writer=parts.writer,
            clock=parts.clock,
            entropy=parts.entropy,
        ),
        world=parts.world,
        registry=StandingFor(
            world=parts.world, reader=parts.reader, writer=parts.writer, clock=parts.clock
        ),
        tokens=parts.answers,
        answer_key=parts.keys.answer,
        phone=parts.settings.phone,
        public_url=str(parts.settings.http.public_url).rstrip("/"),
        zone=parts.settings.timezone,
        secure=parts.settings.http.secure_cookies,
        signs=signs_of(parts),
        duty=Duty(
            world=parts.world,
            reader=parts.reader,
            writer=parts.writer,
            clock=parts.clock,
            channels=switched_on(parts.settings.channels),
        ),
    )


def make_house(parts: Parts, services: Services, *, import_registry: ImportRegistry) -> House:
    """What the operations work on."""
    return House(
        settings=parts.settings,
        services=services,
        sources=parts.sources,
        world=lambda: (parts.world.current.rules, parts.world.current.roster),
        import_registry=import_registry,
        follow=lambda: follow(parts.world, parts.reader),
    )
