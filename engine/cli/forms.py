"""The command that fills in the form of a mechanism, as a draft to take away."""

import json
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.command import command
from engine.cli.new_file import new_file
from engine.cli.terminal import Terminal


def declare(case: typer.Typer) -> None:
    """Register it beside the others about cases."""

    @command(case, "form")
    async def form(
        terminal: Terminal,
        ref: Annotated[str, typer.Argument(metavar="CASE", help="Reference of the case.")],
        party: Annotated[
            str, typer.Argument(metavar="PARTY", help="A mechanism: its name, id, or 7K3Q-92.")
        ],
        to: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="Write it there, for you alone; a new file."),
        ] = None,
    ) -> None:
        """What a mechanism's own form asks, filled in as far as it may know; nothing is sent."""
        made = await ask(terminal, "form.make", case=ref, party=party)
        if to is None:
            terminal.done(made["form"], made["text"])
            return
        whole = json.dumps(made["form"], ensure_ascii=False, indent=1)
        text = whole if terminal.as_json else "\n".join(made["text"])
        with new_file(to) as out:  # where it cannot be written, nobody has it: no harm
            out.write(f"{text}\n".encode())
        written = {"file": str(to), "reference": made["form"]["reference"]}
        terminal.done(written, [f"Written to {to}, for you alone. Nobody has sent it."])
