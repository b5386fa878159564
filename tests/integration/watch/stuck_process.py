"""An engine in a process of its own with a channel that blocks the event loop when it sends."""

import asyncio
import sys
import threading
from pathlib import Path

from engine.bootstrap.engine import Engine, leave
from engine.bootstrap.parts import open_parts
from engine.clock import SystemClock
from engine.entropy import SystemEntropy
from engine.intake.scope import Scope, only
from engine.settings import CanarySettings
from engine.watchdog_pulse import Pulse
from notifiers.channel import Capabilities, ChannelKind, Endpoint, Message, Outcome
from notifiers.registry import Channels
from schemas.codes import EventType, Severity
from schemas.responses import Way
from tests.integration.bootstrap.house import settings_in


class Blocking:
    """A channel that breaks its promise: it waits without letting anybody else run."""

    name = "email"
    capabilities = Capabilities(kind=ChannelKind.EMAIL)

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        threading.Event().wait()
        raise AssertionError("never")

    async def aclose(self) -> None:
        return


async def main(folder: Path) -> None:
    settings = settings_in(folder, canary=CanarySettings(enabled=False))
    parts = open_parts(
        settings, clock=SystemClock(), entropy=SystemEntropy(), halt=leave, instance="stuck"
    )
    pulse = Pulse(leave, most=10, tick=0.1)
    engine = Engine(parts, Channels({"email": Blocking()}), alive=pulse.beat)
    running = asyncio.create_task(engine.run())
    await engine.started.wait()
    pulse.start()
    raw = (
        b'{"specversion":"1.0","id":"e-1","source":"hotline-a",'
        b'"type":"org.tocsin.threat.reported.v1",'
        b'"data":{"event":{"code":"arrest","situation":"s-1"}}}'
    )
    scope = Scope(source="hotline-a", types=frozenset(EventType), ceiling=Severity.CRITICAL)
    await parts.door.take(raw, scopes=only(scope), way=Way.API)
    await running


asyncio.run(main(Path(sys.argv[1])))
