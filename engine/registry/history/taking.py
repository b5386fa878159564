"""Taking what a comparison found: chunk by chunk, and in force with one switch at the end.

A chunk is a transaction, so that pages go out between two of them. Until the switch nothing of an
import counts: one that is killed leaves the registry as it was, and run again it goes on where it
was. An import is named by what it brings; so the same one is never taken twice.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.ports import Writer
from engine.registry.history.changes import Change, Changes
from engine.registry.history.forgetting import forget_old
from engine.registry.history.known import contacts_of
from engine.registry.reach import check_reach
from engine.store import imports, journal, meta, records, versions
from engine.store.dialect import hold
from engine.store.versions import What
from rules.graph import Registry
from schemas.facts.system import WorldActivated

REGISTRY_VERSION = "registry_version"
"""In `meta`: the import that came into force last."""
CHUNK = 1_000
"""Records in one transaction."""


class OvertakenError(Exception):
    """Something that the import brings was changed meanwhile: compare again, and apply that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One file as it is imported, for the record."""

    source: str
    """`Format.source`; what a complete file closes is told by it."""
    by: str
    """Who imports it: `person:ana`."""
    file: str = ""
    """Its name, without its folder."""
    sha256: str = ""
    as_of: date | None = None
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Rows read, imported, ambiguous, refused: kept as they are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is in force after an import."""

    import_id: str
    """Empty: there was nothing to change, and nothing was written."""
    version: str
    """Of the registry in force."""
    size: int
    """Versions that came into force."""


async def apply(
    writer: Writer,
    changes: Changes,
    edition: Edition,
    *,
    clock: Clock,
    drop: bool = False,
    chunk: int = CHUNK,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Taken:
    """Store the changes and put them into force; nothing changed: nothing is written.

    `told` hears after each chunk how many versions of how many are stored. `drop`: a person says
    that a file may drop more than a tenth of its source. Whoever calls this looks at the store
    again afterwards (`Reload.look`).

    Raises TooMuchDroppedError before anything is written; OvertakenError when another import came
    first (compare again; what is stored already is not stored twice); DuplicateIdError and
    OutOfReachError when two contacts had one endpoint, or somebody on duty none. In all of these
    cases the registry is as it was.
    """
    if not drop:
        changes.check_dropped()
    if not changes.all:
        return Taken(import_id="", version=await writer.run(_version), size=0)
    begun, rows = prepare(changes, edition, at=clock.now())
    id = begun.id
    while await writer.run(partial(discard_one, source=edition.source, but=id)):
        pass
    stored = await writer.run(partial(begin, new=begun))
    while stored < len(rows):
        told(stored, len(rows))
        stored = await writer.run(partial(put, id=id, rows=rows, most=chunk))
    told(stored, len(rows))
    version = await writer.run(partial(finish, id=id, at=clock.now()))
    return Taken(import_id=id, version=version, size=len(rows))


def take(conn: Connection, changes: Changes, edition: Edition, *, at: datetime) -> Taken:
    """The same in the caller's one transaction: for a few records, or for all or nothing.

    The caller holds the world (`saving.hold`) since before it read what is known.
    """
    if not changes.all:
        return Taken(import_id="", version=_version(conn), size=0)
    begun, rows = prepare(changes, edition, at=at)
    stored = begin(conn, begun)
    while stored < len(rows):
        stored = put(conn, id=begun.id, rows=rows, most=CHUNK)
    return Taken(import_id=begun.id, version=finish(conn, id=begun.id, at=at), size=len(rows))


Rows = Sequence[tuple[What, dict[str, Any]]]


def prepare(changes: Changes, edition: Edition, *, at: datetime) -> tuple[imports.Import, Rows]:
    """What `begin` and `put` take, for who hands it on in parts. Pure."""
    rows = _rows(changes)
    id = _name(edition, rows)
    return _begun(id, changes, edition, size=len(rows), at=at), rows


def begin(conn: Connection, new: imports.Import) -> int:
    """Note that an import begins, or goes on; how many of its versions are stored."""
    imports.begin(conn, new)
    imports.rebase(conn, new.id, base=new.base)
    known = imports.find(conn, new.id)
    return 0 if known is None else known.written


def put(conn: Connection, *, id: str, rows: Rows, most: int, first: int = 0) -> int:
    """Store the next versions; how many are stored then. `rows` are those from number `first` on.

    Raises OvertakenError.
    """
    known = imports.find(conn, id, lock=True)
    if known is None:
        raise OvertakenError("Another edition of the same source was begun.")
    begins = max(0, known.written - first)
    some = rows[begins : begins + most] if first <= known.written else ()
    for what in What:
        versions.write(conn, what, [row for of, row in some if of is what])
    imports.wrote(conn, id, written=known.written + len(some))
    return known.written + len(some)


def finish(conn: Connection, *, id: str, at: datetime) -> str:
    """The switch: what the import brings counts from now on. The registry's version then.

    Raises OvertakenError, DuplicateIdError, OutOfReachError: undo the transaction.
    """
    hold(conn, "world", {"in force"})
    known = imports.find(conn, id, lock=True)
    if known is None:
        raise OvertakenError("Another edition of the same source was begun.")
    if known.n is not None:
        return _version(conn)  # whoever asked before was not told that it went well
    if known.written < known.size:
        raise OvertakenError("Not all of what this import brings is stored.")
    last, last_at = imports.newest(conn)
    if last > known.base and (
        imports.overtaken(conn, source=known.source, since=known.base)
        or versions.moved(conn, import_id=id, since=known.base)
    ):
        raise OvertakenError("Something that this import brings was changed meanwhile.")
    imports.finish(conn, id, n=last + 1, at=at if last_at is None else max(at, last_at))
    _check_contacts(conn)
    forget_old(conn, by=known.by, at=at)
    meta.write(conn, REGISTRY_VERSION, id)
    journal.note(conn, WorldActivated(part="registry", version=id, by=known.by), at)
    return id


def discard_one(conn: Connection, *, source: str, but: str) -> bool:
    """Take away some of what another unfinished edition of this source has stored; all gone: False.

    What belongs to it is never in force.
    """
    for each in imports.unfinished(conn):
        if each.source == source and each.id != but:
            if not versions.discard(conn, each.id):
                imports.forget(conn, each.id)
            return True
    return False


def _check_contacts(conn: Connection) -> None:
    """Nobody on duty without an address, no endpoint of two contacts."""
    contacts = Registry(contacts=contacts_of(versions.read(conn, What.CONTACT)))
    roster = records.read_roster(conn, meta.read(conn, "roster_version"))
    if roster is not None:
        check_reach(roster, contacts)


def _version(conn: Connection) -> str:
    return meta.read(conn, REGISTRY_VERSION)


def _rows(changes: Changes) -> Rows:
    return [(change.what, _row(change)) for change in changes.all]


def _row(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "n": change.n,
        "source": change.source,
        "line": change.line,
        "body": versions.dump(change.what, change.record),
    }


def _name(edition: Edition, rows: Rows) -> str:
    """Digest of what an import brings; the rows learn it. 32 hex characters."""
    digest = hashlib.sha256(
        repr((edition.source, edition.file, edition.sha256, edition.as_of)).encode()
    )
    for what, row in rows:
        digest.update(repr((what.value, *row.values())).encode())
    id = digest.hexdigest()[:32]
    for _, row in rows:
        row["import_id"] = id
    return id


def _begun(
    id: str, changes: Changes, edition: Edition, *, size: int, at: datetime
) -> imports.Import:
    counts = {
        **edition.counts,
        "added": len(changes.added),
        "changed": len(changes.changed),
        "closed": len(changes.closed),
        "withdrawn": len(changes.withdrawn),
        "unchanged": changes.unchanged,
        "kept": len(changes.kept),
    }
    return imports.Import(
        id=id,
        n=None,
        base=changes.base,
        source=edition.source,
        file=edition.file,
        sha256=edition.sha256,
        as_of=edition.as_of,
        by=edition.by,
        started=at,
        finished=None,
        size=size,
        written=0,
        counts=counts,
    )
