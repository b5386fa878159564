"""Invented records, and what is known of them, for the tests of the registry's history."""

from collections.abc import Iterable
from dataclasses import replace

from engine.registry.history import Changes, Known, compare
from engine.registry.history.merging import merge
from engine.registry.rows import Fate, RowRead
from engine.store.versions import What
from schemas.contact import Contact, Endpoint, Level
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind


def party(id: str = "mill", **more: object) -> Party:
    """A company, or what `more` says."""
    return replace(Party(id=id, kind=PartyKind.COMPANY, name=id.title(), source="list"), **more)  # type: ignore[arg-type]


def link(id: str = "l1", a: str = "brand", b: str = "mill", **more: object) -> Link:
    """Somebody buys from somebody, verified, or what `more` says."""
    made = Link(id=id, kind=LinkKind.BUYS_FROM, a=a, b=b, status=LinkStatus.VERIFIED, source="list")
    return replace(made, **more)  # type: ignore[arg-type]


def contact(id: str = "c1", of: str = "brand", **more: object) -> Contact:
    """A mailbox with one endpoint of its own."""
    made = Contact(
        id=id,
        party=of,
        label="desk",
        level=Level.HQ_HUMAN_RIGHTS,
        endpoints=(Endpoint(id=f"{id}-mail", channel="outbox", address=f"{id}@example.org"),),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def rows(*records: Party | Link | Contact, gone: Iterable[str] = ()) -> list[RowRead]:
    """A file that has each record in a row of its own, from line 2 on, and then what is gone."""
    found = [
        RowRead(
            line=line,
            fate=Fate.IMPORTED,
            parties=(each,) if isinstance(each, Party) else (),
            links=(each,) if isinstance(each, Link) else (),
            contacts=(each,) if isinstance(each, Contact) else (),
        )
        for line, each in enumerate(records, start=2)
    ]
    if gone:
        found.append(RowRead(line=len(found) + 2, fate=Fate.IMPORTED, gone=tuple(gone)))
    return found


def after(known: Known, changes: Changes) -> Known:
    """What is known once these changes are in force, as the store would say."""
    claims, links, contacts = dict(known.claims), dict(known.links), dict(known.contacts)
    sources, numbers = dict(known.sources), dict(known.numbers)
    for change in changes.all:
        numbers[change.what, change.id] = change.n
        if change.what is What.PARTY and isinstance(change.record, Party):
            claims[change.id, change.source] = change.record
            continue
        sources[change.what, change.id] = change.source
        if isinstance(change.record, Link):
            links[change.id] = change.record
        elif isinstance(change.record, Contact):
            contacts[change.id] = change.record
        else:
            del contacts[change.id], sources[change.what, change.id]
    said: dict[str, list[Party]] = {}
    for (id, _), claim in claims.items():
        said.setdefault(id, []).append(claim)
    return Known(
        base=known.base + 1,
        parties={id: merge(each) for id, each in said.items()},
        claims=claims,
        links=links,
        contacts=contacts,
        sources=sources,
        numbers=numbers,
    )


def known(*records: Party | Link | Contact, source: str = "list") -> Known:
    """What is known after a first file of this source."""
    return after(Known(), compare(Known(), rows(*records), source=source))
