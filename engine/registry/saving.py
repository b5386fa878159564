"""Keeping the world in the store (`engine.registry.loading` reads the one in force).

Nothing known is forgotten (`engine.registry.history`): a link that is no longer named stays, as
lapsed, because it still excludes; a party stays, because links and old cases name it; only contacts
go. Files of one format are taken by `history.apply`; here is what takes a whole registry at once.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection

from engine.registry.history import Edition, Kept, compare, read_known, take
from engine.registry.importer import Imported
from engine.registry.loading import (
    ROSTER_VERSION,
    RULEBOOK_VERSION,
    load_registry,
    load_world,
)
from engine.registry.reach import check_reach
from engine.registry.rows import Fate, RowRead
from engine.registry.same_names import candidates
from engine.store import imports, journal, meta, records
from engine.store.dialect import is_sqlite
from engine.store.postgres import lock_names
from rules import rulebook as rulebooks
from rules.graph import Registry
from rules.rota.changes import carried_over
from schemas.contact import Contact
from schemas.facts.system import WorldActivated
from schemas.link import Link
from schemas.party import Party
from schemas.roster import Roster

FILES = "files"
"""The source of the registry's own files, which are taken as a whole."""


def hold(conn: Connection) -> None:
    """Let nobody else put a world into force until the transaction ends.

    On SQLite whoever writes is alone anyway.
    """
    if not is_sqlite(conn):
        lock_names(conn, "world", {"in force"})


def save_registry(
    conn: Connection,
    *,
    parties: Iterable[Party],
    links: Iterable[Link],
    contacts: Iterable[Contact],
    at: datetime,
    by: str,
) -> Registry:
    """Put these records into force as all that the registry's own files say, and return what that
    leads to. All of it or nothing. What came from other sources stays.

    Raises DuplicateIdError when two records share an id, and OutOfReachError.
    """
    whole = _whole(parties, links, contacts)
    hold(conn)
    changes = compare(read_known(conn), [whole], source=FILES, complete=True)
    take(conn, changes, Edition(source=FILES, by=by), at=at)
    return load_registry(conn)


def save_imported(
    conn: Connection, read: Imported, *, at: datetime, by: str, drop: bool = False
) -> tuple[Kept, ...]:
    """Put what files say into force. All of it or nothing: roll back when this raises.

    Returns what was not believed of a file, because it would weaken what protects. Files with a
    roster alone leave the registry as it is. `drop`: a person says that they may drop more than a
    tenth of what earlier ones had. Raises DuplicateIdError, TooMuchDroppedError, and
    OutOfReachError when somebody of the roster could not be paged.
    """
    kept: tuple[Kept, ...] = ()
    if read.roster is not None:
        hold(conn)
        before = records.read_roster(conn, meta.read(conn, ROSTER_VERSION))
        now = read.roster if before is None else carried_over(before, read.roster, now=at)
        save_roster(conn, now, at=at, by=by)
    if read.parties or read.links or read.contacts:
        kept = _save_files(conn, read, at=at, by=by, drop=drop)
    world = load_world(conn)
    check_reach(world.roster, world.registry)
    return kept


def _save_files(
    conn: Connection, read: Imported, *, at: datetime, by: str, drop: bool
) -> tuple[Kept, ...]:
    """What files say, and who bears the same name as somebody known: that excludes at once."""
    whole = _whole(read.parties, read.links, read.contacts)
    hold(conn)
    known = read_known(conn)
    changes = compare(known, [whole], source=FILES, complete=True)
    take(conn, changes, Edition(source=FILES, by=by), at=at)
    if not drop:  # afterwards: that nobody could be paged is the graver mistake of the two
        changes.check_dropped()
    alike = candidates(known, changes)
    if alike.all:
        alike = replace(alike, base=imports.newest(conn)[0])
        take(conn, alike, Edition(source=alike.source, by=by), at=at)
    return changes.kept


def _whole(parties: Iterable[Party], links: Iterable[Link], contacts: Iterable[Contact]) -> RowRead:
    """Everything in one row. Raises DuplicateIdError."""
    whole = RowRead(
        line=0,
        fate=Fate.IMPORTED,
        parties=tuple(parties),
        links=tuple(links),
        contacts=tuple(contacts),
    )
    Registry(whole.parties, links=whole.links, contacts=whole.contacts)  # ids that come twice
    return whole


def save_roster(conn: Connection, roster: Roster, *, at: datetime, by: str) -> Roster:
    """Put a roster into force; without a version of its own it gets its digest."""
    if not roster.version:
        body = records.dump_roster(roster)
        roster = replace(roster, version=sha256(body).hexdigest()[:32])
    records.save_roster(conn, roster, at=at)
    if meta.read(conn, ROSTER_VERSION) != roster.version:
        _activate(conn, "roster", ROSTER_VERSION, roster.version, at=at, by=by)
    return roster


def save_rulebook(conn: Connection, text: str, *, filename: str, at: datetime, by: str) -> str:
    """Check a rulebook and put it into force; return its version. Running cases keep their plans.

    Raises RulebookError with every mistake.
    """
    version = rulebooks.load(text, filename=filename).version
    records.save_rulebook(conn, version, text, at=at)
    if meta.read(conn, RULEBOOK_VERSION) != version:
        _activate(conn, "rulebook", RULEBOOK_VERSION, version, at=at, by=by)
    return version


def _activate(
    conn: Connection,
    part: Literal["roster", "rulebook"],
    key: str,
    version: str,
    *,
    at: datetime,
    by: str,
) -> None:
    meta.write(conn, key, version)
    fact = WorldActivated(part=part, version=version, by=by)
    journal.note(conn, fact, at)
