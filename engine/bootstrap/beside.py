"""Every loop beside the work, and for how long each may work without coming round.

One that fails or hangs is begun again and duty is called (`engine.side_loop`). What is not in this
table is looked at by the watchdog, which ends the process.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from engine.backup import Mark, keep_marking
from engine.bootstrap import limits
from engine.bootstrap.parts import Parts
from engine.calling import raising
from engine.clock import Clock, since_boot
from engine.clock_watch import ClockWatch
from engine.conflicts import Conflicts
from engine.desk import Lane
from engine.disk_watch import DiskWatch
from engine.registry import kept
from engine.registry.rebuild import Rebuild
from engine.registry.reload import Reload
from engine.rekeying import Rekeying
from engine.retention import Retention
from engine.second_look import SecondLook
from engine.settings import Role
from engine.side_loop import RoundClock, keep_going
from engine.store.checkpoint import keep_log_short
from engine.takeover import TakeOver
from engine.vault.keeper import KeyKeeper
from engine.watchdog import Turns

Begin = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """What a loop tells the time by. Whoever sleeps by one of these is seen to come round."""

    machine: Clock
    engine: Clock
    """By which the desk lives; in the demo it runs fast."""
    turns: Turns
    """For a loop whose single look may take long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One loop beside the work."""

    name: str
    limit: float
    """Seconds of the machine's own time after which it hangs, unless it sleeps."""
    make: Callable[[Parts, Time], Begin]
    role: Role | None = None
    """Runs with this role only; None: in every process."""


async def run_beside(side: Side, parts: Parts, *, machine: Clock) -> None:
    """Run it until cancelled, again and again. `machine`: the machine's own time."""
    turns = Turns(side.name, limit=side.limit)
    time = Time(
        machine=RoundClock(machine, turns), engine=RoundClock(parts.clock, turns), turns=turns
    )
    begin, told = side.make(parts, time), raising(parts.desk)
    await keep_going(side.name, begin, turns=turns, clock=machine, raise_incident=told)


def _checkpoint(parts: Parts, time: Time) -> Begin:
    return lambda: keep_log_short(parts.reader, clock=time.engine)


def _mark(parts: Parts, time: Time) -> Begin:
    mark = Mark(parts.settings.data_dir)
    return lambda: keep_marking(parts.writer, mark=mark, clock=time.engine)


def _keys(parts: Parts, time: Time) -> Begin:
    keys = parts.settings.keys_dir
    return KeyKeeper(parts.vault, keys, clock=time.engine, entropy=parts.entropy).run


def _sealed(parts: Parts, time: Time) -> Begin:
    return Rekeying(
        parts.cases,
        parts.vault,
        reader=parts.reader,
        writer=parts.writer,
        clock=time.engine,
        raise_incident=raising(parts.desk, lane=Lane.NORMAL),
    ).run


def _world(parts: Parts, time: Time) -> Begin:
    """Where others may put a registry into force behind our back."""
    stale = parts.desk.stale
    return Reload(parts.world, reader=parts.reader, clock=time.machine, stale=stale).run


def _arrays(parts: Parts, time: Time) -> Begin:
    settings = parts.settings
    return Rebuild(
        parts.world,
        reader=parts.reader,
        clock=time.machine,
        database=settings.database.get_secret_value(),
        path=settings.data_dir / kept.FILE,
    ).run


def _second_look(parts: Parts, time: Time) -> Begin:
    return SecondLook(
        desk=parts.desk,
        world=parts.world,
        reader=parts.reader,
        writer=parts.writer,
        clock=time.machine,
        turns=time.turns,
    ).run


def _conflicts(parts: Parts, time: Time) -> Begin:
    return Conflicts(
        world=parts.world,
        reader=parts.reader,
        writer=parts.writer,
        clock=time.machine,
        declared=parts.desk.conflicts,
    ).run


def _retention(parts: Parts, time: Time) -> Begin:
    return Retention(
        parts.settings.retention,
        submit=lambda command: parts.desk.submit(command, lane=Lane.NORMAL),
        reader=parts.reader,
        writer=parts.writer,
        clock=time.engine,
    ).run


def _disk_watch(parts: Parts, time: Time) -> Begin:
    told = raising(parts.desk)
    return DiskWatch(parts.settings.data_dir, raise_incident=told, clock=time.machine).run


def _clock_watch(parts: Parts, time: Time) -> Begin:
    told = raising(parts.desk)
    return ClockWatch(clock=time.machine, since_boot=since_boot, raise_incident=told).run


def _take_over(parts: Parts, time: Time) -> Begin:
    return TakeOver(
        reader=parts.reader,
        writer=parts.writer,
        name=parts.desk.instance,
        machine=time.machine,
        stamp=parts.clock,
        sends=parts.desk.sends,
    ).run


BESIDE: tuple[Side, ...] = (
    Side(name="checkpoint", limit=limits.BESIDE, make=_checkpoint),
    Side(name="mark", limit=limits.BESIDE, make=_mark),
    Side(name="keys", limit=limits.BESIDE, make=_keys),
    Side(name="sealed", limit=limits.BESIDE_ALL, make=_sealed),
    Side(name="world", limit=limits.BESIDE_MANY, make=_world),
    Side(name="arrays", limit=limits.BESIDE_ALL, make=_arrays),
    Side(name="second look", limit=limits.BESIDE_MANY, make=_second_look, role="timers"),
    Side(name="conflicts", limit=limits.BESIDE_MANY, make=_conflicts, role="timers"),
    Side(name="retention", limit=limits.BESIDE_ALL, make=_retention, role="timers"),
    Side(name="disk watch", limit=limits.BESIDE, make=_disk_watch),
    Side(name="clock watch", limit=limits.BESIDE, make=_clock_watch),
    Side(name="take over", limit=limits.BESIDE, make=_take_over, role="sender"),
)
