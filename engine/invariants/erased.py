"""I20: of a case that two people erased, nothing sealed is left that any key opens."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from engine.invariants.history import History
from engine.invariants.violation import Violation
from engine.store.case_keys import ERASED
from engine.store.instant import Instant
from engine.store.tables import case_keys, vault
from schemas import facts as f

_KEY = select(case_keys.c.case_id).where(
    case_keys.c.case_id == bindparam("case"),
    case_keys.c.made_at <= bindparam("then", type_=Instant),
)
_LEFT = select(vault.c.id).where(
    vault.c.case_id == bindparam("case"),
    vault.c.key_id != ERASED,
    vault.c.at <= bindparam("then", type_=Instant),
)
_DESTROY = "Stop the engine, destroy what is named here, and look for the copy it came back from."


def check(conn: Connection, history: History) -> Iterator[Violation]:
    """What was sealed before the case was erased is gone with its key; later notes may be there."""
    then = max(
        (leaf.fact.at for leaf in history.leaves if isinstance(leaf.fact, f.Erased)), default=None
    )
    if then is None:
        return
    at = {"case": history.id, "then": then}
    if conn.execute(_KEY, at).first() is not None:
        yield _of(history.id, "It was erased, and its key is there.")
    for row in conn.execute(_LEFT, at):
        yield _of(row.id, f"Case {history.id} was erased, and this of it can still be opened.")


def _of(row: str, what: str) -> Violation:
    return Violation(invariant="I20", row=row, what=what, remedy=_DESTROY)
