"""What no row shows alone: one id for two things, an identifier of another party, unknown parties.

The first row that says something keeps it, a later one that contradicts it is refused. That is the
same whatever else the file says, so a person finds the two rows and corrects one.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.registry.imports.checks import refused
from engine.registry.imports.rows import Fate, RowRead, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the registry has of what the files name."""

    parties: frozenset[str] = frozenset()
    identifiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Identifier -> the party that has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to ask the registry before `together`."""

    parties: tuple[str, ...]
    identifiers: tuple[str, ...]


def wanted(files: Iterable[Iterable[RowRead]]) -> Wanted:
    """Parties that rows are about, and identifiers that they claim; sorted."""
    named: set[str] = set()
    identifiers: set[str] = set()
    for rows in files:
        for row in rows:
            named.update(id for id, _ in _named(row))
            identifiers.update(each for party in row.parties for each in party.identifiers)
    return Wanted(parties=tuple(sorted(named)), identifiers=tuple(sorted(identifiers)))


def together(files: Sequence[Sequence[RowRead]], *, known: Known) -> list[list[RowRead]]:
    """The rows of files that are imported in one go, those refused that contradict others.

    One id may say something else in another file, a later edition; within one it may not.
    """
    owners = dict(known.identifiers)
    once = [list(_once(rows, owners)) for rows in files]
    return _of_known_parties(once, known.parties)


def _once(rows: Iterable[RowRead], owners: dict[str, str]) -> Iterator[RowRead]:
    seen: dict[tuple[str, str], Hashable] = {}
    for row in rows:
        said = dict(_said(row))
        twice = next((name for name, what in said.items() if seen.get(name, what) != what), None)
        if twice is not None:
            yield refused(row, Why.ID_TWICE, "endpoints" if twice[0] == "endpoint" else "id")
            continue
        claims = {each: party.id for party in row.parties for each in party.identifiers}
        if any(owners.get(each, party) != party for each, party in claims.items()):
            yield refused(row, Why.IDENTIFIER_TAKEN, "identifiers")
            continue
        seen |= said
        owners |= claims
        yield row


def _said(row: RowRead) -> Iterator[tuple[tuple[str, str], Hashable]]:
    yield from ((("party", each.id), each) for each in row.parties)
    yield from ((("link", each.id), each) for each in row.links)
    for contact in row.contacts:
        yield ("contact", contact.id), contact
        yield from ((("endpoint", each.id), (contact.id, each)) for each in contact.endpoints)


def _of_known_parties(files: list[list[RowRead]], known: frozenset[str]) -> list[list[RowRead]]:
    """Refuses rows that name a party nobody has, and so on: what they brought is gone as well."""
    brought = Counter(party.id for rows in files for row in rows for party in row.parties)
    naming: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, rows in enumerate(files):
        for number, row in enumerate(rows):
            for id, _ in _named(row):
                naming[id].append((at, number))
    nobody = [id for id in naming if not brought[id] and id not in known]
    while nobody:
        lost = nobody.pop()
        for at, number in naming[lost]:
            row = files[at][number]
            if row.fate is Fate.REFUSED:
                continue
            column = next(column for id, column in _named(row) if id == lost)
            files[at][number] = refused(row, Why.PARTY_UNKNOWN, column)
            for party in row.parties:
                brought[party.id] -= 1
                if not brought[party.id] and party.id not in known:
                    nobody.append(party.id)
    return files


def _named(row: RowRead) -> Iterator[tuple[str, str]]:
    """The parties that its links and contacts are about, and by which field."""
    for link in row.links:
        yield link.a, "a"
        yield link.b, "b"
    yield from ((contact.party, "party") for contact in row.contacts)
