"""What no row shows alone: one id for two things, an identifier of another party, unknown parties.

The first row that says something keeps it, a later one that contradicts it is refused. That is the
same whatever else the file says, so a person finds the two rows and corrects one.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from engine.registry.checks import refused
from engine.registry.history.comparing import CLOSABLE
from engine.registry.rows import Fate, RowRead, Why
from engine.store.versions import What

_CONTACT_OF = "party"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRows:
    """One file of an import, read."""

    name: str
    sha256: str
    format: str
    source: str
    complete: bool
    updates: bool
    closes: frozenset[What] = CLOSABLE
    """What a complete one closes, if it names it no more."""
    rows: tuple[RowRead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the registry has of what the files name."""

    parties: frozenset[str] = frozenset()
    identifiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Identifier -> the party that has it."""


def together(files: Sequence[FileRows], *, known: Known) -> list[FileRows]:
    """The files that are imported in one go, with those rows refused that contradict others.

    One id may say something else in another file, a later edition; within one it may not.
    """
    owners = dict(known.identifiers)
    once = [list(_once(each, owners)) for each in files]
    kept = _of_known_parties(once, known.parties)
    return [replace(each, rows=tuple(rows)) for each, rows in zip(files, kept, strict=True)]


def _once(file: FileRows, owners: dict[str, str]) -> Iterator[RowRead]:
    seen: dict[tuple[str, str], Hashable] = {}
    for row in file.rows:
        twice = "" if file.updates else _contradicts(row, seen)
        if twice:
            yield refused(row, Why.ID_TWICE, twice)
            continue
        claims = {each: party.id for party in row.parties for each in party.identifiers}
        if any(owners.get(each, party) != party for each, party in claims.items()):
            yield refused(row, Why.IDENTIFIER_TAKEN, "identifiers")
            continue
        seen |= dict(_said(row))
        owners |= claims
        yield row


def _contradicts(row: RowRead, seen: Mapping[tuple[str, str], Hashable]) -> str:
    """The field by which it does, if it says something else of an id than a row before it."""
    own: dict[tuple[str, str], Hashable] = {}
    for name, what in _said(row):
        if seen.get(name, what) != what or own.setdefault(name, what) != what:
            return "endpoints" if name[0] == "endpoint" else "id"
    return ""


def _said(row: RowRead) -> Iterator[tuple[tuple[str, str], Hashable]]:
    yield from ((("party", each.id), each) for each in row.parties)
    yield from ((("link", each.id), each) for each in row.links)
    for contact in row.contacts:
        yield ("contact", contact.id), contact
        yield from ((("endpoint", each.id), (contact.id, each)) for each in contact.endpoints)


def _of_known_parties(files: list[list[RowRead]], known: frozenset[str]) -> list[list[RowRead]]:
    """Refuses rows that name a party of which nobody speaks, which is most often misspelt.

    A link to a party whose own row was refused, or waits for a person, is taken: it brings nobody
    in, and goes on excluding. A contact is not: nobody there can be told.
    """
    brought = Counter(party.id for rows in files for row in rows for party in row.parties)
    spoken_of = {id for rows in files for row in rows for id in row.left_out} | brought.keys()
    naming: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for at, rows in enumerate(files):
        for number, row in enumerate(rows):
            for id, column in _named(row):
                naming[id].append((at, number, column))
    nobody = deque(id for id in naming if not brought[id] and id not in known)
    while nobody:
        lost = nobody.popleft()
        for at, number, column in naming[lost]:
            row = files[at][number]
            if row.fate is Fate.REFUSED or (column != _CONTACT_OF and lost in spoken_of):
                continue
            files[at][number] = refused(row, Why.PARTY_UNKNOWN, column)
            for party in row.parties:
                brought[party.id] -= 1
                if not brought[party.id] and party.id not in known:
                    nobody.append(party.id)
    return files


def _named(row: RowRead) -> Iterator[tuple[str, str]]:
    """The parties that its links and contacts are about, and by which field."""
    for link in () if row.ahead else row.links:
        yield link.a, "a"
        yield link.b, "b"
    yield from ((contact.party, _CONTACT_OF) for contact in row.contacts)
