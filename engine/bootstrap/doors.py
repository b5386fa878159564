"""What a process answers, by its roles: pages, doors for programs, signs of health, commands.

Loaded only where somebody comes in: pages and operations take half a second to import.
"""

from dataclasses import replace
from datetime import timedelta

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from engine.admin.door import Door as AdminDoor
from engine.bootstrap.importing import importer
from engine.bootstrap.parts import Parts
from engine.bootstrap.servers import QuietServer, server
from engine.bootstrap.services import make_house, make_services
from engine.bootstrap.watching import signs_of
from engine.intake.lane import Lane as LogLane
from engine.intake.standing import State
from engine.mail_replies import MailReplies
from engine.program_answers import ProgramAnswers
from engine.receipts import Receipts
from engine.replies import Replies
from engine.settings import Role
from engine.store.following import owed
from engine.web.api.answering import Answering
from engine.web.api.answers import Check
from engine.web.api.events import Events
from engine.web.api.health import Health, Probe
from engine.web.api.inbound import Inbound, mail_channels, sms_channels
from engine.web.api.routes import api_routes
from engine.web.app import create_app
from engine.web.headers import SecurityHeaders

OVERDUE = timedelta(minutes=5)
"""Later than this is an outage (design section 9)."""


class Doors:
    """The servers of a process, over one house."""

    def __init__(self, parts: Parts, roles: tuple[Role, ...], logs: tuple[LogLane, ...]) -> None:
        """`logs` are the readers whose health is told."""
        self._parts = parts
        self._roles = roles
        self._logs = logs
        services = make_services(parts)
        self.house = make_house(parts, services, import_registry=importer(parts))
        """What operations and pages work on."""

    def commands(self, *, token: str) -> QuietServer:
        """What the loopback socket serves to whoever has the token."""
        return server(AdminDoor(self.house, token=token).app())

    def web(self) -> QuietServer:
        """What the public socket serves."""
        api = _api(self._parts, self._logs)
        if "web" not in self._roles:
            # The programs' routes are FastAPI's: under a bare Starlette each of them fails.
            secure = [Middleware(SecurityHeaders)]
            return server(FastAPI(routes=api, middleware=secure, openapi_url=None))
        return server(create_app(replace(self.house.services, api=tuple(api))))


def _api(parts: Parts, logs: tuple[LogLane, ...]) -> list[BaseRoute]:
    events = Events(door=parts.door, keys=parts.sources, clock=parts.clock, metrics=parts.metrics)
    health = Health(
        probes=_probes(parts, logs),
        signs=signs_of(parts),
        metrics=parts.metrics,
        reader=parts.reader,
        vault=parts.vault,
        clock=parts.clock,
    )
    replies = Replies(desk=parts.desk, reader=parts.reader, world=parts.world, clock=parts.clock)
    receipts = Receipts(desk=parts.desk, clock=parts.clock, metrics=parts.metrics)
    channels = sms_channels(parts.settings.channels)
    inbound = Inbound(
        replies,
        receipts,
        channels,
        key=parts.keys.pepper,
        mails=MailReplies(
            desk=parts.desk, reader=parts.reader, world=parts.world, clock=parts.clock
        ),
        mail_channels=mail_channels(parts.settings.channels),
    )
    answers = ProgramAnswers(
        desk=parts.desk,
        writer=parts.writer,
        tokens=parts.answers,
        clock=parts.clock,
        world=parts.world,
    )
    answering = Answering(answers)
    routes = api_routes(events=events, health=health, answering=answering)
    return [*routes, *inbound.routes()]


def _probes(parts: Parts, logs: tuple[LogLane, ...]) -> dict[str, Probe]:
    async def timers() -> Check:
        next_at = (await parts.reader.run(owed)).next_at
        late = timedelta() if next_at is None else parts.clock.now() - next_at
        if late > OVERDUE:
            return Check(ok=False, says=f"something is {int(late.total_seconds())} s overdue")
        return Check(ok=True, says="nothing is overdue")

    probes: dict[str, Probe] = {"timers": timers}
    for lane in logs:
        probes[f"log {lane.name}"] = _log_probe(lane)
    return probes


def _log_probe(lane: LogLane) -> Probe:
    """Whether a log is read. One that is not closes no other door: HTTP still takes reports."""

    async def look() -> Check:
        now = lane.standing.now
        return Check(ok=now.state is not State.WAITING, says=str(now))

    return look
