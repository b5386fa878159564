"""Who may ever be shown what, as lines of a terminal and as JSON."""

from collections.abc import Iterable
from typing import Any

from engine.cli.terminal import table
from engine.web.words.fields import field_words
from engine.web.words.states import TRACK
from rules.fields import Change, DataClass, Shown
from schemas.codes import TrackName

_NOBODY = "nobody"


def as_result(
    name: str, small_cell: int, rows: Iterable[Shown], found: Iterable[Change]
) -> dict[str, Any]:
    """The table as data, for a script that reviews it."""
    return {
        "name": name,
        "small_cell": small_cell,
        "fields": [
            {
                "field": row.field.value,
                "class": row.data_class.value,
                "audiences": [audience.value for audience in row.audiences],
            }
            for row in rows
        ],
        "changes": [
            {"audience": c.audience.value, "field": c.field.value, "wider": c.wider} for c in found
        ],
    }


def as_lines(rows: Iterable[Shown], *, small_cell: int) -> list[str]:
    """One line a field; duty, which sees everything that is not sealed, is left out."""
    listed = [
        (row.field.value, row.data_class.value, ", ".join(_outside(row)) or _NOBODY) for row in rows
    ]
    return [
        *table(listed),
        "",
        f"{DataClass.SEALED.value.capitalize()}: who it is, the exact place, the source, in whose "
        "words. Nobody is ever shown it.",
        f"A pattern is told only while at least {small_cell} people are in its country, sector "
        "and period.",
    ]


def changed_lines(found: Iterable[Change], *, small_cell: tuple[int, int], since: str) -> list[str]:
    """What is shown more or less of, what widens first; and how small a pattern may be."""
    before, after = small_cell
    lines = [
        f"  {TRACK[c.audience]} {'may now be shown' if c.wider else 'no longer see'} "
        f"{field_words(c.field)}."
        for c in found
    ]
    if before != after:
        lines.append(f"  A pattern must be of {after} people, before of {before}.")
    return [f"Since {since}:", *(lines or ["  nobody may be shown anything else."])]


def _outside(row: Shown) -> list[str]:
    return [audience.value for audience in row.audiences if audience is not TrackName.DUTY]
