"""Files for the tests of importers: invented ones from text, real ones from the shared folder."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from engine.registry.rows import Fate, Read, RowRead, Setting, SourceFile
from schemas.link import Link, LinkKind
from schemas.party import Party, PartyKind
from tests.unit.engine.registry.names.shared_data import DATA

TODAY = date(2026, 3, 2)


def setting(
    *, as_of: date | None = None, verified_by: str = "", words: Mapping[str, str] | None = None
) -> Setting:
    """What a person who imports would say, on one day in 2026."""
    means = MappingProxyType(dict(words or {}))
    return Setting(today=TODAY, as_of=as_of, verified_by=verified_by, words=means)


def text(name: str, content: str) -> SourceFile:
    """An invented file."""
    return SourceFile(name=name, data=content.encode())


def table(header: str, *rows: str, name: str = "list.csv") -> SourceFile:
    """An invented CSV file."""
    return text(name, "\n".join((header, *rows)) + "\n")


def orders(rows: Sequence[str]) -> Iterator[Sequence[str]]:
    """The rows backwards, and each of them first once."""
    yield rows[::-1]
    for at in range(1, len(rows)):
        yield [*rows[at:], *rows[:at]]


def shared(path: str) -> SourceFile:
    """A real file."""
    return SourceFile(name=path, data=(DATA / path).read_bytes())


@dataclass(kw_only=True)
class Records:
    """What rows bring, by id. Two different records of one id are a failure."""

    parties: dict[str, Party] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    rows: list[RowRead] = field(default_factory=list)

    def fates(self) -> dict[tuple[str, str, str], int]:
        """How many rows met each fate, with why and where."""
        said = ((row.fate, row.why, row.column) for row in self.rows)
        return dict(Counter((fate.value, why.value if why else "", at) for fate, why, at in said))

    def named(self, name: str) -> Party:
        """The one party of this name."""
        (found,) = (party for party in self.parties.values() if party.name == name)
        return found

    def of_kind(self, kind: PartyKind) -> list[Party]:
        return [party for party in self.parties.values() if party.kind is kind]

    def said(self) -> set[tuple[str, str, str]]:
        """All links, by the names of their ends."""
        name = {party.id: party.name for party in self.parties.values()}
        return {(name[link.a], link.kind.value, name[link.b]) for link in self.links.values()}

    def by_kind(self, kind: LinkKind) -> list[Link]:
        return [link for link in self.links.values() if link.kind is kind]


def records(*batches: Iterable[RowRead]) -> Records:
    """Takes rows of one or several files together."""
    found = Records()
    for rows in batches:
        for row in rows:
            found.rows.append(row)
            for party in row.parties:
                assert found.parties.setdefault(party.id, party) == party
            for link in row.links:
                assert found.links.setdefault(link.id, link) == link
    return found


def read_all(read: Read, *files: SourceFile, said: Setting | None = None) -> Records:
    """Reads files; every row of each comes out once, and a refused one brings nothing."""
    batches = []
    for file in files:
        rows = list(read(file, said or setting()))
        assert len({row.line for row in rows}) == len(rows), "a line stands for two rows"
        for row in rows:
            assert (row.why is None) == (row.fate is Fate.IMPORTED)
            assert row.fate is not Fate.REFUSED or not (row.parties or row.links)
        batches.append(rows)
    return records(*batches)
