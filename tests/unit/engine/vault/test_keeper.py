"""Erasure comes true by itself, week after week."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.clock import ManualClock
from engine.entropy import SeededEntropy
from engine.vault import CannotOpenError, EpochKeys, Vault, init_keys
from engine.vault.epochs import rotate
from engine.vault.keeper import KeyKeeper

START = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


async def test_each_week_has_its_key_and_old_ones_open_nothing(tmp_path: Path) -> None:
    clock, entropy = ManualClock(START), SeededEntropy(1)
    vault = Vault(init_keys(tmp_path, entropy, START), entropy=entropy)
    keeper = KeyKeeper(vault, tmp_path, clock=clock, entropy=entropy)
    running = asyncio.create_task(keeper.run())
    box = vault.seal(b"who")

    await clock.advance(days=7)
    assert vault.intake_key[0] == "intake-2027w10"
    assert vault.open_box(box).reveal() == b"who"
    await clock.advance(days=36)

    assert vault.intake_key[0] == "intake-2027w15"
    with pytest.raises(CannotOpenError):
        vault.open_box(box)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_keys_that_cannot_be_renewed_are_used_on(tmp_path: Path) -> None:
    clock, entropy = ManualClock(START), SeededEntropy(1)
    vault = Vault(init_keys(tmp_path, entropy, START), entropy=entropy)
    (tmp_path / "intake-2027w09.key").chmod(0o644)
    running = asyncio.create_task(KeyKeeper(vault, tmp_path, clock=clock, entropy=entropy).run())

    await clock.advance(hours=3)

    assert not running.done()
    assert vault.seal(b"x").key_id == "intake-2027w09"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_processes_of_one_directory_make_one_key_of_the_week_between_them(tmp_path: Path) -> None:
    """Or what one of them sealed, another one could not open."""
    init_keys(tmp_path, SeededEntropy(1), START)
    fresh = START + timedelta(days=70)
    together = threading.Barrier(8)

    def one(seed: int) -> EpochKeys:
        together.wait(10)
        return rotate(tmp_path, SeededEntropy(seed), fresh)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(one, range(8)))

    assert {keys.current for keys in made} == {"intake-2027w19"}
    vaults = [Vault(keys, entropy=SeededEntropy(9)) for keys in made]
    assert {vault.open_box(vaults[0].seal(b"who")).reveal() for vault in vaults} == {b"who"}
