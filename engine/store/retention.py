"""What is kept beyond its time: closed cases whose key is still there, and what was put aside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from engine.case.state import Case, CaseStatus, load_case
from engine.store import meta
from engine.store.case_keys import ERASED
from engine.store.instant import Instant
from engine.store.tables import (
    case_keys,
    case_subjects,
    cases,
    events,
    journal,
    quarantine,
    situations,
)
from schemas.codes import IncidentCode
from schemas.event import ThreatEvent

COMING = "erasures"
"""In `meta`: ids of closed cases that will be erased by themselves, as last looked at."""
ASIDE = (IncidentCode.QUARANTINE, IncidentCode.EQUIVOCATION, IncidentCode.RECORD_PARKED)
"""Incidents about bytes that were put aside: while one is open somebody may have to read them."""

_CLOSED = (
    select(cases.c.id, func.max(journal.c.at).label("closed_at"))
    .join(case_keys, case_keys.c.case_id == cases.c.id)
    .join(journal, (journal.c.stream == cases.c.id) & (journal.c.kind == "archived"))
    .where(cases.c.status == CaseStatus.CLOSED, case_keys.c.case_id > bindparam("after"))
    .group_by(cases.c.id)
    .order_by(cases.c.id)
    .limit(bindparam("most"))
)
_STATE = select(cases.c.state).where(cases.c.id == bindparam("case"))
_GOES_ON = cases.c.status != CaseStatus.CLOSED
_mine, _theirs = case_subjects.alias("mine"), case_subjects.alias("theirs")
_SAME_PERSON = (
    select(cases.c.id)
    .join(_theirs, _theirs.c.case_id == cases.c.id)
    .join(_mine, _mine.c.pseudonym == _theirs.c.pseudonym)
    .where(_mine.c.case_id == bindparam("case"), _GOES_ON)
    .limit(1)
)
_LINKED = (
    select(cases.c.id).where(cases.c.id.in_(bindparam("ids", expanding=True)), _GOES_ON).limit(1)
)
_REPORTED = (
    select(events.c.source, events.c.body)
    .where(events.c.case_id == bindparam("case"))
    .order_by(events.c.at)
    .limit(1)
)
_NEWEST = (
    select(cases.c.id)
    .join(situations, situations.c.case_id == cases.c.id)
    .where(
        situations.c.source == bindparam("source"),
        situations.c.situation == bindparam("situation"),
        _GOES_ON,
    )
)
_ANNOUNCED = select(cases.c.ref, cases.c.state).where(
    cases.c.id.in_(bindparam("ids", expanding=True)), cases.c.status == CaseStatus.CLOSED
)
_OLD: ColumnElement[bool] = (quarantine.c.at < bindparam("before", type_=Instant)) & (
    quarantine.c.key_id != ERASED
)
_ANY_OLD = select(quarantine.c.id).where(_OLD).limit(1)
_LOOKED_AT = (
    select(cases.c.id)
    .where(cases.c.incident.in_([code.value for code in ASIDE]), _GOES_ON)
    .limit(1)
)
_EMPTY = update(quarantine).where(_OLD).values(key_id=ERASED, ciphertext=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A closed case that has a key still."""

    case: str
    closed_at: datetime


def closed(conn: Connection, *, after: str, most: int) -> list[Closed]:
    """Closed cases of which something sealed is kept, by id, those after this one."""
    return [
        Closed(case=row.id, closed_at=row.closed_at)
        for row in conn.execute(_CLOSED, {"after": after, "most": most})
    ]


def state_of(conn: Connection, case: str) -> Case:
    """A case as it runs. Raises what the loading of a damaged state raises."""
    return load_case(conn.execute(_STATE, {"case": case}).scalar_one())


def needed(conn: Connection, case: Case) -> bool:
    """Whether something that goes on is about the same: the same people, situation, or linked."""
    if conn.execute(_SAME_PERSON, {"case": case.id}).first() is not None:
        return True
    ids = [each.case for each in case.links]
    if ids and conn.execute(_LINKED, {"ids": ids}).first() is not None:
        return True
    first = conn.execute(_REPORTED, {"case": case.id}).one_or_none()
    if first is None:
        return False
    event = ThreatEvent.model_validate_json(first.body)
    if event.situation is None:
        return False
    name = f"!{event.situation}" if event.exercise else event.situation
    same = {"source": first.source, "situation": name}
    return conn.execute(_NEWEST, same).first() is not None


def coming(conn: Connection) -> list[tuple[datetime, str]]:
    """Day and reference of the closed cases that were announced, the next one first."""
    ids = meta.read(conn, COMING).split()
    rows = conn.execute(_ANNOUNCED, {"ids": ids}) if ids else ()
    found = [(load_case(row.state).erase_on, row.ref) for row in rows]
    return sorted((on, ref) for on, ref in found if on is not None)


def old_quarantine(conn: Connection, *, before: datetime) -> bool:
    """Whether something put aside is older, and no open incident is about such things."""
    if conn.execute(_ANY_OLD, {"before": before}).first() is None:
        return False
    return conn.execute(_LOOKED_AT).first() is None


def empty_quarantine(conn: Connection, *, before: datetime) -> int:
    """Erase what was put aside before then; return of how many rows. The rows stay, empty."""
    if not old_quarantine(conn, before=before):
        return 0
    return conn.execute(_EMPTY, {"before": before}).rowcount
