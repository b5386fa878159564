"""What is sealed outlives the week's key, opens for its case alone, and dies with its case."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from engine.case.commands import RaiseIncident, SealedBox
from engine.case_vault import AT_ONCE, CaseVault
from engine.clock import ManualClock
from engine.desk.lanes import Busy, StoreUnavailable
from engine.entropy import SeededEntropy
from engine.rekeying import Rekeying
from engine.store import case_keys, tables, vault
from engine.store.database import Database
from engine.store.inline import InlineReader, InlineWriter
from engine.vault import CannotOpenError, Secret, Vault, init_keys
from engine.vault.epochs import rotate
from schemas.codes import IncidentCode

START = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
UNDER = Secret(bytes(range(32)))


@dataclass
class House:
    """A store with a vault; no desk, since nothing of it waits for this."""

    directory: Path
    database: Database
    clock: ManualClock
    weekly: Vault
    entropy: SeededEntropy
    raised: list[RaiseIncident] = field(default_factory=list)
    refuses: type[Exception] | None = None
    """What the desk says to an incident."""

    def __post_init__(self) -> None:
        self.reader = InlineReader(self.database)
        self.writer = InlineWriter(self.database)
        self.cases = CaseVault(self.weekly, under=UNDER, entropy=self.entropy)
        self.loop = self.another_loop()

    def another_loop(self, cases: CaseVault | None = None) -> Rekeying:
        async def raise_incident(incident: RaiseIncident) -> None:
            if self.refuses is not None:
                raise self.refuses
            self.raised.append(incident)

        return Rekeying(
            cases or self.cases,
            self.weekly,
            reader=self.reader,
            writer=self.writer,
            clock=self.clock,
            raise_incident=raise_incident,
        )

    async def keep(self, id: str, case: str | None, box: SealedBox | None = None) -> None:
        sealed = box or self.weekly.seal(f"who {id}".encode())
        await self.writer.run(
            lambda conn: vault.keep(
                conn, sealed, id=id, kind="note", salt="s", at=self.clock.now(), case=case
            )
        )

    async def words(self, id: str) -> bytes:
        found = await self.reader.run(lambda conn: self.cases.open_row(conn, id))
        return found.reveal()

    async def key_ids(self) -> dict[str, str]:
        rows = await self.reader.run(
            lambda conn: conn.execute(select(tables.vault.c.id, tables.vault.c.key_id)).all()
        )
        return {row.id: row.key_id for row in rows}

    async def weeks_pass(self, weeks: int) -> None:
        await self.clock.advance(days=7 * weeks)
        self.weekly.renew(rotate(self.directory, self.entropy, self.clock.now()))


@pytest.fixture
async def house(tmp_path: Path, store_url: str) -> AsyncIterator[House]:
    entropy = SeededEntropy(3)
    database = Database(store_url)
    yield House(
        directory=tmp_path / "keys",
        database=database,
        clock=ManualClock(START),
        weekly=Vault(init_keys(tmp_path / "keys", entropy, START), entropy=entropy),
        entropy=entropy,
    )
    database.close()


async def test_a_case_of_years_can_still_be_read_when_the_key_of_its_week_is_long_gone(
    house: House,
) -> None:
    await house.keep("v1", "c1")
    assert await house.words("v1") == b"who v1"

    assert await house.loop.look() == 1
    await house.weeks_pass(8)

    assert (await house.key_ids()) == {"v1": "case:c1"}
    assert await house.words("v1") == b"who v1"
    assert house.raised == []


async def test_what_nobody_has_named_yet_waits_and_is_moved_once_it_is_known_whose_it_is(
    house: House,
) -> None:
    await house.keep("note", None)
    assert await house.loop.look() == 0
    await house.writer.run(
        lambda conn: conn.execute(vault.OF_CASE, [{"of_id": "note", "to_case": "c1"}])
    )

    assert await house.loop.look() == 1
    assert await house.words("note") == b"who note"


async def test_a_fact_cannot_take_a_row_away_from_the_case_that_has_it(house: House) -> None:
    await house.keep("note", "c1")
    await house.writer.run(
        lambda conn: conn.execute(vault.OF_CASE, [{"of_id": "note", "to_case": "c2"}])
    )

    await house.loop.look()
    assert (await house.key_ids()) == {"note": "case:c1"}


async def test_thousands_of_rows_are_moved_a_few_at_a_time_each_once(house: House) -> None:
    for n in range(2 * AT_ONCE + 3):
        await house.keep(f"v{n:03}", f"c{n % 4}")

    assert await house.loop.look() == 2 * AT_ONCE + 3
    assert await house.loop.look() == 0
    keys = await house.reader.run(
        lambda conn: conn.execute(select(tables.case_keys.c.case_id)).scalars().all()
    )
    assert sorted(keys) == ["c0", "c1", "c2", "c3"]
    assert await house.words("v007") == b"who v007"


async def test_an_erased_case_opens_for_nobody_and_the_others_do(house: House) -> None:
    await house.keep("v1", "c1")
    await house.keep("v2", "c2")
    await house.loop.look()
    await house.keep("v3", "c1")  # still under the week's key

    def erase(conn: Connection) -> None:
        conn.execute(case_keys.EMPTY, [{"of_case": "c1"}])
        conn.execute(case_keys.DESTROY, [{"of_case": "c1"}])

    await house.writer.run(erase)
    await house.loop.look()

    for id in ("v1", "v3"):
        with pytest.raises(CannotOpenError):
            await house.words(id)
    assert await house.words("v2") == b"who v2"
    assert house.raised == []  # erased on purpose: nobody is asked to send it again


async def test_a_row_that_was_erased_while_it_was_being_moved_stays_erased(house: House) -> None:
    await house.keep("v1", "c1")
    keys = house.weekly.openable
    (row,) = await house.reader.run(lambda conn: case_keys.waiting(conn, keys=keys, most=9))
    await house.writer.run(lambda conn: conn.execute(case_keys.EMPTY, [{"of_case": "c1"}]))

    moved = await house.writer.run(
        lambda conn: case_keys.move(
            conn, row=row, box=SealedBox(key_id="x", ciphertext=b"x"), salt=""
        )
    )
    assert not moved
    assert (await house.key_ids()) == {"v1": case_keys.ERASED}


async def test_damaged_content_is_told_once_and_holds_up_nothing_behind_it(house: House) -> None:
    good = house.weekly.seal(b"who")
    bad = SealedBox(key_id=good.key_id, ciphertext=b"\0" * 64)
    for n in range(AT_ONCE + 5):
        await house.keep(f"a{n:03}", "c1", bad)
    await house.clock.advance(seconds=1)
    await house.keep("later", "c2")

    await house.loop.look()
    await house.loop.look()

    assert (await house.key_ids())["later"] == "case:c2"
    assert [(each.code, each.key, each.severe) for each in house.raised] == [
        (IncidentCode.SEALED_UNREADABLE, "c1", False)
    ]


async def test_what_was_sealed_to_a_key_that_never_was_ours_is_told_once(house: House) -> None:
    """The sender took the key of another desk: the report stands, its words must be asked again."""
    await house.keep("v1", "c1", SealedBox(key_id="another-desk", ciphertext=b"x" * 60))

    await house.loop.look()
    assert house.raised == []  # another process may have the key, and move it
    await house.clock.advance(minutes=11)
    await house.loop.look()
    await house.loop.look()

    assert [(each.code, each.key) for each in house.raised] == [
        (IncidentCode.SEALED_UNREADABLE, "c1")
    ]


@pytest.mark.parametrize("refuses", [Busy, StoreUnavailable])
async def test_a_desk_that_is_flooded_hears_later_of_words_that_do_not_open(
    house: House, refuses: type[Exception]
) -> None:
    """A full lane once ended the process, and of these words nobody heard again."""
    box = house.weekly.seal(b"who v1")
    await house.keep("v1", "c1", replace(box, ciphertext=b"x" * len(box.ciphertext)))
    house.refuses = refuses
    with pytest.raises(refuses):
        await house.loop.look()
    running = asyncio.create_task(house.loop.run())
    await house.clock.advance(minutes=3)
    assert not running.done()
    assert house.raised == []

    house.refuses = None
    await house.clock.advance(minutes=3)
    running.cancel()
    assert [each.key for each in house.raised] == ["c1"]


async def test_keys_wrapped_by_another_deployment_harm_nothing_that_is_stored(house: House) -> None:
    await house.keep("v1", "c1")
    await house.loop.look()
    await house.keep("v2", "c1")
    stranger = CaseVault(house.weekly, under=Secret(b"x" * 32), entropy=house.entropy)

    assert await house.another_loop(stranger).look() == 0
    assert await house.words("v1") == b"who v1"
    assert await house.words("v2") == b"who v2"


async def test_a_store_that_is_away_is_asked_again_a_minute_later(house: House) -> None:
    await house.keep("v1", "c1")
    await house.writer.run(lambda conn: conn.execute(text("ALTER TABLE vault RENAME TO away")))
    running = asyncio.create_task(house.loop.run())
    await house.clock.advance(seconds=30)
    await house.writer.run(lambda conn: conn.execute(text("ALTER TABLE away RENAME TO vault")))
    await house.clock.advance(seconds=60)

    assert await house.words("v1") == b"who v1"
    assert (await house.key_ids()) == {"v1": "case:c1"}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
