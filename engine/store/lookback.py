"""How one case went, read from its journal."""

from sqlalchemy import Connection

from engine.case.lookback import KINDS, LookBack, look_back
from engine.store.ledger import FACTS
from schemas.facts import load_fact


def look_back_of(conn: Connection, case: str) -> LookBack:
    """The look back at a case, from its facts."""
    bodies = conn.execute(FACTS, {"case": case, "kinds": list(KINDS)}).scalars()
    return look_back(load_fact(body) for body in bodies)
