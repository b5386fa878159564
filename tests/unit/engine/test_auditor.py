"""The auditor: silent outside while a promise is broken, and never the reason for an outage."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import given as given_values
from hypothesis import strategies as st
from sqlalchemy import Connection, event, text

from engine import invariants
from engine.auditor import AGAIN_AFTER, EVERY, FAILED_ROUNDS, STOOD_STILL, Auditor
from engine.case.commands import RaiseIncident
from engine.desk import Lane
from engine.findings import (
    MANY,
    NAMED_AT_MOST,
    OPEN_AT_MOST,
    in_words,
    incidents_now,
    incidents_of_rows,
    key_of,
)
from engine.invariants import Violation, walk
from engine.ports import Reader
from engine.store import findings
from engine.store.case_file import case_file
from engine.store.inline import InlineReader
from engine.uptime import Uptime
from notifiers.outcome import OutcomeReason
from tests.harness.closing import two_people_close
from tests.harness.people import faro
from tests.harness.reports import report
from tests.harness.story import Story, given
from tests.harness.towns import ARREST, LIFE, cerro, rulebook

T = TypeVar("T")


class _Counting:
    """A heartbeat that is only counted."""

    def __init__(self) -> None:
        self.beats = 0

    async def beat(self) -> None:
        self.beats += 1


def _auditor(story: Story, heart: _Counting, reader: Reader) -> Auditor:
    async def raise_incident(incident: RaiseIncident) -> None:
        assert story.engine is not None
        await story.engine.desk.submit(incident, lane=Lane.CRITICAL)

    return Auditor(
        reader=reader,
        raise_incident=raise_incident,
        heartbeat=heart,
        clock=story.clock,
        config=lambda: (story.rulebook, story.roster),
        up_since=story.began,
    )


async def test_while_every_promise_is_kept_the_watch_outside_hears_us() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = InlineReader(story.database)
        await story.publish(report("arrest", id="arrest-1"))
        story.phone("Ana").expects("Tocsin HIGH")

        found = await _auditor(story, heart, reader).turn()

        reader.close()
    assert (found, heart.beats) == ([], 1)


def _break(story: Story, statement: str) -> None:
    """Write past the engine, as a fault or a hand would."""
    with story.database.engine.connect() as conn:
        assert conn.execute(text(statement)).rowcount
        conn.commit()


CALLED_OFF = "UPDATE notifications SET state = 'cancelled'"
AS_BEFORE = "UPDATE notifications SET state = 'handed_off' WHERE state = 'cancelled'"


async def test_what_looks_broken_is_looked_at_again_before_anybody_is_called() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = InlineReader(story.database)
        await story.publish(report("arrest", id="arrest-1"))
        story.phone("Ana").expects("Tocsin HIGH")
        auditor = _auditor(story, heart, reader)

        _break(story, CALLED_OFF)
        assert await auditor.turn(), "seen"
        assert (heart.beats, story.incidents()) == (0, []), "and told to nobody yet"
        _break(story, AS_BEFORE)
        assert not await auditor.turn()

        reader.close()
        assert (heart.beats, story.incidents()) == (1, [])


async def test_a_broken_promise_pages_duty_and_silences_the_heartbeat() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = InlineReader(story.database)
        await story.publish(report("arrest", id="arrest-1"))
        story.phone("Ana").expects("Tocsin HIGH")
        _break(story, "DELETE FROM notifications")
        auditor = _auditor(story, heart, reader)

        for _ in range(5):
            await auditor.turn()
            await story.settle()

        reader.close()
        assert heart.beats == 0
        assert story.incidents() == ["invariant_broken"]
        story.phone("Ana").expects("Tocsin INCIDENT", "a promise broken")
        story.expects_broken("I6", "I11")


async def test_a_finding_calls_once_and_two_people_who_closed_it_are_not_called_again() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        story.ends_broken()
        reader = InlineReader(story.database)
        await story.publish(report("arrest", id="arrest-1"))
        _break(story, "UPDATE alerts SET status = 'silent'")
        auditor = _auditor(story, heart, reader)
        for _ in range(4):
            await auditor.turn()
        await story.settle()
        assert story.incidents() == ["invariant_broken"]
        assert not await _auditor(story, heart, reader).turn() or heart.beats == 0
        assert heart.beats == 0, "after a restart too: it stands until people have closed it"

        (row,) = story.read(text("SELECT id, ref FROM cases WHERE kind = 'incident'"))
        page = story.run(lambda conn: case_file(conn, ref=row.ref))
        assert page is not None
        said = in_words(page.finding)
        assert said.startswith("Not kept (I19): Every change has its leaf in the journal")
        assert "Look at " in said and "arrest" not in said
        await two_people_close(story, row.id)
        for _ in range(4):
            await auditor.turn()
        await story.settle()

        reader.close()
        assert heart.beats == 4
        status = story.read(text("SELECT status FROM cases WHERE kind = 'incident'"))
        assert [row.status for row in status] == ["monitored"]


async def test_a_round_asks_as_much_of_a_large_house_as_of_a_small_one() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = InlineReader(story.database)
        asked = []

        async def statements() -> int:
            asked.clear()
            await auditor.turn()
            return len(asked)

        def note(*_: object) -> None:
            asked.append(1)

        auditor = Auditor(
            reader=reader,
            raise_incident=_nobody,
            heartbeat=heart,
            clock=story.clock,
            config=lambda: (story.rulebook, story.roster),
            up_since=story.began,
            cases_a_round=2,
        )
        await story.publish_together([report("arrest", id=f"a-{n}") for n in range(6)])
        await story.settle()
        story.phone("Ana").ignores_everything()
        event.listen(story.database.engine, "before_cursor_execute", note)
        six = await statements()
        await story.publish_together([report("arrest", id=f"b-{n}") for n in range(30)])
        await story.settle()
        story.phone("Ana").ignores_everything()

        assert await statements() <= six + 8, "some of it is more pages of the same few"
        event.remove(story.database.engine, "before_cursor_execute", note)
        reader.close()


async def _nobody(incident: RaiseIncident) -> None:
    raise AssertionError(f"nothing is wrong, and yet: {incident}")


async def test_after_a_machine_slept_nobody_is_called_for_what_is_late_at_once() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = InlineReader(story.database)
        await story.publish(report("arrest", id="arrest-1"))
        auditor = _auditor(story, heart, reader)
        await story.advance(minutes=2)
        await auditor.turn()
        await story.down()
        await story.clock.advance(hours=2)
        found = [await auditor.turn() for _ in range(2)]
        assert found == [[], []], "nothing stood between us and the store for no time at all"

        await story.clock.advance(seconds=60)
        await auditor.turn()
        await story.clock.advance(seconds=60)
        late = await auditor.turn()
        assert {violation.invariant for violation in late} == {"I4"}, "now it is an outage"
        reader.close()
        await story.up()
        await story.settle()
        story.phone("Ana").ignores_everything()
        story.phone("Ben").ignores_everything()
        story.phone("Chi").ignores_everything()
        story.phone("Dia").ignores_everything()


async def test_a_machine_that_slept_in_the_midst_of_two_looks_called_duty_for_nothing() -> None:
    """What was tried again after it woke seemed to be tried never (seed 700163)."""
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = _Sleeps(InlineReader(story.database), story, times=2)
        story.post.broken["sms"] = OutcomeReason.UNREACHABLE
        await story.publish(report("arrest", id="arrest-1"))
        auditor = _auditor(story, heart, reader)

        looks = [await auditor.turn() for _ in range(2)]

        assert all({each.invariant for each in found} == {"I11"} for found in looks)
        assert "invariant_broken" not in story.incidents()
        del story.post.broken["sms"]
        await story.advance(minutes=6)
        assert await auditor.turn() == []
        reader.close()
        assert heart.beats == 1
        for who in ("Ana", "Ben", "Chi", "Dia"):
            story.phone(who).ignores_everything()


async def test_a_case_of_which_nobody_was_reached_is_an_incident_within_minutes() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        reader = InlineReader(story.database)
        auditor = _auditor(story, heart, reader)
        story.post.broken["sms"] = OutcomeReason.UNREACHABLE
        await story.publish(report("abduction", id="abduction-1"))
        for _ in range(4):
            await story.advance(minutes=1)
            assert await auditor.turn() == []
        await story.advance(minutes=2)

        found = await auditor.turn()
        await auditor.turn()
        await story.settle()

        reader.close()
        assert [(v.invariant, v.row) for v in found] == [("I23", story.case().id)]
        assert "reached_nobody" in story.incidents()
        assert heart.beats == 4
        del story.post.broken["sms"]
        await story.advance(minutes=6)
        story.phone("Ana").ignores_everything()


async def test_an_auditor_that_cannot_read_goes_on_looking() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:

        class _Broken:
            async def run(self, fn: object) -> object:
                raise OSError("the disk is gone")

        auditor = _auditor(story, heart, _Broken())  # type: ignore[arg-type]
        looking = story.beside(auditor.run())
        await story.advance(minutes=5)

        assert not looking.done()
        assert heart.beats == 0
        story.phone("Ana").expects("Tocsin INCIDENT", at="Mon 22:01")


async def test_rounds_that_failed_one_after_another_were_told_to_nobody() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        reader = _Trips(InlineReader(story.database), over=[invariants.check_now])
        auditor = _auditor(story, heart, reader)
        story.beside(auditor.run())

        await story.advance(seconds=EVERY * (FAILED_ROUNDS - 1))
        assert story.incidents() == [], "one round may fail"
        await story.advance(seconds=EVERY)
        assert (heart.beats, story.incidents()) == (0, ["loop_failed"])
        story.phone("Ana").expects("Tocsin INCIDENT")
        reader.over = []
        await story.advance(seconds=EVERY)
        assert heart.beats == 1
        reader.close()


async def test_a_walk_that_fails_hid_for_good_what_is_late() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        reader = _Trips(InlineReader(story.database), over=[walk.next_cases])
        auditor = _auditor(story, heart, reader)
        story.beside(auditor.run())
        story.post.broken["sms"] = OutcomeReason.UNREACHABLE
        await story.publish(report("abduction", id="abduction-1"))
        await story.advance(minutes=8)

        assert "reached_nobody" in story.incidents()
        assert heart.beats == 0
        reader.over = []
        del story.post.broken["sms"]
        await story.advance(minutes=6)
        story.phone("Ana").ignores_everything()
        reader.close()


async def test_a_store_that_goes_away_in_the_midst_of_a_round_is_no_fault_of_any_row() -> None:
    heart = _Counting()
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        away = [invariants.check_cases, findings.standing]
        reader = _Trips(InlineReader(story.database), over=away)
        await story.publish(report("arrest", id="arrest-1"))
        story.phone("Ana").expects("Tocsin HIGH")
        auditor = _auditor(story, heart, reader)
        for _ in range(2):
            with pytest.raises(ValueError, match="nobody"):
                await auditor.turn()
        reader.over = []
        assert await auditor.turn() == []
        reader.close()
        assert (heart.beats, story.incidents()) == (1, [])


class _Trips:
    """A reader that raises over some questions, as what cannot be read makes it."""

    def __init__(self, reader: InlineReader, *, over: Sequence[object]) -> None:
        self.over = over
        self.close = reader.close
        self._reader = reader

    async def run(self, fn: Callable[[Connection], T]) -> T:
        if getattr(fn, "func", fn) in self.over:
            raise ValueError("nobody can read this")
        return await self._reader.run(fn)


class _Sleeps:
    """A reader before whose look at the cases the machine sleeps; the engine wakes first."""

    def __init__(self, reader: InlineReader, story: Story, *, times: int) -> None:
        self.close = reader.close
        self._reader, self._story, self._times = reader, story, times

    async def run(self, fn: Callable[[Connection], T]) -> T:
        if getattr(fn, "func", fn) is invariants.check_cases and self._times:
            self._times -= 1
            await self._story.advance(minutes=20)
        return await self._reader.run(fn)


def _violation(invariant: str, row: str, what: str = "") -> Violation:
    return Violation(invariant=invariant, row=row, what=what, remedy="")


def test_many_unreached_cases_are_one_incident_and_an_incident_is_never_about_an_incident() -> None:
    many = [_violation("I23", f"c{n}") for n in range(9)]

    assert [i.key for i in incidents_now(many)] == [MANY]
    assert incidents_now([_violation("I23", "iabc")]) == []
    assert [i.key for i in incidents_now(many[:2])] == ["c0", "c1"]


def test_each_broken_row_is_an_incident_of_its_own_until_they_are_many() -> None:
    rows = [_violation("I11", f"n{n}") for n in range(NAMED_AT_MOST + 1)]

    few = incidents_of_rows(rows[:-1], standing=0)
    assert len({each.key for each in few}) == NAMED_AT_MOST
    assert all(each.key.startswith("I11:n") and each.severe for each in few)
    assert [each.key for each in incidents_of_rows(rows, standing=0)] == [f"I11:{MANY}:"]
    assert [i.key for i in incidents_of_rows(rows[:1], standing=OPEN_AT_MOST)] == [f"I11:{MANY}:"]


def test_a_message_that_came_twice_calls_more_quietly_than_one_that_never_came() -> None:
    (twice,) = incidents_of_rows([_violation("I12", "n1")], standing=0)
    (never,) = incidents_of_rows([_violation("I11", "n1")], standing=0)

    assert (twice.severe, never.severe) == (False, True)


@given_values(row=st.text(max_size=300), what=st.text(max_size=50), other=st.text(max_size=50))
def test_a_finding_has_one_name_that_fits_and_another_breach_of_the_row_has_another(
    row: str, what: str, other: str
) -> None:
    key = key_of(_violation("I25", row, what))

    assert key == key_of(_violation("I25", row, what))
    assert len(key) < 100
    assert (key == key_of(_violation("I25", row, other))) == (what == other)


SPAN = timedelta(seconds=EVERY) + STOOD_STILL
SPANS = st.timedeltas(min_value=timedelta(seconds=-100), max_value=timedelta(hours=3))


@given_values(steps=st.lists(st.tuples(SPANS, st.booleans()), min_size=1, max_size=30))
def test_we_count_as_up_only_as_far_back_as_nothing_stood_in_between(
    steps: list[tuple[timedelta, bool]],
) -> None:
    began = now = broke = datetime(2027, 3, 1, tzinfo=UTC)
    uptime = Uptime(began=began, patience=SPAN)
    for span, answered in steps:
        now += span
        since = uptime.since(now)
        if span > SPAN or span < timedelta(0) or broke is None:
            broke = now
        assert since == broke <= now
        if not answered:
            uptime.lost()
            broke = None  # type: ignore[assignment]


def test_the_second_look_is_soon_and_after_time_to_catch_up() -> None:
    assert 2.0 <= AGAIN_AFTER <= EVERY / 2
