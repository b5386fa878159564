"""What a command is given: where to print, in which form, as whom, and under which settings."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.exits import CommandError, Exit

if TYPE_CHECKING:
    from engine.settings import Settings


@dataclass(kw_only=True)
class Terminal:
    """One run of one command."""

    as_json: bool = False
    """Print one JSON object a line and nothing else."""
    person: str = ""
    """Who gives the command, as in `--as`; empty: whoever is logged in."""
    config: Path | None = None
    _settings: "Settings | None" = field(default=None, repr=False)

    @property
    def settings(self) -> "Settings":
        """Read once, when first needed. Raises CommandError with every mistake."""
        if self._settings is None:
            from engine.settings import load_settings
            from engine.settings_file import SettingsError

            try:
                self._settings = load_settings(self.config or _beside())
            except SettingsError as error:
                raise CommandError(
                    Exit.USAGE,
                    "The settings cannot be used:\n" + "\n".join(f"  {m}" for m in error.mistakes),
                    next_step="Correct these, then try again.",
                ) from None
        return self._settings

    def done(self, result: Mapping[str, Any], lines: Iterable[str] = ()) -> None:
        """Print a result: the object as JSON, or the lines a person reads."""
        if self.as_json:
            print(json.dumps(result, default=str, ensure_ascii=False), flush=True)
        else:
            for line in lines:
                print(line, flush=True)

    def progress(self, line: str) -> None:
        """Say what is going on, to a person at a terminal only."""
        if not self.as_json and sys.stderr.isatty():
            print(line, file=sys.stderr, flush=True)

    def warn(self, line: str) -> None:
        """Say what a person must know beside the result. A script sees it from other signs."""
        if not self.as_json:
            print(line, file=sys.stderr, flush=True)

    def failed(self, error: CommandError) -> None:
        """Print why a command did not go on."""
        if self.as_json:
            problem = {
                "error": error.what,
                "next_step": error.next_step,
                "exit": error.code.name.lower(),
            }
            print(json.dumps(problem, ensure_ascii=False), flush=True)
            return
        print(error.what, file=sys.stderr)
        if error.next_step:
            print(f"-> {error.next_step}", file=sys.stderr)


def _beside() -> Path | None:
    """`tocsin.yaml` or `tocsin.toml` in this directory, unless a variable names another file."""
    if "TOCSIN_CONFIG" in os.environ:
        return None
    return next((path for name in CONFIG_NAMES if (path := Path(name)).is_file()), None)


CONFIG_NAMES = ("tocsin.yaml", "tocsin.toml")


def table(rows: Iterable[Iterable[object]], *, gap: str = "  ") -> list[str]:
    """Rows as columns of equal width, without any character that a screen reader stumbles over."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))] if cells else []
    return [
        gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
