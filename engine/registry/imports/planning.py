"""What importing files would change, file after file: all of a dry run, and what is then applied.

Pure. Each file is compared with what would be known after the files before it, so that a dry run
says what the run does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from engine.registry.history import Changes, Kept, Known, compare
from engine.registry.history.merging import merge
from engine.registry.imports.rows import Fate, RowRead
from engine.registry.imports.together import FileRows
from engine.registry.imports.together import Known as Named
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
    growing = _copy(known)
    for file in files:
        planned = plan_file(file, growing)
        yield planned
        growing = _grown(growing, planned.changes)


def plan_file(file: FileRows, known: Known) -> Planned:
    """One file. A row of which something is not taken as it says is a doubt for a person."""
    taken = [row for row in file.rows if row.fate is not Fate.REFUSED]
    changes = compare(known, taken, source=file.source, complete=file.complete)
    kept = {each.line: each for each in changes.kept}
    rows = tuple(_doubtful(row, kept.get(row.line)) for row in file.rows)
    return Planned(file=replace(file, rows=rows), changes=changes)


def named(known: Known) -> Named:
    """What rows may refer to, and the identifiers that are taken."""
    return Named(
        parties=frozenset(known.parties),
        identifiers={each: id for id, party in known.parties.items() for each in party.identifiers},
    )


def _copy(known: Known) -> Known:
    """One that may grow: copying a hundred thousand records for each of fifty files takes longer
    than comparing them."""
    return replace(
        known,
        parties=dict(known.parties),
        claims=dict(known.claims),
        links=dict(known.links),
        contacts=dict(known.contacts),
        sources=dict(known.sources),
        numbers=dict(known.numbers),
    )


def _grown(known: Known, changes: Changes) -> Known:
    """What is known once these changes are in force, in the dictionaries of `_copy`."""
    parties = cast("dict[str, Party]", known.parties)
    claims = cast("dict[tuple[str, str], Party]", known.claims)
    links = cast("dict[str, Link]", known.links)
    contacts = cast("dict[str, Contact]", known.contacts)
    sources = cast("dict[tuple[What, str], str]", known.sources)
    numbers = cast("dict[tuple[What, str], int]", known.numbers)
    for change in changes.all:
        numbers[change.what, change.id] = change.n
        match change.record:
            case Party() as party:
                claims[change.id, change.source] = party
            case Link() as link:
                links[change.id] = link
                sources[What.LINK, change.id] = change.source
            case Contact() as contact:
                contacts[change.id] = contact
                sources[What.CONTACT, change.id] = change.source
            case _:
                contacts.pop(change.id, None)
                sources.pop((What.CONTACT, change.id), None)
    touched = {change.id for change in changes.all if change.what is What.PARTY}
    said: dict[str, list[Party]] = {}
    for (id, _), party in claims.items() if touched else ():  # the source that spoke first, first
        if id in touched:
            said.setdefault(id, []).append(party)
    parties.update((id, merge(each)) for id, each in said.items())
    return replace(known, base=known.base + 1) if changes.all else known


def _doubtful(row: RowRead, kept: Kept | None) -> RowRead:
    if kept is None or row.fate is not Fate.IMPORTED:
        return row
    return replace(row, fate=Fate.AMBIGUOUS, why=kept.why, column=kept.what.value)
