"""What our people decide about one link: one verifies it, two refute it. Each is a new version.

A refuted link includes nobody ever again, from whatever file it comes, and goes on excluding; nor
does another one that says the same (`engine.registry.refuted`). What was proposed is about one
version of the link: when that changes, nobody confirms it unawares.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from engine.registry.history.changes import Change, Changes
from engine.registry.history.taking import Edition, take
from engine.store import imports, journal, versions
from engine.store.dialect import hold
from engine.store.tables import refutations
from engine.store.versions import What
from schemas.facts.system import LinkRefuted, LinkVerified, RefutationProposed
from schemas.link import Link, LinkStatus

DESK = "desk"
"""The source of what our people decide; the link stays in the edition of its own."""
PROPOSE = insert(refutations)
PROPOSAL = select(refutations.c.by).where(
    refutations.c.link == bindparam("of_link"), refutations.c.n == bindparam("of_n")
)
PROPOSALS = select(refutations).order_by(refutations.c.at, refutations.c.link)
_VERIFIABLE = frozenset({LinkStatus.UNVERIFIED, LinkStatus.VERIFIED, LinkStatus.DISPUTED})


class WhyNot(StrEnum):
    """Why a decision about a link was not taken."""

    NO_SUCH_LINK = "no_such_link"
    NO_SUCH_PARTY = "no_such_party"
    NOT_AN_NHRI = "not_an_nhri"
    """Only of a national human rights institution anybody judges whether it is captured."""
    JUDGED_SO_ALREADY = "judged_so_already"
    IS_SO_ALREADY = "is_so_already"
    NO_SUCH_VALUE = "no_such_value"
    SAID_BY_A_SOURCE = "said_by_a_source"
    """A list says that it is captured: its own next edition may say otherwise, we may not."""
    NOT_VERIFIABLE = "not_verifiable"
    """Refuted, declared, lapsed or taken back by its source: it stays so. Or another link that says
    the same is refuted."""
    ALREADY_REFUTED = "already_refuted"
    SAME_PERSON = "same_person"
    """Whoever proposed a refutation cannot be the one who confirms it."""


class NotJudgedError(Exception):
    """Nothing was decided."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What one person said of a link or a party, and waits for a second one."""

    id: str
    what: str
    """`refuted`, `captured`, `independent`, or a correction: `kind=company`."""
    by: str
    at: datetime


def verify(conn: Connection, id: str, *, by: str, at: datetime) -> Link:
    """Stand for a link: from now on it may include. The link as it counts then.

    Raises NotJudgedError.
    """
    row, link = _newest(conn, id)
    if link.status not in _VERIFIABLE:
        raise NotJudgedError(WhyNot.NOT_VERIFIABLE)
    judged = replace(link, status=LinkStatus.VERIFIED, verified_by=by, verified_at=at)
    _put(conn, row, link, judged, by=by, at=at)
    journal.note(conn, LinkVerified(link=id, by=by), at)
    return judged


def refute(conn: Connection, id: str, *, by: str, at: datetime) -> Link | None:
    """Propose that a link is wrong, or confirm what somebody else proposed.

    The refuted link; None: it was proposed, and counts as before until another person confirms.
    Raises NotJudgedError.
    """
    row, link = _newest(conn, id)
    if link.status is LinkStatus.REFUTED:
        raise NotJudgedError(WhyNot.ALREADY_REFUTED)
    first = conn.execute(PROPOSAL, {"of_link": id, "of_n": row.n}).scalar()
    if first is None:
        conn.execute(PROPOSE, {"link": id, "n": row.n, "by": by, "at": at})
        journal.note(conn, RefutationProposed(link=id, by=by), at)
        return None
    if first == by:
        raise NotJudgedError(WhyNot.SAME_PERSON)
    both = f"{first}, {by}"
    judged = replace(link, status=LinkStatus.REFUTED, verified_by=both, verified_at=at)
    _put(conn, row, link, judged, by=by, at=at)
    journal.note(conn, LinkRefuted(link=id, proposed_by=first, by=by), at)
    return judged


def proposals(conn: Connection) -> tuple[Proposal, ...]:
    """What waits for a second person, oldest first; what is about an older version does not."""
    rows = list(conn.execute(PROPOSALS))
    links = _numbers(conn, What.LINK, {row.link for row in rows})
    said = {row.link: row.link.partition(" ") for row in rows if row.link not in links}
    parties = _numbers(conn, What.PARTY, {id for _, _, id in said.values()})
    found = []
    for row in rows:
        what, _, id = said.get(row.link, ("refuted", "", row.link))
        if (links if row.link in links else parties).get(id) == row.n:
            found.append(Proposal(id=id, what=what, by=row.by, at=row.at))
    return tuple(found)


def _numbers(conn: Connection, what: What, ids: Iterable[str]) -> dict[str, int]:
    """The newest version of each that is known."""
    return {id: some[-1].n for id, some in versions.read_some(conn, what, ids)}


def _newest(conn: Connection, id: str) -> tuple[Any, Link]:
    """The version that counts; nobody else puts anything into force until the end."""
    hold(conn, "world", {"in force"})
    for _, rows in versions.read_some(conn, What.LINK, [id]):
        return rows[-1], versions.load(What.LINK, rows[-1].body)
    raise NotJudgedError(WhyNot.NO_SUCH_LINK)


def _put(conn: Connection, row: Any, link: Link, judged: Link, *, by: str, at: datetime) -> None:
    change = Change(
        what=What.LINK,
        id=link.id,
        n=row.n + 1,
        source=row.source,
        line=row.line,
        record=judged,
        was=link,
    )
    base, _ = imports.newest(conn)
    changes = Changes(source=DESK, base=base, changed=(change,))
    take(conn, changes, Edition(source=DESK, by=by), at=at)
