"""Findings of the auditor as their incidents stand: who was told of them, and whether people closed
them. A finding that two people closed is known, and nobody is called about it again.
"""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select

from engine.store.among import among
from engine.store.dialect import chunks
from engine.store.tables import cases, situations
from schemas.codes import IncidentCode

CODE = IncidentCode.INVARIANT_BROKEN.value
_BEGIN = f"{CODE}:"
_BEHIND = f"{CODE};"
"""What sorts after every name that begins so."""

_INCIDENTS = situations.join(cases, cases.c.id == situations.c.case_id)
_OURS = situations.c.source == "!incident"  # as `engine.desk.gather.incident_of` keeps them
_SETTLED = (
    select(situations.c.situation)
    .select_from(_INCIDENTS)
    .where(
        _OURS,
        among(situations.c.situation, "names"),
        cases.c.status.in_(("monitored", "closed")),
    )
)
_AMONG_FINDINGS = (  # a stretch of the key, and a short one
    _OURS
    & (situations.c.situation > bindparam("begin"))
    & (situations.c.situation < bindparam("behind"))
)
_STANDING = (
    select(func.count())
    .select_from(_INCIDENTS)
    .where(
        _AMONG_FINDINGS,
        situations.c.situation.like(bindparam("lasting")),
        cases.c.status == "open",
    )
)
_NAME_OF = select(situations.c.situation).where(
    _AMONG_FINDINGS, situations.c.case_id == bindparam("case")
)


def settled(conn: Connection, keys: Collection[str]) -> frozenset[str]:
    """Those of these keys whose incident two people closed."""
    found: set[str] = set()
    for some in chunks([_BEGIN + key for key in sorted(keys)]):
        found.update(conn.execute(_SETTLED, {"names": some}).scalars())
    return frozenset(name.removeprefix(_BEGIN) for name in found)


def standing(conn: Connection) -> int:
    """How many findings about single rows have an incident that nobody has closed."""
    like = {"begin": _BEGIN, "behind": _BEHIND, "lasting": f"{_BEGIN}%:%"}
    return int(conn.execute(_STANDING, like).scalar_one())


def name_of(conn: Connection, case: str) -> str:
    """What the incident of this case is about; empty where that is not known."""
    of = {"begin": _BEGIN, "behind": _BEHIND, "case": case}
    return str(conn.execute(_NAME_OF, of).scalar() or "").removeprefix(_BEGIN)
