"""Where receipts look in the journal, on either store."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from engine.store import journal, proofs
from engine.store.database import transact
from schemas.facts.system import ProofMade
from tests.integration.engine.desk.room import START

MADE = ProofMade(case="c1", party="haldane", n=3, hash="f" * 64, digest="d" * 64, by="person:ana")


@pytest.fixture
def conn(three_entries: Connection) -> Connection:
    return three_entries


def test_a_chain_is_looked_at_up_to_a_place_and_no_further(conn: Connection) -> None:
    with conn.begin():
        head = proofs.head_of(conn, journal.SYSTEM)
        places = proofs.standing(conn, journal.SYSTEM, most=2)
        fault = proofs.first_fault(conn, journal.SYSTEM, most=2)

    assert head is not None
    assert head.n == 3
    assert sorted(places) == [1, 2]
    assert {leaf.kind for leaf in places.values()} == {"outgoing_stopped"}
    assert fault is None


def test_a_stream_that_nobody_wrote_has_no_place(conn: Connection) -> None:
    with conn.begin():
        assert proofs.head_of(conn, "c-nowhere") is None
        assert proofs.standing(conn, "c-nowhere", most=9) == {}
        assert proofs.facts_of(conn, "c-nowhere", kinds=("told",), most=9) == ()


def test_only_a_receipt_of_exactly_this_content_was_made(conn: Connection) -> None:
    transact(conn, lambda c: journal.note(c, MADE, START))
    transact(conn, lambda c: journal.note(c, replace(MADE, digest="e" * 64), START))

    with conn.begin():
        assert proofs.was_made(conn, "d" * 64)
        assert proofs.was_made(conn, "e" * 64)
        assert not proofs.was_made(conn, "0" * 64)
