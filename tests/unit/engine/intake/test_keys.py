"""Whom a bearer key lets in, and as whom."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.clock import ManualClock
from engine.entropy import SeededEntropy
from engine.intake.keys import SourceKeys
from engine.intake.scope import Scope
from engine.store import source_keys, tables
from engine.store.database import Database, read, transact
from engine.store.inline import InlineReader, InlineWriter
from engine.vault import DeploymentKeys
from schemas.codes import Audience, EventType, Severity
from tests.unit.engine.intake.builders import WIDE

KEYS = DeploymentKeys.derive(bytes(range(32)))
NARROW = Scope(
    source="hotline-b",
    types=frozenset({EventType.WARNING, EventType.CONSENT}),
    ceiling=Severity.HIGH,
    audiences=frozenset({Audience.MISSIONS}),
)


@pytest.fixture
async def keys(tmp_path: Path) -> AsyncIterator[SourceKeys]:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    connection = database.writer()
    transact(connection, tables.metadata.create_all)
    reader, writer = InlineReader(database), InlineWriter(database)
    yield SourceKeys(
        reader=reader,
        writer=writer,
        clock=ManualClock(datetime(2027, 3, 1, tzinfo=UTC)),
        entropy=SeededEntropy(3),
        pepper=KEYS.pepper,
    )
    connection.close()
    reader.close()
    writer.close()
    database.close()


async def issued(keys: SourceKeys, scope: Scope = WIDE, *, days: int = 30) -> str:
    return (await keys.issue(scope, valid=timedelta(days=days), by="person:ana")).text


@pytest.mark.parametrize("scope", [WIDE, NARROW])
async def test_a_key_speaks_for_its_source_within_its_scope(keys: SourceKeys, scope: Scope) -> None:
    text = await issued(keys, scope)

    assert text.startswith("tocsin_")
    assert await keys.recognise(f"Bearer {text}") == scope
    assert await keys.recognise(f"bearer  {text} ") == scope


async def test_b12_whatever_is_not_exactly_a_key_is_refused(keys: SourceKeys) -> None:
    text = await issued(keys)
    other = await issued(keys, NARROW)
    prefix, _, secret = text.rpartition("_")

    for wrong in (
        "",
        "Bearer",
        "Bearer ",
        text,
        f"Basic {text}",
        f"Bearer {text[:-1]}",
        f"Bearer {text}x",
        f"Bearer {text[:-1]}{'A' if text[-1] != 'A' else 'B'}",
        f"Bearer {prefix.upper()}_{secret}",
        f"Bearer {other[:24]}{text[24:]}",
        f"Bearer tocsin_{'a' * 16}_{'b' * 43}",
        "Bearer " + "x" * 100_000,
        "Bearer \udcff",
    ):
        assert await keys.recognise(wrong) is None, wrong[:40]


async def test_b12_a_key_opens_nothing_once_it_is_revoked(keys: SourceKeys) -> None:
    text = await issued(keys)
    key = text.split("_")[1]

    assert await keys.revoke(key, by="person:ana")

    assert await keys.recognise(f"Bearer {text}") is None
    assert not await keys.revoke(key, by="person:ana")
    assert not await keys.revoke("nothing", by="person:ana")


async def test_b12_a_key_opens_nothing_once_it_has_expired(keys: SourceKeys) -> None:
    text = await issued(keys, days=1)
    clock = keys._clock
    assert isinstance(clock, ManualClock)

    await clock.advance(days=1)

    assert await keys.recognise(f"Bearer {text}") is None


@pytest.mark.parametrize("days", [0, -1, 401])
async def test_no_key_is_for_ever(keys: SourceKeys, days: int) -> None:
    with pytest.raises(ValueError, match="400 days"):
        await issued(keys, days=days)


async def test_the_database_holds_no_key_that_opens_anything(
    keys: SourceKeys, tmp_path: Path
) -> None:
    text = await issued(keys)
    database = Database(f"sqlite:///{tmp_path / 'a.db'}", exclusive=False)
    connection = database.reader()

    (row,) = read(connection, source_keys.list_keys)

    assert row.secret not in text
    assert text.split("_", 2)[2] not in row.secret
    assert row.secret not in repr(row)
    connection.close()
    database.close()
