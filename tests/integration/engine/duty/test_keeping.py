"""A change of duty in one process: in force there at once, in the others at their next look."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, insert, select

from engine.bell import Bell
from engine.clock import ManualClock
from engine.duty.keeping import Duty
from engine.duty.standing import Trouble
from engine.registry import WorldHolder, load_world, save_imported, save_registry, save_roster
from engine.registry.importer import Imported
from engine.registry.reload import LOOK_EVERY, Reload
from engine.store import journal, records, tables
from engine.store.database import Database, transact
from engine.store.threads import ThreadReader, ThreadWriter
from rules.roster import on_call
from rules.rota.changes import ChangeRefusedError, Withdrawal
from schemas.contact import Contact, Endpoint, Level
from schemas.roster import Absence, Cover, Role
from tests.harness.stores import new_database
from tests.integration.engine.desk.room import START
from tests.unit.engine.case import builders as b

MORNING = START + timedelta(hours=8)
OURS = tuple(
    Contact(
        id=f"person:{name}",
        party="desk",
        label=name,
        level=Level.DUTY_LINE,
        endpoints=tuple(
            Endpoint(id=end.partition(":")[2], channel=end.partition(":")[0], address=f"{end}@x")
            for end in ends
        ),
    )
    for name, ends in (
        *((each.id, each.endpoints) for each in b.ROSTER.people),
        ("eve", b.ROSTER.floor.endpoints if b.ROSTER.floor else ()),
    )
)
_T = TypeVar("_T")


@dataclass
class Process:
    """One of several over the same store."""

    database: Database
    world: WorldHolder
    duty: Duty
    reload: Reload

    def handlers(self, role: Role = Role.HANDLER) -> list[str]:
        return [each.person for each in on_call(self.world.current.roster, role, START)]

    def write(self, work: Callable[[Connection], _T]) -> _T:
        conn = self.database.writer()
        try:
            return transact(conn, work)
        finally:
            conn.close()


@contextmanager
def process(url: str) -> Iterator[Process]:
    database = Database(url, exclusive=False)
    writer, reader = ThreadWriter(database), ThreadReader(database)
    clock = ManualClock(START)
    conn = database.reader()
    world = WorldHolder(load_world(conn))
    conn.close()
    on = frozenset({"sms"})
    duty = Duty(world=world, reader=reader, writer=writer, clock=clock, channels=on)
    try:
        yield Process(
            database, world, duty, Reload(world, reader=reader, clock=clock, stale=Bell())
        )
    finally:
        writer.close()
        reader.close()
        database.close()


def begin(url: str) -> None:
    def save(conn: Connection) -> None:
        save_registry(conn, parties=b.PARTIES, links=(), contacts=OURS, at=START, by="t")
        save_roster(conn, replace(b.ROSTER, version=""), at=START, by="t")

    database = Database(url, exclusive=False)
    conn = database.writer()
    transact(conn, save)
    conn.close()
    database.close()


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Process]:
    new_database(tmp_path / "store.sqlite").close()
    begin(f"sqlite:///{tmp_path / 'store.sqlite'}")
    with process(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def away(person: str) -> Absence:
    return Absence(id=f"d-{person}", person=person, starts=START, ends=MORNING, by="person:dia")


async def test_what_one_process_is_told_pages_by_in_all_of_them_within_a_second(
    store_url: str,
) -> None:
    begin(store_url)
    with process(store_url) as here, process(store_url) as there:
        assert there.handlers() == ["ana"]
        taken = await here.duty.change(away("ana"), by="person:dia", confirmed=True)

        assert taken.done
        assert here.handlers() == ["ben"]
        assert await there.reload.look()
        assert there.handlers() == ["ben"]
    assert LOOK_EVERY <= 1


async def test_two_changes_at_once_in_two_processes_are_both_kept(store_url: str) -> None:
    begin(store_url)
    with process(store_url) as here, process(store_url) as there:
        cover = Cover(
            id="c", person="dia", role=Role.HANDLER, starts=START, ends=MORNING, by="person:dia"
        )
        await here.duty.change(cover, by="person:dia")
        await there.duty.change(away("ben"), by="person:ben", confirmed=True)

        roster = there.world.current.roster
        assert ([c.id for c in roster.covers], [a.id for a in roster.absences]) == (
            ["c"],
            ["d-ben"],
        )


async def test_one_that_leaves_a_role_to_nobody_changes_and_journals_nothing(one: Process) -> None:
    before = one.world.current.roster.version

    taken = await one.duty.change(away("chi"), by="person:chi")

    assert not taken.done
    assert [(w.role, w.people) for w in taken.planned.empty] == [(Role.SHIFT_LEAD, ("dia",))]
    assert one.world.current.roster.version == before
    assert _journaled(one) == []


async def test_every_version_stays_and_the_journal_names_each_with_who_made_it(
    one: Process,
) -> None:
    await one.duty.change(away("ana"), by="person:ana", confirmed=True)
    first = one.world.current.roster.version
    await one.duty.change(Withdrawal(id="d-ana"), by="person:ben", confirmed=True)

    then = one.write(lambda conn: records.read_roster(conn, first))

    assert then is not None
    assert then.absences[0].person == "ana"
    assert [(n["change"], n["by"], n["roster"] == first) for n in _journaled(one)] == [
        ("absence", "person:ana", True),
        ("withdrawn", "person:ben", False),
    ]
    assert one.write(lambda conn: journal.verify(conn)) == ()


async def test_a_mistake_changes_nothing(one: Process) -> None:
    with pytest.raises(ChangeRefusedError):
        await one.duty.change(away("nobody"), by="person:ana")

    assert _journaled(one) == []


async def test_a_roster_file_imported_next_day_forgets_no_absence(one: Process) -> None:
    await one.duty.change(away("ana"), by="person:ana", confirmed=True)
    file = Imported(
        parties=(), links=(), contacts=(), roster=replace(b.ROSTER, version="", longest_hours=24)
    )

    one.write(lambda conn: save_imported(conn, file, at=START, by="files"))
    await one.reload.look()

    assert one.world.current.roster.longest_hours == 24
    assert one.handlers() == ["ben"]


async def test_whom_no_page_reaches_is_said_with_why(one: Process) -> None:
    roster = one.world.current.roster
    mute = replace(roster.people[0], endpoints=())
    lost = replace(roster.people[1], endpoints=("sms:unknown",))
    mail = replace(roster.people[2], endpoints=("email:eve-mail",))
    refused = roster.people[3]
    people = (mute, lost, mail, refused)
    one.world.swap(replace(one.world.current, roster=replace(roster, people=people)))
    one.write(lambda conn: _last_message(conn, refused.endpoints[0], "failed_permanent", minute=1))

    found = await one.duty.standing()

    assert [(each.id, [way.trouble for way in each.ways]) for each in found.out_of_reach] == [
        ("ana", []),
        ("ben", [Trouble.NO_ADDRESS]),
        ("chi", [Trouble.NO_CHANNEL]),
        ("dia", [Trouble.FAILED_LATELY, Trouble.NO_CHANNEL]),
    ]
    one.write(lambda conn: _last_message(conn, refused.endpoints[0], "handed_off", minute=2))
    assert "dia" not in [each.id for each in (await one.duty.standing()).out_of_reach]


async def test_while_a_channel_fails_as_a_whole_nobody_is_reached_by_it(one: Process) -> None:
    one.write(_a_failing_channel)

    found = await one.duty.standing()

    assert {way.trouble for each in found.out_of_reach for way in each.ways} == {
        Trouble.CHANNEL_FAILING,
        Trouble.NO_CHANNEL,
    }
    assert next(each.floor for each in found.out_of_reach), "the last resort stands first"


def _journaled(one: Process) -> list[dict[str, object]]:
    wanted = select(tables.journal.c.body).where(tables.journal.c.kind == "duty_changed")
    ordered = wanted.order_by(tables.journal.c.n)
    return one.write(lambda conn: [json.loads(b) for b in conn.execute(ordered).scalars()])


def _a_case(conn: Connection, id: str, **more: object) -> None:
    given = {
        "id": id,
        "ref": id,
        "kind": "case",
        "status": "open",
        "severity": 0,
        "exercise": False,
        "opened_at": START,
        "version": 1,
        "head": "0",
        "due_at": START,
        "state": b"",
    }
    conn.execute(insert(tables.cases), {**given, **more})


def _last_message(conn: Connection, endpoint: str, state: str, *, minute: int) -> None:
    id = f"k{minute}"
    _a_case(conn, id)
    conn.execute(
        insert(tables.notifications),
        {
            "key": id,
            "case_id": id,
            "alert_id": id,
            "tell_no": 1,
            "purpose": "page",
            "party": "dia",
            "contact": "dia",
            "endpoint": endpoint,
            "channel": "sms",
            "lane": 0,
            "tell_rank": 0,
            "decided_at": START,
            "state": state,
            "settled_at": START + timedelta(minutes=minute),
        },
    )


def _a_failing_channel(conn: Connection) -> None:
    _a_case(conn, "i1", kind="incident", incident="channel_failing")
    conn.execute(
        insert(tables.situations),
        {
            "source": "!incident",
            "situation": "channel_failing:sms",
            "generation": 0,
            "case_id": "i1",
        },
    )
