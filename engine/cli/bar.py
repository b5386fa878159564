"""A progress bar for a person at a terminal; nothing for a script or a file."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.cli.terminal import Terminal

Told = Callable[[int, int], None]
"""Hears how much of how much is done."""


@contextmanager
def bar(terminal: Terminal, title: str) -> Iterator[Told]:
    """Shown while the block runs, and gone after it."""
    if terminal.as_json or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True, markup=False), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
