"""Holders' links as stored: whose they are, until when, and how often a wrong code was tried."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from engine.store.journal import note
from engine.store.tables import holder_links
from schemas.facts.system import HolderLinkEnded, HolderLinkMade, HolderLinkOpened

TRIES = 5
"""Wrong codes after which a link is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """What is known of a link."""

    id: str
    pseudonym: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    ended_at: datetime | None
    opened_at: datetime | None
    """When the right code was last entered."""
    tries: int

    @property
    def dead(self) -> bool:
        """Whether too many wrong codes were tried."""
        return self.tries >= TRIES

    def open_at(self, now: datetime) -> bool:
        """Whether it opens its page now."""
        return self.ended_at is None and not self.dead and now < self.expires_at


_l = holder_links.c
FIND = select(holder_links).where(_l.id == bindparam("of"))
LOCKED = FIND.with_for_update()
OF = (
    select(holder_links)
    .where(_l.pseudonym == bindparam("whose"))
    .order_by(_l.made_at.desc(), _l.id)
    .limit(bindparam("most"))
)
INSERT = insert(holder_links)
END = update(holder_links).where(_l.id == bindparam("of"), _l.ended_at.is_(None))
END = END.values(ended_at=bindparam("now"))
TRIED = update(holder_links).where(_l.id == bindparam("of")).values(tries=_l.tries + 1)
OPENED = update(holder_links).where(_l.id == bindparam("of")).values(opened_at=bindparam("now"))


def make(
    conn: Connection, *, id: str, pseudonym: str, by: str, until: datetime, now: datetime
) -> None:
    """Store a new link, and journal who made it for whom."""
    conn.execute(
        INSERT,
        {
            "id": id,
            "pseudonym": pseudonym,
            "made_at": now,
            "made_by": by,
            "expires_at": until,
            "ended_at": None,
            "opened_at": None,
            "tries": 0,
        },
    )
    note(conn, HolderLinkMade(link=id, pseudonym=pseudonym, until=until, by=by), now)


def end(conn: Connection, id: str, *, by: str, now: datetime) -> bool:
    """From its commit on the link opens nothing. False when it had ended, or never was."""
    if conn.execute(END, {"of": id, "now": now}).rowcount != 1:
        return False
    note(conn, HolderLinkEnded(link=id, by=by), now)
    return True


def find(conn: Connection, id: str) -> LinkRow | None:
    """The link of this id, or None."""
    return _row(conn.execute(FIND, {"of": id}).one_or_none())


def of(conn: Connection, pseudonym: str, *, most: int = 20) -> tuple[LinkRow, ...]:
    """The links made for somebody, newest first."""
    rows = conn.execute(OF, {"whose": pseudonym, "most": most})
    return tuple(found for row in rows if (found := _row(row)) is not None)


def try_code(
    conn: Connection, id: str, *, right: bool, now: datetime
) -> tuple[LinkRow | None, bool]:
    """Judge a code under the row's lock: count a wrong one, note when a right one opened the page.

    Returns the row as it is afterwards and whether this try was counted. One more than allowed is
    counted, so that duty is told again should the first telling be lost; later ones are not, so
    that nobody can flood duty with a stolen link.
    """
    row = _row(conn.execute(LOCKED, {"of": id}).one_or_none())
    if row is None or (right and not row.open_at(now)) or row.tries > TRIES:
        return row, False
    if right:
        conn.execute(OPENED, {"of": id, "now": now})
        note(conn, HolderLinkOpened(link=id), now)
        return row, False
    conn.execute(TRIED, {"of": id})
    return find(conn, id), True


def _row(row: Row[*tuple[Any, ...]] | None) -> LinkRow | None:
    return None if row is None else LinkRow(**row._mapping)
