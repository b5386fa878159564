"""Filling the registry: files of every documented format, checked, compared, taken."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.command import command, group
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal

registry = group("Parties, links and contacts.")
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files, or folders of them.")]


@command(registry, "import")
async def import_registry(
    terminal: Terminal,
    files: Files,
    format: Annotated[
        str, typer.Option(metavar="NAME", help="Read them as this; else recognised.")
    ] = "",
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="The day they describe, where they do not say.")
    ] = "",
    verified_by: Annotated[
        str, typer.Option(metavar="me", help="You stand for every link in them.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="They are all that is so: close what they do not name."),
    ] = False,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="Also when over a tenth of a source goes.")
    ] = False,
    expect: Annotated[
        str, typer.Option(metavar="DIGEST", help="Take it only if it is what a dry run showed.")
    ] = "",
    word: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=CODE", help="What a doubtful country means in these files."),
    ] = None,
    all_lines: Annotated[
        bool, typer.Option("--all-lines", help="Name every line, not the first ones alone.")
    ] = False,
) -> int:
    """Take files into the registry: only what they change, each file all or nothing."""
    from engine.cli.importing import Wish, import_files

    wish = Wish(
        format=format,
        as_of=_day(as_of),
        stands=_stands(verified_by),
        words=_words(word or []),
        dry_run=dry_run,
        complete=complete,
        accept_removals=accept_removals,
        all_lines=all_lines,
        expect=expect.strip().lower(),
    )
    return await import_files(terminal, files, wish)


@command(registry, "verify")
async def verify(
    terminal: Terminal,
    link: Annotated[str, typer.Argument(metavar="LINK", help="Its id, as `registry show` has it.")],
) -> None:
    """Stand for a link: from now on it brings somebody in."""
    from engine.cli.asking import ask

    done = await ask(terminal, "registry.verify", link=link)
    terminal.done(done, [f"Verified by {done['by']}. It brings in whom it links from now on."])


@command(registry, "refute")
async def refute(
    terminal: Terminal,
    link: Annotated[
        str,
        typer.Argument(metavar="LINK", help="Its id; without one: all that waits for a second."),
    ] = "",
) -> None:
    """Say that a link is wrong. Two people have to; it goes on excluding all the same."""
    from engine.cli.asking import ask

    if not link:
        waiting = (await ask(terminal, "registry.proposed"))["proposed"]
        lines = [
            f"{each['id']}  {each['what']}: proposed by {each['by']} at {each['at']}"
            for each in waiting
        ]
        terminal.done({"proposed": waiting}, lines or ["Nothing waits for a second person."])
        return
    done = await ask(terminal, "registry.refute", link=link)
    if done["status"] == "proposed":
        lines = ["Proposed. A second person gives the same command; until then it stays as it was."]
    else:
        lines = ["Refuted. It brings nobody in again, and goes on excluding."]
    terminal.done(done, lines)


@command(registry, "captured")
async def captured(
    terminal: Terminal,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Id of the institution.")],
    no_longer: Annotated[
        bool, typer.Option("--no-longer", help="It is independent after all.")
    ] = False,
) -> None:
    """Say that a human rights institution is captured by its state. Two people have to."""
    from engine.cli.asking import ask

    done = await ask(terminal, "registry.captured", party=party, captured=not no_longer)
    if done["status"] == "proposed":
        lines = ["Proposed. A second person gives the same command; until then it stays as it was."]
    elif done["captured"]:
        lines = ["It counts as captured: it is left out with its state, whatever its status."]
    else:
        lines = ["It counts as its own again; its status decides."]
    terminal.done(done, lines)


@command(registry, "amend")
async def amend(
    terminal: Terminal,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Id of the party.")],
    field: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="kind, ganhri, state, ownership, pattern_only or exercise."
        ),
    ],
    value: Annotated[
        str,
        typer.Argument(
            metavar="VALUE",
            help="As parties.csv has it: company, A, QM, listed; none of a status, else yes or no.",
        ),
    ],
) -> None:
    """Correct what a party is, where no file may: that may free it. Two people have to."""
    from engine.cli.asking import ask

    done = await ask(terminal, "registry.amend", party=party, field=field, value=value)
    if done["status"] == "proposed":
        lines = ["Proposed. A second person gives the same command; until then it stays as it was."]
    else:
        lines = [f"Amended: {field} is {value} from now on. Running cases keep their plans."]
    terminal.done(done, lines)


@command(registry, "forget")
async def forget(
    terminal: Terminal,
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Its id, as its file has it.")],
) -> None:
    """Erase the addresses that a contact once had. Of one that is gone, all."""
    from engine.cli.asking import ask

    done = await ask(terminal, "registry.forget", contact=contact)
    erased = done["erased"]
    versions = "1 earlier version" if erased == 1 else f"{erased} earlier versions"
    lines = [f"Erased: {versions} of it. The journal says that, and nothing of the addresses."]
    if not erased:
        lines = ["There is no earlier address of it."]
    if done["counts"]:
        lines.append("It still counts: to erase that too, take it out of its file and import that.")
    terminal.done(done, lines)


@command(registry, "templates")
def templates(
    terminal: Terminal,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to.")] = Path("."),
) -> None:
    """Write spreadsheets to start from; what is there stays as it is."""
    from importlib.resources import files

    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("parties.csv", "links.csv", "contacts.csv"):
        path = folder / name
        if not path.exists():
            sample = files("engine.bootstrap").joinpath("samples", name)
            path.write_text(sample.read_text("utf-8"), "utf-8")
            written.append(str(path))
    terminal.done({"written": written}, written or ["All are there; nothing was written."])


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            Exit.USAGE, "--as-of is no date.", next_step="Write it as 2026-03-31."
        ) from None


def _stands(text: str) -> bool:
    if text not in ("", "me"):
        raise CommandError(
            Exit.USAGE,
            "--verified-by takes `me` alone: nobody can stand for others.",
            next_step="Let that person import the file, or leave it unverified.",
        )
    return bool(text)


def _words(given: list[str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for each in given:
        name, equals, code = each.rpartition("=")
        if not equals or not name.strip():
            raise CommandError(
                Exit.USAGE, "--word is not NAME=CODE.", next_step="Write it as --word Korea=KR."
            )
        words[name.strip()] = code.strip().upper()
    return words
