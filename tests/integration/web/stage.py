"""A running web application over a file in the test's directory, with an invented town in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from pydantic import TypeAdapter
from sqlalchemy import insert
from starlette.testclient import TestClient

from engine.access import People, PersonRole, Sessions
from engine.access.passwords import Passwords
from engine.access.second_factor import SecondFactor
from engine.answer_tokens import AnswerTokens
from engine.clock import ManualClock
from engine.entropy import SeededEntropy
from engine.store import journal, meta, tables
from engine.store.database import Database
from engine.store.schema import upgrade
from engine.store.threads import ThreadReader, ThreadWriter
from engine.vault import Secret, Vault, init_keys
from engine.web.app import create_app
from engine.web.sealing import VaultWords
from engine.web.services import Services
from rules.candidates import World
from rules.graph import Registry
from rules.rulebook import Rulebook
from schemas.codes import FieldName, TrackName
from schemas.roster import Roster
from tests.harness.people import duty
from tests.integration.web.little_desk import FormDoor, LittleDesk, save_registry

START = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
PASSWORD = "a long and invented sentence"
PHONE = "+00 000 000"
"""The duty line of the invented desk."""


@dataclass(frozen=True)
class Snapshot:
    """`engine.web.services.World` over a fixed world."""

    world: World

    def registry(self) -> Registry:
        return self.world.registry

    def field_class(self, audience: TrackName) -> frozenset[FieldName]:
        return frozenset(self.world.rulebook.field_class(audience))


@dataclass
class Stage:
    """What a test needs to act and to look."""

    client: TestClient
    clock: ManualClock
    desk: LittleDesk
    door: FormDoor
    services: Services
    reader: ThreadReader
    writer: ThreadWriter
    people: People
    secrets: dict[str, Secret]

    def run(self, coroutine_function, *args, **kwargs):  # type: ignore[no-untyped-def]
        """Await something of ours on the application's own loop."""
        portal = self.client.portal
        assert portal is not None
        return portal.call(lambda: coroutine_function(*args, **kwargs))

    def advance(self, **by: float) -> None:
        self.run(self.clock.advance, **by)

    def log_in(self, name: str) -> None:
        """Log in as one of the desk's people; a fresh code each time."""
        self.client.cookies.clear()
        self.advance(seconds=31)
        code = pyotp.TOTP(self.secrets[name].reveal().decode()).at(self.clock.now())
        answer = self.client.post(
            "/login",
            data={"person": name, "password": PASSWORD, "code": code, "to": "/"},
            follow_redirects=False,
        )
        assert answer.status_code == 303, answer.text


@contextmanager
def stage(
    directory: Path, *, registry: Registry, rulebook: Rulebook, roster: Roster | None = None
) -> Iterator[Stage]:
    """Everything wired, Ana and Ben (handlers), Chi (second) and Rea (reader) in it."""
    clock = ManualClock(START)
    entropy = SeededEntropy("web")
    database = Database(f"sqlite:///{directory / 'tocsin.sqlite'}")
    upgrade(database)
    writer, reader = ThreadWriter(database), ThreadReader(database)
    world = World(rulebook, registry)
    on_shift = roster or duty(handlers=["Ana"], seconds=["Ben"], shift_leads=["Chi"])
    desk = LittleDesk(writer=writer, reader=reader, clock=clock, world=world, roster=on_shift)
    vault = Vault(init_keys(directory / "keys", entropy, START), entropy=entropy)
    second_factor = SecondFactor(Secret(bytes(range(32))), entropy=entropy)
    people = People(
        reader=reader,
        writer=writer,
        clock=clock,
        entropy=entropy,
        passwords=Passwords(entropy, memory_kib=64, passes=1),
        second_factor=second_factor,
        throttle_key=Secret(b"t" * 32),
        note=journal.note,
        answer_after=0,
    )
    door = FormDoor(desk, world=world, clock=clock, vault=vault)
    services = Services(
        clock=clock,
        entropy=entropy,
        reader=reader,
        writer=writer,
        desk=desk,
        people=people,
        sessions=Sessions(reader=reader, writer=writer, clock=clock, note=journal.note),
        reports=door,
        sealing=VaultWords(vault, reader=reader, writer=writer, clock=clock, entropy=entropy),
        world=Snapshot(world),
        tokens=AnswerTokens(Secret(b"n" * 32)),
        answer_key=Secret(b"a" * 32),
        phone=PHONE,
    )
    client = TestClient(create_app(services), base_url="https://desk.example")
    with client:
        made = Stage(
            client=client,
            clock=clock,
            desk=desk,
            door=door,
            services=services,
            reader=reader,
            writer=writer,
            people=people,
            secrets={},
        )
        made.run(writer.run, lambda conn: _furnish(conn, world, on_shift))
        for name, role in (
            ("ana", PersonRole.HANDLER),
            ("ben", PersonRole.HANDLER),
            ("chi", PersonRole.SECOND),
            ("rea", PersonRole.READER),
        ):
            new = made.run(
                people.add_person,
                name,
                label=name.title(),
                role=role,
                password=PASSWORD,
                by="person:ana",
            )
            made.secrets[name] = new.secret
        yield made
    writer.close()
    reader.close()
    database.close()


def _furnish(conn, world: World, roster: Roster) -> None:  # type: ignore[no-untyped-def]
    save_registry(conn, world)
    body = TypeAdapter(Roster).dump_json(roster)
    conn.execute(insert(tables.rosters), {"version": "r1", "at": START, "body": body})
    meta.write(conn, "roster_version", "r1")
    conn.execute(
        insert(tables.instances),
        {"id": "i1", "epoch": 1, "roles": "all", "started_at": START, "beat_at": START},
    )


def later(clock: ManualClock, **by: float) -> datetime:
    """A moment after now."""
    return clock.now() + timedelta(**by)
