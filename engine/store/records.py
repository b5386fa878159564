"""Records of the world: parties, links, contacts, rosters and rulebooks, as exact bytes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, delete, select

from engine.store.dialect import insert_or_ignore, insert_or_update
from engine.store.tables import contacts, links, parties, rosters, rulebooks
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party
from schemas.roster import Roster

R = TypeVar("R", Party, Link, Contact)

_PARTY: TypeAdapter[Party] = TypeAdapter(Party)
_LINK: TypeAdapter[Link] = TypeAdapter(Link)
_CONTACT: TypeAdapter[Contact] = TypeAdapter(Contact)
_ROSTER: TypeAdapter[Roster] = TypeAdapter(Roster)

SAVE_PARTY = insert_or_update(parties, keys=("id",), changes={"body": ...})
SAVE_LINK = insert_or_update(links, keys=("id",), changes={"body": ...})
SAVE_CONTACT = insert_or_update(contacts, keys=("id",), changes={"body": ...})
FORGET_CONTACTS = delete(contacts)
SAVE_ROSTER = insert_or_ignore(rosters)
SAVE_RULEBOOK = insert_or_ignore(rulebooks)
PARTIES = select(parties.c.body).order_by(parties.c.id)
LINKS = select(links.c.body).order_by(links.c.id)
CONTACTS = select(contacts.c.body).order_by(contacts.c.id)
ROSTER = select(rosters.c.body).where(rosters.c.version == bindparam("version"))
RULEBOOK = select(rulebooks.c.source).where(rulebooks.c.version == bindparam("version"))


def read_parties(conn: Connection) -> tuple[Party, ...]:
    """Every party, by id."""
    return tuple(_PARTY.validate_json(body) for body in conn.execute(PARTIES).scalars())


def read_links(conn: Connection) -> tuple[Link, ...]:
    """Every link ever known, by id."""
    return tuple(_LINK.validate_json(body) for body in conn.execute(LINKS).scalars())


def read_contacts(conn: Connection) -> tuple[Contact, ...]:
    """Every contact, by id."""
    return tuple(_CONTACT.validate_json(body) for body in conn.execute(CONTACTS).scalars())


def save_parties(conn: Connection, named: Iterable[Party]) -> None:
    """Add or change parties."""
    _save(conn, SAVE_PARTY, _PARTY, named)


def save_links(conn: Connection, named: Iterable[Link]) -> None:
    """Add or change links."""
    _save(conn, SAVE_LINK, _LINK, named)


def replace_contacts(conn: Connection, named: Iterable[Contact]) -> None:
    """Make these the only contacts."""
    conn.execute(FORGET_CONTACTS)
    _save(conn, SAVE_CONTACT, _CONTACT, named)


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


def _save(conn: Connection, statement: Any, codec: TypeAdapter[R], named: Iterable[R]) -> None:
    rows = [{"id": each.id, "body": codec.dump_json(each)} for each in named]
    if rows:
        conn.execute(statement, rows)
