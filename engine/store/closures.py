"""Exclusion closures, stored once by digest: many cases of one perpetrator share theirs."""

from collections.abc import Iterable

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from engine.store.among import among
from engine.store.dialect import chunks, insert_or_ignore
from engine.store.tables import closures
from schemas.plan import Closure

_CODEC: TypeAdapter[Closure] = TypeAdapter(Closure)

INSERT = insert_or_ignore(closures)
BY_DIGEST = select(closures.c.digest, closures.c.body).where(among(closures.c.digest, "digests"))


def dump(closure: Closure) -> bytes:
    """The stored bytes of a closure."""
    return _CODEC.dump_json(closure, exclude_defaults=True)


def load(body: bytes) -> Closure:
    """The closure of stored bytes."""
    return _CODEC.validate_json(body)


def read(conn: Connection, digests: Iterable[str]) -> dict[str, Closure]:
    """The closures of these digests."""
    found = {}
    for some in chunks(sorted(set(digests))):
        for row in conn.execute(BY_DIGEST, {"digests": some}):
            found[row.digest] = load(row.body)
    return found
