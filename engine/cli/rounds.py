"""Commands about who is kept informed of what the others promised and did."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Ref, moment
from engine.cli.command import command, group
from engine.cli.terminal import Terminal, table

round_ = group("Keep those who help informed of what each of them promised and did.")


def declare(app: typer.Typer) -> None:
    """Register them beside the other commands about cases."""
    app.add_typer(round_, name="round")


@command(round_, "set")
async def set_round(
    terminal: Terminal,
    ref: Ref,
    alerts: Annotated[
        list[str],
        typer.Option("--with", metavar="ALERT", help="7K3Q-92; repeatable. See: case round show."),
    ],
    first: Annotated[str, typer.Option(metavar="TIME", help="2027-03-17T08:00+01:00")],
    every: Annotated[int, typer.Option(metavar="DAYS", help="From one round to the next.")] = 7,
) -> None:
    """Say who takes part, from when, and how often; it replaces the round there is."""
    result = await ask(
        terminal, "round.set", case=ref, alerts=alerts, first=moment(first), every=every
    )
    terminal.done(
        result,
        [
            "Set. They hear at that time that there is news; nobody reads a name.",
            f"See what they read: tocsin case round show {ref}",
        ],
    )


@command(round_, "end")
async def end(terminal: Terminal, ref: Ref) -> None:
    """Keep nobody informed of the others any more."""
    result = await ask(terminal, "round.end", case=ref)
    terminal.done(result, ["Ended. Nobody hears of what the others do."])


@command(round_, "show")
async def show(terminal: Terminal, ref: Ref) -> None:
    """The round of a case, who may take part, and what those who do read now."""
    found = await ask(terminal, "round.show", case=ref)
    rows = [
        (each["alert"], each["party"], each["track"], "takes part" if each["takes_part"] else "")
        for each in found["parties"]
    ]
    rows += [
        (each["alert"], each["party"], each["track"], "quiet: nobody may learn that it was asked")
        for each in found["quiet"]
    ]
    if not rows:
        return terminal.done(
            found, ["Nobody may take part yet: a message has to reach them first."]
        )
    head, they = "There is no round.", "If all who may took part, they would read now:"
    if found["next_at"]:
        head = f"Next {found['next_at'][:16].replace('T', ' ')}, every {found['every_days']} days."
        they = "They read now:"
    companies = ["Companies read of companies alone:", *found["companies_read"]]
    asked = any(each["track"] == "companies" for each in found["parties"])
    reads = [they, *found["reads"], *(companies if asked else [])]
    return terminal.done(found, [head, *table(rows), *reads])
