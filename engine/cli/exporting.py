"""`tocsin registry export`: our parties and links for other tools. No contacts, no addresses."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.command import command
from engine.cli.exits import CommandError, Exit
from engine.cli.new_file import new_file
from engine.cli.terminal import Terminal

FTM = "ftm"
To = Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; it must not exist yet.")]
Form = Annotated[str, typer.Option("--format", metavar="NAME", help="`ftm`: FollowTheMoney.")]


def declare(registry: typer.Typer) -> None:
    """Register it in the registry's group."""

    @command(registry, "export")
    async def export(terminal: Terminal, file: To, format: Form = FTM) -> None:
        """Write parties and links for other tools, without contacts, into a file of your own."""
        from engine.cli.importing import known_now
        from engine.registry.imports.ownership.ftm_export import lines

        if format != FTM:
            raise CommandError(
                Exit.USAGE, "There is no such format.", next_step=f"Write --format {FTM}."
            )
        await ask(terminal, "registry.proposed")  # whoever may not read the registry ends here
        known = known_now(terminal)
        with new_file(file) as out:
            written = [
                out.write(line) for line in lines(known.parties.values(), known.links.values())
            ]
        count = len(written)
        said = f"{count} entities written to {file}. It tells who is linked to whom: keep it so."
        terminal.done({"file": str(file), "entities": count}, [said])
