"""Duty hears of a disk that fills while it can still be told; a disk at the brink calls once."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case.commands import RaiseIncident
from engine.clock import ManualClock
from engine.desk.lanes import Busy, StoreUnavailable
from engine.disk_watch import LEAST_FREE, DiskWatch, fills, has_room_again
from engine.side_loop import TOLD_FOR
from schemas.codes import IncidentCode

MB = 1024 * 1024
LARGE = 100_000 * MB
AT = datetime(2027, 3, 1, tzinfo=UTC)


@dataclass
class Room:
    total: int = LARGE
    free: int = LARGE


class Disk:
    """A disk, who looks at it, and what duty heard."""

    def __init__(self) -> None:
        self.room: Room | None = Room()
        self.heard: list[IncidentCode] = []
        self.refuses: type[Exception] | None = None
        self.clock = ManualClock(AT)
        self.watch = DiskWatch(
            Path("/somewhere"), raise_incident=self._hear, clock=self.clock, usage=self._usage
        )

    async def look(self, *, free: int | None) -> list[IncidentCode]:
        self.room = None if free is None else Room(free=free)
        await self.watch.look()
        return self.heard

    def _usage(self, folder: Path) -> Room:
        if self.room is None:
            raise FileNotFoundError(folder)
        return self.room

    async def _hear(self, incident: RaiseIncident) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.heard.append(incident.code)


async def test_b47_duty_is_called_once_when_the_disk_fills_and_again_after_there_was_room() -> None:
    disk = Disk()
    assert await disk.look(free=LEAST_FREE) == []
    assert await disk.look(free=LEAST_FREE - 1) == [IncidentCode.DISK_FILLS]
    assert len(await disk.look(free=LEAST_FREE - 2)) == 1
    assert len(await disk.look(free=LEAST_FREE + MB)) == 1, "a little room is no room"
    assert len(await disk.look(free=10 * MB)) == 1
    assert len(await disk.look(free=2 * LEAST_FREE)) == 1
    assert len(await disk.look(free=10 * MB)) == 2


@pytest.mark.parametrize("refuses", [StoreUnavailable, Busy])
async def test_what_could_not_be_stored_is_told_at_the_next_look_that_finds_room(
    refuses: type[Exception],
) -> None:
    """A flood that fills the disk fills the desk's lanes as well: it once ended the process."""
    disk = Disk()
    disk.refuses = refuses
    assert await disk.look(free=0) == []
    disk.refuses = None
    assert await disk.look(free=MB) == [IncidentCode.DISK_FILLS]


async def test_a_disk_that_stayed_full_after_two_people_closed_it_was_never_told_again() -> None:
    disk = Disk()
    assert len(await disk.look(free=MB)) == 1
    await disk.clock.advance(seconds=TOLD_FOR - 1)
    assert len(await disk.look(free=MB)) == 1
    await disk.clock.advance(seconds=1)
    assert len(await disk.look(free=MB)) == 2
    assert len(await disk.look(free=MB)) == 2


async def test_a_disk_that_cannot_be_seen_ends_nothing() -> None:
    disk = Disk()
    assert await disk.look(free=None) == []
    assert await disk.look(free=MB) == [IncidentCode.DISK_FILLS]


async def test_it_looks_again_every_minute() -> None:
    clock, seen = ManualClock(AT), []

    def usage(folder: Path) -> Room:
        seen.append(clock.now())
        if len(seen) == 3:
            raise RuntimeError("enough")
        return Room()

    async def nobody(incident: RaiseIncident) -> None:
        raise AssertionError(incident)

    watch = DiskWatch(Path(), raise_incident=nobody, clock=clock, usage=usage, every=0)
    with pytest.raises(RuntimeError, match="enough"):
        await watch.run()


def test_this_machines_own_disk_can_be_looked_at(tmp_path: Path) -> None:
    room = shutil.disk_usage(tmp_path)
    assert 0 <= room.free <= room.total


@given(total=st.integers(1, 10**15), free=st.integers(0, 10**15))
def test_no_disk_is_at_once_filling_and_roomy_and_an_empty_one_is_neither_full_nor_small(
    total: int, free: int
) -> None:
    free = min(free, total)
    assert not (fills(total=total, free=free) and has_room_again(total=total, free=free))
    assert not fills(total=total, free=total)
    assert has_room_again(total=total, free=total)
    assert fills(total=max(total, 10), free=0)
