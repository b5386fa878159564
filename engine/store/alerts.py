"""Alert rows: whose they are, by id and by the reference that people say."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, select

from engine.store.among import among
from engine.store.dialect import chunks, insert_or_update
from engine.store.tables import alerts, cases

_a = alerts.c
_UPSERT = insert_or_update(alerts, keys=("id",), changes={"status": ...})

SAVE = insert_or_update(
    alerts,
    keys=("id",),
    changes={
        "status": ...,
        "tell_no": ...,
        "reason": ...,
        "first_told_at": func.coalesce(_a.first_told_at, _UPSERT.excluded.first_told_at),
        "answered_at": func.coalesce(_a.answered_at, _UPSERT.excluded.answered_at),
    },
)
CASES = select(_a.id, _a.case_id).where(among(_a.id, "ids"))
BY_REF = select(_a.id, _a.case_id, _a.track, _a.party).where(_a.ref == bindparam("ref"))

CASES_TOLD = (
    select(_a.case_id)
    .join_from(alerts, cases, _a.case_id == cases.c.id)
    .where(
        cases.c.status.in_(("open", "standing", "monitored")),
        _a.track != "duty",
        _a.tell_no > 0,
        _a.case_id > bindparam("after"),
    )
    .distinct()
    .order_by(_a.case_id)
    .limit(bindparam("most"))
)


CONFLICTS = (
    select(_a.case_id, _a.party)
    .where(_a.reason == "conflict")
    .distinct()
    .order_by(_a.case_id, _a.party)
)


TOLD_NOW = (
    select(cases.c.ref, cases.c.closure_digest, _a.party)
    .join_from(alerts, cases, _a.case_id == cases.c.id)
    .where(
        cases.c.status.in_(("open", "standing", "monitored")),
        cases.c.exercise.is_(False),
        cases.c.closure_digest != "",
        _a.status.not_in(("withheld", "declined", "closed")),
    )
    .distinct()
    .order_by(cases.c.ref, _a.party)
)


def told_now(conn: Connection) -> list[tuple[str, str, str]]:
    """(reference, digest of whom it excludes, party) of all who are told in a case that is not
    over, or would be; of cases that exclude anybody."""
    return [(row.ref, row.closure_digest, row.party) for row in conn.execute(TOLD_NOW)]


def conflicts(conn: Connection) -> list[tuple[str, str]]:
    """(case, party) of every conflict that somebody declared."""
    return [(row.case_id, row.party) for row in conn.execute(CONFLICTS)]


def cases_told(conn: Connection, *, after: str, most: int) -> list[str]:
    """Ids of the next open or monitored cases of which anybody outside was told, in their order."""
    return list(conn.execute(CASES_TOLD, {"after": after, "most": most}).scalars())


def cases_of(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The case of each of these alerts."""
    found = {}
    for some in chunks(sorted(set(ids))):
        for row in conn.execute(CASES, {"ids": some}):
            found[row.id] = row.case_id
    return found


def by_ref(conn: Connection, ref: str) -> tuple[str, str, str] | None:
    """(alert, case, party) of a reference as an answer names it, or None."""
    row = conn.execute(BY_REF, {"ref": ref}).one_or_none()
    return None if row is None else (row.id, row.case_id, row.party)
