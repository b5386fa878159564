"""The demo's stage: a folder that disappears, a broker that goes with it, sinks, one engine."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import orjson
import pyotp
from aiokafka import AIOKafkaProducer

from engine.access import PersonRole
from engine.bootstrap import open_engine
from engine.bootstrap.engine import Engine
from engine.bootstrap.world import default_rulebook
from engine.clock import SystemClock
from engine.demo.broker import DemoBroker, mock_kafka, real_kafka
from engine.demo.cast import Cast, Telling, world_text
from engine.demo.clock import LeapingClock
from engine.demo.loopback import settings_in, text
from engine.entropy import SystemEntropy
from engine.settings import KafkaSettings, Settings, SourceSettings
from engine.store.database import Database
from engine.store.schema import upgrade
from engine.vault import init_keys
from notifiers.sinks import SmsGatewaySink, SmtpSink
from schemas.envelope import THREAT_TYPE

BEGIN = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
FACTOR = 5.0
"""Speed between leaps: slow enough that a mail on its way is not late by the story's clock."""
PASSWORD = "invented night 2027"  # noqa: S105 - of people who do not exist, gone with the demo
PEOPLE = {
    "ana": ("Ana", PersonRole.HANDLER),
    "ben": ("Ben", PersonRole.SECOND),
    "chi": ("Chi", PersonRole.HANDLER),
    "dia": ("Dia", PersonRole.SECOND),
    "you": ("You", PersonRole.HANDLER),
}
"""Who may log in; `you` is for whoever watches."""
_ALL_TYPES = "act warning change relief date consent exercise"


@dataclass(kw_only=True)
class Stage:
    """Everything that runs while the story is told."""

    engine: Engine
    clock: LeapingClock
    smtp: SmtpSink
    sms: SmsGatewaySink
    client: httpx2.AsyncClient
    broker: DemoBroker
    folder: Path
    secrets: dict[str, str] = field(repr=False)
    """Person -> shared secret of the second factor."""
    sessions: dict[str, str] = field(default_factory=dict, repr=False)
    producer: AIOKafkaProducer

    async def publish(self, telling: Telling) -> bytes:
        """Publish as a hotline does; return the exact bytes."""
        body = orjson.dumps(
            {
                "specversion": "1.0",
                "id": telling.id,
                "source": telling.source,
                "type": THREAT_TYPE,
                "subject": telling.situation,
                "exercise": bool(telling.event.get("exercise", False)),
                "datacontenttype": "application/json",
                "data": {"event": dict(telling.event), "sealed": dict(telling.sealed)},
            }
        )
        await self.producer.send_and_wait(
            telling.topic,
            body,
            key=telling.situation.encode("ascii"),
            headers=[("content-type", b"application/cloudevents+json")],
        )
        return body

    async def reply_by_sms(self, number: str, words: str) -> None:
        """Answer a text, as the gateway reports it."""
        await text(self.engine, self.client, number=number, words=words)

    async def log_in(self, name: str) -> str:
        """Log somebody in by both factors and return the session."""
        session = await self.engine.parts.people.log_in(
            person=name, password=PASSWORD, code=self.code_of(name)
        )
        if session is None:
            raise RuntimeError(f"{name} could not log in")
        return session

    def code_of(self, name: str) -> str:
        """The six digits that this person's authenticator shows now."""
        return str(pyotp.TOTP(self.secrets[name]).at(SystemClock().now()))


@asynccontextmanager
async def set_stage(
    cast: Cast, *, real: bool = False, say: Callable[[str], None] = lambda _line: None
) -> AsyncIterator[Stage]:
    """Build everything, run the engine, and leave nothing behind. `real`: over a real Kafka."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-demo-")))
        smtp, sms = SmtpSink(), SmsGatewaySink()
        for sink in (smtp, sms):
            await sink.start()
            stack.push_async_callback(sink.stop)
        broker = await stack.enter_async_context(
            real_kafka(folder / "kafka", say) if real else mock_kafka()
        )
        settings = _settings(folder, smtp=smtp, sms=sms, broker=broker, cast=cast)
        await broker.prepare(settings.kafka)
        clock = LeapingClock(start=BEGIN, factor=FACTOR)
        prepare(settings, clock)
        engine = open_engine(settings, clock=clock, people_clock=SystemClock())
        running = asyncio.create_task(engine.run())
        stack.push_async_callback(end, engine, running)
        await begun(engine, running)
        producer = AIOKafkaProducer(bootstrap_servers=list(broker.bootstrap))
        await producer.start()
        stack.push_async_callback(producer.stop)
        client = await stack.enter_async_context(
            httpx2.AsyncClient(timeout=20, trust_env=False, follow_redirects=True)
        )
        stage = Stage(
            engine=engine,
            clock=clock,
            smtp=smtp,
            sms=sms,
            client=client,
            broker=broker,
            folder=folder,
            secrets=await add_people(engine),
            producer=producer,
        )
        for name in ("ana", "chi"):
            stage.sessions[f"person:{name}"] = await stage.log_in(name)
        yield stage


def _settings(
    folder: Path, *, smtp: SmtpSink, sms: SmsGatewaySink, broker: DemoBroker, cast: Cast
) -> Settings:
    for name in ("registry.yaml", "roster.yaml"):
        (folder / name).write_text(world_text(name), "utf-8")
    # The desk trusts the missions of QS: the one line of the shipped rulebook that it filled in.
    rules = default_rulebook().replace("{walk: third_missions, states: []}",
                                       "{walk: third_missions, states: [QS]}")  # fmt: skip
    (folder / "rulebook.yaml").write_text(rules, "utf-8")
    sources = sorted({telling.source for telling in cast.events})
    return settings_in(
        folder,
        instance="demo",
        smtp=smtp,
        sms=sms,
        kafka=KafkaSettings(
            enabled=True,
            brokers=broker.bootstrap,
            durability=broker.durability,
            sources=tuple(
                SourceSettings(
                    source=source,
                    types=_ALL_TYPES,
                )
                for source in sources
            ),
        ),
    )


def prepare(settings: Settings, clock: LeapingClock) -> None:
    """Make keys and tables."""
    settings.data_dir.mkdir(mode=0o700, parents=True)
    init_keys(settings.keys_dir, SystemEntropy(), clock.now())
    database = Database(settings.database.get_secret_value())
    upgrade(database)
    database.close()


async def add_people(engine: Engine) -> dict[str, str]:
    """Let them log in; return the secret of each one's second factor."""
    secrets = {}
    for name, (label, role) in PEOPLE.items():
        added = await engine.parts.people.add_person(
            name, label=label, role=role, password=PASSWORD, by="demo"
        )
        secrets[name] = added.secret.reveal().decode("ascii")
    return secrets


async def begun(engine: Engine, running: asyncio.Task[None]) -> None:
    """Return once it serves. Raises what ended it, if it does not."""
    ready = asyncio.create_task(engine.started.wait())
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        ready.cancel()
        await running
        raise RuntimeError("the engine ended before it began")


async def end(engine: Engine, running: asyncio.Task[None]) -> None:
    """Stop it in order."""
    engine.stop()
    await running
