"""Two people judge whether a national human rights institution is captured by its state (A13).

A captured one counts as without A status, whatever a list says, and is left out with its state.
Taking that back takes two people as well: it is one of the two judgements that free somebody. What
a file says of the status itself is not touched; of two sources the one that denies A counts.
"""

from datetime import datetime

from sqlalchemy import Connection

from engine.registry.history.changes import Change, Changes
from engine.registry.history.judging import DESK, PROPOSAL, PROPOSE, NotJudgedError, WhyNot
from engine.registry.history.known import claims_of
from engine.registry.history.merging import merge
from engine.registry.history.taking import Edition, take
from engine.store import imports, journal, versions
from engine.store.dialect import hold
from engine.store.versions import What
from schemas.facts.system import CaptureJudged, CaptureProposed
from schemas.party import Party, PartyKind


def judge_captured(
    conn: Connection, id: str, *, captured: bool, by: str, at: datetime
) -> Party | None:
    """Propose it, or be the second who says so. The party as it counts then; None: proposed.

    Raises NotJudgedError.
    """
    hold(conn, "world", {"in force"})
    found = next((rows for _, rows in versions.read_some(conn, What.PARTY, [id])), None)
    if found is None:
        raise NotJudgedError(WhyNot.NO_SUCH_PARTY)
    claims = claims_of(found)
    party = merge(list(claims.values()))
    if party.kind is not PartyKind.NHRI:
        raise NotJudgedError(WhyNot.NOT_AN_NHRI)
    if party.independence_override is captured:
        raise NotJudgedError(WhyNot.JUDGED_SO_ALREADY)
    if not captured and any(x.independence_override for s, x in claims.items() if s != DESK):
        raise NotJudgedError(WhyNot.SAID_BY_A_SOURCE)
    about, n = f"{'captured' if captured else 'independent'} {id}"[:128], found[-1].n
    first = conn.execute(PROPOSAL, {"of_link": about, "of_n": n}).scalar()
    if first is None:
        conn.execute(PROPOSE, {"link": about, "n": n, "by": by, "at": at})
        journal.note(conn, CaptureProposed(party=id, captured=captured, by=by), at)
        return None
    if first == by:
        raise NotJudgedError(WhyNot.SAME_PERSON)
    _say(conn, id, n + 1, party, claims.get(DESK), captured=captured, by=by, at=at)
    journal.note(conn, CaptureJudged(party=id, captured=captured, proposed_by=first, by=by), at)
    (rows,) = (rows for _, rows in versions.read_some(conn, What.PARTY, [id]))
    return merge(list(claims_of(rows).values()))


def _say(
    conn: Connection,
    id: str,
    n: int,
    party: Party,
    was: Party | None,
    *,
    captured: bool,
    by: str,
    at: datetime,
) -> None:
    """The desk's own word on the party, beside what the lists say; nothing but that."""
    own = Party(
        id=id,
        kind=party.kind,
        name=party.name,
        state=party.state,
        independence_override=captured,
        source=DESK,
        exercise=party.exercise,
    )
    change = Change(what=What.PARTY, id=id, n=n, source=DESK, line=0, record=own, was=was)
    base, _ = imports.newest(conn)
    changes = Changes(source=DESK, base=base, changed=(change,))
    take(conn, changes, Edition(source=DESK, by=by), at=at)
