"""Erasure comes true by itself, week after week."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.clock import ManualClock
from engine.entropy import SeededEntropy
from engine.vault import CannotOpenError, Vault, init_keys
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
