"""The progress bar: something to watch at a terminal, and nothing anywhere else."""

import io
import sys

import pytest

from engine.cli.bar import bar
from engine.cli.terminal import Terminal


class Screen(io.StringIO):
    """A terminal that remembers what was drawn."""

    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, screen: io.StringIO, *, as_json: bool = False) -> str:
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with bar(Terminal(as_json=as_json), "Reading parties.csv") as told:
        told(50, 200)
    return screen.getvalue()


def test_a_person_at_a_terminal_sees_what_is_done_and_how_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = drawn(monkeypatch, Screen())

    assert "Reading parties.csv" in seen
    assert "25%" in seen


def test_a_script_sees_nothing_even_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, Screen(), as_json=True) == ""


def test_a_file_that_takes_the_messages_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, io.StringIO()) == ""
