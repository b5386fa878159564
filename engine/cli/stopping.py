"""Commands that stop: everything outgoing, or whoever should not be approached for now."""

from typing import Annotated, Any

import typer

from engine.cli.asking import ask
from engine.cli.cases import Ref, moment
from engine.cli.command import OPERATE, command, group
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal, table

hold = group("Ask to wait: nobody approaches somebody until a time.")


def declare(app: typer.Typer) -> None:
    """Register them at the top level."""

    @command(app, "stop", panel=OPERATE)
    async def stop(
        terminal: Terminal,
        off: Annotated[
            bool, typer.Option("--off", help="Agree that outgoing goes on. It takes two people.")
        ] = False,
        drill: Annotated[
            bool, typer.Option("--drill", help="Try it; nothing is stopped, nothing is sent.")
        ] = False,
    ) -> None:
        """Stop everything outgoing, on all cases. Duty is told all the same."""
        if drill:
            _tried(terminal, await ask(terminal, "stop.drill"))
            return
        result = await ask(terminal, "resume" if off else "stop")
        terminal.done(result, [_SAID[result["detail"]]])

    app.add_typer(hold, name="hold", rich_help_panel=OPERATE)


_SAID = {
    "stopped": "Stopped. Only duty is told. Two people switch on again: tocsin stop --off",
    "agreed": "Recorded. It stays stopped until somebody else says so too: tocsin stop --off",
    "allowed": "Outgoing goes on.",
}


@command(hold, "place")
async def place(
    terminal: Terminal,
    ref: Ref,
    until: Annotated[str, typer.Option(metavar="TIME", help="2027-03-02T20:00+01:00")],
    reason: Annotated[str, typer.Option(help="talks, hearing, risk, wish, others_act, other")],
    party: Annotated[list[str] | None, typer.Option(help="Id or name; repeatable.")] = None,
    track: Annotated[list[str] | None, typer.Option(help="missions, …; repeatable.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="ISO code; repeatable.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="state_body, …; repeatable.")] = None,
) -> None:
    """Let nobody approach these until then. What is not named fits everybody."""
    result = await ask(
        terminal, "hold.place", case=ref, until=moment(until), reason=reason,
        parties=party or [], tracks=track or [], states=state or [], kinds=kind or [],
    )  # fmt: skip
    terminal.done(result, [f"Held as {result['hold']}. When it ends you are told, and it goes on."])


@command(hold, "lift")
async def lift(
    terminal: Terminal,
    ref: Ref,
    id: Annotated[str, typer.Argument(metavar="HOLD", help="From: tocsin hold list CASE")],
) -> None:
    """Agree that a hold ends before its time. It takes two people."""
    result = await ask(terminal, "hold.lift", case=ref, hold=id)
    waits = "Recorded. It holds until somebody else lifts it too."
    terminal.done(result, [waits if result["held"] else "Lifted. What waited goes on."])


@command(hold, "list")
async def show(terminal: Terminal, ref: Ref) -> None:
    """The holds in force of a case."""
    found = await ask(terminal, "hold.list", case=ref)
    rows = [
        (each["hold"], each["until"][:16].replace("T", " "), each["reason"], _whom(each))
        for each in found["holds"]
    ]
    terminal.done(found, table(rows) or ["Nobody is held."])


def _whom(hold: dict[str, Any]) -> str:
    return ", ".join((*hold["parties"], *hold["tracks"], *hold["states"], *hold["kinds"]))


def _tried(terminal: Terminal, found: dict[str, Any]) -> None:
    if found["outward_while_stopped"]:
        raise CommandError(
            Exit.UNSOUND,
            f"{found['outward_while_stopped']} messages to outside would leave all the same.",
            next_step=f"Stop now, by the file as well: touch {found['file']}",
        )
    if found["may_lift"] < 2:
        raise CommandError(
            Exit.UNSOUND,
            f"It stops, but {found['may_lift']} of the two people needed can switch on again.",
            next_step="Add one: tocsin person add",
        )
    outside = found["due"] - found["duty_while_stopped"]
    terminal.done(
        found,
        [
            "A drill: nothing was stopped and nothing was sent.",
            f"Due now: {outside} to outside, {found['duty_while_stopped']} to duty. "
            "Stopped, none to outside leaves; duty is told.",
            f"{found['may_lift']} people can be one of the two who switch on again.",
            f"Without a terminal, make this file: {found['file']}",
        ],
    )
