"""Commands about the person: how they are, who speaks with them, severity down, remedy."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Note, Ref
from engine.cli.command import command
from engine.cli.terminal import Terminal


async def status(
    terminal: Terminal,
    ref: Ref,
    how: Annotated[
        str,
        typer.Argument(
            metavar="STATUS",
            help="detained, disappeared, in_hiding, injured, displaced, restricted, relocated, "
            "released, free, dead, unknown",
        ),
    ],
    subject: Annotated[
        str, typer.Option(metavar="ID", help="Whom, as source/pseudonym. None: everybody.")
    ] = "",
    note: Note = "",
) -> None:
    """Say how the person is. Worse news calls duty; better news closes nothing."""
    result = await ask(terminal, "case.status", case=ref, status=how, subject=subject, note=note)
    terminal.done(result, ["Recorded. See what is owed now: tocsin case show " + ref])


async def contact(
    terminal: Terminal,
    ref: Ref,
    person: Annotated[
        list[str] | None, typer.Argument(metavar="[PERSON]...", help="None: whoever is on duty.")
    ] = None,
) -> None:
    """Say who alone speaks with the person: first contact and check-ins are theirs."""
    result = await ask(terminal, "case.contact", case=ref, owners=person or [])
    whoever = "Set. Whoever is on duty speaks with the person."
    terminal.done(result, ["Set. Only they speak with the person." if person else whoever])


async def lower(
    terminal: Terminal,
    ref: Ref,
    to: Annotated[str, typer.Option(help="high, elevated or watch")],
    why: Annotated[str, typer.Option(help="danger_passed, misjudged, better_known, other")],
    note: Note = "",
) -> None:
    """Say that a case is less grave. What is owed already keeps its time."""
    result = await ask(terminal, "case.lower", case=ref, severity=to, why=why, note=note)
    terminal.done(result, ["Lowered. The next report may make it graver again."])


async def remedy(
    terminal: Terminal,
    ref: Ref,
    state: Annotated[str, typer.Argument(help="sought, obtained or none_sought")],
    note: Note = "",
) -> None:
    """Say whether a remedy is sought. While it is, it is followed up every 30 days."""
    result = await ask(terminal, "case.remedy", case=ref, state=state, note=note)
    followed = "Recorded. Following it up is owed every 30 days."
    terminal.done(result, [followed if state == "sought" else "Recorded."])


def declare(case: typer.Typer) -> None:
    """Register them below `tocsin case`."""
    command(case, "status")(status)
    command(case, "contact")(contact)
    command(case, "lower")(lower)
    command(case, "remedy")(remedy)
