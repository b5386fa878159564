"""The records that are known, each with its version and whose edition it belongs to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine.registry.history.merging import merge
from engine.store import imports, versions
from engine.store.versions import What
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party

Numbers = Mapping[tuple[What, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is in force at one moment. Empty: nothing was ever imported."""

    base: int = 0
    """Number of the import that came into force last."""
    parties: Mapping[str, Party] = field(default_factory=dict)
    """As they count: made of what all sources say."""
    claims: Mapping[tuple[str, str], Party] = field(default_factory=dict)
    """(party, source) -> what that source says of it."""
    links: Mapping[str, Link] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    sources: Mapping[tuple[What, str], str] = field(default_factory=dict)
    """Of links and contacts: whose edition each belongs to."""
    numbers: Numbers = field(default_factory=dict)
    """The newest version of each id, of any source."""


def read_known(conn: Connection) -> Known:
    """Everything that is in force, at one moment; for a comparison with a file."""
    base, _ = imports.newest(conn)
    numbers: dict[tuple[What, str], int] = {}
    sources: dict[tuple[What, str], str] = {}
    claims: dict[tuple[str, str], Party] = {}
    parties: dict[str, Party] = {}
    links: dict[str, Link] = {}
    contacts: dict[str, Contact] = {}
    for id, rows in versions.read(conn, What.PARTY):
        numbers[What.PARTY, id] = rows[-1].n
        said = claims_of(rows)
        claims.update({(id, source): party for source, party in said.items()})
        parties[id] = merge(list(said.values()))
    for id, rows in versions.read(conn, What.LINK):
        numbers[What.LINK, id], sources[What.LINK, id] = rows[-1].n, rows[-1].source
        links[id] = versions.load(What.LINK, rows[-1].body)
    for id, rows in versions.read(conn, What.CONTACT):
        numbers[What.CONTACT, id] = rows[-1].n
        if rows[-1].body:
            sources[What.CONTACT, id] = rows[-1].source
            contacts[id] = versions.load(What.CONTACT, rows[-1].body)
    return Known(
        base=base,
        parties=parties,
        claims=claims,
        links=links,
        contacts=contacts,
        sources=sources,
        numbers=numbers,
    )


def claims_of(rows: Sequence[Any]) -> dict[str, Party]:
    """What each source says of one party, the first one first; rows of its versions."""
    newest = {row.source: row for row in rows}  # keeps the place of the first
    return {source: versions.load(What.PARTY, row.body) for source, row in newest.items()}


def contacts_of(grouped: Iterable[tuple[str, Sequence[Any]]]) -> Iterator[Contact]:
    """The contacts that are there, out of their versions."""
    for _, rows in grouped:
        if rows[-1].body:
            yield versions.load(What.CONTACT, rows[-1].body)
