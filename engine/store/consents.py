"""Consents by pseudonym: every record is kept, the newest of a pseudonym counts."""

from collections.abc import Iterable

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, func, insert, select

from engine.case.life import Linked
from engine.case.state import Case
from engine.store.among import among
from engine.store.dialect import chunks
from engine.store.tables import consents
from schemas.consent import Consent

_CODEC: TypeAdapter[Consent] = TypeAdapter(Consent)

INSERT = insert(consents)
_older = consents.alias("newest")
NEWEST = (
    select(consents.c.pseudonym, consents.c.n, consents.c.body)
    .where(among(consents.c.pseudonym, "pseudonyms"))
    .where(
        consents.c.n
        == select(func.max(_older.c.n))
        .where(_older.c.pseudonym == consents.c.pseudonym)
        .scalar_subquery()
    )
)


def pseudonyms(case: Case) -> tuple[str, ...]:
    """Whose consent counts for a case: its subjects', and that given for the case itself.

    The latter is what a publisher says where nobody can be identified: it has no pseudonym.
    """
    return (*case.subjects, of_case(case.id))


def whose(link: Linked) -> tuple[str, ...]:
    """The same of a case that another one is linked with, by what that one knows of it."""
    return (*link.strictures.subjects, of_case(link.case))


def of_case(case_id: str) -> str:
    """The pseudonym under which consent is kept that was given for a case and no subject of it."""
    return f"case:{case_id}"


def newest(conn: Connection, pseudonyms: Iterable[str]) -> dict[str, tuple[int, Consent]]:
    """(n, record) that counts for each of these pseudonyms."""
    found = {}
    for some in chunks(sorted(set(pseudonyms))):
        for row in conn.execute(NEWEST, {"pseudonyms": some}):
            found[row.pseudonym] = (row.n, _CODEC.validate_json(row.body))
    return found


HISTORY = (
    select(consents.c.body)
    .where(consents.c.pseudonym == bindparam("pseudonym"))
    .order_by(consents.c.n)
)


def history(conn: Connection, pseudonym: str) -> tuple[Consent, ...]:
    """Every record of this subject, the first one first."""
    bodies = conn.execute(HISTORY, {"pseudonym": pseudonym}).scalars()
    return tuple(_CODEC.validate_json(body) for body in bodies)


def dump(consent: Consent) -> bytes:
    """The stored bytes of a record."""
    return _CODEC.dump_json(consent)
