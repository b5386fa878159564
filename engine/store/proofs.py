"""Where the journal says what one party was told, and that a receipt of it was made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from engine.store.among import among
from engine.store.journal import HEAD, SYSTEM, verify_part
from engine.store.tables import journal
from schemas.facts import Fact, load_fact
from schemas.facts.system import ProofMade, load_system_fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A place in the journal, without what it says: the hash stands for that."""

    n: int
    at: datetime
    kind: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a chain goes. Without its kind: it may be about anybody."""

    n: int
    at: datetime
    hash: str


OF_KINDS = (
    select(journal)
    .where(
        journal.c.stream == bindparam("stream"),
        journal.c.n <= bindparam("most"),
        among(journal.c.kind, "kinds"),
    )
    .order_by(journal.c.n)
)
UP_TO = select(journal.c.n, journal.c.at, journal.c.kind, journal.c.hash).where(
    journal.c.stream == bindparam("stream"), journal.c.n <= bindparam("most")
)
MADE = select(journal.c.body).where(journal.c.stream == SYSTEM, journal.c.kind == "proof_made")


def head_of(conn: Connection, stream: str) -> Head | None:
    """How far this chain goes now; None where nothing was ever written."""
    row = conn.execute(HEAD, {"stream": stream}).one_or_none()
    return None if row is None else Head(n=row.n, at=row.at, hash=row.hash)


def facts_of(
    conn: Connection, stream: str, *, kinds: Iterable[str], most: int
) -> tuple[tuple[Leaf, Fact], ...]:
    """The facts of these kinds up to this place, in order, each with where it stands."""
    rows = conn.execute(OF_KINDS, {"stream": stream, "most": most, "kinds": sorted(kinds)})
    return tuple(
        (Leaf(n=row.n, at=row.at, kind=row.kind, hash=row.hash), load_fact(row.body))
        for row in rows
    )


def standing(conn: Connection, stream: str, *, most: int) -> Mapping[int, Leaf]:
    """Every place of this chain as it is now, up to this one."""
    rows = conn.execute(UP_TO, {"stream": stream, "most": most})
    return {row.n: Leaf(**row._mapping) for row in rows}


def first_fault(conn: Connection, stream: str, *, most: int) -> int | None:
    """The first place up to this one at which the chain does not hold."""
    faults, _ = verify_part(conn, stream=stream, after=0, most=most)
    return min((fault.n for fault in faults if fault.n <= most), default=None)


def was_made(conn: Connection, digest: str) -> bool:
    """Whether a receipt of exactly this content was made here."""
    made = (load_system_fact(body) for body in conn.execute(MADE).scalars())
    return any(isinstance(fact, ProofMade) and fact.digest == digest for fact in made)
