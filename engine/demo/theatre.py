"""Where a story is played: a folder that disappears, sinks, an engine that can be cut off."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pyotp
from pydantic import TypeAdapter

from engine.bootstrap import open_engine
from engine.bootstrap.engine import Engine
from engine.clock import SystemClock
from engine.demo.clock import LeapingClock
from engine.demo.loopback import settings_in, text
from engine.demo.stage import add_people, begun, end, prepare
from engine.demo.stories.moments import moment
from engine.demo.stories.reports import HOTLINES
from engine.demo.stories.scene import Scene
from engine.intake.scope import EVERY_AUDIENCE, Scope
from engine.settings import Settings
from notifiers.sinks import SmsGatewaySink, SmtpSink
from rules.graph import Registry
from schemas.codes import EventType, Severity
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party, PartyKind
from schemas.roster import DutyPerson, Shift

FACTOR = 1.0
"""Between leaps time runs as everywhere, so that nothing that is done takes longer than it does."""
_VALID = timedelta(days=400)


@dataclass(kw_only=True)
class Theatre:
    """One engine on its folder, with whoever it writes to."""

    registry: Registry
    settings: Settings
    clock: LeapingClock
    smtp: SmtpSink
    sms: SmsGatewaySink
    client: httpx2.AsyncClient
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    """Hotline -> its bearer key."""
    secret: str = field(default="", repr=False)
    """Of the second factor of whoever watches."""
    _engine: Engine | None = None
    _running: asyncio.Task[None] | None = None

    @property
    def engine(self) -> Engine:
        """The running engine. Raises RuntimeError while there is none."""
        if self._engine is None:
            raise RuntimeError("the engine is down")
        return self._engine

    @property
    def up(self) -> bool:
        """Whether it runs."""
        return self._engine is not None

    async def raise_curtain(self) -> None:
        """Start the engine."""
        self._engine = open_engine(self.settings, clock=self.clock, people_clock=SystemClock())
        self._running = asyncio.create_task(self._engine.run())
        await begun(self._engine, self._running)

    async def lower_curtain(self) -> None:
        """End it."""
        if self._engine is not None and self._running is not None:
            await end(self._engine, self._running)
        self._engine = self._running = None

    async def publish(self, body: bytes, *, source: str) -> None:
        """Publish as a hotline does. Raises httpx2.HTTPStatusError when it is not taken."""
        response = await self.client.post(
            f"{self.engine.address}/v1/events",
            content=body,
            headers={
                "authorization": f"Bearer {self.keys[source]}",
                "content-type": "application/cloudevents+json",
            },
        )
        response.raise_for_status()

    async def reply_by_sms(self, number: str, words: str) -> None:
        """Answer a text, as the gateway reports it."""
        await text(self.engine, self.client, number=number, words=words)

    def code(self) -> str:
        """The six digits that let whoever watches in."""
        return str(pyotp.TOTP(self.secret).at(SystemClock().now()))


@asynccontextmanager
async def open_theatre(scene: Scene) -> AsyncIterator[Theatre]:
    """Build everything, run the engine, and leave nothing behind."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-story-")))
        smtp, sms = SmtpSink(), SmsGatewaySink()
        for sink in (smtp, sms):
            await sink.start()
            stack.push_async_callback(sink.stop)
        registry = _dialled(scene)
        settings = _settings(scene, registry, folder, smtp=smtp, sms=sms)
        clock = LeapingClock(start=moment(scene.begins), factor=FACTOR)
        prepare(settings, clock)
        client = await stack.enter_async_context(
            httpx2.AsyncClient(timeout=20, trust_env=False, follow_redirects=True)
        )
        theatre = Theatre(
            registry=registry, settings=settings, clock=clock, smtp=smtp, sms=sms, client=client
        )
        stack.push_async_callback(theatre.lower_curtain)
        await theatre.raise_curtain()
        theatre.secret = (await add_people(theatre.engine))["you"]
        for source in HOTLINES:
            scope = Scope(
                source=source,
                types=frozenset(EventType),
                ceiling=Severity.CRITICAL,
                audiences=EVERY_AUDIENCE,
            )
            issued = await theatre.engine.parts.sources.issue(scope, valid=_VALID, by="demo")
            theatre.keys[source] = issued.text
        yield theatre


def _dialled(scene: Scene) -> Registry:
    """The registry of the scene, with numbers where somebody is told by text message."""
    ours = scene.place.with_duty(scene.roster)
    number = 99900000100
    contacts: list[Contact] = []
    for contact in ours.everybody_reached():
        endpoints = []
        for each in contact.endpoints:
            number += 1
            address = f"+{number}" if each.channel == "sms" else each.address
            endpoints.append(replace(each, address=address))
        contacts.append(replace(contact, endpoints=tuple(endpoints)))
    return Registry(ours.parties(), links=ours.links(), contacts=contacts)


def _settings(
    scene: Scene, registry: Registry, folder: Path, *, smtp: SmtpSink, sms: SmsGatewaySink
) -> Settings:
    duty = Party(id="duty", kind=PartyKind.NGO, name="Duty")
    roster = scene.roster
    texts = {
        "registry.yaml": {
            "parties": _plain(tuple[Party, ...], (*registry.parties(), duty)),
            "links": _plain(tuple[Link, ...], tuple(registry.links())),
            "contacts": _plain(tuple[Contact, ...], tuple(registry.everybody_reached())),
        },
        "roster.yaml": {
            "people": _plain(tuple[DutyPerson, ...], roster.people),
            "shifts": _plain(tuple[Shift, ...], roster.shifts),
            "floor": _plain(DutyPerson, roster.floor) if roster.floor else None,
        },
    }
    for name, content in texts.items():
        (folder / name).write_text(json.dumps(content), "utf-8")
    (folder / "rulebook.yaml").write_text(scene.rules, "utf-8")
    return settings_in(folder, instance="story", smtp=smtp, sms=sms)


def _plain(kind: Any, value: Any) -> Any:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return adapter.dump_python(value, mode="json", exclude_defaults=True)
