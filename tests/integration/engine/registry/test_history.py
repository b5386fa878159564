"""Imports in the store: in force as a whole or not at all, and nothing is ever overwritten."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, func, select

from engine.clock import ManualClock
from engine.registry import load_world, save_registry, save_roster
from engine.registry.history import (
    Edition,
    OvertakenError,
    Taken,
    TooMuchDroppedError,
    apply,
    compare,
    read_known,
    take,
)
from engine.registry.loading import load_registry
from engine.registry.reach import OutOfReachError
from engine.registry.rows import RowRead
from engine.store import imports, journal, tables, versions
from engine.store.database import Database, transact
from engine.store.versions import What
from rules.graph import DuplicateIdError
from schemas.contact import Endpoint
from schemas.link import LinkStatus
from schemas.roster import DutyPerson, Roster
from tests.unit.engine.registry.history.records import contact, link, party, rows

T = TypeVar("T")
NOW = datetime(2030, 5, 1, 8, tzinfo=UTC)


class KilledError(Exception):
    """The process ends here, before a transaction or after its commit."""


class House:
    """A store with a writer that may be killed at any of its transactions."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, exclusive=False)
        self.conn = self.database.writer()
        self.clock = ManualClock(NOW)
        self.transactions = 0
        self.kill_at: tuple[int, bool] | None = None
        """Which of the next transactions, and whether it is committed before."""

    async def run(self, fn: Callable[[Connection], T]) -> T:
        self.transactions += 1
        last = self.kill_at is not None and self.kill_at[0] == self.transactions
        if last and self.kill_at is not None and not self.kill_at[1]:
            raise KilledError
        done = transact(self.conn, fn)
        if last:
            raise KilledError
        return done

    def look(self, fn: Callable[[Connection], T]) -> T:
        return transact(self.conn, fn)

    @property
    def version(self) -> str:
        return self.look(load_registry).version

    async def bring(
        self,
        read: Sequence[RowRead],
        source: str = "list",
        *,
        complete: bool = False,
        chunk: int = 2,
        drop: bool = False,
        file: str = "file.csv",
    ) -> Taken:
        """Compare and apply, as an importer does."""
        changes = compare(self.look(read_known), read, source=source, complete=complete)
        edition = Edition(source=source, by="person:ana", file=file, as_of=date(2030, 1, 1))
        return await apply(self, changes, edition, clock=self.clock, chunk=chunk, drop=drop)

    def close(self) -> None:
        self.conn.close()
        self.database.close()


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    house = House(store_url)
    yield house
    house.close()


FILE = rows(party("mill"), party("brand"), link("l1"), link("l2", b="dyer"), contact("c1"))


async def test_a_file_is_in_force_once_all_of_it_is_stored(house: House) -> None:
    taken = await house.bring(FILE)

    registry = house.look(load_registry)
    assert registry.party("mill") == party("mill")
    assert (registry.link("l1"), registry.contact("c1")) == (link("l1"), contact("c1"))
    assert taken.size == 5
    assert house.look(load_world).versions[0] == taken.version == taken.import_id


async def test_importing_a_file_twice_changes_nothing_and_writes_nothing(house: House) -> None:
    first = await house.bring(FILE, complete=True)
    version = house.version

    second = await house.bring(list(reversed(FILE)), complete=True)

    assert (second.import_id, second.version, second.size) == ("", first.version, 0)
    assert house.version == version
    assert [each.n for each in house.look(imports.finished)] == [1]


async def test_who_brought_which_file_is_kept_with_its_counts(house: House) -> None:
    await house.bring(FILE)

    (known,) = house.look(imports.finished)
    (note,) = [row.kind for row in house.look(lambda c: list(c.execute(journal.LEAVES)))]
    assert (known.source, known.file, known.by, known.as_of) == (
        "list",
        "file.csv",
        "person:ana",
        date(2030, 1, 1),
    )
    assert (known.counts["added"], known.counts["unchanged"]) == (5, 0)
    assert note == "world_activated"


@pytest.mark.parametrize("committed", [False, True])
async def test_an_import_that_is_killed_anywhere_changes_nothing_and_goes_on_when_run_again(
    house: House, committed: bool
) -> None:
    for point in range(1, 7):  # looking for leftovers, beginning, three chunks, the switch
        source = f"source{point}"
        file = rows(
            *(party(f"{source}-{n}") for n in range(3)), link(source), contact(f"{source}-c")
        )
        before = house.version
        house.transactions, house.kill_at = 0, (point, committed)
        with pytest.raises(KilledError):
            await house.bring(file, source)
        house.kill_at = None
        killed_after_the_switch = committed and point == 6
        assert (house.version == before) is not killed_after_the_switch
        stored = sum(each.written for each in house.look(imports.unfinished))

        house.transactions = 0
        await house.bring(file, source)

        registry = house.look(load_registry)
        assert registry.link(source) is not None and registry.contact(f"{source}-c") is not None
        assert all(registry.party(f"{source}-{n}") is not None for n in range(3))
        if not killed_after_the_switch:
            chunks_left = -(-(5 - stored) // 2)
            assert house.transactions == 3 + chunks_left, "what is stored is not stored twice"
    assert house.look(imports.unfinished) == ()


async def test_a_file_that_was_corrected_after_a_kill_leaves_nothing_of_the_first(
    house: House,
) -> None:
    house.kill_at = (4, True)
    with pytest.raises(KilledError):
        await house.bring(FILE)
    house.kill_at = None

    await house.bring(rows(party("mill", name="Other")))

    registry = house.look(load_registry)
    assert registry.party("mill") == party("mill", name="Other")
    assert registry.party("brand") is None and house.look(imports.unfinished) == ()
    left = house.look(
        lambda c: [
            c.execute(select(func.count()).select_from(versions.TABLES[what])).scalar()
            for what in What
        ]
    )
    assert left == [1, 0, 0]


async def test_an_import_that_another_one_overtook_changes_nothing(house: House) -> None:
    await house.bring(FILE)
    changes = compare(house.look(read_known), rows(link("l1", tier=3)), source="list")
    await house.bring(rows(link("l1", tier=2)))

    with pytest.raises(OvertakenError):
        await apply(house, changes, Edition(source="list", by="person:ana"), clock=house.clock)

    found = house.look(load_registry).link("l1")
    assert found is not None and found.tier == 2


async def test_a_link_that_was_refuted_while_a_file_was_read_stays_refuted(house: House) -> None:
    await house.bring(rows(link("l1", tier=1), link("l2")))
    changes = compare(house.look(read_known), rows(link("l1", tier=2)), source="list")
    refuted = rows(link("l1", tier=1, status=LinkStatus.REFUTED))
    await house.bring(refuted)

    with pytest.raises(OvertakenError):
        await apply(house, changes, Edition(source="list", by="person:ana"), clock=house.clock)
    await house.bring(rows(link("l1", tier=2)))

    found = house.look(load_registry).link("l1")
    assert found is not None and (found.tier, found.status) == (2, LinkStatus.REFUTED)


async def test_another_sources_import_meanwhile_is_no_hindrance(house: House) -> None:
    changes = compare(house.look(read_known), FILE, source="list")
    await house.bring(rows(link("x1")), "other")

    await apply(house, changes, Edition(source="list", by="person:ana"), clock=house.clock)

    registry = house.look(load_registry)
    assert registry.link("x1") is not None and registry.link("l1") is not None


async def test_half_a_file_is_refused_unless_somebody_says_that_it_is_meant(house: House) -> None:
    whole = rows(*(link(f"l{n}") for n in range(12)))
    await house.bring(whole, complete=True)

    with pytest.raises(TooMuchDroppedError):
        await house.bring(whole[:6], complete=True)
    assert house.look(imports.unfinished) == ()
    await house.bring(whole[:6], complete=True, drop=True)

    found = house.look(load_registry).link("l11")
    assert found is not None and found.status is LinkStatus.LAPSED


async def test_an_import_after_which_duty_could_not_be_paged_is_not_taken(house: House) -> None:
    ana = DutyPerson(id="person:ana", label="Ana", endpoints=("outbox:c1-mail",))
    await house.bring(rows(contact("c1"), contact("c2")), complete=True)
    house.look(
        lambda c: save_roster(c, Roster(version="", people=(ana,), floor=ana), at=NOW, by="t")
    )

    with pytest.raises(OutOfReachError):
        await house.bring(rows(contact("c2")), complete=True, drop=True)

    assert house.look(load_registry).contact("c1") is not None


async def test_contacts_of_one_source_are_not_touched_by_another(house: House) -> None:
    await house.bring(rows(contact("ours")), "ours", complete=True)
    await house.bring(rows(contact("a"), contact("b")), complete=True)

    await house.bring(rows(contact("b")), complete=True, drop=True)

    registry = house.look(load_registry)
    assert [registry.contact(id) is not None for id in ("ours", "a", "b")] == [True, False, True]


async def test_two_imports_at_once_never_give_one_endpoint_two_addresses(house: House) -> None:
    one = Endpoint(id="one", channel="outbox", address="one@example.org")
    other = replace(one, address="other@example.org")
    changes = compare(house.look(read_known), rows(contact("a", endpoints=(one,))), source="list")
    await house.bring(rows(contact("b", endpoints=(other,))), "other")

    with pytest.raises(DuplicateIdError):
        await apply(house, changes, Edition(source="list", by="person:ana"), clock=house.clock)

    assert house.look(load_registry).contact("a") is None


async def test_the_registry_is_read_as_it_was_known_at_any_time(house: House) -> None:
    editions = [
        rows(party("mill", name="Mil"), link("l1", b="mill")),
        rows(party("mill", name="Mill"), link("l1", b="dyer"), contact("c1")),
        rows(party("mill", name="Mill"), link("l2")),
    ]
    seen: list[tuple[datetime, str]] = [(house.clock.now(), house.version)]
    for edition in editions:
        await house.clock.advance(hours=1)
        await house.bring(edition, complete=True, drop=True)
        seen.append((house.clock.now(), house.version))
        await house.clock.advance(hours=1)

    assert len({version for _, version in seen}) == 4
    for at, version in seen:
        known = house.look(lambda c, at=at: load_registry(c, at=at))  # type: ignore[misc]
        assert known.version == version
    just_before = house.look(lambda c: load_registry(c, at=seen[1][0] - timedelta(seconds=1)))
    assert just_before.version == seen[0][1]


async def test_the_history_of_one_record_names_when_and_where_each_version_was_read(
    house: House,
) -> None:
    await house.bring(rows(link("l1", tier=1)))
    await house.clock.advance(days=1)
    await house.bring(rows(party(), link("l1", tier=2)), file="second.csv")

    first, second = house.look(lambda c: versions.history(c, What.LINK, "l1"))

    assert (first.n, first.line, first.recorded_at) == (1, 2, NOW)
    assert first.withdrawn_at == second.recorded_at == NOW + timedelta(days=1)
    assert (second.n, second.line, second.withdrawn_at) == (2, 3, None)
    assert versions.load(What.LINK, first.body) == link("l1", tier=1)
    brought = house.look(lambda c: imports.find(c, second.import_id))
    assert brought is not None and brought.file == "second.csv"


async def test_two_sources_of_one_party_keep_their_own_editions_of_it(house: House) -> None:
    ours, theirs = party("lei:1", name="Mill"), party("lei:1", name="Mill Ltd", state="QM")
    await house.bring(rows(ours), "ours")
    await house.bring(rows(theirs), "theirs")
    version = house.version

    await house.bring(rows(ours), "ours")
    await house.bring(rows(theirs), "theirs")

    merged = house.look(load_registry).party("lei:1")
    assert merged == replace(ours, aliases=("Mill Ltd",), state="QM")
    assert house.version == version


async def test_the_registrys_own_files_leave_other_sources_alone(house: House) -> None:
    await house.bring(FILE)

    house.look(
        lambda c: save_registry(
            c, parties=[party("desk")], links=[], contacts=[contact("d1")], at=NOW, by="t"
        )
    )

    registry = house.look(load_registry)
    link_now = registry.link("l1")
    assert link_now is not None and link_now.status is LinkStatus.VERIFIED
    assert registry.contact("c1") is not None and registry.contact("d1") is not None


def test_what_is_taken_in_one_transaction_is_undone_with_it(house: House) -> None:
    def then_fail(conn: Connection) -> None:
        changes = compare(read_known(conn), FILE, source="list")
        take(conn, changes, Edition(source="list", by="t"), at=NOW)
        raise KilledError

    before = house.version
    with pytest.raises(KilledError):
        house.look(then_fail)

    assert house.version == before and house.look(imports.finished) == ()


# Two importers at once, each killed now and then: the same as one after the other.

_A = rows(party("shared", name="A"), link("a1"), link("a2", b="dyer"), contact("a-c"))
_B = rows(party("shared", name="B", state="QM"), link("b1"), contact("b-c"), party("b"))


class Interleaved:
    """A writer that lets the other one go first, and dies, as the test says."""

    def __init__(self, house: House, waits: list[int], deaths: list[int]) -> None:
        self.house, self.waits, self.deaths, self.count = house, waits, deaths, 0

    async def run(self, fn: Callable[[Connection], T]) -> T:
        self.count += 1
        for _ in range(self.waits[self.count % len(self.waits)]):
            await asyncio.sleep(0)
        if self.count in self.deaths:
            raise KilledError
        done = transact(self.house.conn, fn)
        if -self.count in self.deaths:
            raise KilledError
        return done

    async def bring(self, read: list[RowRead], source: str) -> None:
        """Run again until it is done, as a person does."""
        while True:
            changes = compare(self.house.look(read_known), read, source=source)
            try:
                edition = Edition(source=source, by="t")
                await apply(self, changes, edition, clock=self.house.clock, chunk=1)
            except (KilledError, OvertakenError):
                continue
            return


_LITTLE = st.lists(st.integers(0, 3), min_size=1, max_size=6)
_DEATHS = st.lists(st.integers(1, 9).flatmap(lambda n: st.sampled_from([n, -n])), max_size=3)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_LITTLE, _LITTLE, _DEATHS, _DEATHS)
def test_however_two_imports_interleave_and_die_the_registry_is_the_same(
    new_house: Callable[[], House],
    waits_a: list[int],
    waits_b: list[int],
    deaths_a: list[int],
    deaths_b: list[int],
) -> None:
    house = new_house()

    async def both() -> None:
        a, b = Interleaved(house, waits_a, deaths_a), Interleaved(house, waits_b, deaths_b)
        await asyncio.gather(a.bring(_A, "a"), b.bring(_B, "b"))

    asyncio.run(both())

    assert house.version in _one_after_the_other(new_house)
    assert house.look(imports.unfinished) == ()


_KNOWN: set[str] = set()


def _one_after_the_other(new_house: Callable[[], House]) -> set[str]:
    if not _KNOWN:
        for order in ([(_A, "a"), (_B, "b")], [(_B, "b"), (_A, "a")]):
            house = new_house()
            for read, source in order:
                asyncio.run(house.bring(read, source))
            _KNOWN.add(house.version)
    return _KNOWN


@pytest.fixture
def new_house(store_url: str) -> Iterator[Callable[[], House]]:
    """The same store, emptied."""
    house = House(store_url)

    def emptied() -> House:
        def empty(conn: Connection) -> None:
            for table in (tables.imports, *versions.TABLES.values()):
                conn.execute(delete(table))

        house.look(empty)
        return house

    yield emptied
    house.close()
