"""People and their sessions, as stored. One function a question; statements are constants."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.store.tables import people, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person who may log in."""

    id: str
    label: str
    role: str
    password: str = field(repr=False)
    totp: bytes = field(repr=False)
    totp_step: int = 0
    failures: int = 0
    locked_until: datetime | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One session with the person it belongs to."""

    digest: str
    person: str
    label: str
    role: str
    csrf: str = field(repr=False)
    seen_at: datetime
    ends_at: datetime
    disabled: bool


_FIND = select(people).where(people.c.id == bindparam("id"))
_HOLD = _FIND.with_for_update()
_LIST = select(people).order_by(people.c.id)
_ADD = insert(people)
_SUCCEEDED = (
    update(people)
    .where(people.c.id == bindparam("who"))
    .values(totp_step=bindparam("step"), failures=0, locked_until=None)
)
_FAILED = (
    update(people)
    .where(people.c.id == bindparam("who"))
    .values(failures=bindparam("count"), locked_until=bindparam("until"))
)
_DISABLE = update(people).where(people.c.id == bindparam("who")).values(disabled=True)
_OPEN = insert(sessions)
_SESSION = (
    select(
        sessions.c.digest,
        sessions.c.person,
        people.c.label,
        people.c.role,
        sessions.c.csrf,
        sessions.c.seen_at,
        sessions.c.ends_at,
        people.c.disabled,
    )
    .join(people, people.c.id == sessions.c.person)
    .where(sessions.c.digest == bindparam("of"))
)
_SEEN = (
    update(sessions).where(sessions.c.digest == bindparam("of")).values(seen_at=bindparam("moment"))
)
_END = delete(sessions).where(sessions.c.digest == bindparam("of"))
_END_ALL = delete(sessions).where(sessions.c.person == bindparam("who"))
_END_OVER = delete(sessions).where(sessions.c.ends_at <= bindparam("moment"))


def find_person(connection: Connection, person: str) -> PersonRow | None:
    """The person of this id, disabled or not."""
    row = connection.execute(_FIND, {"id": person}).one_or_none()
    return None if row is None else PersonRow(**row._mapping)


def hold_person(connection: Connection, person: str) -> PersonRow | None:
    """The same, and nobody else settles a login of this person until the transaction ends."""
    row = connection.execute(_HOLD, {"id": person}).one_or_none()
    return None if row is None else PersonRow(**row._mapping)


def list_people(connection: Connection) -> tuple[PersonRow, ...]:
    """Everybody, by id."""
    return tuple(PersonRow(**row._mapping) for row in connection.execute(_LIST))


def add_person(connection: Connection, person: PersonRow) -> None:
    """Store a new person. Raises sqlalchemy.exc.IntegrityError when the id is taken."""
    connection.execute(
        _ADD,
        {
            "id": person.id,
            "label": person.label,
            "role": person.role,
            "password": person.password,
            "totp": person.totp,
            "totp_step": person.totp_step,
            "failures": person.failures,
            "locked_until": person.locked_until,
            "disabled": person.disabled,
        },
    )


def disable_person(connection: Connection, person: str) -> bool:
    """Let the person log in no more and end their sessions. False when there is no such person."""
    connection.execute(_END_ALL, {"who": person})
    return connection.execute(_DISABLE, {"who": person}).rowcount == 1


def login_succeeded(connection: Connection, person: str, *, step: int) -> None:
    """Remember the one-time code's step, so that it opens nothing a second time."""
    connection.execute(_SUCCEEDED, {"who": person, "step": step})


def login_failed(
    connection: Connection, person: str, *, failures: int, until: datetime | None
) -> None:
    """Count a failure and the wait that it costs."""
    connection.execute(_FAILED, {"who": person, "count": failures, "until": until})


def open_session(
    connection: Connection,
    *,
    digest: str,
    person: str,
    csrf: str,
    now: datetime,
    ends_at: datetime,
) -> None:
    """Store a session by the digest of its token; sessions that are over go."""
    connection.execute(_END_OVER, {"moment": now})
    connection.execute(
        _OPEN,
        {
            "digest": digest,
            "person": person,
            "csrf": csrf,
            "started_at": now,
            "seen_at": now,
            "ends_at": ends_at,
        },
    )


def find_session(connection: Connection, digest: str) -> SessionRow | None:
    """The session of this digest, over or not."""
    row = connection.execute(_SESSION, {"of": digest}).one_or_none()
    return None if row is None else SessionRow(**row._mapping)


def seen_session(connection: Connection, digest: str, *, now: datetime) -> None:
    """Somebody used the session."""
    connection.execute(_SEEN, {"of": digest, "moment": now})


def end_session(connection: Connection, digest: str) -> bool:
    """End a session. False when there was none."""
    return connection.execute(_END, {"of": digest}).rowcount == 1
