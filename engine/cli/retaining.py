"""The command by which a person keeps what is sealed for longer than usual."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Ref, moment
from engine.cli.command import command
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal


def declare(case: typer.Typer) -> None:
    """Register it beside the other commands about cases."""

    @command(case, "keep")
    async def keep(
        terminal: Terminal,
        ref: Ref,
        until: Annotated[
            str | None, typer.Option(metavar="TIME", help="At most a year ahead, with its offset.")
        ] = None,
        why: Annotated[str | None, typer.Option(help="needed, remedy, asked, law")] = None,
        end: Annotated[bool, typer.Option("--end", help="It need not be kept any longer.")] = False,
    ) -> None:
        """Keep what is sealed of a case until then; nobody erases it before, nor does time."""
        if end:
            result = await ask(terminal, "keep.end", case=ref)
            terminal.done(result, ["Done. Before anything is erased its day is announced."])
            return
        if until is None or why is None:
            raise CommandError(
                Exit.USAGE,
                "Say until when, and why.",
                next_step=f"tocsin case keep {ref} --until TIME --why needed",
            )
        result = await ask(terminal, "keep", case=ref, until=moment(until), why=why)
        terminal.done(result, ["Kept until then. Look at it again before that day."])
