"""Checking a roster's files here, without an engine: mistakes first, then warnings."""

from pathlib import Path

from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal
from engine.clock import SystemClock
from engine.duty.ways import by_settings
from engine.registry.importer import ImportRefused, read_files, warnings


def check_files(terminal: Terminal, files: list[Path]) -> int:
    """Print what is wrong and what is to be looked at, each where it stands; the exit code."""
    try:
        texts = {str(path): path.read_text("utf-8-sig") for path in files}
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(
            Exit.USAGE,
            f"A file cannot be read ({type(error).__name__}).",
            next_step="Name existing files in UTF-8.",
        ) from None
    settings = terminal.settings
    try:
        read_files(texts)
    except ImportRefused as error:
        found = [
            {"file": m.file, "line": m.line, "column": m.column, "what": m.what}
            for m in error.mistakes
        ]
        terminal.done({"mistakes": found, "warnings": []}, [str(m) for m in error.mistakes])
        return Exit.USAGE
    looked_at = warnings(
        texts,
        now=SystemClock().now(),
        zone=settings.timezone,
        ways=by_settings(settings.channels),
    )
    listed = [
        {
            "file": each.file,
            "line": each.line,
            "column": each.column,
            "flaw": each.flaw,
            "what": each.what,
            "next_step": each.next_step,
        }
        for each in looked_at
    ]
    lines = [str(each) for each in looked_at] or ["Nothing to look at."]
    terminal.done({"mistakes": [], "warnings": listed}, lines)
    return Exit.UNSOUND if looked_at else Exit.DONE
