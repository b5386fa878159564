"""The imports: which file, from whom, when; and the number under which each came into force."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from engine.store.dialect import insert_or_ignore
from engine.store.tables import imports


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import as stored."""

    id: str
    n: int | None
    """The place in the order of coming into force; None while it is unfinished."""
    base: int
    source: str
    file: str
    sha256: str
    as_of: date | None
    by: str
    started: datetime
    finished: datetime | None
    size: int
    """Versions that it brings."""
    written: int
    """Those of them that are stored."""
    counts: Mapping[str, int]
    """Rows read, imported, ambiguous, refused; records added, changed, closed."""


INSERT = insert_or_ignore(imports)
ONE = select(imports).where(imports.c.id == bindparam("of_id"))
LOCKED = ONE.with_for_update()
REBASE = update(imports).where(imports.c.id == bindparam("of_id")).values(base=bindparam("to_base"))
WROTE = (
    update(imports)
    .where(imports.c.id == bindparam("of_id"))
    .values(written=bindparam("to_written"))
)
FINISH = (
    update(imports)
    .where(imports.c.id == bindparam("of_id"))
    .values(n=bindparam("to_n"), finished=bindparam("to_finished"))
)
FORGET = delete(imports).where(imports.c.id == bindparam("of_id"), imports.c.n.is_(None))
NEWEST = select(func.max(imports.c.n), func.max(imports.c.finished))
UNFINISHED = select(imports).where(imports.c.n.is_(None)).order_by(imports.c.started, imports.c.id)
FINISHED = select(imports).where(imports.c.n.is_not(None)).order_by(imports.c.n.desc())
SAME_SOURCE_SINCE = (
    select(imports.c.id)
    .where(imports.c.n > bindparam("than"), imports.c.source == bindparam("of_source"))
    .limit(1)
)


def newest(conn: Connection) -> tuple[int, datetime | None]:
    """The number and time of the import that came into force last; 0 where none did."""
    n, at = conn.execute(NEWEST).one()
    return n or 0, at


def find(conn: Connection, id: str, *, lock: bool = False) -> Import | None:
    """One import, or None; `lock` keeps it until the transaction ends."""
    row = conn.execute(LOCKED if lock else ONE, {"of_id": id}).one_or_none()
    return None if row is None else _of(row)


def unfinished(conn: Connection) -> tuple[Import, ...]:
    """What was begun and is not in force, oldest first."""
    return tuple(_of(row) for row in conn.execute(UNFINISHED))


def finished(conn: Connection, *, most: int = 100) -> tuple[Import, ...]:
    """What came into force, newest first."""
    return tuple(_of(row) for row in conn.execute(FINISHED.limit(most)))


def begin(conn: Connection, new: Import) -> None:
    """Note an import that begins; one that was begun before stays as it is."""
    row = {
        "id": new.id,
        "n": None,
        "base": new.base,
        "source": new.source,
        "file": new.file,
        "sha256": new.sha256,
        "as_of": "" if new.as_of is None else new.as_of.isoformat(),
        "by": new.by,
        "started": new.started,
        "finished": None,
        "size": new.size,
        "written": 0,
        "counts": json.dumps(dict(new.counts), sort_keys=True),
    }
    conn.execute(INSERT, row)


def rebase(conn: Connection, id: str, *, base: int) -> None:
    """It was compared anew with what is in force since then, and brings the same."""
    conn.execute(REBASE, {"of_id": id, "to_base": base})


def wrote(conn: Connection, id: str, *, written: int) -> None:
    """So many of its versions are stored."""
    conn.execute(WROTE, {"of_id": id, "to_written": written})


def finish(conn: Connection, id: str, *, n: int, at: datetime) -> None:
    """From now on its versions count."""
    conn.execute(FINISH, {"of_id": id, "to_n": n, "to_finished": at})


def forget(conn: Connection, id: str) -> None:
    """It will never come into force."""
    conn.execute(FORGET, {"of_id": id})


def overtaken(conn: Connection, *, source: str, since: int) -> bool:
    """Whether another edition of the same source came into force since."""
    given = {"of_source": source, "than": since}
    return conn.execute(SAME_SOURCE_SINCE, given).first() is not None


def _of(row: Any) -> Import:
    return Import(
        id=row.id,
        n=row.n,
        base=row.base,
        source=row.source,
        file=row.file,
        sha256=row.sha256,
        as_of=date.fromisoformat(row.as_of) if row.as_of else None,
        by=row.by,
        started=row.started,
        finished=row.finished,
        size=row.size,
        written=row.written,
        counts=json.loads(row.counts),
    )
