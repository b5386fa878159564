"""`tocsin demo --scenario NAME`: one story that must come true, told on a running engine."""

import asyncio
import hashlib
import json
import logging
import signal
from collections import Counter
from dataclasses import dataclass
from typing import Any

from engine import invariants
from engine.bootstrap.logs import configure_logs
from engine.bootstrap.refusals import CannotStartError
from engine.clock import SystemClock
from engine.demo.live_teller import LiveTeller
from engine.demo.narrator import Narrator
from engine.demo.stage import PASSWORD
from engine.demo.stories.failing import StoryError
from engine.demo.stories.listed import SCENES
from engine.demo.stories.scene import Scene
from engine.demo.theatre import Theatre, open_theatre
from engine.invariants import Outside, Violation
from engine.store.following import counts

BROKEN = 6
"""Exit code: the story did not come true, or a promise did not hold."""
CANNOT = 3
PACE, HEADLESS_PACE = 0.35, 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """How it came."""

    scenario: str
    failed: str = ""
    """What did not come true; empty when all did."""
    messages: int = 0
    cases: int = 0
    violations: tuple[Violation, ...] = ()
    cut_short: bool = False
    """Whoever watched had seen enough."""

    @property
    def true(self) -> bool:
        """Whether it came true, as far as it was told, and every promise held."""
        return not self.failed and not self.violations

    def as_dict(self) -> dict[str, Any]:
        """The JSON object."""
        return {
            "scenario": self.scenario,
            "came_true": self.true and not self.cut_short,
            "cut_short": self.cut_short,
            "failed": self.failed,
            "messages": self.messages,
            "cases": self.cases,
            "violations": [
                {"invariant": v.invariant, "row": v.row, "what": v.what} for v in self.violations
            ],
        }


def list_scenarios(*, as_json: bool) -> None:
    """Say which stories there are."""
    if as_json:
        listed = [{"name": scene.name, "title": scene.title} for scene in SCENES]
        print(json.dumps({"scenarios": listed}), flush=True)
        return
    narrator = Narrator()
    for scene in SCENES:
        narrator.say(f"{scene.name:<14} {scene.title}.")
    narrator.say()
    narrator.say(f"Watch one: tocsin demo --scenario {SCENES[0].name}", tone="soft")


def play(scene: Scene, *, headless: bool, as_json: bool) -> int:
    """Tell it; return the exit code."""
    configure_logs(level=logging.CRITICAL)
    logging.getLogger().setLevel(logging.CRITICAL)
    narrator = Narrator(dated=True)
    try:
        came = asyncio.run(_tell(scene, narrator, headless=headless))
    except KeyboardInterrupt:
        return 130
    except CannotStartError as error:
        narrator.say(str(error), tone="alarm")
        return CANNOT
    if as_json:
        print(json.dumps(came.as_dict()), flush=True)
    return 0 if came.true else BROKEN


async def _tell(scene: Scene, narrator: Narrator, *, headless: bool) -> Came:
    narrator.say(f"{scene.title}.", tone="title")
    narrator.say("An invented story. Nobody here exists; nothing leaves this machine.", tone="soft")
    async with open_theatre(scene) as theatre:
        _introduce(theatre, narrator)
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stopped.set)
        teller = LiveTeller(theatre, narrator, pace=HEADLESS_PACE if headless else PACE)
        try:
            failed, cut_short = await _until_over(scene, teller, stopped)
            came = await _judge(scene, teller, failed=failed, cut_short=cut_short)
            _conclude(came, narrator)
            if not headless and not stopped.is_set() and theatre.up:
                await _stay(theatre, narrator, stopped)
        finally:
            teller.close()
    return came


async def _until_over(scene: Scene, teller: LiveTeller, stopped: asyncio.Event) -> tuple[str, bool]:
    """What did not come true, and whether somebody ended it early."""
    telling = asyncio.ensure_future(scene.tell(teller))
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({telling, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not telling.done():
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        return "", True
    try:
        telling.result()
    except StoryError as error:
        return str(error), False
    return "", False


async def _judge(scene: Scene, teller: LiveTeller, *, failed: str, cut_short: bool) -> Came:
    """The invariants look at every row and every history."""
    if not teller.theatre.up:
        return Came(scenario=scene.name, failed=failed, cut_short=cut_short)
    outside = Outside(
        accepted={
            (report.source, report.id): hashlib.sha256(report.bytes()).hexdigest()
            for report in teller.accepted
        },
        sends=Counter(teller.posted.keys()),
    )
    now = teller.now
    found, how_many = await teller.theatre.engine.parts.reader.run(
        lambda conn: (invariants.check(conn, now=now, world=outside), counts(conn))
    )
    return Came(
        scenario=scene.name,
        failed=failed,
        messages=len(teller.posted),
        cases=sum(how_many.cases.values()),
        violations=tuple(found),
        cut_short=cut_short,
    )


def _introduce(theatre: Theatre, narrator: Narrator) -> None:
    narrator.box(
        "Look at it while it happens",
        [
            f"Board      {theatre.engine.address}",
            f"Log in     you  /  {PASSWORD}  /  {theatre.code()} (a new code each 30 s)",
            "Mail, SMS  sinks on this machine; nobody real is told",
            f"Time       {theatre.clock.now():%a %d %B %Y, %H:%M} UTC, leaping over quiet hours",
        ],
    )


def _conclude(came: Came, narrator: Narrator) -> None:
    narrator.say()
    if came.cut_short:
        narrator.say("You ended the story early.", tone="soft")
    elif came.failed:
        narrator.say(f"It did not come true: {came.failed}", tone="alarm")
    for each in came.violations:
        narrator.say(f"PROMISE BROKEN {each.invariant}: {each.what} ({each.row})", tone="alarm")
    if came.true and not came.cut_short:
        narrator.say(
            f"It came true: {came.messages} messages, each at its minute and to whom it should,"
            " and nothing else was sent.",
            tone="good",
        )


async def _stay(theatre: Theatre, narrator: Narrator, stopped: asyncio.Event) -> None:
    """Keep the board open for whoever looks, with a fresh code now and then."""
    narrator.say(
        f"The board stays open at {theatre.engine.address} until Ctrl-C; nothing is kept.",
        tone="title",
    )
    wall, shown = SystemClock(), ""
    while not stopped.is_set():
        if (code := theatre.code()) != shown:
            shown = code
            narrator.say(f"   you  /  {PASSWORD}  /  {code}", tone="soft")
        await wall.sleep(1)
