"""Who was told of one case, through which channel, what they were shown and what they answered.

Everybody outside, however long the case runs; never our own people, and nothing sealed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from sqlalchemy import Connection, bindparam, select

from engine.case.state import Case, load_case
from engine.store.among import among
from engine.store.brakes import with_consents
from engine.store.dialect import chunks, insert_or_ignore
from engine.store.tables import (
    alerts,
    case_subjects,
    cases,
    journal,
    notifications,
    plans,
    shown,
)
from schemas.codes import FieldName, TrackName
from schemas.facts import (
    Acted,
    Answered,
    ConflictDeclared,
    ContactDropped,
    Declined,
    Fact,
    PassedOn,
    Planned,
    Promised,
    PromiseMissed,
    PromiseWithdrawn,
    ToldBeforeExcluded,
    load_fact,
)

Answer = (
    Answered
    | Promised
    | PromiseMissed
    | PromiseWithdrawn
    | Acted
    | Declined
    | ConflictDeclared
    | ContactDropped
    | PassedOn
    | ToldBeforeExcluded
)
"""A fact that says what somebody outside did with what they were told."""
ANSWER_KINDS = (
    "answered",
    "promised",
    "promise_missed",
    "promise_withdrawn",
    "acted",
    "declined",
    "conflict_declared",
    "contact_dropped",
    "passed_on",
    "told_before_excluded",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one endpoint for one round, and what became of it."""

    key: str
    alert: str
    tell_no: int
    purpose: str
    contact: str
    channel: str
    state: str
    reason: str
    decided_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A class of content that the page of somebody told has shown, for the first time."""

    alert: str
    contact: str
    field: FieldName
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """From when on the system of somebody told reads along on a topic of its own."""

    alert: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer and when it was written down."""

    at: datetime
    fact: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCase:
    """One case as far as telling others goes."""

    case: Case
    plans: tuple[Planned, ...]
    messages: tuple[Message, ...]
    """Newest first."""
    shown: tuple[Shown, ...]
    streams: tuple[Streamed, ...] = ()
    answers: tuple[Given, ...]
    """Oldest first."""


CASES = select(cases.c.id, cases.c.state).where(cases.c.status != "new", among(cases.c.id, "ids"))
OF_PERSON = select(case_subjects.c.case_id).where(case_subjects.c.pseudonym == bindparam("whose"))
PLANS = select(plans.c.body).where(plans.c.case_id == bindparam("case")).order_by(plans.c.plan_no)
MESSAGES = (
    select(
        notifications.c.key,
        notifications.c.alert_id.label("alert"),
        notifications.c.tell_no,
        notifications.c.purpose,
        notifications.c.contact,
        notifications.c.channel,
        notifications.c.state,
        notifications.c.reason,
        notifications.c.decided_at,
        notifications.c.settled_at,
    )
    .join_from(notifications, alerts, notifications.c.alert_id == alerts.c.id)
    .where(notifications.c.case_id == bindparam("case"), alerts.c.track != TrackName.DUTY.value)
    .order_by(notifications.c.decided_at.desc(), notifications.c.key)
)
SHOWN = (
    select(shown)
    .join_from(shown, alerts, shown.c.alert_id == alerts.c.id)
    .where(alerts.c.case_id == bindparam("case"))
    .order_by(shown.c.at, shown.c.alert_id, shown.c.contact, shown.c.field)
)
ANSWERS = (
    select(journal.c.at, journal.c.body)
    .where(journal.c.stream == bindparam("case"), among(journal.c.kind, "kinds"))
    .order_by(journal.c.n)
)
NOTE_SHOWN = insert_or_ignore(shown)
STREAM = "stream"
"""Stands where a page has the name of a field: from then on the party's own system reads along."""


def cases_of(conn: Connection, pseudonym: str) -> tuple[str, ...]:
    """Ids of the cases that this subject's consent concerns, whatever their state."""
    return tuple(sorted(conn.execute(OF_PERSON, {"whose": pseudonym}).scalars()))


def told_cases(conn: Connection, ids: Iterable[str]) -> tuple[ToldCase, ...]:
    """These cases, the newest first."""
    found = [
        _told(conn, with_consents(conn, load_case(row.state)))
        for some in chunks(sorted(set(ids)))
        for row in conn.execute(CASES, {"ids": some})
    ]
    return tuple(sorted(found, key=_opened, reverse=True))


def note_shown(
    conn: Connection, *, alert: str, contact: str, fields: Iterable[FieldName], at: datetime
) -> None:
    """Write down what a page is about to show; what it showed before keeps its first time."""
    rows = [
        {"alert_id": alert, "contact": contact, "field": name.value, "at": at}
        for name in sorted(fields)
    ]
    if rows:
        conn.execute(NOTE_SHOWN, rows)


def _told(conn: Connection, case: Case) -> ToldCase:
    of = {"case": case.id}
    duty = {alert.id for alert in case.alerts if alert.track is TrackName.DUTY}
    planned = [load_fact(body) for body in conn.execute(PLANS, of).scalars()]
    noted = conn.execute(SHOWN, of).all()
    answers = [
        Given(at=row.at, fact=fact)
        for row in conn.execute(ANSWERS, of | {"kinds": list(ANSWER_KINDS)})
        if _is_answer(fact := load_fact(row.body)) and fact.alert not in duty
    ]
    return ToldCase(
        case=case,
        plans=tuple(fact for fact in planned if isinstance(fact, Planned)),
        messages=tuple(Message(**row._mapping) for row in conn.execute(MESSAGES, of)),
        shown=tuple(
            Shown(alert=row.alert_id, contact=row.contact, field=FieldName(row.field), at=row.at)
            for row in noted
            if row.field in set(FieldName)
        ),
        streams=tuple(
            Streamed(alert=row.alert_id, at=row.at) for row in noted if row.field == STREAM
        ),
        answers=tuple(answers),
    )


def _is_answer(fact: Fact) -> TypeGuard[Answer]:
    return fact.kind in ANSWER_KINDS


def _opened(told: ToldCase) -> tuple[float, str]:
    at = told.case.opened_at
    return (at.timestamp() if at is not None else 0.0, told.case.id)
