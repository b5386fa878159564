"""Versions of parties, links and contacts: written once, read as of any time, never changed.

With one exception: what a contact once said is emptied later, by
`engine.registry.history.forgetting`.

A version counts once its import is in force (`engine.store.imports`); whatever an import that was
killed has written before is as good as not there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, Table, Update, bindparam, delete, exists, select, update

from engine.store.among import among
from engine.store.dialect import chunks, insert_or_ignore, is_sqlite
from engine.store.tables import contact_versions, imports, link_versions, party_versions
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party

Record = Party | Link | Contact


class What(StrEnum):
    """The kinds of records that have versions."""

    PARTY = "party"
    LINK = "link"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of one record, in force once or now."""

    id: str
    n: int
    source: str
    """Whose edition it belongs to."""
    line: int
    """Of the file it was read from; 0: from no file."""
    import_id: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    """When the next version of the same source followed; None: it still counts."""
    body: bytes
    """Exact bytes of the record; empty when it is gone."""


TABLES: Mapping[What, Table] = MappingProxyType(
    {What.PARTY: party_versions, What.LINK: link_versions, What.CONTACT: contact_versions}
)
_CODECS: Mapping[What, TypeAdapter[Any]] = MappingProxyType(
    {
        What.PARTY: TypeAdapter(Party),
        What.LINK: TypeAdapter(Link),
        What.CONTACT: TypeAdapter(Contact),
    }
)


def _in_force(table: Table) -> Select[Any]:
    of = table.join(imports, imports.c.id == table.c.import_id)
    return (
        select(
            table.c.id,
            table.c.n,
            table.c.source,
            table.c.line,
            table.c.import_id,
            table.c.body,
            imports.c.finished.label("recorded_at"),
        )
        .select_from(of)
        .where(imports.c.n.is_not(None))
        .order_by(table.c.id, table.c.n)
    )


def _since(table: Table) -> Select[Any]:
    of = table.join(imports, imports.c.id == table.c.import_id)
    return select(table.c.id).select_from(of).where(imports.c.n > bindparam("than")).distinct()


ALL = {what: _in_force(table) for what, table in TABLES.items()}
AS_OF = {what: text.where(imports.c.finished <= bindparam("at")) for what, text in ALL.items()}
OF = {what: text.where(among(TABLES[what].c.id, "ids")) for what, text in ALL.items()}
SINCE = {what: _since(table) for what, table in TABLES.items()}
OF_SOURCE = {
    what: text.where(TABLES[what].c.source == bindparam("of_source")) for what, text in ALL.items()
}
DROPPED = {
    what: select(table.c.id, table.c.body).where(
        table.c.import_id == bindparam("of_import"), table.c.line == 0
    )
    for what, table in TABLES.items()
}
INSERT = {what: insert_or_ignore(table) for what, table in TABLES.items()}


def _moved(table: Table) -> Select[Any]:
    """Ids that this import brings and another one has changed since."""
    other = table.alias("other")
    of = other.join(imports, imports.c.id == other.c.import_id)
    newer = (
        select(other.c.id)
        .select_from(of)
        .where(other.c.id == table.c.id, imports.c.n > bindparam("than"))
    )
    return (
        select(table.c.id)
        .where(table.c.import_id == bindparam("import_id"), exists(newer))
        .limit(1)
    )


MOVED = {what: _moved(table) for what, table in TABLES.items()}
DISCARD = {
    what: delete(table).where(table.c.import_id == bindparam("of_import"), among(table.c.id, "ids"))
    for what, table in TABLES.items()
}
WRITTEN = {
    what: select(table.c.id).where(table.c.import_id == bindparam("of_import")).limit(1_000)
    for what, table in TABLES.items()
}


def _empty_contacts() -> Update:
    """Versions of contacts in whose place a newer one counts since then."""
    newer = contact_versions.alias("newer")
    since = (
        select(newer.c.id)
        .select_from(newer.join(imports, imports.c.id == newer.c.import_id))
        .where(
            newer.c.id == contact_versions.c.id,
            newer.c.n > contact_versions.c.n,
            imports.c.finished <= bindparam("replaced_by"),
        )
    )
    filled = contact_versions.c.body != b""
    return update(contact_versions).values(body=b"").where(filled, exists(since))


EMPTY = _empty_contacts()
EMPTY_ONE = EMPTY.where(contact_versions.c.id == bindparam("of_contact"))


def dump(what: What, record: Record | None) -> bytes:
    """The bytes that are stored."""
    return b"" if record is None else _CODECS[what].dump_json(record)


def load(what: What, body: bytes) -> Any:
    """The record of these bytes, or None when it is gone. Raises pydantic.ValidationError."""
    return _CODECS[what].validate_json(body) if body else None


def read(
    conn: Connection, what: What, *, at: datetime | None = None
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each id with its versions in force, oldest first; `at`: as they were at that time.

    Rows of (id, n, source, line, import_id, body, recorded_at).
    """
    rows = conn.execute(ALL[what]) if at is None else conn.execute(AS_OF[what], {"at": at})
    return _grouped(rows)


def read_some(
    conn: Connection, what: What, ids: Iterable[str]
) -> Iterator[tuple[str, Sequence[Any]]]:
    """The same of some ids alone."""
    for some in chunks(sorted(ids)):
        yield from _grouped(conn.execute(OF[what], {"ids": some}))


def read_of(conn: Connection, what: What, source: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """The same of what belongs to the edition of one source."""
    return _grouped(conn.execute(OF_SOURCE[what], {"of_source": source}))


def dropped_by(conn: Connection, what: What, import_id: str) -> Sequence[Any]:
    """What an import brings that stands in no line of its file: rows of (id, body)."""
    return conn.execute(DROPPED[what], {"of_import": import_id}).all()


def changed_since(conn: Connection, what: What, *, n: int) -> frozenset[str]:
    """Ids of which a version came into force after import number `n`."""
    return frozenset(conn.execute(SINCE[what], {"than": n}).scalars())


def said(conn: Connection, what: What, ids: Iterable[str], *, key: str) -> dict[str, str]:
    """One field of the newest version that has one, by id; of several sources, of the first."""
    found = {}
    for id, rows in read_some(conn, what, set(ids)):
        own = [row.body for row in rows if row.body and row.source == rows[0].source]
        if own:
            found[id] = str(orjson.loads(own[-1]).get(key) or id)
    return found


def history(conn: Connection, what: What, id: str) -> tuple[Version, ...]:
    """Every version of one record that ever counted, oldest first."""
    found: list[Version] = []
    following: dict[str, datetime] = {}
    for _, rows in read_some(conn, what, [id]):
        for row in reversed(rows):
            found.append(
                Version(
                    id=row.id,
                    n=row.n,
                    source=row.source,
                    line=row.line,
                    import_id=row.import_id,
                    recorded_at=row.recorded_at,
                    withdrawn_at=following.get(row.source),
                    body=row.body,
                )
            )
            following[row.source] = row.recorded_at
    return tuple(reversed(found))


def write(conn: Connection, what: What, rows: list[dict[str, Any]]) -> None:
    """Store versions of an import that is not yet in force; those already there stay."""
    if rows:
        conn.execute(INSERT[what], rows)


def empty_contacts(conn: Connection, *, replaced_by: datetime, contact: str = "") -> int:
    """Empty what contacts said before the version that counted then; how many versions.

    Of one contact or of all. On SQLite the bytes are overwritten too; PostgreSQL's own clearing up
    does so later.
    """
    if is_sqlite(conn):
        conn.exec_driver_sql("PRAGMA secure_delete=ON")
    given = {"replaced_by": replaced_by}
    if contact:
        return conn.execute(EMPTY_ONE, {**given, "of_contact": contact}).rowcount
    return conn.execute(EMPTY, given).rowcount


def counts(conn: Connection, contact: str) -> bool:
    """Whether there is such a contact now."""
    found = [rows for _, rows in read_some(conn, What.CONTACT, [contact])]
    return bool(found and found[0][-1].body)


def moved(conn: Connection, *, import_id: str, since: int) -> bool:
    """Whether something that this import brings was changed by one that came into force since."""
    given = {"import_id": import_id, "than": since}
    return any(conn.execute(text, given).first() is not None for text in MOVED.values())


def discard(conn: Connection, import_id: str) -> bool:
    """Take away up to a thousand versions of each kind of an import that will never count.

    Whether there were any.
    """
    found = False
    for what in What:
        ids = list(conn.execute(WRITTEN[what], {"of_import": import_id}).scalars())
        for some in chunks(ids):
            found = True
            conn.execute(DISCARD[what], {"of_import": import_id, "ids": some})
    return found


def _grouped(rows: Iterable[Any]) -> Iterator[tuple[str, Sequence[Any]]]:
    for id, versions in groupby(rows, key=lambda row: row.id):
        yield id, list(versions)
