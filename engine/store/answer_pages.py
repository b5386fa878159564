"""Answer pages as stored: whose a token is, how often it was tried, and what its page is about.

A token is stored by its digest alone; codes are derived and never stored. Reading and judging
happen on one view of the data; the few writes are single statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from engine.case.matter import Matter
from engine.case.state import load_case
from engine.store import closures, consents, links, versions
from engine.store import events as events_of
from engine.store.tables import (
    alerts,
    cases,
    events,
    meta,
    notifications,
    plans,
    tokens,
)
from engine.store.versions import What
from schemas.event import ThreatEvent
from schemas.facts import Planned, load_fact
from schemas.plan import Closure

TRIES = 5
"""Wrong codes after which a token is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """What is known of a token."""

    digest: str
    alert: str
    contact: str
    expires_at: datetime
    tries: int
    agreed_at: datetime | None
    answered_at: datetime | None

    @property
    def dead(self) -> bool:
        """Whether too many wrong codes were tried."""
        return self.tries >= TRIES


EVENTS_MOST = 50

FIND = select(
    tokens.c.digest,
    tokens.c.alert_id,
    tokens.c.contact,
    tokens.c.expires_at,
    tokens.c.tries,
    tokens.c.agreed_at,
    tokens.c.answered_at,
).where(tokens.c.digest == bindparam("d"))
LOCKED = FIND.with_for_update()
OPENED = update(tokens).where(tokens.c.digest == bindparam("d")).values(opened=tokens.c.opened + 1)
TRIED = update(tokens).where(tokens.c.digest == bindparam("d")).values(tries=tokens.c.tries + 1)
AGREED = (
    update(tokens)
    .where(tokens.c.digest == bindparam("d"), tokens.c.agreed_at.is_(None))
    .values(agreed_at=bindparam("now"))
)
ANSWERED = (
    update(tokens).where(tokens.c.digest == bindparam("d")).values(answered_at=bindparam("now"))
)
CASE_OF = (
    select(cases.c.id, cases.c.state, cases.c.closure_digest)
    .join_from(alerts, cases, alerts.c.case_id == cases.c.id)
    .where(alerts.c.id == bindparam("alert"))
)
EVENTS_OF = (
    select(events.c.id, events.c.body, events.c.at)
    .where(events.c.case_id == bindparam("case"))
    .order_by(events.c.at.desc(), events.c.id)
    .limit(EVENTS_MOST)
)
PLANS_OF = (
    select(plans.c.body).where(plans.c.case_id == bindparam("case")).order_by(plans.c.plan_no)
)
STOPPED = select(meta.c.value).where(meta.c.key == "stopped")
ANSWER_BY = (
    select(notifications.c.answer_by)
    .where(notifications.c.alert_id == bindparam("alert"))
    .where(notifications.c.contact == bindparam("contact"))
    .order_by(notifications.c.tell_no.desc())
    .limit(1)
)


def find_token(conn: Connection, digest: str) -> TokenRow | None:
    """The token of this digest, or None."""
    return _token(conn.execute(FIND, {"d": digest}).one_or_none())


def count_opened(conn: Connection, digest: str) -> None:
    """Something opened the page: a person, a scanner, a preview. Never taken for seen."""
    conn.execute(OPENED, {"d": digest})


def try_code(conn: Connection, digest: str, *, right: bool) -> tuple[TokenRow | None, bool]:
    """Count a wrong code under the row's lock.

    Returns the row as it is afterwards (None when unknown) and whether this try was counted. One
    try more than allowed is counted, so that duty is told again should the first telling be lost;
    later ones are not, so that nobody can flood duty with a stolen link.
    """
    row = _token(conn.execute(LOCKED, {"d": digest}).one_or_none())
    if row is None or right or row.tries > TRIES:
        return row, False
    conn.execute(TRIED, {"d": digest})
    return _token(conn.execute(FIND, {"d": digest}).one_or_none()), True


def note_agreed(conn: Connection, digest: str, *, now: datetime) -> None:
    """The recipient gave the undertaking; it holds for later visits."""
    conn.execute(AGREED, {"d": digest, "now": now})


def note_answered(conn: Connection, digest: str, *, now: datetime) -> None:
    """The recipient answered; a later answer moves the time on."""
    conn.execute(ANSWERED, {"d": digest, "now": now})


def matter(conn: Connection, *, alert: str, contact: str) -> Matter | None:
    """Everything the guard and the page need about an alert, or None when there is no such."""
    found = conn.execute(CASE_OF, {"alert": alert}).one_or_none()
    if found is None:
        return None
    case = load_case(found.state)
    rows = conn.execute(EVENTS_OF, {"case": found.id}).all()
    stored = closures.read(conn, [found.closure_digest])
    newest = consents.newest(conn, consents.pseudonyms(case))
    told = events_of.of_cases(conn, [case.id, *(link.case for link in case.links)])
    planned = [load_fact(body) for body in conn.execute(PLANS_OF, {"case": found.id}).scalars()]
    return Matter(
        case=case,
        events=tuple(ThreatEvent.model_validate_json(row.body) for row in rows),
        event_ids=tuple(row.id for row in rows),
        as_of=rows[0].at if rows else None,
        plans=tuple(fact for fact in planned if isinstance(fact, Planned)),
        closure=stored.get(found.closure_digest, Closure()),
        consents=tuple(record for _, record in newest.values()),
        linked=links.beside(conn, case),
        reports={
            id: tuple(ThreatEvent.model_validate_json(body) for _, body in some)
            for id, some in told.items()
        },
        stopped=(conn.execute(STOPPED).scalar() or "") not in ("", "0", "false", "off", "no"),
        answer_by=conn.execute(ANSWER_BY, {"alert": alert, "contact": contact}).scalar(),
    )


def contact_labels(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Role labels of contacts by id."""
    return versions.said(conn, What.CONTACT, ids, key="label")


def _token(row: Row[*tuple[Any, ...]] | None) -> TokenRow | None:
    if row is None:
        return None
    return TokenRow(
        digest=row.digest,
        alert=row.alert_id,
        contact=row.contact,
        expires_at=row.expires_at,
        tries=row.tries,
        agreed_at=row.agreed_at,
        answered_at=row.answered_at,
    )
