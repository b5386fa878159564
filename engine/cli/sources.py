"""Commands about publishers: the bearer keys they send events with."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.command import command, group
from engine.cli.terminal import Terminal, table

source = group("Publishers and their keys.")


@command(source, "add")
async def add(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(metavar="SOURCE", help="Who publishes: hotline-a.")],
    types: Annotated[
        str, typer.Option(help="Event types, and to:AUDIENCE for what its consents may open.")
    ] = "act warning change relief date",
    severity_ceiling: Annotated[str, typer.Option(help="The gravest it may claim.")] = "critical",
    days: Annotated[int, typer.Option(help="How long the key is valid, at most 400.")] = 365,
    party: Annotated[
        str, typer.Option(help="Who runs it: the id of that party in the registry.")
    ] = "",
) -> None:
    """Make a key for a publisher. Prints it once."""
    issued = await ask(
        terminal, "source.add", source=name, types=types, severity_ceiling=severity_ceiling,
        days=days, party=party,
    )  # fmt: skip
    lines = [f"Key {issued['id']} for {name}; it is not shown again:", f"  {issued['key']}"]
    if "consent" not in types.split():
        lines += [
            "It reports, and its consents open nothing: each report that carries one is a task.",
            '-> To let them count: --types "act warning change relief date consent to:missions …"',
        ]
    terminal.done(issued, lines)


@command(source, "list")
async def list_sources(terminal: Terminal) -> None:
    """Every key, without its secret."""
    found = await ask(terminal, "source.list")
    rows = [
        (
            k["id"],
            k["source"],
            k["party"] or "-",
            k["may"],
            k["severity_ceiling"],
            "revoked" if k["revoked_at"] else "until " + k["expires_at"][:10],
        )
        for k in found["keys"]
    ]
    terminal.done(found, table(rows) or ["No publisher has a key."])


@command(source, "revoke")
async def revoke(terminal: Terminal, key: Annotated[str, typer.Argument(metavar="KEY")]) -> None:
    """Let a key open nothing from now on."""
    done = await ask(terminal, "source.revoke", key=key)
    terminal.done(done, [f"Key {key} opens nothing any more."])
