"""What importing files would change, file after file: all of a dry run, and what is then applied.

Pure. Each file is compared with what would be known after the files before it, so that a dry run
says what the run does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

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
    for file in files:
        planned = plan_file(file, known)
        yield planned
        known = after(known, planned.changes)


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


def after(known: Known, changes: Changes) -> Known:
    """What is known once these changes are in force."""
    if not changes.all:
        return known
    parties, claims = dict(known.parties), dict(known.claims)
    links, contacts = dict(known.links), dict(known.contacts)
    sources, numbers = dict(known.sources), dict(known.numbers)
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
    for (id, _), party in claims.items():  # in the order in which the sources first spoke
        if id in touched:
            said.setdefault(id, []).append(party)
    parties.update((id, merge(each)) for id, each in said.items())
    return Known(
        base=known.base + 1,
        parties=parties,
        claims=claims,
        links=links,
        contacts=contacts,
        sources=sources,
        numbers=numbers,
    )


def _doubtful(row: RowRead, kept: Kept | None) -> RowRead:
    if kept is None or row.fate is not Fate.IMPORTED:
        return row
    return replace(row, fate=Fate.AMBIGUOUS, why=kept.why, column=kept.what.value)
