"""Commands of the first day: making a desk, and looking whether everything is in order."""

import os
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.command import RUN, command
from engine.cli.exits import CommandError, Exit
from engine.cli.people import new_password, shown_once
from engine.cli.terminal import Terminal


def declare(app: typer.Typer) -> None:
    """Register them."""

    @command(app, "init", panel=RUN)
    async def init(
        terminal: Terminal,
        person: Annotated[str, typer.Option(help="Name of the first person: ana.")] = "",
        label: Annotated[str, typer.Option(help="As the board shows the person.")] = "",
        directory: Annotated[
            Path, typer.Option("--in", help="Where tocsin.yaml and the data directory go.")
        ] = Path(),
    ) -> None:
        """Make settings, keys, database and the first person. What exists is left alone."""
        from engine.bootstrap.beginning import begin, first_person, has_people, write_samples
        from engine.settings import CONFIG_VARIABLE

        named = CONFIG_VARIABLE in os.environ  # that desk has settings; others would be nobody's
        written = () if named else write_samples(directory)
        if terminal.config is None and not named and (directory / "tocsin.yaml").is_file():
            terminal.config = directory / "tocsin.yaml"
        made = await begin(terminal.settings)
        lines = [f"Wrote {path}" for path in (*written, *made)]
        result: dict[str, object] = {"written": [str(path) for path in (*written, *made)]}
        if not await has_people(terminal.settings):
            if not person:
                raise CommandError(
                    Exit.USAGE,
                    "\n".join([*lines, "Nobody can log in yet."]),
                    next_step="Name the first person: tocsin init --person ana",
                )
            added = await first_person(
                terminal.settings, name=person, label=label, password=new_password()
            )
            result |= {"person": dict(added)}
            lines += shown_once({key: str(value) for key, value in added.items()})
        lines += ["", "Next: fill in tocsin.yaml and roster.yaml, then run: tocsin doctor"]
        terminal.done(result, lines)

    @command(app, "doctor", panel=RUN)
    async def doctor(terminal: Terminal) -> int:
        """Look at everything that must work, and say what to do about what does not."""
        from engine.bootstrap.doctor import examine

        findings = await examine(terminal.settings)
        marks = {"good": "ok  ", "warning": "look", "bad": "BAD "}
        lines = []
        for finding in findings:
            lines.append(f"{marks[finding.level]}  {finding.what}")
            if finding.next_step and finding.level != "good":
                lines.append(f"      -> {finding.next_step}")
        bad = [finding for finding in findings if finding.level == "bad"]
        terminal.done(
            {"sound": not bad, "findings": [finding.as_dict() for finding in findings]}, lines
        )
        return Exit.UNSOUND if bad else Exit.DONE
