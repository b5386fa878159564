"""Commands that keep running: the small desk, one process of many, the demo."""

import gc
from typing import Annotated

import typer

from engine.cli.command import RUN, command
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal


def declare(app: typer.Typer) -> None:
    """Register them."""

    @command(app, "up", panel=RUN)
    async def up(terminal: Terminal) -> int:
        """Run the whole desk, and start again whatever of it ends."""
        from engine.cli.supervising import supervise

        return await supervise(
            terminal.settings,
            config=terminal.config,
            as_json=terminal.as_json,
            say=lambda event: terminal.done(event.told, [event.line]),
        )

    @command(app, "run", panel=RUN)
    async def run(
        terminal: Terminal,
        roles: Annotated[
            str,
            typer.Option(
                help="intake,web,timers,sender,relay,auditor, or all; else the settings'."
            ),
        ] = "",
        parent: Annotated[int, typer.Option(hidden=True)] = 0,
    ) -> None:
        """Run some roles in this process, beside others over one database."""
        if parent:
            from engine.cli.parent import live_no_longer_than

            live_no_longer_than(parent)
        await _serve(terminal, roles=roles or None)

    @command(app, "demo", panel=RUN)
    def demo(
        terminal: Terminal,
        headless: Annotated[
            bool, typer.Option("--headless", help="Tell the story once and stop.")
        ] = False,
        real_kafka: Annotated[
            bool, typer.Option("--real-kafka", help="Over a real Kafka; fetched the first time.")
        ] = False,
        scenario: Annotated[
            str, typer.Option(help="Tell this story instead, to the minute: see --list.")
        ] = "",
        listed: Annotated[
            bool, typer.Option("--list", help="Say which stories there are.")
        ] = False,
    ) -> int:
        """An invented night, in fast motion, end to end. Keeps nothing, tells nobody real."""
        if listed or scenario:
            return _story(terminal, scenario="" if listed else scenario, headless=headless)
        from engine.demo.run import run_demo

        return run_demo(headless=headless, as_json=terminal.as_json, real_kafka=real_kafka)


def _story(terminal: Terminal, *, scenario: str, headless: bool) -> int:
    from engine.demo.playing import list_scenarios, play
    from engine.demo.stories.listed import SCENES, scene_of

    if not scenario:
        list_scenarios(as_json=terminal.as_json)
        return 0
    scene = scene_of(scenario)
    if scene is None:
        raise CommandError(
            Exit.USAGE,
            f"There is no story {scenario}.",
            next_step="Stories: " + ", ".join(each.name for each in SCENES) + ".",
        )
    return play(scene, headless=headless, as_json=terminal.as_json)


def roles_in(roles: str) -> tuple[str, ...]:
    """The roles in a name such as `timers,auditor`, `timers-auditor` or `sender-2`.

    Names of services can hold no comma; a number tells two of the same roles apart.
    """
    words = roles.replace(",", " ").replace("-", " ").split()
    return tuple(word for word in words if not word.isdigit())


async def _serve(terminal: Terminal, *, roles: str | None) -> None:
    gc.disable()  # until the engine stands: nothing that is loaded now is garbage
    from engine.bootstrap import serve
    from engine.settings import ALL_ROLES

    settings = terminal.settings
    if roles is not None:
        wanted = ALL_ROLES if roles == "all" else roles_in(roles)
        unknown = [role for role in wanted if role not in ALL_ROLES]
        if unknown or not wanted:
            raise CommandError(
                Exit.USAGE,
                f"There is no role {', '.join(unknown)}." if unknown else "Name a role.",
                next_step="Roles: " + ", ".join(ALL_ROLES) + ", or all.",
            )
        settings = settings.model_copy(update={"roles": wanted})
    await serve(settings, started=lambda line: terminal.done({"started": line}, [line]))
