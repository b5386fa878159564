"""One house as it lies on disk after two days, made once: a test plants its breach in a copy.

In it: a case that is open, told to parties outside and answered by one of them; one that two people
ended and erased; and an incident about a source that sent other content under a known id.
"""

import asyncio
import functools
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text

from engine import invariants
from engine.case import commands as c
from engine.invariants import Outside, Violation
from engine.store.database import Database
from schemas.facts import WhyErased
from tests.never.night import all_read, night, release_all, threat

NAMES = {
    "open": "(SELECT id FROM cases WHERE kind = 'case' AND status = 'open')",
    "over": "(SELECT id FROM cases WHERE kind = 'case' AND status <> 'open')",
    "one": "(SELECT key FROM notifications WHERE lane > 1 AND party = 'haldane')",
}
"""What a statement may name: the open case, the one that is over, a message to somebody outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the file holds, when it was, and what left it."""

    file: bytes
    now: datetime
    began: datetime
    sends: Counter[str]
    accepted: dict[tuple[str, str], str]


@functools.cache
def house() -> House:
    """The house; lived through once in a run of tests."""
    return asyncio.run(_live())


async def _live() -> House:
    with tempfile.TemporaryDirectory(prefix="tocsin-stored-") as directory:
        path = Path(directory) / "house.sqlite"
        async with night() as story:
            await story.publish(threat("over", situation="over"))
            await story.propose(by="Ana")
            await story.confirm(by="Ben")
            for by in ("ana", "chi"):
                inbox = c.Inbox(source="test", id=f"erase-{by}", digest="0" * 64)
                over = story.case().id
                await story.do(
                    c.Erase(inbox=inbox, case=over, why=WhyErased.ASKED, by=f"person:{by}")
                )
            await story.publish(threat("threat-1", situation="on"))
            await story.publish(threat("threat-1", situation="on", code="assault"))
            await release_all(story, ("missions", "companies"), of="on")
            ines = story.mail("Ines").expects("please answer reference")
            await ines.answers("acknowledged")
            await story.advance(hours=6)
            all_read(story)
            with story.database.engine.connect() as conn:
                conn.execution_options(isolation_level="AUTOCOMMIT")
                conn.connection.driver_connection.execute(f"VACUUM INTO '{path}'")  # type: ignore[union-attr]
            return House(
                file=path.read_bytes(),
                now=story.now,
                began=story.began,
                sends=Counter(story.post.counts),
                accepted=dict(story._told.world.accepted),
            )


@dataclass(slots=True)
class Copy:
    """A house of one's own, to break."""

    conn: Connection
    house: House
    world: Outside = field(default_factory=Outside)

    def plant(self, *statements: str) -> None:
        """Write past the engine, as a fault, a hand or a broken disk would."""
        self.conn.execute(text("DROP TRIGGER IF EXISTS journal_no_update"))
        self.conn.execute(text("DROP TRIGGER IF EXISTS journal_no_delete"))
        for statement in statements:
            changed = self.conn.execute(text(statement.format(**NAMES))).rowcount
            assert changed, f"nothing was broken by: {statement}"
        self.conn.commit()

    def one(self, query: str) -> str:
        """A value of the store."""
        found = self.conn.execute(text(query.format(**NAMES))).scalars().first()
        assert found is not None, query
        self.conn.rollback()
        return str(found)

    def found(self) -> Sequence[Violation]:
        """Everything that is wrong with it."""
        with self.conn.begin():
            return invariants.check(
                self.conn, now=self.house.now, world=self.world, up_since=self.house.began
            )

    @property
    def broken(self) -> set[str]:
        """The promises that do not hold."""
        return {violation.invariant for violation in self.found()}


@contextmanager
def copy() -> Iterator[Copy]:
    """A fresh copy of the house, whole, with what somebody outside wrote down of it."""
    made = house()
    with tempfile.TemporaryDirectory(prefix="tocsin-copy-") as directory:
        path = Path(directory) / "copy.sqlite"
        path.write_bytes(made.file)
        database = Database(f"sqlite:///{path}")
        conn = database.engine.connect()
        try:
            world = Outside(sends=Counter(made.sends), accepted=dict(made.accepted))
            yield Copy(conn=conn, house=made, world=world)
        finally:
            conn.close()
            database.close()
