"""A conflict that a recipient declared becomes a link: it excludes from then on, in every case.

The recipient says that it cannot be asked about the other side, not why. So it stands as one that
acts for whoever is alleged; declared by itself, it is never cleared. Whoever is asked for the same
link twice has stored it once.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from engine.registry.history.changes import Change, Changes
from engine.registry.history.judging import DESK
from engine.registry.history.taking import Edition, take
from engine.store import imports, versions
from engine.store.dialect import hold
from engine.store.versions import What
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus

ADVERSE = ("alleged_perpetrator", "adverse_party")
ON_THE_GROUND = ("operator", "site", "employer")
BY = "recipient"
"""Who stands for such a link: whoever declared it, named by the case alone."""


def other_side(events: Iterable[ThreatEvent]) -> tuple[str, ...]:
    """Whom these events accuse; where nobody is named, who runs the place. Sorted."""
    parts = [part for event in events for part in event.parties if part.party]
    for roles in (ADVERSE, ON_THE_GROUND):
        found = sorted({part.party for part in parts if part.role in roles and part.party})
        if found:
            return tuple(found)
    return ()


def declared(party: str, adverse: Iterable[str]) -> tuple[Link, ...]:
    """The links of one declared conflict, one for each of the other side."""
    return tuple(
        Link(
            id="conflict-" + hashlib.sha256(f"{party}\0{other}".encode()).hexdigest()[:24],
            kind=LinkKind.REPRESENTS,
            a=party,
            b=other,
            status=LinkStatus.DECLARED,
            source=DESK,
        )
        for other in adverse
        if other != party
    )


def declare(conn: Connection, links: Iterable[Link], *, at: datetime) -> int:
    """Put these links into force, those that are not yet. How many were new."""
    wanted = {link.id: link for link in links}
    hold(conn, "world", {"in force"})
    known = {id for id, _ in versions.read_some(conn, What.LINK, sorted(wanted))}
    added = tuple(
        Change(what=What.LINK, id=id, n=1, source=DESK, line=0, record=link, was=None)
        for id, link in sorted(wanted.items())
        if id not in known
    )
    base, _ = imports.newest(conn)
    take(conn, Changes(source=DESK, base=base, added=added), Edition(source=DESK, by=BY), at=at)
    return len(added)
