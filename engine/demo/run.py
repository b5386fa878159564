"""`tocsin demo`: one invented night, told at the terminal, while everything really happens."""

import asyncio
import json
import logging
import signal
from functools import partial

from engine.bootstrap.logs import configure_logs
from engine.bootstrap.refusals import CannotStartError
from engine.broker import BrokerError
from engine.clock import SystemClock
from engine.demo.cast import Cast, read_cast
from engine.demo.crowd import Crowd
from engine.demo.desk_people import DeskPeople
from engine.demo.director import Director
from engine.demo.ending import Ending, take_stock
from engine.demo.follower import Follower
from engine.demo.mock_broker import MockBrokerError
from engine.demo.narrator import Narrator
from engine.demo.stage import BEGIN, PASSWORD, Stage, set_stage
from engine.demo.story_time import StoryTime
from notifiers.sinks import Mail, Text

BROKEN = 6  # exit code: a promise did not hold, or the story did not reach its end
CANNOT = 3
HEADLESS_MOST = 150.0  # seconds until the story counts as not told; a busy machine takes 70
PACE = 0.12  # seconds between two looks: the whole night within a minute
HEADLESS_PACE = 0.02


def run_demo(*, headless: bool, as_json: bool, real_kafka: bool = False) -> int:
    """Run it; return the exit code."""
    configure_logs(level=logging.CRITICAL if not as_json else logging.ERROR)
    logging.getLogger().setLevel(logging.CRITICAL)
    narrator = Narrator()
    try:
        ending = asyncio.run(_tell(narrator, headless=headless, real_kafka=real_kafka))
    except KeyboardInterrupt:
        return 130
    except (BrokerError, CannotStartError, MockBrokerError) as error:
        narrator.say(str(error), tone="alarm")
        return CANNOT
    if as_json:
        print(json.dumps(ending.as_dict()), flush=True)
    return 0 if ending.kept else BROKEN


async def _tell(narrator: Narrator, *, headless: bool, real_kafka: bool) -> Ending:
    cast = read_cast()
    narrator.say(
        "An invented night. Nobody here exists; nothing leaves this machine.", tone="title"
    )
    narrator.say("Setting the stage: database, broker, mail and SMS sinks, engine …", tone="soft")
    say = partial(narrator.say, tone="soft")
    async with set_stage(cast, real=real_kafka, say=say) as stage:
        _introduce(stage, narrator)
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stopped.set)
        return await _perform(stage, cast, narrator, stopped, headless=headless)


async def _perform(
    stage: Stage, cast: Cast, narrator: Narrator, stopped: asyncio.Event, *, headless: bool
) -> Ending:
    """Let everybody act until the story is over, or somebody has seen enough."""
    story = StoryTime(stage.clock)
    follower = Follower(stage.engine.parts.reader, narrator)
    ending: Ending | None = None
    try:
        async with asyncio.TaskGroup() as tasks:
            crowd = Crowd(
                cast, story=story, client=stage.client, reply=stage.reply_by_sms, tasks=tasks
            )
            desk = DeskPeople(
                cast,
                house=stage.engine.house,
                sessions=stage.sessions,
                story=story,
                reply=stage.reply_by_sms,
                tasks=tasks,
            )
            _connect(stage, crowd, desk)
            director = Director(
                cast=cast,
                stage=stage,
                story=story,
                follower=follower,
                narrator=narrator,
                desk=desk,
                tasks=tasks,
                pace=HEADLESS_PACE if headless else PACE,
            )
            tasks.create_task(director.publish_all())
            tasks.create_task(desk.look_after())
            await _until_over(director, stopped, most=HEADLESS_MOST if headless else None)
            cut_short = stopped.is_set() and not director.ended
            troubles = (*crowd.troubles, *desk.troubles)
            ending = await take_stock(stage, director, troubles=troubles, cut_short=cut_short)
            _conclude(ending, narrator)
            if not headless and not stopped.is_set():
                await _stay(stage, follower, narrator, stopped)
            raise _Over
    except* _Over:
        pass
    if ending is None:
        raise RuntimeError("the story ended without an ending")
    return ending


class _Over(Exception):
    """The story is over: everybody who still waits for something goes home."""


async def _until_over(director: Director, stopped: asyncio.Event, *, most: float | None) -> None:
    telling = asyncio.create_task(director.run())
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({telling, waiting}, timeout=most, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if telling.done():
        telling.result()
    telling.cancel()


def _connect(stage: Stage, crowd: Crowd, desk: DeskPeople) -> None:
    """What reaches a sink is read by whoever it was for."""

    def mail(letter: Mail) -> None:
        stage.smtp.mails.append(letter)
        crowd.mail(letter)

    def text(message: Text) -> None:
        stage.sms.texts.append(message)
        crowd.text(message)
        desk.text(message)

    stage.smtp.on_mail = mail
    stage.sms.on_text = text


def _introduce(stage: Stage, narrator: Narrator) -> None:
    narrator.box(
        "Look at it while it happens",
        [
            f"Board      {stage.engine.address}",
            f"Log in     you  /  {PASSWORD}  /  {stage.code_of('you')} (a new code each 30 s)",
            f"Broker     {' '.join(stage.broker.bootstrap)}  ({stage.broker.said})",
            "Mail, SMS  sinks on this machine; nobody real is told",
            f"Time       {BEGIN:%a %d %B %Y, %H:%M} UTC, leaping over the quiet hours",
        ],
    )


def _conclude(ending: Ending, narrator: Narrator) -> None:
    left_out = sum(ending.withheld.values())
    narrator.box(
        "The night in numbers",
        [
            f"{ending.events} events led to {ending.cases} cases and {ending.alerts} alerts;",
            f"{ending.notifications} messages, {ending.answered} answers, "
            f"{ending.escalated} times silence brought in the next one;",
            f"{left_out} parties left out with a reason, {ending.stood_down} stood down, "
            f"{ending.resolved} case ended by two people.",
        ],
    )
    for trouble in ending.troubles:
        narrator.say(f"! {trouble}", tone="warm")
    if ending.cut_short:
        narrator.say("You ended the story early.", tone="soft")
    elif not ending.told_whole_story:
        narrator.say("The story did not reach its end.", tone="alarm")
    for violation in ending.violations:
        narrator.say(
            f"PROMISE BROKEN {violation.invariant}: {violation.what} ({violation.row})",
            tone="alarm",
        )
    if ending.kept:
        narrator.say("Every promise held, as the invariants see it.", tone="good")


async def _stay(
    stage: Stage, follower: Follower, narrator: Narrator, stopped: asyncio.Event
) -> None:
    """Keep everything running for whoever looks, with a fresh code now and then."""
    narrator.say(
        f"The board stays open at {stage.engine.address} until Ctrl-C; nothing is kept.",
        tone="title",
    )
    wall, shown = SystemClock(), ""
    while not stopped.is_set():
        code = stage.code_of("you")
        if code != shown:
            shown = code
            narrator.say(f"   you  /  {PASSWORD}  /  {code}", tone="soft")
        await follower.look()
        await wall.sleep(1)
