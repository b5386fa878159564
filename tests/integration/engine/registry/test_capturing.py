"""Two people judge an institution captured, and two free it again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection

from engine.registry.history import Edition, take
from engine.registry.history.capturing import judge_captured
from engine.registry.history.changes import Change, Changes
from engine.registry.history.judging import NotJudgedError, WhyNot
from engine.registry.loading import load_registry
from engine.store import imports, journal
from engine.store.database import Database, transact
from engine.store.versions import What
from rules.exclusion import closure
from schemas.party import Party, PartyKind
from schemas.plan import Reason
from tests.unit.rules.build import a_role, an_event

NOW = datetime(2030, 5, 1, 8, tzinfo=UTC)
ANA, BEN, CHI = "person:ana", "person:ben", "person:chi"
OURS = Party(id="nhri-qn", kind=PartyKind.NHRI, name="NHRI QN", state="QN", ganhri="A", source="ga")
POLICE = Party(id="police", kind=PartyKind.STATE_BODY, name="Police", state="QN", source="ga")


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    database = Database(store_url)
    conn = database.writer()
    _bring(conn, OURS, POLICE, n=1)
    yield conn
    conn.close()
    database.close()


def _bring(conn: Connection, *parties: Party, n: int) -> None:
    def run(c: Connection) -> None:
        some = tuple(
            Change(what=What.PARTY, id=x.id, n=n, source=x.source, line=1, record=x, was=None)
            for x in parties
        )
        base, _ = imports.newest(c)
        changes = Changes(source=parties[0].source, base=base, added=some)
        take(c, changes, Edition(source=parties[0].source, by="t"), at=NOW)

    transact(conn, run)


def _say(conn: Connection, by: str, *, captured: bool = True, id: str = "nhri-qn") -> Party | None:
    judging = partial(judge_captured, id=id, captured=captured, by=by, at=NOW)
    return transact(conn, judging)


def _excluded(conn: Connection) -> bool:
    event = an_event(parties=[a_role("police", perpetrator_kind="state")])
    entry = closure(transact(conn, load_registry), event).find("nhri-qn")
    assert entry is None or entry.reason is Reason.STATE_OF_PERPETRATOR
    return entry is not None


def test_one_person_captures_nobody(conn: Connection) -> None:
    assert _say(conn, ANA) is None
    assert not _excluded(conn)
    with pytest.raises(NotJudgedError, match=WhyNot.SAME_PERSON):
        _say(conn, ANA)


def test_what_two_people_judged_captured_is_left_out_with_its_state_in_spite_of_its_status(
    conn: Connection,
) -> None:
    _say(conn, ANA)
    party = _say(conn, BEN)
    assert party is not None
    assert (party.independence_override, party.ganhri) == (True, "A")
    assert _excluded(conn)
    with conn.begin():
        assert journal.verify(conn) == ()
        kinds = [row.kind for row in conn.execute(journal.LEAVES)]
    assert kinds[-2:] == ["world_activated", "capture_judged"]


def test_it_stays_captured_whatever_its_list_says_afterwards(conn: Connection) -> None:
    _say(conn, ANA)
    _say(conn, BEN)
    _bring(conn, OURS, n=3)
    assert _excluded(conn)


def test_two_people_free_it_again_and_one_alone_does_not(conn: Connection) -> None:
    _say(conn, ANA)
    _say(conn, BEN)
    assert _say(conn, CHI, captured=False) is None
    assert _excluded(conn)
    _say(conn, ANA, captured=False)
    assert not _excluded(conn)


def test_who_proposed_that_it_is_captured_is_no_second_voice_for_the_contrary(
    conn: Connection,
) -> None:
    _say(conn, ANA)
    with pytest.raises(NotJudgedError, match=WhyNot.JUDGED_SO_ALREADY):
        _say(conn, BEN, captured=False)


def test_what_a_list_calls_captured_nobody_here_frees(conn: Connection) -> None:
    listed = Party(
        id="nhri-qn", kind=PartyKind.NHRI, name="NHRI QN", state="QN", source="watch",
        independence_override=True,
    )  # fmt: skip
    _bring(conn, listed, n=2)
    with pytest.raises(NotJudgedError, match=WhyNot.SAID_BY_A_SOURCE):
        _say(conn, ANA, captured=False)


def test_only_institutions_are_judged_so(conn: Connection) -> None:
    with pytest.raises(NotJudgedError, match=WhyNot.NOT_AN_NHRI):
        _say(conn, ANA, id="police")
    with pytest.raises(NotJudgedError, match=WhyNot.NO_SUCH_PARTY):
        _say(conn, ANA, id="nobody")
