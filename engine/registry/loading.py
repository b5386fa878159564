"""Reading the world in force from the store: whole at a start, afterwards what changed since."""

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from engine.ports import Reader
from engine.registry.history.excluding import links_of, parties_of
from engine.registry.history.known import contacts_of
from engine.registry.history.taking import REGISTRY_VERSION as REGISTRY_VERSION
from engine.registry.kept import UnusableError, load
from engine.registry.refuted import heeding, heeding_within
from engine.registry.world import World, WorldHolder
from engine.store import imports, meta, records, versions
from engine.store.versions import What
from rules import rulebook as rulebooks
from rules.graph import Gone, Registry
from rules.rulebook import Rulebook
from schemas.roster import Roster

ROSTER_VERSION = "roster_version"
RULEBOOK_VERSION = "rulebook_version"
REGISTRY_LOOKED_AT = "registry_looked_at"
"""When a person last said that the registry is still right, as an ISO time."""
PARTS = (REGISTRY_VERSION, ROSTER_VERSION, RULEBOOK_VERSION, REGISTRY_LOOKED_AT)
FEW = 2_000
"""Changed records that are laid over the registry in force; of more, all is read anew."""


def in_force(conn: Connection) -> tuple[str, ...]:
    """What is in force, by name: one look that tells whether a world is still the newest."""
    named = meta.read_all(conn)
    return tuple(named.get(part, "") for part in PARTS)


def load_world(conn: Connection, *, arrays: Path | None = None) -> World:
    """The registry, roster and rulebook in force; what was never saved is empty.

    `arrays`: a file that may spare reading every row (`engine.registry.kept`). Raises RulebookError
    when the stored rulebook does not fit this release.
    """
    named = in_force(conn)  # first: what changes behind this look is found by the next one
    kept = None if arrays is None else from_arrays(conn, arrays)
    return World(
        versions=named,
        registry=kept[1] if kept and kept[0] == named[0] else load_registry(conn),
        roster=_roster(conn, named[1]),
        rulebook=_rulebook(conn, named[2]),
        looked_at=_looked_at(conn, named[3]),
    )


def _looked_at(conn: Connection, said: str) -> datetime | None:
    """The later of the newest import and of when somebody looked."""
    times = (imports.newest(conn)[1], datetime.fromisoformat(said) if said else None)
    return max((time for time in times if time is not None), default=None)


def load_registry(conn: Connection, *, at: datetime | None = None) -> Registry:
    """The registry as it is known now, or as it was known at that time."""
    parties, pasts = parties_of(versions.read(conn, What.PARTY, at=at))
    links = {link.id: link for link in links_of(versions.read(conn, What.LINK, at=at))}
    for past in pasts:
        id = past.id
        while id in links:  # somebody may have called a link of theirs so
            id += "~"
        links[id] = replace(past, id=id)
    return Registry(
        parties,
        links=heeding(links.values()),
        contacts=contacts_of(versions.read(conn, What.CONTACT, at=at)),
    )


def from_arrays(conn: Connection, path: Path) -> tuple[str, Registry] | None:
    """The version in force and its registry, from a file and what changed since it was written.

    None: there is no such file, or it holds nothing that this store ever had in force.
    """
    try:
        kept = load(path)
    except (UnusableError, OSError):
        return None
    then, version = kept.version.partition("/")[0], in_force(conn)[0]
    if not then or kept.version != with_history(conn, then):
        return None
    registry = kept.registry(contacts_of(versions.read(conn, What.CONTACT)))
    return version, registry if then == version else _since(conn, registry, then)


def with_history(conn: Connection, version: str) -> str | None:
    """A version of the registry with a digest of all that came into force up to it.

    The same import may come into force over another history: in another house, or in this one when
    its store was put back from a copy. None: it never came into force here.
    """
    last = imports.find(conn, version)
    if last is None or last.n is None:
        return None
    history = hashlib.sha256()
    for row in conn.execute(imports.FINISHED):
        if row.n <= last.n:
            history.update(repr((row.id, row.n, str(row.finished))).encode())
    return f"{version}/{history.hexdigest()[:32]}"


def newer(conn: Connection, world: World) -> World | None:
    """The world in force, or None while it is this one. What did not change is not read again.

    Raises RulebookError and DuplicateIdError, as `load_world`.
    """
    named = in_force(conn)
    if named == world.versions:
        return None
    if not world.versions:
        return load_world(conn)
    before, roster, rulebook, _ = world.versions
    return World(
        versions=named,
        registry=world.registry if named[0] == before else _since(conn, world.registry, before),
        roster=world.roster if named[1] == roster else _roster(conn, named[1]),
        rulebook=world.rulebook if named[2] == rulebook else _rulebook(conn, named[2]),
        looked_at=_looked_at(conn, named[3]),
    )


async def follow(holder: WorldHolder, reader: Reader) -> bool:
    """Put what is in force in the store into force here; whether it was another world.

    When this returns, nothing older is in force than what the store had when it was called: where
    somebody else put another world into force meanwhile, they may have read the store before.
    Raises RulebookError and DuplicateIdError; the old world stays.
    """
    while True:
        before = holder.current
        world = await reader.run(partial(newer, world=before))
        if holder.current is not before:
            continue
        if world is not None:
            holder.swap(world)
        return world is not None


def _since(conn: Connection, registry: Registry, version: str) -> Registry:
    """The registry with what came into force after this version of it."""
    last = imports.find(conn, version)
    if last is None or last.n is None:
        return load_registry(conn)
    changed = {what: versions.changed_since(conn, what, n=last.n) for what in What}
    if sum(map(len, changed.values())) > FEW:
        return load_registry(conn)
    rows = {what: list(versions.read_some(conn, what, ids)) for what, ids in changed.items()}
    parties, pasts = parties_of(rows[What.PARTY])
    links = {link.id: link for link in (*links_of(rows[What.LINK]), *pasts)}
    contacts = tuple(contacts_of(rows[What.CONTACT]))
    earlier = {f"{id}~{row.n}" for id, of in rows[What.LINK] for row in of}
    earlier |= {
        f"{each.id}~{code}" for each in parties for code in (each.state, *each.other_states)
    }
    if any(True for _ in versions.read_some(conn, What.LINK, earlier)):
        return load_registry(conn)  # a link is called as an earlier version of another one
    counted = heeding_within(registry, links)
    if counted is None:
        return load_registry(conn)
    return registry.changed(
        parties=parties,
        links=tuple(counted.values()),
        contacts=contacts,
        gone=Gone(
            links=frozenset(earlier - links.keys()),
            contacts=changed[What.CONTACT] - {contact.id for contact in contacts},
        ),
    )


def _roster(conn: Connection, version: str) -> Roster:
    return records.read_roster(conn, version) or Roster(version="")


def _rulebook(conn: Connection, version: str) -> Rulebook | None:
    source = records.read_rulebook(conn, version) if version else None
    return None if source is None else rulebooks.load(source, filename="rulebook in force")
