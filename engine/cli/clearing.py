"""The command by which two people clear, for one case, whom an ended tie leaves out."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Note, Ref
from engine.cli.command import OPERATE, command
from engine.cli.terminal import Terminal


def declare(app: typer.Typer) -> None:
    """Register it at the top level."""

    @command(app, "clear", panel=OPERATE)
    async def clear(
        terminal: Terminal,
        ref: Ref,
        party: Annotated[list[str], typer.Argument(metavar="PARTY...", help="Ids, or names.")],
        why: Annotated[
            str,
            typer.Option(
                help="somebody_else_did_it, operator_not_involved, tie_ended, tie_is_wrong, other"
            ),
        ],
        note: Note = "",
    ) -> None:
        """Let somebody be asked in this case whom an ended tie leaves out. Takes two people."""
        result = await ask(terminal, "clear", case=ref, parties=party, why=why, note=note)
        waits = "Recorded. They stay left out until somebody else agrees, by the same command."
        cleared = "Cleared for this case. Nobody is told until their track is released."
        terminal.done(result, [cleared if result["cleared"] else waits])
