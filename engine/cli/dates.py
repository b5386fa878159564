"""Commands about the dates of a case: hearings, visits, deportations."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Ref, moment
from engine.cli.command import command, group
from engine.cli.terminal import Terminal, table

date = group("Dates ahead of a case: each is looked at before it comes.")

On = Annotated[str, typer.Option("--on", metavar="TIME", help="2027-03-17T08:00+01:00")]
Id = Annotated[str, typer.Argument(metavar="DATE", help="From: tocsin case date list CASE")]


def declare(app: typer.Typer) -> None:
    """Register them beside the other commands about cases."""
    app.add_typer(date, name="date")


@command(date, "add")
async def add(
    terminal: Terminal,
    ref: Ref,
    kind: Annotated[
        str,
        typer.Option(
            help="hearing, verdict, deportation, eviction, visit, meeting, delegation, "
            "election, un_reply, custody, other"
        ),
    ],
    on: Annotated[
        str | None,
        typer.Option(
            "--on", metavar="TIME", help="With its offset. None for un_reply: in 60 days."
        ),
    ] = None,
    track: Annotated[
        list[str] | None, typer.Option(help="Whom it concerns; repeatable. None: all released.")
    ] = None,
    precision: Annotated[str, typer.Option(help="minute, hour, day, month")] = "hour",
) -> None:
    """Set a date of a case."""
    result = await ask(
        terminal, "date.add", case=ref, kind=kind, on=moment(on), tracks=track or [],
        precision=precision,
    )  # fmt: skip
    terminal.done(result, [f"Set as {result['date']}. It is looked at before it comes."])


@command(date, "move")
async def move(terminal: Terminal, ref: Ref, id: Id, on: On) -> None:
    """Say that a date is at another time now. Who promised for it is asked whether that holds."""
    result = await ask(terminal, "date.move", case=ref, date=id, on=moment(on))
    asked = result["asked"]
    parties = "1 party is asked" if asked == 1 else f"{asked} parties are asked"
    terminal.done(result, [f"Moved. {parties} whether that still holds."])


@command(date, "remove")
async def remove(terminal: Terminal, ref: Ref, id: Id) -> None:
    """Say that a date fell away. Nothing is owed for it any more."""
    result = await ask(terminal, "date.remove", case=ref, date=id)
    terminal.done(result, ["Removed. If somebody promised for it, tell them: there is a task."])


@command(date, "list")
async def show(terminal: Terminal, ref: Ref) -> None:
    """The dates ahead of a case, the nearest first."""
    found = await ask(terminal, "date.list", case=ref)
    rows = [
        (each["date"], each["on"][:16].replace("T", " "), each["kind"], ", ".join(each["tracks"]))
        for each in found["dates"]
    ]
    terminal.done(found, table(rows) or ["No date lies ahead."])


@command(date, "calendar")
async def calendar(
    terminal: Terminal,
    address: Annotated[
        bool, typer.Option("--address", help="Print where a phone's calendar subscribes.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Another address; the old one opens nothing.")
    ] = False,
) -> None:
    """All dates ahead as an iCalendar file for our own people. It says nothing of any case."""
    found = await ask(terminal, "date.calendar", anew=anew)
    text = [found["address"]] if address or anew else found["calendar"].splitlines()
    terminal.done(found, text)
