"""Which cases are linked, so that all of them are locked before one of them is decided.

What counts stands in the state of each; here stands only whom to look at. Kept beside the subjects
of a case: a linked case keeps to what those of the other allow.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete

from engine.case.around import Beside
from engine.case.state import Case
from engine.store import cases, closures, consents
from engine.store.tables import case_subjects
from schemas.plan import Closure

DELETE = delete(case_subjects).where(
    case_subjects.c.pseudonym == bindparam("of_pseudonym"),
    case_subjects.c.case_id == bindparam("of_case"),
)


def name(case_id: str) -> str:
    """Under which a case is found by those linked with it; no pseudonym can be called so."""
    return f"linked:{case_id}"


def of(conn: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The cases that each of these is linked with; those that are linked with none are left out."""
    names = {name(id): id for id in ids}
    return {names[found]: linked for found, linked in cases.subjects(conn, names).items()}


def beside(conn: Connection, case: Case) -> tuple[Beside, ...]:
    """What the guard must know of the cases that this one is linked with."""
    if not case.links:
        return ()
    stored = closures.read(conn, {link.strictures.closure for link in case.links} - {""})
    whose = {link.case: consents.whose(link) for link in case.links}
    newest = consents.newest(conn, {each for some in whose.values() for each in some})
    return tuple(
        Beside(
            case=id,
            consents=tuple(newest[each][1] for each in some if each in newest),
            closure=stored.get(link.strictures.closure, Closure()),
        )
        for link, (id, some) in zip(case.links, whose.items(), strict=True)
    )
