"""Opening an engine from settings, and running one until somebody asks it to stop."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.bootstrap.checks import check_names, check_world
from engine.bootstrap.engine import Engine, leave
from engine.bootstrap.logs import configure_logs
from engine.bootstrap.parts import Parts, open_parts
from engine.bootstrap.refusals import CannotStartError, StoreAwayError
from engine.clock import Clock, FastClock, SystemClock
from engine.entropy import Entropy, SystemEntropy
from engine.ports import Halt
from engine.settings import ALL_ROLES, Settings
from engine.store.server_check import weaknesses
from engine.watchdog_notify import ALIVE, READY, Supervisor
from engine.watchdog_pulse import Pulse
from notifiers.registry import ChannelSettingsError, build_channels

STORE_PATIENCE = 60.0
"""Seconds that a start waits for a database that does not answer: machines boot in any order."""
STORE_PAUSE = 2.0

_log = structlog.get_logger(__name__)


def open_engine(
    settings: Settings,
    *,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    halt: Halt = leave,
    people_clock: Clock | None = None,
    alive: Callable[[], None] = lambda: None,
) -> Engine:
    """Wire an engine. Raises CannotStartError, with nothing left open."""
    clock = clock or _clock(settings)
    entropy = entropy or SystemEntropy()
    try:
        channels = build_channels(settings.channels)
    except ChannelSettingsError as error:
        raise CannotStartError(
            "\n".join(f"channels.{problem}" for problem in error.problems),
            next_step="Correct the settings, then start again.",
        ) from None
    parts = open_parts(
        settings,
        clock=clock,
        entropy=entropy,
        halt=halt,
        instance=settings.instance or f"{socket.gethostname()[:30]}-{os.getpid()}",
        roles=" ".join(settings.roles),
        publish=_publishes(settings),
        people_clock=people_clock,
    )
    try:
        check_world(parts.world.current)
        return Engine(parts, channels, alive=alive)
    except Exception:
        parts.close()
        raise


async def serve(settings: Settings, *, started: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. `started` is told where we are once the doors are open."""
    configure_logs()
    check_names()
    await _check_logs(settings)
    supervisor, pulse = Supervisor(), Pulse(leave)

    def alive() -> None:
        pulse.beat()
        supervisor.tell(ALIVE)

    engine = await _opened(settings, alive=alive)
    await _look_at_server(engine.parts)
    # What was loaded and opened until here stays as long as we do. Walking through it at every
    # collection takes a fifth of the time that overdue steps are decided in.
    gc.freeze()
    gc.enable()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, engine.stop)
    running = asyncio.create_task(engine.run())
    ready = asyncio.create_task(engine.started.wait())
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if not running.done():
        with suppress(OSError):  # whoever should read it is gone, or their disk is full
            started(_where(engine, settings))
        pulse.start()
        supervisor.tell(READY)
    await running
    pulse.stop()


async def _opened(settings: Settings, *, alive: Callable[[], None]) -> Engine:
    """Open the engine, and wait a while for a database that is only being started itself."""
    wall = SystemClock()
    until = wall.monotonic() + STORE_PATIENCE
    while True:
        try:
            return open_engine(settings, alive=alive)
        except StoreAwayError as error:
            left = until - wall.monotonic()
            if left <= 0:
                raise
            _log.warning("store_does_not_answer", said=error.what, gives_up_in_s=round(left))
            await wall.sleep(STORE_PAUSE)


async def _look_at_server(parts: Parts) -> None:
    """Say what of the database's server breaks a promise of ours.

    It is no reason to stay away: it may lose what was accepted once the power goes, and an engine
    that does not start loses all of it now.
    """
    try:
        weak = await parts.reader.run(weaknesses)
    except SQLAlchemyError as error:
        _log.warning("store_not_looked_at", error=type(error).__name__)
        return
    for each in weak:
        if each.bad:
            _log.error("store_is_weak", said=each.what, do=each.next_step)


def _where(engine: Engine, settings: Settings) -> str:
    if set(ALL_ROLES) <= set(settings.roles):
        return f"Tocsin runs. Board: {engine.address}  (Ctrl-C stops)"
    board = f"  Board: {engine.address}" if "web" in settings.roles else ""
    return f"Tocsin runs {', '.join(settings.roles)}.{board}"


def _publishes(settings: Settings) -> bool:
    """Whether facts go to the outbox: where one process is all there is, only if it relays them."""
    alone = settings.database.get_secret_value().startswith("sqlite")
    return settings.kafka.enabled and (not alone or "relay" in settings.roles)


async def _check_logs(settings: Settings) -> None:
    """Refuse logs that lose what they acknowledged, while somebody looks. Raises CannotStartError.

    A broker that is away is no reason: everything else works without it, and its reader waits.
    """
    if not settings.kafka.enabled or "intake" not in settings.roles:
        return
    from aiokafka.errors import KafkaError

    from engine.intake.durability import NotDurableError, check_durability

    try:
        await check_durability(settings.kafka)
    except NotDurableError as error:
        raise CannotStartError(
            str(error), next_step="tocsin kafka topics makes them as they should be."
        ) from None
    except (KafkaError, OSError):
        return


def _clock(settings: Settings) -> Clock:
    if settings.time_factor == 1:
        return SystemClock()
    return FastClock(factor=settings.time_factor, start=SystemClock().now())
