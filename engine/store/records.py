"""Rosters and rulebooks as exact bytes; a version is never changed. The registry: `versions`."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, select

from engine.store.dialect import insert_or_ignore
from engine.store.tables import rosters, rulebooks
from schemas.roster import Roster

_ROSTER: TypeAdapter[Roster] = TypeAdapter(Roster)

SAVE_ROSTER = insert_or_ignore(rosters)
SAVE_RULEBOOK = insert_or_ignore(rulebooks)
ROSTER = select(rosters.c.body).where(rosters.c.version == bindparam("version"))
RULEBOOK = select(rulebooks.c.source).where(rulebooks.c.version == bindparam("version"))


def read_roster(conn: Connection, version: str) -> Roster | None:
    """The roster of this version, or None."""
    body = conn.execute(ROSTER, {"version": version}).scalar()
    return None if body is None else _ROSTER.validate_json(body)


def dump_roster(roster: Roster) -> bytes:
    """The stored bytes of a roster."""
    return _ROSTER.dump_json(roster)


def save_roster(conn: Connection, roster: Roster, *, at: datetime) -> None:
    """Keep a roster; a version is never changed."""
    row = {"version": roster.version, "at": at, "body": dump_roster(roster)}
    conn.execute(SAVE_ROSTER, row)


def read_rulebook(conn: Connection, version: str) -> str | None:
    """The exact text of a rulebook as it was activated, or None."""
    found: str | None = conn.execute(RULEBOOK, {"version": version}).scalar()
    return found


def save_rulebook(conn: Connection, version: str, text: str, *, at: datetime) -> None:
    """Keep a rulebook's exact text; a version is never changed."""
    conn.execute(SAVE_RULEBOOK, {"version": version, "at": at, "source": text})
