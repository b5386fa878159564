"""What the auditor looks at next: pages of rows, so that everything is seen in time and no round
is long. Cases that are open come round far more often than those that have been over for years.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Executable, bindparam, select

from engine.invariants import journal, strays
from engine.invariants.violation import Violation
from engine.store.tables import cases

CASES_A_ROUND = 50
"""Of those that are open, and as many of all there are."""

LEAVES_A_ROUND = 10_000
"""Facts lived again each round, of either; a longer case is still looked at, alone."""

ROWS_A_ROUND = 1_000
"""Of each table that is walked by its key."""

_ALL = (
    select(cases.c.id, cases.c.version)
    .where(cases.c.id > bindparam("after"))
    .order_by(cases.c.id)
    .limit(bindparam("most"))
)
_ALIVE = _ALL.where(cases.c.due_at.is_not(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How far everything was walked; empty or 0: from the beginning."""

    alive: str = ""
    all: str = ""
    strays: Mapping[str, str] = field(default_factory=dict)
    """Kind -> the key to go on after."""
    system: int = 0
    """The leaf of the system's own journal to go on after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One round of the walk."""

    cases: tuple[str, ...]
    then: Places
    """Where the next round goes on."""


def next_cases(conn: Connection, places: Places, *, most: int = CASES_A_ROUND) -> Page:
    """Choose the cases of a round."""
    alive, alive_then = _some(conn, _ALIVE, places.alive, most)
    every, all_then = _some(conn, _ALL, places.all, most)
    return Page(
        cases=tuple(dict.fromkeys((*alive, *every))),
        then=replace(places, alive=alive_then, all=all_then),
    )


Look = Callable[[Connection], tuple[list[Violation], Places]]
"""One short read: what is wrong there, and how far it went."""


STRAYS = (*strays.KINDS, "system")
"""What is walked by `stray_looks`, in their order."""


def stray_looks(places: Places, *, most: int = ROWS_A_ROUND) -> list[Look]:
    """One look for each table that is walked, each for a transaction of its own."""

    def of(kind: str) -> Look:
        def look(conn: Connection) -> tuple[list[Violation], Places]:
            found, then = strays.KINDS[kind](conn, places.strays.get(kind, ""), most)
            return found, Places(strays={kind: then})

        return look

    def system(conn: Connection) -> tuple[list[Violation], Places]:
        found, then = journal.check_system_part(conn, after=places.system, most=most)
        return found, Places(system=then)

    return [*(of(kind) for kind in strays.KINDS), system]


def joined(places: Places, *more: Places) -> Places:
    """`places`, with what each of these looks went on to."""
    for each in more:
        if each.strays:
            places = replace(places, strays={**places.strays, **each.strays})
        else:
            places = replace(places, system=each.system)
    return places


def _some(conn: Connection, query: Executable, after: str, most: int) -> tuple[list[str], str]:
    rows = conn.execute(query, {"after": after, "most": most}).all()
    ids: list[str] = []
    leaves = 0
    for row in rows:
        leaves += row.version
        if ids and leaves > LEAVES_A_ROUND:
            return ids, ids[-1]
        ids.append(row.id)
    return ids, ids[-1] if len(rows) == most else ""
