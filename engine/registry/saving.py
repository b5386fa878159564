"""Keeping the world in the store, and reading the one in force.

Nothing known is forgotten: a link that is no longer named stays, as lapsed, because it still
excludes; a party stays, because links and old cases name it; only contacts go.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from engine.registry.importer import Imported
from engine.registry.reach import check_reach
from engine.registry.world import World
from engine.store import journal, meta, records
from engine.store.dialect import is_sqlite
from engine.store.postgres import lock_names
from rules import rulebook as rulebooks
from rules.graph import Registry
from schemas.contact import Contact
from schemas.facts.system import WorldActivated
from schemas.link import Link, LinkStatus
from schemas.party import Party
from schemas.roster import Roster

REGISTRY_VERSION = "registry_version"
ROSTER_VERSION = "roster_version"
RULEBOOK_VERSION = "rulebook_version"


PARTS = (REGISTRY_VERSION, ROSTER_VERSION, RULEBOOK_VERSION)


def versions(conn: Connection) -> tuple[str, ...]:
    """What is in force, by name: one look that tells whether a world is still the newest."""
    named = meta.read_all(conn)
    return tuple(named.get(part, "") for part in PARTS)


def hold(conn: Connection) -> None:
    """Let nobody else put a world into force until the transaction ends.

    On SQLite whoever writes is alone anyway.
    """
    if not is_sqlite(conn):
        lock_names(conn, "world", {"in force"})


def load_world(conn: Connection) -> World:
    """The registry, roster and rulebook in force; what was never saved is empty.

    Raises RulebookError when the stored rulebook does not fit this release.
    """
    named = versions(conn)  # first: what changes behind this look is found by the next one
    _, roster_version, rulebook_version = named
    roster = records.read_roster(conn, roster_version)
    source = records.read_rulebook(conn, rulebook_version) if rulebook_version else None
    return World(
        versions=named,
        registry=load_registry(conn),
        roster=roster or Roster(version=""),
        rulebook=None if source is None else rulebooks.load(source, filename="rulebook in force"),
    )


def load_registry(conn: Connection) -> Registry:
    """The registry as stored."""
    return Registry(
        records.read_parties(conn),
        links=records.read_links(conn),
        contacts=records.read_contacts(conn),
    )


def save_registry(
    conn: Connection,
    *,
    parties: Iterable[Party],
    links: Iterable[Link],
    contacts: Iterable[Contact],
    at: datetime,
    by: str,
) -> Registry:
    """Put these records into force and return the registry they lead to. All of it or nothing.

    Raises DuplicateIdError when two records share an id.
    """
    parties, links, contacts = tuple(parties), tuple(links), tuple(contacts)
    named = Registry(parties, links=links, contacts=contacts)
    records.save_parties(conn, parties)
    records.save_links(conn, (*links, *_lapsed(conn, named)))
    records.replace_contacts(conn, contacts)
    registry = load_registry(conn)
    if meta.read(conn, REGISTRY_VERSION) != registry.version:
        _activate(conn, "registry", REGISTRY_VERSION, registry.version, at=at, by=by)
    return registry


def save_imported(conn: Connection, read: Imported, *, at: datetime, by: str) -> None:
    """Put what files say into force. All of it or nothing: roll back when this raises.

    Files with a roster alone leave the registry as it is. Raises DuplicateIdError, and
    OutOfReachError when somebody of the roster could not be paged.
    """
    if read.parties or read.links or read.contacts:
        save_registry(
            conn, parties=read.parties, links=read.links, contacts=read.contacts, at=at, by=by
        )
    if read.roster is not None:
        save_roster(conn, read.roster, at=at, by=by)
    world = load_world(conn)
    check_reach(world.roster, world.registry)


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
    conn: Connection, part: str, key: str, version: str, *, at: datetime, by: str
) -> None:
    meta.write(conn, key, version)
    fact = WorldActivated(part=part, version=version, by=by)  # type: ignore[arg-type]
    journal.note(conn, fact, at)


def _lapsed(conn: Connection, named: Registry) -> list[Link]:
    """Stored links that are named no more: they stop including and go on excluding."""
    return [
        replace(link, status=LinkStatus.LAPSED)
        for link in records.read_links(conn)
        if named.link(link.id) is None and link.status is LinkStatus.VERIFIED
    ]
