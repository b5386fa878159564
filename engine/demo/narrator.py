"""Telling the story at a terminal: colours where there are any, plain lines where not."""

import os
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

Tone = Literal["plain", "good", "warm", "alarm", "soft", "title"]
_STYLE: dict[Tone, str] = {
    "plain": "",
    "good": "green",
    "warm": "yellow",
    "alarm": "bold red",
    "soft": "bright_black",
    "title": "bold",
}


class Narrator:
    """Writes lines; nothing else of the demo writes to the terminal."""

    def __init__(self, *, dated: bool = False) -> None:
        """`dated`: lines name the day as well, for what lasts longer than a week."""
        self._when = "%a %d %b %H:%M" if dated else "%a %H:%M"
        self._rich = None
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            from rich.console import Console

            self._rich = Console(highlight=False, markup=False)

    @property
    def colourful(self) -> bool:
        """Whether somebody is watching."""
        return self._rich is not None

    def say(self, text: str = "", *, tone: Tone = "plain") -> None:
        """A line without a time."""
        if self._rich is not None:
            self._rich.print(text, style=_STYLE[tone] or None, soft_wrap=False)
        else:
            print(text, flush=True)

    def tell(self, at: datetime, ref: str, text: str, *, tone: Tone = "plain") -> None:
        """A line of the story: when, about which case, what."""
        head = f"{at.strftime(self._when)}  {ref:<8}  "
        if self._rich is None:
            print(f"{head}{text}", flush=True)
            return
        from rich.table import Table
        from rich.text import Text

        row = Table.grid(padding=(0, 0))
        row.add_column(width=len(head), no_wrap=True)
        row.add_column(overflow="fold")
        row.add_row(Text(head, style="bright_black"), Text(text, style=_STYLE[tone]))
        self._rich.print(row)

    def box(self, title: str, lines: Iterable[str]) -> None:
        """Something to keep in view."""
        text = "\n".join(lines)
        if self._rich is None:
            print(f"\n--- {title}\n{text}\n", flush=True)
            return
        from rich.panel import Panel

        self._rich.print(Panel(text, title=title, title_align="left", border_style="blue"))
