"""Dates ahead of all cases that run; what did not change since is not read again."""

import zlib
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, bindparam, select

from engine.case.marked import CaseDate
from engine.case.state import CaseStatus, load_case
from engine.store.among import among
from engine.store.dialect import chunks
from engine.store.tables import cases

_AT_ONCE = 5_000
_RUNNING = cases.c.status.in_([status.value for status in CaseStatus if status.unresolved])
_VERSIONS = (
    select(cases.c.id, cases.c.version)
    .where(_RUNNING, cases.c.id > bindparam("after"))
    .order_by(cases.c.id)
    .limit(_AT_ONCE)
)
_READ = select(cases.c.id, cases.c.version, cases.c.state).where(_RUNNING, among(cases.c.id, "ids"))
_SOME = b'"dates":[{'
"""In a stored state that has dates; without any the field is left out. To look for it costs a
thirtieth of loading the case, and of a hundred thousand cases few have a date."""


class DatesAhead:
    """Every date of a running case. Kept: of each case its version, and the dates it then had.

    A case whose version stands as it did has no fact more, so its dates are those. Whoever reads
    again and again asks for what changed between; a case without a date keeps a number alone.
    """

    def __init__(self) -> None:
        self._known: Mapping[str, tuple[int, tuple[CaseDate, ...]]] = {}

    def read(self, conn: Connection) -> tuple[tuple[str, CaseDate], ...]:
        """The dates with the ids of their cases, in the order of these."""
        before = self._known
        now = {}
        changed = []
        for id, version in _versions(conn):
            was = before.get(id)
            if was is not None and was[0] == version:
                now[id] = was
            else:
                changed.append(id)
        for some in chunks(changed):
            for row in conn.execute(_READ, {"ids": some}):
                now[row.id] = (row.version, _dates(row.state))
        self._known = now
        with_some = sorted((id, dates) for id, (_, dates) in now.items() if dates)
        return tuple((id, date) for id, dates in with_some for date in dates)


def may_have_some(body: bytes) -> bool:
    """Whether a stored case may have a date; never False for one that has."""
    return _SOME in (body if body.startswith(b"{") else zlib.decompress(body))


def _versions(conn: Connection) -> Iterator[tuple[str, int]]:
    after = ""
    while rows := conn.execute(_VERSIONS, {"after": after}).all():
        yield from ((row.id, row.version) for row in rows)
        after = rows[-1].id


def _dates(body: bytes) -> tuple[CaseDate, ...]:
    return load_case(body).dates if may_have_some(body) else ()
