"""A mechanism's form as a sheet of plain text, to read and to write on. Pure."""

import textwrap
from collections.abc import Iterator
from datetime import UTC

from engine.web.form_sheet import How, Line, Sheet
from engine.web.words.form import FORM_POINT

WIDTH = 88
"""Characters of a line."""
_HOW: dict[How, str] = {
    How.FILLED: "Filled in",
    How.SEALED: "Sealed",
    How.UNKNOWN: "Not known",
    How.YOURS: "For you to write",
}
_ENTER = "nobody entered it: column `{column}` of parties.csv"


def lines(made: Sheet) -> Iterator[str]:
    """All of it, wrapped."""
    if made.exercise:
        yield "EXERCISE: nothing of it happened."
    yield "DRAFT. Nobody has sent it, and nothing sends it but you."
    yield ""
    yield f"For: {made.name}"
    yield f"Goes to: {made.goes_to or _ENTER.format(column='complaints')}"
    languages = ", ".join(made.languages) or _ENTER.format(column="languages")
    yield f"Languages: {languages}"
    yield f"Our reference: {made.reference}"
    yield from _wrapped("Label: ", f"{made.label[0]}. {made.label[1]}")
    yield f"Made: {made.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, as it was allowed then"
    yield ""
    yield from _wrapped(
        "",
        "Many procedures write to the state and say whom it is about. Before it goes, ask the "
        "person whether they agree to that, and to these words.",
    )
    for number, line in enumerate(made.lines, 1):
        yield ""
        yield from _point(number, line)
    yield ""
    yield "Say with it:"
    for sentence in made.keep_to:
        yield from _wrapped("  ", sentence)


def _point(number: int, line: Line) -> Iterator[str]:
    asks = FORM_POINT[line.point]
    yield f"{number}. {asks[:1].upper()}{asks[1:]}"
    if line.how is How.FILLED:
        yield from _wrapped(f"   {_HOW[line.how]}: ", line.says)
        if line.todo:
            yield from _wrapped("   Still yours: ", line.todo)
    else:
        yield from _wrapped(f"   {_HOW[line.how]}: ", line.todo)


def _wrapped(lead: str, words: str) -> list[str]:
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * (len(lead) - len(lead.lstrip())),
        break_long_words=False,
        break_on_hyphens=False,
    )
