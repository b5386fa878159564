"""The witness of a simulated life: a name that gets out is noticed, wherever it stands."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from engine import invariants
from engine.invariants import departures
from engine.invariants.messages import Message
from engine.ports import Record
from engine.store import meta
from engine.store.database import Database, read, transact
from notifiers.message import Message as Said
from schemas.contact import Endpoint
from schemas.roster import Roster
from tests.harness.reports import Report, report
from tests.simulation.loop import VirtualLoop
from tests.simulation.run import Simulation
from tests.simulation.town import FACTORIES, START, new_town
from tests.simulation.witness import IN_CONTROL, NAME, Witness, sealed, tied
from tests.unit.notifiers.messages import saying

FACTORY = FACTORIES[0]
MAIL = Endpoint(id="ana.email", channel="email", address="ana@desk.example")
NO_REPORT = Record(topic="reports", partition=0, offset=3, key=None, value=b"no report")


class Town:
    """A store in which nothing has happened, and its witness."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.witness = Witness()
        self.database: Database = new_town(directory / "town.sqlite", brisk=False)

    def broken(
        self, *poison: Record, passed: Callable[[Record], bool] = lambda _: True
    ) -> dict[str, str]:
        """Each promise that does not hold, as far as the witness can tell, and where."""
        world = invariants.Outside()
        self.witness.tell(world, directory=self.directory, reports=(), poison=poison, passed=passed)
        with closing(self.database.reader()) as conn:
            found = read(conn, lambda conn: invariants.check(conn, now=START, world=world))
        return {each.invariant: each.row for each in found}

    def left(self, message: Said) -> dict[str, str]:
        """The same, once this left the house."""
        self.witness.read("key-1", message, MAIL)
        return self.broken()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.database.close()


def test_where_nothing_got_out_nothing_is_noticed(town: Town) -> None:
    town.witness.heard("topic", b"a fact", b"another")

    assert not town.left(saying("Please answer by noon."))


@pytest.mark.parametrize("said", [f"It is about {NAME}.", f"{NAME}", f"Re: {NAME} and sons"])
def test_a_name_in_a_message_is_noticed_in_its_words_and_in_its_subject(
    town: Town, said: str
) -> None:
    town.witness.read("key-1", saying(said), MAIL)
    town.witness.read("key-2", saying("", subject=said), MAIL)

    assert set(town.broken()) == {"I16", "I18"}


@pytest.mark.parametrize("said", ["subject-0-1 was taken", f"ask {FACTORY}", "see situation-1-2"])
def test_what_a_case_is_about_stands_in_no_message(town: Town, said: str) -> None:
    assert town.left(saying(said)) == {"I16": "key-1"}


def test_a_name_in_an_address_is_noticed(town: Town) -> None:
    town.witness.read("key-1", saying("Please answer."), replace(MAIL, address=NAME))

    assert "I18" in town.broken()


def test_a_name_that_consumers_read_is_noticed(town: Town) -> None:
    town.witness.heard("topic", b"case-1", b'{"who": "%s"}' % NAME.encode())

    assert town.broken() == {"I18": "topic"}


def test_a_name_in_the_log_is_noticed_though_nobody_logs_at_that_level(town: Town) -> None:
    with town.witness.listening():
        structlog.get_logger().debug("decided", who=NAME)

    assert town.broken() == {"I18": "log"}


def test_a_name_in_the_log_of_a_library_is_noticed(town: Town) -> None:
    with town.witness.listening():
        logging.getLogger("some.library").warning("could not send %s", NAME)

    assert town.broken() == {"I18": "log"}


def test_whoever_listened_leaves_the_log_as_it_was(town: Town) -> None:
    before = structlog.get_config()

    with town.witness.listening():
        pass

    assert structlog.get_config() == before


def test_a_name_in_a_column_is_noticed_there_and_in_the_file(town: Town) -> None:
    with closing(town.database.writer()) as conn:
        transact(conn, lambda conn: meta.write(conn, "note", f"said of {NAME}"))

    world = invariants.Outside()
    town.witness.tell(world, directory=town.directory, reports=(), poison=(), passed=bool)

    assert any(NAME.encode() in said for place, said in world.spoken.items() if "sqlite" in place)
    assert town.broken().keys() == {"I18"}


def test_a_name_in_a_copy_of_the_store_is_noticed(town: Town) -> None:
    copies = town.directory / "machine-1"
    copies.mkdir()
    (copies / "copy-1").write_bytes(b"\0" * 100 + NAME.encode())

    assert town.broken() == {"I18": "copy-1"}


def test_what_the_log_went_past_and_nobody_put_aside_is_noticed(town: Town) -> None:
    assert set(town.broken(NO_REPORT)) == {"I22"}


def test_what_the_log_has_not_come_to_yet_is_no_fault(town: Town) -> None:
    assert not town.broken(NO_REPORT, passed=lambda record: record.offset < 3)


@given(
    accused=st.sets(st.sampled_from(FACTORIES)),
    others=st.sets(st.sampled_from(("haldane", "fjord"))),
)
def test_who_must_not_be_told_is_whom_a_report_accuses_and_who_controls_them(
    accused: set[str], others: set[str]
) -> None:
    parties = dict.fromkeys(accused, "alleged_perpetrator") | dict.fromkeys(others, "buyer")

    closed = tied(report("arrest", id="report-1", parties=parties).event)

    assert closed == (accused | {IN_CONTROL} if accused else set())


@pytest.mark.parametrize(
    ("party", "lane", "broken"),
    [(FACTORY, 2, True), (IN_CONTROL, 3, True), ("haldane", 2, False), (FACTORY, 0, False)],
)
def test_a_message_to_whom_a_report_accuses_is_noticed(
    town: Town, party: str, lane: int, broken: bool
) -> None:
    said = report("arrest", id="report-1", parties={FACTORY: "alleged_perpetrator"})
    world = invariants.Outside()
    town.witness.tell(
        world, directory=town.directory, reports=[said], poison=(), passed=lambda _: True
    )
    (event,) = world.fenced
    world.sends["key-1"] = 1

    found = departures.check({"key-1": _owed(party, lane)}, world, {"key-1": {event}})

    assert [each.invariant for each in found] == ["I17"] * broken


def test_every_report_seals_the_name_and_says_it_nowhere_else() -> None:
    said = report("arrest", id="report-1", sealed=sealed("report-1"))

    assert NAME.encode() in said.bytes()
    assert NAME.encode() not in _without(said).bytes()
    assert all(NAME in str(value) for value in said.sealed.values())


def test_a_roster_that_wakes_nobody_is_noticed_by_the_engine_that_goes_by_it(
    tmp_path: Path,
) -> None:
    loop = VirtualLoop()
    with closing(loop), closing(_life(tmp_path, loop)) as sim:
        world = sim.machines[0].in_force()
        sim.loaded(world)
        assert not sim.violations

        sim.loaded(replace(world, roster=Roster(version="empty")))

        assert {each.invariant for each in sim.violations} == {"I25"}


def _life(directory: Path, loop: VirtualLoop) -> Simulation:
    return Simulation(7, directory=directory, loop=loop, keep=False)


def _without(said: Report) -> Report:
    return replace(said, sealed={})


def _owed(party: str, lane: int) -> Message:
    return Message(
        key="key-1",
        alert="a1",
        tell_no=1,
        decided_no=1,
        purpose="tell",
        party=party,
        contact="somebody",
        lane=lane,
        decided_at=START,
        state="handed_off",
        next_at=None,
        unknowns=0,
        settled_at=START,
        tries=(),
    )
