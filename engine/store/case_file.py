"""One case as its page tells it: state, events, messages, actions, plans, a page of its journal.

Nothing here is of the sealed class: ids of vault rows, never their content.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select

from engine.case.state import Case, load_case
from engine.store import findings
from engine.store.board import CASE_COLUMNS, CaseRow, case_row
from engine.store.brakes import Brakes, brakes, with_consents
from engine.store.tables import (
    actions,
    cases,
    events,
    journal,
    notifications,
    plans,
    releases,
)
from schemas.facts import Fact, Planned, ReleaseGiven, load_fact


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event of a case: what may be read of it, and where its sealed part lies."""

    id: str
    code: str
    type: str
    at: datetime
    source: str
    body: bytes
    vault_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """What became of one message."""

    key: str
    alert: str
    tell_no: int
    purpose: str
    contact: str
    channel: str
    state: str
    decided_at: datetime
    settled_at: datetime | None
    answer_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact of the journal."""

    n: int
    at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything a case page tells."""

    row: CaseRow
    case: Case
    events: tuple[EventRow, ...]
    notices: tuple[NoticeRow, ...]
    actions: tuple[Any, ...]
    plans: tuple[Planned, ...]
    releases: tuple[ReleaseGiven, ...]
    """Every record of a release, oldest first."""
    entries: tuple[Entry, ...]
    """A page of the journal, newest first."""
    earlier: bool
    """Whether there are facts before these."""
    brakes: Brakes = field(default_factory=Brakes)
    finding: str = ""
    """Of an incident of the auditor: what it found, by the name `engine.findings` gave it."""


CASE_BY_REF = select(*CASE_COLUMNS, cases.c.state).where(
    cases.c.ref == bindparam("ref"), cases.c.status != "new"
)
EVENTS = (
    select(
        events.c.id,
        events.c.code,
        events.c.type,
        events.c.at,
        events.c.source,
        events.c.body,
        events.c.vault_id,
    )
    .where(events.c.case_id == bindparam("case"))
    .order_by(events.c.at.desc(), events.c.id)
    .limit(bindparam("most"))
)
NOTICES = (
    select(
        notifications.c.key,
        notifications.c.alert_id,
        notifications.c.tell_no,
        notifications.c.purpose,
        notifications.c.contact,
        notifications.c.channel,
        notifications.c.state,
        notifications.c.decided_at,
        notifications.c.settled_at,
        notifications.c.answer_by,
    )
    .where(notifications.c.case_id == bindparam("case"))
    .order_by(notifications.c.decided_at.desc(), notifications.c.key)
    .limit(bindparam("most"))
)
ACTIONS = (
    select(actions)
    .where(actions.c.case_id == bindparam("case"))
    .order_by(actions.c.promised_at, actions.c.id)
)
PLANS = select(plans.c.body).where(plans.c.case_id == bindparam("case")).order_by(plans.c.plan_no)
RELEASES = (
    select(releases.c.body)
    .where(releases.c.case_id == bindparam("case"))
    .order_by(releases.c.at, releases.c.id)
)
JOURNAL = (
    select(journal.c.n, journal.c.at, journal.c.body)
    .where(journal.c.stream == bindparam("case"), journal.c.n < bindparam("before"))
    .order_by(journal.c.n.desc())
    .limit(bindparam("most"))
)
BODIES = select(journal.c.body).where(journal.c.stream == bindparam("case"))

_LAST = 2**31 - 1


def case_file(
    conn: Connection, *, ref: str, before: int = _LAST, facts: int = 40, most: int = 400
) -> CaseFile | None:
    """A case by its reference, with a page of its journal before fact number `before`."""
    found = conn.execute(CASE_BY_REF, {"ref": ref}).one_or_none()
    if found is None:
        return None
    of = {"case": found.id}
    entries = [
        Entry(n=row.n, at=row.at, fact=load_fact(row.body))
        for row in conn.execute(JOURNAL, of | {"before": before, "most": facts + 1})
    ]
    given = [load_fact(body) for body in conn.execute(RELEASES, of).scalars()]
    planned = [load_fact(body) for body in conn.execute(PLANS, of).scalars()]
    case = with_consents(conn, load_case(found.state))
    return CaseFile(
        row=case_row(found),
        case=case,
        events=tuple(
            EventRow(
                id=row.id,
                code=row.code,
                type=row.type,
                at=row.at,
                source=row.source,
                body=row.body,
                vault_id=row.vault_id or "",
            )
            for row in conn.execute(EVENTS, of | {"most": most})
        ),
        notices=tuple(
            NoticeRow(
                key=row.key,
                alert=row.alert_id,
                tell_no=row.tell_no,
                purpose=row.purpose,
                contact=row.contact,
                channel=row.channel,
                state=row.state,
                decided_at=row.decided_at,
                settled_at=row.settled_at,
                answer_by=row.answer_by,
            )
            for row in conn.execute(NOTICES, of | {"most": most})
        ),
        actions=tuple(conn.execute(ACTIONS, of)),
        plans=tuple(fact for fact in planned if isinstance(fact, Planned)),
        releases=tuple(fact for fact in given if isinstance(fact, ReleaseGiven)),
        entries=tuple(entries[:facts]),
        earlier=len(entries) > facts,
        brakes=brakes(conn, case),
        finding=findings.name_of(conn, found.id) if case.incident == findings.CODE else "",
    )


def sealed_ids(conn: Connection, *, case: str) -> frozenset[str]:
    """Ids of everything sealed that belongs to a case: its reports, and notes of its facts."""
    found = {row.vault_id for row in conn.execute(EVENTS, {"case": case, "most": _LAST})}
    for body in conn.execute(BODIES, {"case": case}).scalars():
        fact = orjson.loads(body)
        found.add(fact.get("note") or "")
        found.update(each.get("note") or "" for each in fact.get("preflight") or ())
    return frozenset(str(id) for id in found if id)
