"""Two people correct what a party is, where that may free it: no file may, and no one alone.

What a file says of these is kept back (`engine.registry.history.trusting`). When two people agree,
each source's own edition is corrected, so that the same file imported again changes nothing; a
later edition may still take away what protects less (an A status), never what protects more. The
state for which a party once spoke goes on excluding it (`engine.registry.history.excluding`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from engine.registry.history.changes import Change, Changes
from engine.registry.history.judging import DESK, PROPOSAL, PROPOSE, NotJudgedError, WhyNot
from engine.registry.history.known import claims_of
from engine.registry.history.merging import merge
from engine.registry.history.taking import Edition, take
from engine.store import imports, journal, versions
from engine.store.dialect import hold
from engine.store.versions import What
from schemas.codes.countries import is_country
from schemas.facts.system import AmendmentProposed, PartyAmended
from schemas.party import Mark, Ownership, Party, PartyKind

NO, YES = "no", "yes"


class Field(StrEnum):
    """What two people may correct."""

    KIND = "kind"
    GANHRI = "ganhri"
    """`A`, `B` or `none`."""
    STATE = "state"
    """Of whom it speaks: an ISO code."""
    OWNERSHIP = "ownership"
    PATTERN_ONLY = "pattern_only"
    """`no`: it may be told of single cases as well."""
    EXERCISE = "exercise"
    """`no`: it is real."""


def amend(
    conn: Connection, id: str, *, field: Field, value: str, by: str, at: datetime
) -> Party | None:
    """Propose a correction, or be the second who makes it. The party then; None: proposed.

    A proposal is about the party as it stands: when anything of it changes, nobody confirms it
    unawares. Raises NotJudgedError.
    """
    hold(conn, "world", {"in force"})
    found = next((rows for _, rows in versions.read_some(conn, What.PARTY, [id])), None)
    if found is None:
        raise NotJudgedError(WhyNot.NO_SUCH_PARTY)
    claims = claims_of(found)
    now = merge(list(claims.values()))
    new = {source: _with(said, field, value) for source, said in claims.items()}
    if field is Field.GANHRI and now.kind is not PartyKind.NHRI:
        raise NotJudgedError(WhyNot.NOT_AN_NHRI)
    if merge(list(new.values())) == now:
        raise NotJudgedError(WhyNot.IS_SO_ALREADY)
    n = found[-1].n
    what = {"of_link": about(field, value, id), "of_n": n}
    first = conn.execute(PROPOSAL, what).scalar()
    if first is None:
        conn.execute(PROPOSE, {"link": what["of_link"], "n": n, "by": by, "at": at})
        journal.note(conn, AmendmentProposed(party=id, field=field, value=value, by=by), at)
        return None
    if first == by:
        raise NotJudgedError(WhyNot.SAME_PERSON)
    _put(conn, claims, new, n=n, by=by, at=at)
    fact = PartyAmended(party=id, field=field, value=value, proposed_by=first, by=by)
    journal.note(conn, fact, at)
    (rows,) = (rows for _, rows in versions.read_some(conn, What.PARTY, [id]))
    return merge(list(claims_of(rows).values()))


def about(field: Field, value: str, id: str) -> str:
    """What a proposal is about, as it is kept."""
    return f"{field}={value} {id}"


def _with(party: Party, field: Field, value: str) -> Party:
    """The same party, corrected. Raises NotJudgedError: no such value."""
    try:
        return replace(party, **_given(party, field, value))
    except ValueError:
        raise NotJudgedError(WhyNot.NO_SUCH_VALUE) from None


def _given(party: Party, field: Field, value: str) -> Mapping[str, Any]:
    match field:
        case Field.KIND:
            return {"kind": PartyKind(value)}
        case Field.OWNERSHIP:
            return {"ownership": Ownership(value)}
        case Field.GANHRI if value in ("A", "B", "none"):
            return {"ganhri": None if value == "none" else value}
        case Field.STATE if is_country(value):
            return {"state": value}
        case Field.EXERCISE if value in (NO, YES):
            return {"exercise": value == YES}
        case Field.PATTERN_ONLY if value in (NO, YES):
            others = tuple(mark for mark in party.marks if mark is not Mark.PATTERN_ONLY)
            return {"marks": (*others, Mark.PATTERN_ONLY) if value == YES else others}
    raise ValueError(value)


def _put(
    conn: Connection,
    claims: Mapping[str, Party],
    new: Mapping[str, Party],
    *,
    n: int,
    by: str,
    at: datetime,
) -> None:
    """A version of its own for each source whose edition is corrected."""
    differing = [source for source in claims if new[source] != claims[source]]
    changed = tuple(
        Change(
            what=What.PARTY,
            id=new[source].id,
            n=n + place,
            source=source,
            line=0,
            record=new[source],
            was=claims[source],
        )
        for place, source in enumerate(differing, 1)
    )
    base, _ = imports.newest(conn)
    take(conn, Changes(source=DESK, base=base, changed=changed), Edition(source=DESK, by=by), at=at)
