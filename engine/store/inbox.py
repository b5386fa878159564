"""The inbox: every outside command once, for ever, with what it was answered."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, insert, select, tuple_, update

from engine.store.dialect import PAIRS, chunks
from engine.store.tables import inbox
from schemas.responses import Done

_CODEC: TypeAdapter[Done] = TypeAdapter(Done)

INSERT = insert(inbox)
EQUIVOCATED = (
    update(inbox)
    .where(inbox.c.source == bindparam("of_source"), inbox.c.id == bindparam("of_id"))
    .values(equivocations=inbox.c.equivocations + 1)
)
READ = select(inbox.c.source, inbox.c.id, inbox.c.digest, inbox.c.result).where(
    tuple_(inbox.c.source, inbox.c.id).in_(bindparam("pairs", expanding=True))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What came under an id before, and what it was answered."""

    digest: str
    result: Done


def read(conn: Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Entry]:
    """The entries of these (source, id)."""
    wanted = sorted(set(pairs))
    found = {}
    for some in chunks(wanted, most=PAIRS):
        for row in conn.execute(READ, {"pairs": some}):
            result = _CODEC.validate_json(row.result)
            found[(row.source, row.id)] = Entry(digest=row.digest, result=result)
    return found


def dump(result: Done) -> bytes:
    """The stored bytes of an answer."""
    return _CODEC.dump_json(result)
