"""A running web application over a file in the test's directory, with an invented town in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pyotp
from pydantic import TypeAdapter
from sqlalchemy import Connection, insert
from starlette.testclient import TestClient

from engine.access import People, PersonRole, Sessions
from engine.access.passwords import Passwords
from engine.access.second_factor import SecondFactor
from engine.answer_tokens import AnswerTokens
from engine.bootstrap.services import DeskForPages, ReportsAtDoor
from engine.case.commands import TryOutcome
from engine.case_vault import CaseVault
from engine.clock import ManualClock
from engine.desk import Desk, SendJob
from engine.duty.keeping import Duty
from engine.entropy import SeededEntropy
from engine.intake.door import Door
from engine.metrics import Metrics
from engine.registry import save_registry
from engine.registry.standing_for import StandingFor
from engine.registry.world import World, WorldHolder
from engine.store import journal, meta, tables
from engine.store.threads import ThreadReader, ThreadWriter
from engine.vault import Secret, Vault, init_keys
from engine.web.app import create_app
from engine.web.sealing import VaultWords
from engine.web.services import Services
from rules.rulebook import Rulebook
from schemas.roster import Roster
from tests.harness.files import new_database
from tests.harness.people import Place, duty

START = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
PASSWORD = "a long and invented sentence"
PHONE = "+00 000 000"
"""The duty line of the invented desk."""


@dataclass
class Stage:
    """What a test needs to act and to look."""

    client: TestClient
    clock: ManualClock
    desk: Desk
    door: Door
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

    def deliver(self, state: str = "handed_off") -> list[SendJob]:
        """Claim every message that may leave, and let it get this far."""
        jobs = self.run(partial(self.desk.claim_sends, free={}, others=100)).jobs
        outcomes = [
            TryOutcome(key=job.key, attempt_no=job.attempt_no, state=state, reason="accepted")
            for job in jobs
        ]
        self.run(self.desk.settle_sends, outcomes)
        return list(jobs)

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
    directory: Path, *, place: Place, rulebook: Rulebook, roster: Roster | None = None
) -> Iterator[Stage]:
    """Everything wired, Ana and Ben (handlers), Chi (second) and Rea (reader) in it."""
    clock = ManualClock(START)
    entropy = SeededEntropy("web")
    database = new_database(directory / "tocsin.sqlite")
    writer, reader = ThreadWriter(database), ThreadReader(database)
    on_shift = roster or duty(handlers=["Ana"], seconds=["Ben"], shift_leads=["Chi"])
    registry = place.with_duty(on_shift)
    held = WorldHolder(World(rulebook=rulebook, registry=registry, roster=on_shift))
    answers = AnswerTokens(Secret(b"n" * 32))
    desk = Desk(
        writer=writer,
        world=held,
        clock=clock,
        entropy=entropy,
        ref_key=Secret(b"k" * 32),
        answers=answers,
        halt=_no_halt,
        instance="i1",
    )
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
    door = Door(
        desk=desk,
        world=held,
        clock=clock,
        vault=vault,
        receipt_key=Secret(b"r" * 32),
        metrics=Metrics(),
    )
    services = Services(
        clock=clock,
        entropy=entropy,
        reader=reader,
        writer=writer,
        desk=DeskForPages(desk),
        people=people,
        sessions=Sessions(reader=reader, writer=writer, clock=clock, note=journal.note),
        reports=ReportsAtDoor(door),
        sealing=VaultWords(
            vault,
            cases=CaseVault(vault, under=Secret(b"v" * 32), entropy=entropy),
            reader=reader,
            writer=writer,
            clock=clock,
            entropy=entropy,
        ),
        world=held,
        registry=StandingFor(world=held, reader=reader, writer=writer, clock=clock),
        tokens=answers,
        answer_key=Secret(b"a" * 32),
        phone=PHONE,
        duty=Duty(
            world=held, reader=reader, writer=writer, clock=clock, channels=frozenset({"sms"})
        ),
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
        made.run(writer.run, lambda conn: _furnish(conn, place, on_shift))
        assert client.portal is not None
        running = client.portal.start_task_soon(desk.run)
        try:
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
        finally:
            running.cancel()
    writer.close()
    reader.close()
    database.close()


def _no_halt(reason: str) -> None:
    raise AssertionError(f"the engine wanted to stop: {reason}")


def _furnish(conn: Connection, place: Place, roster: Roster) -> None:
    save_registry(conn, parties=place.parties, links=(), contacts=place.contacts, at=START, by="t")
    body = TypeAdapter(Roster).dump_json(roster)
    conn.execute(insert(tables.rosters), {"version": "r1", "at": START, "body": body})
    meta.write(conn, "roster_version", "r1")


def later(clock: ManualClock, **by: float) -> datetime:
    """A moment after now."""
    return clock.now() + timedelta(**by)
