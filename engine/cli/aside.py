"""Commands about what was put aside because it is no report."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.command import OPERATE, command, group
from engine.cli.terminal import Terminal, table

quarantine = group("What came and was no report: see it, and open it with a reason.")


def declare(app: typer.Typer) -> None:
    """Register the group."""
    app.add_typer(quarantine, name="quarantine", rich_help_panel=OPERATE)


@command(quarantine, "list")
async def list_aside(terminal: Terminal) -> None:
    """What was put aside, the newest first. Nothing is opened."""
    found = await ask(terminal, "quarantine.list")
    rows = [
        (
            each["id"],
            each["at"][:16].replace("T", " "),
            each["source"],
            each["reason"] if each["kept"] else "erased",
            each["place"],
        )
        for each in found["aside"]
    ]
    terminal.done(found, table(rows) or ["Nothing was put aside."])


@command(quarantine, "open")
async def open_aside(
    terminal: Terminal,
    id: Annotated[str, typer.Argument(metavar="ID", help="As `quarantine list` shows it.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why you need to know.")],
) -> None:
    """Open one: treat it as a report until you have read it. Who did and why is journaled."""
    found = await ask(terminal, "quarantine.open", id=id, reason=reason)
    terminal.done(found, [found["content"]])
