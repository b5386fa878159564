"""Taking what an import brings, in parts: noted, stored chunk by chunk, then in force at once.

The command line reads the files, checks and compares them: a damaged or hostile file, or minutes of
reading, are then no matter of the process that calls for help. It needs no more than what it has
anyway (the settings, and so the store to read), and runs as the same user, or it could not open the
door. What changes goes through the door as a named person, in chunks that a request may hold;
between two of them pages go out. Handing over a path instead would have the engine open files that
its service may not see, and read them where it must not stand still.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from pydantic import Field, ValidationError
from sqlalchemy import Connection

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked, Nothing
from engine.registry.history import OvertakenError, TooMuchDroppedError
from engine.registry.history.checking import UntrustedError, check_dropped, check_versions
from engine.registry.history.taking import Rows, begin, discard_one, finish, put
from engine.registry.reach import OutOfReachError
from engine.store import imports, versions
from engine.store.versions import What
from rules.graph import DuplicateIdError

ROWS_AT_MOST = 1_000
_ID = Field(pattern=r"^[0-9a-f]{32}$")
_TWO_PEOPLE = "Two people may say so: tocsin registry amend, tocsin registry refute."
_COMPARE_AGAIN = "Import the files again; what is stored already is not stored twice."


class Beginning(Arguments):
    """One edition of one source (`imports.Import`)."""

    id: str = _ID
    base: int = Field(ge=0)
    source: str = Field(min_length=1, max_length=160)
    file: str = Field(max_length=400)
    sha256: str = Field(max_length=64)
    as_of: date | None = None
    size: int = Field(ge=1)
    counts: Mapping[str, int]


class Version(Arguments):
    """One new version of a record, with the exact bytes that are stored."""

    what: What
    id: str = Field(min_length=1, max_length=128)
    n: int = Field(ge=1)
    source: str = Field(min_length=1, max_length=160)
    line: int = Field(ge=0)
    body: str


class Putting(Arguments):
    """Versions number `first` and following of an import."""

    id: str = _ID
    first: int = Field(ge=0)
    rows: tuple[Version, ...] = Field(max_length=ROWS_AT_MOST)


class Finishing(Arguments):
    """An import of which everything is stored."""

    id: str = _ID
    drop: bool = False
    """A person says that it may drop more than a tenth of its source."""


async def begin_import(house: House, asked: Asked, args: Beginning) -> Mapping[str, Any]:
    """Note that an import begins, or goes on; how many of its versions are stored already."""
    writer = house.services.writer
    newest, _ = await house.services.reader.run(imports.newest)
    if args.base > newest:
        raise NotCarriedOutError(
            "refused", "It was compared with another registry.", next_step=_COMPARE_AGAIN
        )
    while await writer.run(partial(discard_one, source=args.source, but=args.id)):
        pass
    new = imports.Import(
        id=args.id,
        n=None,
        base=args.base,
        source=args.source,
        file=args.file,
        sha256=args.sha256,
        as_of=args.as_of,
        by=asked.by,
        started=house.services.clock.now(),
        finished=None,
        size=args.size,
        written=0,
        counts=args.counts,
    )
    return {"stored": await writer.run(partial(begin, new=new))}


async def put_versions(house: House, asked: Asked, args: Putting) -> Mapping[str, Any]:
    """Store some versions; how many are stored then. They do not count yet.

    Each is looked at once more, beside what counts now (`engine.registry.history.checking`).
    `overtaken`: compare with what came meanwhile, and begin anew.
    """
    rows = [(row.what, _row(row, args.id)) for row in args.rows]
    storing = partial(_put, id=args.id, rows=rows, first=args.first)
    try:
        return {"stored": await house.services.writer.run(storing), "overtaken": False}
    except OvertakenError:
        return {"stored": 0, "overtaken": True}
    except UntrustedError as error:
        raise NotCarriedOutError("refused", str(error), next_step=_TWO_PEOPLE) from None


async def finish_import(house: House, asked: Asked, args: Finishing) -> Mapping[str, Any]:
    """Put an import into force. `overtaken`: compare with what came meanwhile, and begin anew."""
    finishing = partial(_finish, id=args.id, drop=args.drop, at=house.services.clock.now())
    try:
        return {"version": await house.services.writer.run(finishing), "overtaken": False}
    except OvertakenError:
        return {"version": "", "overtaken": True}
    except TooMuchDroppedError as error:
        raise NotCarriedOutError(
            "refused", str(error), next_step="If it is meant: --accept-removals"
        ) from None
    except (DuplicateIdError, OutOfReachError) as error:
        raise NotCarriedOutError(
            "usage", str(error), next_step="Correct the file; the registry is as it was."
        ) from None


async def follow_import(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Decide by what is in force now: until then this engine tells its own people alone.

    Apart from `finish_import`, because reading a large registry takes longer than a request may.
    """
    return {"new": await house.follow()}


def _row(row: Version, import_id: str) -> dict[str, Any]:
    body = row.body.encode("utf-8")
    try:
        record = versions.load(row.what, body)
    except ValidationError:
        record = None
    gone = not body and row.what is What.CONTACT
    if not gone and (record is None or record.id != row.id):
        raise NotCarriedOutError(
            "usage",
            "This is no record of this release.",
            next_step="Use the same release of the command line as of the engine.",
        )
    return {
        "id": row.id,
        "n": row.n,
        "source": row.source,
        "line": row.line,
        "body": body,
        "import_id": import_id,
    }


def _put(conn: Connection, *, id: str, rows: Rows, first: int) -> int:
    known = imports.find(conn, id, lock=True)
    if known is not None and known.n is None:
        check_versions(conn, rows, source=known.source)
    return put(conn, id=id, rows=rows, most=ROWS_AT_MOST, first=first)


def _finish(conn: Connection, *, id: str, drop: bool, at: datetime) -> str:
    known = imports.find(conn, id, lock=True)
    if known is None or known.written < known.size:
        raise OvertakenError("Not all of it is stored.")
    if known.n is None and not drop:
        check_dropped(conn, known)
    return finish(conn, id=id, at=at)
