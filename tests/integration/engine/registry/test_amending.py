"""What a party is may free it: two people correct it, no file and nobody alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection

from engine.registry.history import Edition, compare, read_known, take
from engine.registry.history.amending import Field, amend
from engine.registry.history.judging import NotJudgedError, WhyNot, proposals
from engine.registry.loading import load_registry
from engine.store import journal
from engine.store.database import Database, transact
from rules.exclusion import closure
from schemas.party import Mark, Ownership, Party, PartyKind
from tests.unit.engine.registry.history.records import rows
from tests.unit.rules.build import a_role, an_event

NOW = datetime(2030, 5, 1, 8, tzinfo=UTC)
ANA, BEN = "person:ana", "person:ben"
POLICE = Party(id="police", kind=PartyKind.STATE_BODY, name="Police", state="QN", source="list")
BODY = Party(id="board", kind=PartyKind.STATE_BODY, name="Board", state="QN", source="list")
NHRI = Party(id="nhri", kind=PartyKind.NHRI, name="NHRI", state="QN", ganhri="B", source="list")
FIRM = Party(
    id="firm", kind=PartyKind.COMPANY, name="Firm", state="QN", source="list",
    ownership=Ownership.STATE_OWNED,
)  # fmt: skip
NET = Party(
    id="net", kind=PartyKind.NETWORK, name="Net", source="list",
    marks=(Mark.PATTERN_ONLY,), exercise=True,
)  # fmt: skip


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    database = Database(store_url)
    conn = database.writer()
    bring(conn, POLICE, BODY, NHRI, FIRM, NET)
    yield conn
    conn.close()
    database.close()


def bring(conn: Connection, *parties: Party, source: str = "list") -> int:
    """A file of this source; how many of its rows were not believed."""

    def run(c: Connection) -> int:
        changes = compare(read_known(c), rows(*parties), source=source)
        take(c, changes, Edition(source=source, by="t"), at=NOW)
        return len(changes.kept)

    return transact(conn, run)


def say(conn: Connection, by: str, id: str, field: Field, value: str) -> Party | None:
    return transact(conn, partial(amend, id=id, field=field, value=value, by=by, at=NOW))


def both(conn: Connection, id: str, field: Field, value: str) -> Party:
    say(conn, ANA, id, field, value)
    party = say(conn, BEN, id, field, value)
    assert party is not None
    return party


def excluded(conn: Connection, id: str) -> bool:
    """Whether it is left out of what the police of QN do."""
    event = an_event(parties=[a_role("police", perpetrator_kind="state")])
    return closure(transact(conn, load_registry), event).find(id) is not None


FREEING = [
    ("board", Field.KIND, "ngo", replace(BODY, kind=PartyKind.NGO)),
    ("nhri", Field.GANHRI, "A", replace(NHRI, ganhri="A")),
    ("firm", Field.OWNERSHIP, "private", replace(FIRM, ownership=Ownership.PRIVATE)),
]


@pytest.mark.parametrize(("id", "field", "value", "row"), FREEING)
def test_a_correction_that_frees_a_body_takes_two_people_and_no_file(
    conn: Connection, id: str, field: Field, value: str, row: Party
) -> None:
    assert bring(conn, row) == 1, "the file alone does it not"
    assert excluded(conn, id)

    assert say(conn, ANA, id, field, value) is None
    assert excluded(conn, id)
    with pytest.raises(NotJudgedError, match=WhyNot.SAME_PERSON):
        say(conn, ANA, id, field, value)
    assert excluded(conn, id)

    say(conn, BEN, id, field, value)
    assert not excluded(conn, id)
    with conn.begin():
        assert journal.verify(conn) == ()
        kinds = [row.kind for row in conn.execute(journal.LEAVES)]
    assert kinds[-2:] == ["world_activated", "party_amended"]


@pytest.mark.parametrize(("id", "field", "value", "row"), FREEING)
def test_the_file_that_said_so_first_changes_nothing_afterwards(
    conn: Connection, id: str, field: Field, value: str, row: Party
) -> None:
    both(conn, id, field, value)

    assert bring(conn, row) == 0
    assert not excluded(conn, id)


def test_a_status_that_a_later_list_takes_away_is_gone_and_no_list_brings_it_back(
    conn: Connection,
) -> None:
    both(conn, "nhri", Field.GANHRI, "A")

    bring(conn, NHRI)
    assert excluded(conn, "nhri")
    bring(conn, replace(NHRI, ganhri="A"))
    assert excluded(conn, "nhri")


def test_of_several_lists_each_is_corrected_or_the_one_that_denies_it_would_go_on_counting(
    conn: Connection,
) -> None:
    bring(conn, replace(NHRI, source="watch"), source="watch")

    assert both(conn, "nhri", Field.GANHRI, "A").ganhri == "A"
    assert not excluded(conn, "nhri")


def test_a_proposal_is_about_the_party_as_it_stood_and_nobody_confirms_another_unawares(
    conn: Connection,
) -> None:
    say(conn, ANA, "board", Field.KIND, "ngo")
    bring(conn, replace(BODY, name="Security Board"))

    assert say(conn, BEN, "board", Field.KIND, "ngo") is None
    assert excluded(conn, "board")


def test_two_different_corrections_do_not_confirm_each_other(conn: Connection) -> None:
    say(conn, ANA, "board", Field.KIND, "ngo")

    assert say(conn, BEN, "board", Field.KIND, "company") is None
    assert excluded(conn, "board")


def test_the_state_for_which_a_party_once_spoke_goes_on_excluding_it(conn: Connection) -> None:
    both(conn, "board", Field.STATE, "QM")

    assert excluded(conn, "board")


def test_who_gets_patterns_alone_or_is_for_exercises_stays_so_until_two_people_say_otherwise(
    conn: Connection,
) -> None:
    assert bring(conn, replace(NET, marks=(), exercise=False)) == 1
    party = both(conn, "net", Field.EXERCISE, "no")
    assert (party.exercise, party.marks) == (False, (Mark.PATTERN_ONLY,))
    assert both(conn, "net", Field.PATTERN_ONLY, "no").marks == ()


def test_a_firm_that_a_file_calls_a_body_of_its_state_is_left_out_at_once(
    conn: Connection,
) -> None:
    mill = Party(id="mill", kind=PartyKind.COMPANY, name="Mill", state="QN", source="list")
    bring(conn, mill)
    assert not excluded(conn, "mill")

    bring(conn, replace(mill, kind=PartyKind.STATE_BODY, source="watch"), source="watch")
    assert excluded(conn, "mill"), "whoever says it is believed"

    bring(conn, replace(mill, kind=PartyKind.STATE_BODY))
    known = transact(conn, load_registry).party("mill")
    assert known is not None and known.kind is PartyKind.STATE_BODY


@pytest.mark.parametrize(
    ("id", "field", "value", "why"),
    [
        ("nobody", Field.KIND, "ngo", WhyNot.NO_SUCH_PARTY),
        ("board", Field.GANHRI, "A", WhyNot.NOT_AN_NHRI),
        ("nhri", Field.GANHRI, "C", WhyNot.NO_SUCH_VALUE),
        ("board", Field.KIND, "castle", WhyNot.NO_SUCH_VALUE),
        ("board", Field.STATE, "Narnia", WhyNot.NO_SUCH_VALUE),
        ("net", Field.EXERCISE, "perhaps", WhyNot.NO_SUCH_VALUE),
        ("board", Field.KIND, "state_body", WhyNot.IS_SO_ALREADY),
    ],
)
def test_what_cannot_be_said_is_refused_and_changes_nothing(
    conn: Connection, id: str, field: Field, value: str, why: WhyNot
) -> None:
    with pytest.raises(NotJudgedError, match=why):
        say(conn, ANA, id, field, value)
    assert transact(conn, proposals) == ()


def test_what_waits_for_a_second_person_is_listed_until_it_is_done_or_moot(
    conn: Connection,
) -> None:
    say(conn, ANA, "board", Field.KIND, "ngo")
    say(conn, ANA, "nhri", Field.GANHRI, "A")

    waiting = [(each.id, each.what, each.by) for each in transact(conn, proposals)]
    assert sorted(waiting) == [("board", "kind=ngo", ANA), ("nhri", "ganhri=A", ANA)]

    say(conn, BEN, "nhri", Field.GANHRI, "A")
    bring(conn, replace(BODY, name="Security Board"))
    assert transact(conn, proposals) == ()
