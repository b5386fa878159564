"""Commands about receipts of what one party was told: made to hand out, checked when shown."""

import json
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.command import command
from engine.cli.exits import CommandError, Exit
from engine.cli.new_file import new_file
from engine.cli.terminal import Terminal


def declare(case: typer.Typer) -> None:
    """Register them beside the others about cases."""

    @command(case, "receipt")
    async def receipt(
        terminal: Terminal,
        ref: Annotated[str, typer.Argument(metavar="CASE", help="Reference of the case.")],
        party: Annotated[
            str, typer.Argument(metavar="PARTY", help="Its name, id, or 7K3Q-92, as in case told.")
        ],
        to: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="Write it there too, to be checked; a new file."),
        ] = None,
    ) -> None:
        """What one party was told and when, with its places in the journal, to hand out."""
        made = await ask(terminal, "proof.make", case=ref, party=party)
        if to is not None:  # where it cannot be written, one was made that nobody has: no harm
            text = json.dumps(made["receipt"], ensure_ascii=False, indent=1)
            with new_file(to) as out:
                out.write(f"{text}\n".encode())
        if made["must_not_know"]:
            terminal.warn("It must not know of this case: hand this to nobody there.")
        terminal.done(made["receipt"], made["text"])

    @command(case, "receipt-check")
    async def receipt_check(
        terminal: Terminal,
        file: Annotated[Path, typer.Argument(metavar="FILE", help="A receipt, as JSON.")],
    ) -> Exit:
        """Whether the journal still says exactly what a receipt says, else where it differs."""
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise CommandError(
                Exit.USAGE,
                f"{file} cannot be read.",
                next_step="Name a receipt that `tocsin case receipt --to FILE` wrote.",
            ) from None
        found = await ask(terminal, "proof.check", receipt=text)
        terminal.done(found, [found["said"]])
        return Exit.DONE if found["holds"] else Exit.UNSOUND
