"""A row with what a person has to decide about it; the first doubt is the one that is told."""

from collections.abc import Sequence
from datetime import date

from engine.registry.imports.delimited import Row
from engine.registry.rows import Fate, RowRead, Why
from schemas.link import Link
from schemas.party import Party

Doubt = tuple[Why, str]
"""Why, and in which column; no column: all of it."""


_FOR_A_PERSON = frozenset({Why.COUNTRY_DOUBTFUL, Why.MERGED_NAMES})


def refused(row: Row, doubt: Doubt) -> RowRead:
    """Nothing of it is taken."""
    return RowRead(line=row.line, fate=Fate.REFUSED, why=doubt[0], column=doubt[1])


def nothing(row: Row, doubt: Doubt) -> RowRead:
    """Nothing of it is taken: refused, or, where a person can say what it means, ambiguous."""
    return taken(row, doubts=(doubt,)) if doubt[0] in _FOR_A_PERSON else refused(row, doubt)


def taken(
    row: Row,
    *,
    doubts: Sequence[Doubt] = (),
    parties: tuple[Party, ...] = (),
    links: tuple[Link, ...] = (),
    ahead: bool = False,
    as_of: date | None = None,
    replaces: tuple[str, ...] = (),
) -> RowRead:
    """What is certain of it; ambiguous where a doubt is left.

    A doubtful row replaces what an earlier edition said only where it says something itself: in
    whichever order editions come, what is later then stands.
    """
    why, column = doubts[0] if doubts else (None, "")
    return RowRead(
        line=row.line,
        fate=Fate.IMPORTED if why is None else Fate.AMBIGUOUS,
        why=why,
        column=column,
        parties=parties,
        links=links,
        ahead=ahead,
        as_of=as_of,
        replaces=replaces if links or not doubts else (),
    )
