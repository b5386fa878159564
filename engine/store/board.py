"""The read side of the board: what is owed, who is on duty, which cases there are, who is who.

Statements are constants; every function takes a connection of a reader and returns frozen rows.
Nothing here is of the sealed class: ids of vault rows, never their content.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, true

from engine.store import stopping, versions
from engine.store.stopping import Stop
from engine.store.tables import (
    actions,
    cases,
    events,
    instances,
    meta,
    people,
    rosters,
    tasks,
)
from engine.store.versions import What
from schemas.codes import Severity

CHUNK = 400
"""Ids of one `IN` list."""
_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of the list of cases."""

    id: str
    ref: str
    kind: str
    incident: str
    status: str
    severity: Severity
    exercise: bool
    owner: str
    opened_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """An open task with the case it belongs to."""

    id: str
    case: CaseRow
    kind: str
    detail: str
    alert: str
    critical: bool
    due_at: datetime
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """A promise that falls due."""

    id: str
    case: CaseRow
    party: str
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the head of every page shows."""

    stop: Stop = field(default_factory=Stop)
    beat_at: datetime | None = None
    """Newest heartbeat of any instance."""
    roster: bytes = b""
    people: Mapping[str, str] = field(default_factory=dict)
    """Person id -> label."""
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Whether everything outgoing is stopped."""
        return self.stop.on


CASE_COLUMNS = (
    cases.c.id,
    cases.c.ref,
    cases.c.kind,
    cases.c.incident,
    cases.c.status,
    cases.c.severity,
    cases.c.exercise,
    cases.c.owner,
    cases.c.opened_at,
    cases.c.due_at,
)
_ALIVE = ("open", "standing", "monitored")

_TASKS = select(
    *CASE_COLUMNS,
    tasks.c.id.label("task"),
    tasks.c.kind.label("task_kind"),
    tasks.c.detail,
    tasks.c.alert_id,
    tasks.c.critical,
    tasks.c.due_at.label("task_due"),
    tasks.c.owner.label("task_owner"),
).join_from(tasks, cases, tasks.c.case_id == cases.c.id)
_GRAVEST = (cases.c.severity, tasks.c.due_at, tasks.c.id)
NOBODYS = (
    _TASKS.where(text("tasks.done_at IS NULL AND tasks.owner = ''"))
    .order_by(*_GRAVEST)
    .limit(bindparam("most"))
)
"""Conditions with a value in them are written out, so that their index serves."""
PRESSING = (
    _TASKS.where(tasks.c.done_at.is_(None), tasks.c.due_at <= bindparam("soon"))
    .order_by(*_GRAVEST)
    .limit(bindparam("most"))
)
CRITICAL = (
    _TASKS.where(tasks.c.done_at.is_(None), tasks.c.critical == true())
    .order_by(*_GRAVEST)
    .limit(bindparam("most"))
)
AHEAD = (
    _TASKS.where(tasks.c.done_at.is_(None), tasks.c.due_at > bindparam("soon"))
    .order_by(tasks.c.due_at, tasks.c.id)
    .limit(bindparam("most"))
)
OPEN_OF_KINDS = (
    _TASKS.where(tasks.c.done_at.is_(None), tasks.c.due_at > bindparam("soon"))
    .where(tasks.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(tasks.c.due_at, tasks.c.id)
    .limit(bindparam("most"))
)
UNOWNED = (
    select(*CASE_COLUMNS)
    .where(text("cases.status = 'open' AND cases.owner = ''"))
    .order_by(cases.c.severity, cases.c.opened_at, cases.c.id)
    .limit(bindparam("most"))
)
PROMISES = (
    select(
        *CASE_COLUMNS,
        actions.c.id.label("action"),
        actions.c.party,
        actions.c.kind.label("action_kind"),
        actions.c.due_at.label("action_due"),
    )
    .join_from(actions, cases, actions.c.case_id == cases.c.id)
    .where(text("actions.state IN ('promised', 'asked') AND actions.due_at IS NOT NULL"))
    .order_by(actions.c.due_at, actions.c.id)
    .limit(bindparam("most"))
)
CASES = (
    select(*CASE_COLUMNS)
    .where(cases.c.status.in_(bindparam("statuses", expanding=True)))
    .where(cases.c.severity.in_(bindparam("severities", expanding=True)))
    .order_by(cases.c.severity, cases.c.opened_at.desc(), cases.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
COUNT_CASES = (
    select(func.count())
    .select_from(cases)
    .where(cases.c.status.in_(bindparam("statuses", expanding=True)))
    .where(cases.c.severity.in_(bindparam("severities", expanding=True)))
)
META = select(meta.c.key, meta.c.value)
BEAT = select(func.max(instances.c.beat_at))
PEOPLE = select(people.c.id, people.c.label, people.c.role)
ROSTER = select(rosters.c.body).order_by(rosters.c.at.desc()).limit(1)
ROSTER_OF = select(rosters.c.body).where(rosters.c.version == bindparam("version"))
REF_OF_EVENT = (
    select(cases.c.ref)
    .join_from(events, cases, events.c.case_id == cases.c.id)
    .where(events.c.id == bindparam("event"))
)


def head(conn: Connection) -> Head:
    """Whether outgoing is stopped, the newest heartbeat, our own people and the roster."""
    known = {row.key: row.value for row in conn.execute(META)}
    version = known.get("roster_version", "")
    body = conn.execute(ROSTER_OF, {"version": version}).scalar() if version else None
    if body is None:
        body = conn.execute(ROSTER).scalar()
    beat = conn.execute(BEAT).scalar()
    everybody = conn.execute(PEOPLE).all()
    return Head(
        stop=stopping.of(known),
        beat_at=beat,
        roster=body or b"",
        people={row.id: row.label for row in everybody},
        roles={row.id: row.role for row in everybody},
    )


def pressing(conn: Connection, *, soon: datetime, most: int) -> tuple[TaskRow, ...]:
    """Open tasks that need a person now: nobody's, critical, or due by `soon`, gravest first.

    At most so many of each sort, so that a flood of one never hides another.
    """
    found = {}
    for statement, named in ((NOBODYS, {}), (CRITICAL, {}), (PRESSING, {"soon": soon})):
        for row in conn.execute(statement, {"most": most} | named):
            found[row.task] = _task_row(row)
    return tuple(found.values())


def ahead(
    conn: Connection, *, soon: datetime, most: int, kinds: Iterable[str] = ()
) -> tuple[TaskRow, ...]:
    """Open tasks due later than `soon`, the earliest first; of these kinds alone if some are named.

    Some may stand in `pressing` as well.
    """
    asked = list(kinds)
    if asked:
        rows = conn.execute(OPEN_OF_KINDS, {"most": most, "soon": soon, "kinds": asked})
    else:
        rows = conn.execute(AHEAD, {"most": most, "soon": soon})
    return tuple(_task_row(row) for row in rows)


def _task_row(row: Any) -> TaskRow:
    return TaskRow(
        id=row.task,
        case=case_row(row),
        kind=row.task_kind,
        detail=row.detail,
        alert=row.alert_id,
        critical=row.critical,
        due_at=row.task_due,
        owner=row.task_owner,
    )


def unowned(conn: Connection, *, most: int) -> tuple[CaseRow, ...]:
    """Open cases that nobody has taken, gravest and oldest first."""
    return tuple(case_row(row) for row in conn.execute(UNOWNED, {"most": most}))


def promises(conn: Connection, *, most: int) -> tuple[PromiseRow, ...]:
    """Open promises, the earliest first."""
    return tuple(
        PromiseRow(
            id=row.action,
            case=case_row(row),
            party=row.party,
            kind=row.action_kind,
            due_at=row.action_due,
        )
        for row in conn.execute(PROMISES, {"most": most})
    )


def list_cases(
    conn: Connection,
    *,
    statuses: Iterable[str] = _ALIVE,
    severities: Iterable[Severity] = _SEVERITIES,
    most: int,
    skip: int = 0,
) -> tuple[tuple[CaseRow, ...], int]:
    """A page of cases, and how many there are in all."""
    picked = {"statuses": list(statuses), "severities": [s.rank for s in severities]}
    rows = conn.execute(CASES, picked | {"most": most, "skip": skip})
    return tuple(case_row(row) for row in rows), conn.execute(COUNT_CASES, picked).scalar_one()


def case_of_event(conn: Connection, event: str) -> str:
    """Reference of the case that an event belongs to; empty when there is no such event."""
    return str(conn.execute(REF_OF_EVENT, {"event": event}).scalar() or "")


def party_names(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Names of parties by id; those that are not in the registry are left out."""
    return versions.said(conn, What.PARTY, ids, key="name")


def contact_labels(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """What the board shows for contacts, by id; also of those that are gone since."""
    return versions.said(conn, What.CONTACT, ids, key="label")


def case_row(row: Any) -> CaseRow:
    """The line of a row that has `CASE_COLUMNS`."""
    return CaseRow(
        id=row.id,
        ref=row.ref,
        kind=row.kind,
        incident=row.incident,
        status=row.status,
        severity=_SEVERITIES[row.severity],
        exercise=row.exercise,
        owner=row.owner,
        opened_at=row.opened_at,
        due_at=row.due_at,
    )
