"""The ledger of one case, read from its journal: what was promised and done stands there alone."""

from sqlalchemy import Connection, bindparam, select

from engine.case.ledger import KINDS, Entry, ledger
from engine.store.among import among
from engine.store.tables import journal
from schemas.facts import load_fact

FACTS = (
    select(journal.c.body)
    .where(journal.c.stream == bindparam("case"), among(journal.c.kind, "kinds"))
    .order_by(journal.c.n)
)


def ledger_of(conn: Connection, case: str) -> tuple[Entry, ...]:
    """The actions of a case, in the order in which they were first heard of."""
    bodies = conn.execute(FACTS, {"case": case, "kinds": list(KINDS)}).scalars()
    return ledger(load_fact(body) for body in bodies)
