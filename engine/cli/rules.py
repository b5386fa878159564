"""Commands about rules and the published schemas."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli.asking import ask
from engine.cli.command import command, group
from engine.cli.events import File, _bytes, event_text
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal, table

if TYPE_CHECKING:
    from rules.rulebook import Rulebook

rules = group("Check a rulebook, and see what it would do.")
schema = group("The published schemas.")


@command(rules, "check")
def check(
    terminal: Terminal,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Rulebooks, YAML.")],
) -> None:
    """Every mistake of a rulebook at once, each with its line. Nothing is activated."""
    checked = [load_rulebook(file) for file in files]
    terminal.done(
        {
            "checked": [
                {"name": book.name, "version": book.version, "rules": len(book.rules)}
                for book in checked
            ]
        },
        [
            f"{file}: {len(book.rules)} rules, version {book.version[:12]}."
            for file, book in zip(files, checked, strict=True)
        ],
    )


@command(rules, "lint")
def lint(
    terminal: Terminal,
    file: Annotated[
        Path | None, typer.Argument(help="A rulebook, YAML; else the one of the settings.")
    ] = None,
) -> None:
    """Mistakes first; then what loads, and that its author can hardly mean."""
    from rules import rulebook

    chosen = file or terminal.settings.rulebook or shipped()
    load_rulebook(chosen)
    found = rulebook.advise(_bytes(chosen).decode("utf-8"))
    terminal.done(
        {
            "advice": [
                {"line": each.line, "column": each.column, "said": each.message, "do": each.remedy}
                for each in found
            ]
        },
        [f"{chosen}:{each.line}:{each.column}: {each.message} {each.remedy}" for each in found]
        or ["Nothing to say: each track can be told, and each can come to an end."],
    )


@command(rules, "fields")
def fields(
    terminal: Terminal,
    file: Annotated[
        Path | None, typer.Argument(help="A rulebook, YAML; else the one of the settings.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Another rulebook: say what changed since that one.")
    ] = None,
) -> None:
    """Who may ever be shown what: the most that a rulebook allows. Stage and consent narrow it."""
    from engine.cli.fields_table import as_lines, as_result, changed_lines
    from rules.fields import changes
    from rules.fields import table as shown

    chosen = file or terminal.settings.rulebook or shipped()
    book = load_rulebook(chosen)
    before = load_rulebook(against) if against else None
    found = changes(before.shape, book.shape) if before else ()
    rows, cell = shown(book.shape), book.shape.small_cell
    lines = as_lines(rows, small_cell=cell)
    if before:
        cells = (before.shape.small_cell, cell)
        lines += ["", *changed_lines(found, small_cell=cells, since=str(against))]
    terminal.done(as_result(book.name, cell, rows, found), lines)


@command(rules, "preview")
async def preview(
    terminal: Terminal,
    file: File,
    rulebook: Annotated[
        Path | None, typer.Option(help="Try this rulebook instead of the active one.")
    ] = None,
) -> None:
    """Who would be told of this event, who would not, and why. Nothing is sent or stored."""
    event = event_text(file)
    text = _bytes(rulebook).decode("utf-8", "replace") if rulebook else ""
    found = await ask(
        terminal, "rules.preview", event=event, rulebook=text,
        rulebook_name=str(rulebook or ""),
    )  # fmt: skip
    terminal.done(found, _previewed(found))


@command(schema, "export")
def export(
    terminal: Terminal,
    to: Annotated[Path | None, typer.Option(help="Folder; else schemas/ of this checkout.")] = None,
) -> None:
    """Write the JSON Schemas and the AsyncAPI document from the models."""
    import schemas
    from schemas import export as exporting

    folder = to or Path(schemas.__file__).parent
    written = exporting.write(folder)
    terminal.done(
        {"written": written}, [str(folder / name) for name in written] or ["All are current."]
    )


def shipped() -> Path:
    """The rulebook that Tocsin ships with, in force where the settings name none."""
    import rules as package

    return Path(package.__file__).parent / "packs" / "default.yaml"


def load_rulebook(file: Path) -> "Rulebook":
    """Load and check. Raises CommandError listing every mistake."""
    from rules import rulebook

    try:
        return rulebook.load(_bytes(file).decode("utf-8"), filename=str(file))
    except UnicodeDecodeError as error:
        said = f"{file}: byte {error.start} is not UTF-8."
    except rulebook.RulebookError as error:
        said = str(error)
    raise CommandError(Exit.UNSOUND, said, next_step="Correct these and check again.")


def _each(times: dict[str, str]) -> str:
    return ", ".join(f"{time} ({severity})" for severity, time in times.items())


def _contacts(party: dict[str, Any]) -> str:
    """Contacts with their working hours, where they have any."""
    both = zip(party["contacts"], party["hours"], strict=True)
    return "; ".join(f"{contact}, {hours}" if hours else contact for contact, hours in both)


def _previewed(found: dict[str, Any]) -> list[str]:
    lines = [
        f"Severity: {found['severity']}. Rules: {', '.join(found['rules']) or 'none'}.",
        f"Paged at once: {', '.join(found['paged']) or 'nobody'}.",
        *(f"! {trouble}" for trouble in found["troubles"]),
    ]
    for track in found["tracks"]:
        if track["parties"]:
            lines += ["", f"{track['name']}, {track['gate']}:"]
            lines += [f"  {step}" for step in track["steps"]]
            lines.append(f"  {track['until']}; an answer within {_each(track['answer_by'])}")
            if track["too_few"]:
                lines.append("  ! Fewer parties are found than that: it could never be quiet.")
            lines += [f"  -> {p['party']} ({_contacts(p)})" for p in track["parties"]]
    lines += ["", "Duty, until somebody takes it:"]
    for severity, ladder in found["duty"].items():
        again = ", ".join(ladder["again"])
        lines.append(f"  {severity}: {'; '.join(ladder['steps'])}; then again after {again} …")
    lines += ["", "Left out, and why:"]
    lines += table(("  " + w["party"], w["contact"], w["why"]) for w in found["withheld"]) or [
        "  nobody"
    ]
    return [*lines, "", "Nothing was sent."]
