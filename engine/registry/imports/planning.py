"""What importing files would change, file after file: all of a dry run, and what is then applied.

Pure. Each file is compared with what would be known after the files before it, so that a dry run
says what the run does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from engine.registry.history import Changes, Kept, Known, compare
from engine.registry.history.merging import merge
from engine.registry.imports.order import in_order
from engine.registry.imports.together import FileRows
from engine.registry.imports.together import Known as Named
from engine.registry.rows import Fate, RowRead
from engine.store import versions
from engine.store.versions import What
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One file: what became of its rows, and what it changes."""

    file: FileRows
    changes: Changes


def plan(files: Iterable[FileRows], known: Known) -> Iterator[Planned]:
    """Each file with its changes, in order."""
    growing = _Growing(known)
    for file in files:
        planned = plan_file(file, growing.known())
        yield planned
        growing.take(planned.changes)


def plan_file(file: FileRows, known: Known) -> Planned:
    """One file. A row of which something is not taken as it says is a doubt for a person."""
    taken = [row for row in file.rows if row.fate is not Fate.REFUSED]
    ordered = in_order(taken, known=known, source=file.source)
    changes = compare(
        known, ordered, source=file.source, complete=file.complete, closes=file.closes
    )
    kept = {each.line: each for each in changes.kept}
    rows = tuple(_doubtful(row, kept.get(row.line)) for row in file.rows)
    return Planned(file=replace(file, rows=rows), changes=changes)


def digest(planned: Iterable[Planned]) -> str:
    """All that would change, in twelve characters: the same again means the same changes.

    Not against forgery: so that nobody takes something else than what they looked at.
    """
    found = sha256()
    for each in planned:
        for change in each.changes.all:
            place = (each.file.source, change.what.value, change.id, change.n)
            found.update(repr(place).encode())
            found.update(versions.dump(change.what, change.record))
    return found.hexdigest()[:12]


def named(known: Known) -> Named:
    """What rows may refer to, and the identifiers that are taken."""
    return Named(
        parties=frozenset(known.parties),
        identifiers={each: id for id, party in known.parties.items() for each in party.identifiers},
    )


class _Growing:
    """What is known, file after file. It grows in place: copying a hundred thousand records for
    each of fifty files takes longer than comparing them."""

    def __init__(self, known: Known) -> None:
        self._base = known.base
        self._parties = dict(known.parties)
        self._claims = dict(known.claims)
        self._links = dict(known.links)
        self._contacts = dict(known.contacts)
        self._sources = dict(known.sources)
        self._numbers = dict(known.numbers)
        self._said: dict[str, dict[str, Party]] = {}
        for (id, source), party in known.claims.items():  # the source that spoke first, first
            self._said.setdefault(id, {})[source] = party

    def known(self) -> Known:
        """As it is now; good until the next `take`."""
        return Known(
            base=self._base,
            parties=self._parties,
            claims=self._claims,
            links=self._links,
            contacts=self._contacts,
            sources=self._sources,
            numbers=self._numbers,
        )

    def take(self, changes: Changes) -> None:
        """As if these changes were in force."""
        self._base += bool(changes.all)
        for change in changes.all:
            self._numbers[change.what, change.id] = change.n
            match change.record:
                case Party() as party:
                    self._claims[change.id, change.source] = party
                    said = self._said.setdefault(change.id, {})
                    said[change.source] = party
                    self._parties[change.id] = merge(list(said.values()))
                case Link() as link:
                    self._links[change.id] = link
                    self._sources[What.LINK, change.id] = change.source
                case Contact() as contact:
                    self._contacts[change.id] = contact
                    self._sources[What.CONTACT, change.id] = change.source
                case _:
                    self._contacts.pop(change.id, None)
                    self._sources.pop((What.CONTACT, change.id), None)


def _doubtful(row: RowRead, kept: Kept | None) -> RowRead:
    if kept is None or row.fate is not Fate.IMPORTED:
        return row
    return replace(row, fate=Fate.AMBIGUOUS, why=kept.why, column=kept.what.value)
