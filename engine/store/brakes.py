"""What keeps others from being told of a case, and who decided it: consents, freezes, the stop."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from engine.case.around import Around
from engine.case.replacing import replace
from engine.case.state import Case
from engine.store import closures, consents, links, meta
from engine.store.among import among
from engine.store.journal import SYSTEM
from engine.store.tables import journal
from schemas.closure import Closure
from schemas.consent import Consent
from schemas.facts import TrackFrozen, load_fact
from schemas.facts.system import OutgoingStopped, load_system_fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Brakes:
    """For the sentences of refusals: whose word it is, and since when."""

    consents: tuple[Consent, ...] = ()
    """The newest record of each subject."""
    frozen: tuple[TrackFrozen, ...] = ()
    """Every freeze there was, oldest first; the case's state says which hold."""
    closure: Closure = field(default_factory=Closure)
    """Everybody who must not know, as the case has stored it."""
    stopped_by: str = ""
    stopped_at: datetime | None = None


FROZEN = (
    select(journal.c.body)
    .where(journal.c.stream == bindparam("case"), journal.c.kind == "track_frozen")
    .order_by(journal.c.n)
)
STOPS = (
    select(journal.c.at, journal.c.body)
    .where(journal.c.stream == SYSTEM, among(journal.c.kind, "kinds"))
    .order_by(journal.c.n.desc())
    .limit(1)
)


def with_consents(conn: Connection, case: Case) -> Case:
    """The case with what its people, and those of linked cases, allow, and who must not know.

    As it was stored: enough to say why somebody is not told, never to tell somebody.
    """
    newest = consents.newest(conn, consents.pseudonyms(case))
    stored = closures.read(conn, [case.closure_digest])
    around = Around(
        consents=tuple(newest[whose][1] for whose in sorted(newest)),
        closure=stored.get(case.closure_digest, Closure()),
        linked=links.beside(conn, case),
    )
    return replace(case, around=around)


def brakes(conn: Connection, case: Case) -> Brakes:
    """What is in the way of telling anybody of this case, as it is now.

    The case: `with_consents`.
    """
    facts = [load_fact(body) for body in conn.execute(FROZEN, {"case": case.id}).scalars()]
    by, at = _stopped(conn) if meta.is_on(conn, "stopped") else ("", None)
    return Brakes(
        consents=case.around.consents,
        frozen=tuple(fact for fact in facts if isinstance(fact, TrackFrozen)),
        closure=case.around.closure,
        stopped_by=by,
        stopped_at=at,
    )


def _stopped(conn: Connection) -> tuple[str, datetime | None]:
    row = conn.execute(STOPS, {"kinds": ["outgoing_stopped"]}).one_or_none()
    fact = None if row is None else load_system_fact(row.body)
    if row is None or not isinstance(fact, OutgoingStopped):
        return "", None
    return fact.by, row.at
