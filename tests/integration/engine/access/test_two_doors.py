"""Two processes let people in over one PostgreSQL."""

import asyncio

import pyotp
from sqlalchemy import select

from engine.access import Passwords, People, PersonRole, SecondFactor
from engine.clock import ManualClock
from engine.entropy import SeededEntropy
from engine.store import journal
from engine.store.database import Database
from engine.store.tables import sessions
from engine.store.threads import ThreadReader, ThreadWriter
from engine.vault import DeploymentKeys
from tests.harness.postgres import PostgresServer
from tests.harness.stores import postgres_url
from tests.integration.engine.desk.room import START
from tests.integration.engine.desk.two import COMMIT, Gate, somebody_waits

PASSWORD = "correct horse battery"
KEYS = DeploymentKeys.derive(bytes(range(32)))


class Door:
    """One process at which people log in."""

    def __init__(self, url: str, *, seed: int) -> None:
        self.database = Database(url)
        self.writer, self.reader = ThreadWriter(self.database), ThreadReader(self.database)
        entropy = SeededEntropy(seed)
        self.people = People(
            reader=self.reader,
            writer=self.writer,
            clock=ManualClock(START),
            entropy=entropy,
            passwords=Passwords(entropy, memory_kib=64, passes=1),
            second_factor=SecondFactor(KEYS.totp, entropy),
            throttle_key=KEYS.throttle,
            note=journal.note,
            answer_after=0.0,
        )

    def close(self) -> None:
        self.writer.close()
        self.reader.close()
        self.database.close()


async def test_a_code_that_was_read_over_a_shoulder_opens_no_second_door(
    postgres: PostgresServer,
) -> None:
    url = postgres_url(postgres)
    a, b = Door(url, seed=1), Door(url, seed=2)
    gate = Gate(a.database)
    try:
        ana = await a.people.add_person(
            "ana", label="Ana", role=PersonRole.HANDLER, password=PASSWORD, by="person:setup"
        )
        code = pyotp.TOTP(ana.secret.reveal().decode()).at(START)
        gate.shut(COMMIT)
        first = asyncio.ensure_future(a.people.log_in(person="ana", password=PASSWORD, code=code))
        await gate.reached()
        second = asyncio.ensure_future(b.people.log_in(person="ana", password=PASSWORD, code=code))
        await somebody_waits(url)
        gate.open()

        assert await first is not None
        assert await second is None
        opened = await a.reader.run(lambda conn: conn.execute(select(sessions)).all())
        assert len(opened) == 1
    finally:
        gate.open()
        a.close()
        b.close()
        postgres.drop(url)
