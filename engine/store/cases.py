"""Case rows: finding the due ones, making missing ones, reading and writing what runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
    update,
)

from engine.case.due import due_at
from engine.case.state import Case, dump_case, load_case
from engine.store.among import among
from engine.store.dialect import PAIRS, chunks, insert_or_ignore, insert_or_update
from engine.store.tables import case_subjects, cases, situations
from schemas.codes import Severity

_WIDER = 4
"""How much further to look where others hold the first of what is due."""

NEW = "new"
"""Status of a row that was made so that it can be locked; never left behind by a commit."""

INSERT_MISSING = insert_or_ignore(cases)
DELETE_NEW = delete(cases).where(cases.c.id == bindparam("of_id"), cases.c.status == NEW)
_READ = select(cases.c.id, cases.c.version, cases.c.head, cases.c.status, cases.c.state).where(
    among(cases.c.id, "ids")
)
READ = _READ.order_by(cases.c.id).with_for_update()
READ_FREE = _READ.order_by(cases.c.id).with_for_update(skip_locked=True)
READ_DUE = (  # looks at what is due once more, under the lock
    _READ.where(cases.c.due_at <= bindparam("now"))
    .order_by(cases.c.severity, cases.c.due_at, cases.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
UPDATE = (
    update(cases)
    .where(cases.c.id == bindparam("of_id"), cases.c.version == bindparam("was"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "ref",
                "kind",
                "incident",
                "status",
                "severity",
                "exercise",
                "owner",
                "opened_at",
                "version",
                "head",
                "due_at",
                "closure_digest",
                "outward_at",
                "state",
            )
        }
    )
)
POSTPONE = update(cases).where(cases.c.id == bindparam("of_id")).values(due_at=bindparam("until"))


def _due_of(severity: Severity) -> Select[Any]:
    due = (
        select(cases.c.id, cases.c.severity, cases.c.due_at)
        .where(
            cases.c.severity == literal_column(str(severity.rank)),
            cases.c.due_at <= bindparam("now"),
        )
        .order_by(cases.c.due_at)
        .limit(bindparam("most"))
        .subquery()
    )
    return select(due.c.id, due.c.severity, due.c.due_at)


DUE = (
    union_all(*(_due_of(severity) for severity in Severity))
    .order_by("severity", "due_at", "id")
    .limit(bindparam("most"))
)
NEXT_DUE = union_all(
    *(
        select(func.min(cases.c.due_at).label("due_at")).where(
            cases.c.severity == literal_column(str(severity.rank)), cases.c.due_at.is_not(None)
        )
        for severity in Severity
    )
)

SITUATIONS = (
    select(
        situations.c.source,
        situations.c.situation,
        situations.c.generation,
        situations.c.case_id,
        cases.c.status,
    )
    .join_from(situations, cases, situations.c.case_id == cases.c.id)
    .where(
        tuple_(situations.c.source, situations.c.situation).in_(bindparam("pairs", expanding=True))
    )
)
SAVE_SITUATION = insert_or_update(
    situations, keys=("source", "situation"), changes={"generation": ..., "case_id": ...}
)

SUBJECTS = select(case_subjects.c.pseudonym, case_subjects.c.case_id).where(
    among(case_subjects.c.pseudonym, "pseudonyms")
)
INSERT_SUBJECT = insert_or_ignore(case_subjects)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """A case row as it was read under its lock; `state` is empty for one just made."""

    id: str
    version: int
    head: str
    status: str
    state: bytes


def due_ids(conn: Connection, *, now: datetime, most: int) -> list[str]:
    """Cases that owe something by now, gravest first, then the longest due."""
    return [row.id for row in conn.execute(DUE, {"now": now, "most": most})]


def next_due(conn: Connection) -> datetime | None:
    """When the next case is due, overdue ones included; None while nothing is owed."""
    return min(
        (row.due_at for row in conn.execute(NEXT_DUE) if row.due_at is not None), default=None
    )


def insert_missing(conn: Connection, ids: Iterable[str], *, now: datetime) -> None:
    """Make rows for cases that may not exist, in one order, so that two processes make one."""
    rows = [
        {
            "id": id,
            "ref": id[-16:],
            "kind": "case",
            "incident": "",
            "status": NEW,
            "severity": len(Severity) - 1,
            "exercise": False,
            "owner": "",
            "opened_at": now,
            "version": 0,
            "head": "",
            "due_at": None,
            "closure_digest": "",
            "outward_at": None,
            "state": b"",
        }
        for id in sorted(set(ids))
    ]
    if rows:
        conn.execute(INSERT_MISSING, rows)


def lock(conn: Connection, ids: Iterable[str]) -> dict[str, StoredCase]:
    """Read and lock these cases, by id; ids that name no case are left out."""
    return _stored(conn, READ, ids)


def lock_free(conn: Connection, ids: Iterable[str]) -> dict[str, StoredCase]:
    """As `lock`; cases that another process holds are left out, and nobody is waited for."""
    return _stored(conn, READ_FREE, ids)


def lock_due(conn: Connection, *, now: datetime, most: int) -> tuple[list[StoredCase], bool]:
    """Read and lock up to `most` due cases, gravest first, and whether others hold what is due.

    Engines over one store share the work: what another one decides right now is passed over.
    """
    found: list[StoredCase] = []
    for window in (most, most * _WIDER):
        ids = due_ids(conn, now=now, most=window)
        if ids:
            rows = conn.execute(READ_DUE, {"ids": ids, "now": now, "most": most})
            found = [_stored_case(row) for row in rows]
        if len(found) == min(most, len(ids)):
            return found, False
        if len(ids) < window:
            break
    return found, True


def _stored(conn: Connection, statement: Select[Any], ids: Iterable[str]) -> dict[str, StoredCase]:
    found = {}
    for some in chunks(sorted(set(ids))):
        for row in conn.execute(statement, {"ids": some}):
            found[row.id] = _stored_case(row)
    return found


def _stored_case(row: Any) -> StoredCase:
    return StoredCase(
        id=row.id, version=row.version, head=row.head, status=row.status, state=row.state
    )


STATE_OF = select(cases.c.state).where(cases.c.id == bindparam("id"), cases.c.status != NEW)


def read_state(conn: Connection, id: str) -> Case | None:
    """The case as it stands, unlocked; None for one that is not there. Raises ValueError."""
    state = conn.execute(STATE_OF, {"id": id}).scalar_one_or_none()
    return None if state is None else load_case(state)


def row_of(case: Case, *, was: int, head: str) -> dict[str, Any]:
    """The parameters of `UPDATE` for a case that stood at version `was`."""
    return {
        "of_id": case.id,
        "was": was,
        "new_ref": case.ref,
        "new_kind": case.kind,
        "new_incident": case.incident,
        "new_status": case.status.value,
        "new_severity": case.severity.rank,
        "new_exercise": case.exercise,
        "new_owner": case.owner,
        "new_opened_at": case.opened_at,
        "new_version": case.version,
        "new_head": head,
        "new_due_at": due_at(case),
        "new_closure_digest": case.closure_digest,
        "new_outward_at": case.last_outward_at,
        "new_state": dump_case(case),
    }


def subjects(conn: Connection, pseudonyms: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The cases that each subject's consent concerns."""
    found: dict[str, list[str]] = {}
    for some in chunks(sorted(set(pseudonyms))):
        for row in conn.execute(SUBJECTS, {"pseudonyms": some}):
            found.setdefault(row.pseudonym, []).append(row.case_id)
    return {pseudonym: tuple(sorted(ids)) for pseudonym, ids in found.items()}


def known_situations(
    conn: Connection, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, str, str]]:
    """(generation, newest case, its status) of these situations; unknown ones are left out."""
    wanted = sorted(set(pairs))
    found = {}
    for some in chunks(wanted, most=PAIRS):
        for row in conn.execute(SITUATIONS, {"pairs": some}):
            found[(row.source, row.situation)] = (row.generation, row.case_id, row.status)
    return found
