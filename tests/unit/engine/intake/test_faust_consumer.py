"""Faust's reader after a seek: nothing left over from before it is ever shown."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from faust.tables.recovery import ServiceStopped
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st
from mode.utils.logging import CompositeLogger

from engine.clock import ManualClock
from engine.intake.faust_books import Books, Place
from engine.intake.faust_consumer import SOONER, SqlConsumer
from engine.intake.standing import SILENT_AFTER, Standing, State
from engine.settings import KafkaSettings
from tests.harness.moments import moment

ONE = TP("threats", 0)


class Fetched:
    """A record as Faust's thread hands it over."""

    def __init__(self, offset: int) -> None:
        self.offset = offset


class Broker:
    """What Faust's thread reads: a place that every record moves and a seek sets."""

    def __init__(self) -> None:
        self.place = 0
        self.end = 0

    def fetch(self) -> list[Fetched]:
        found = [Fetched(offset) for offset in range(self.place, self.end)]
        self.place = self.end
        return found


class Reader(SqlConsumer):
    """Faust's own loop over such a log; the store says that `stored` comes next."""

    def __init__(self) -> None:
        self._begun = False
        self.app = faust.App("reader", store="memory://", web_enabled=False)
        self.app.consumer_generation_id = 1
        self.flow_active = True
        self.can_resume_flow = asyncio.Event()
        self.not_waiting_next_records = asyncio.Event()
        self.scheduler = self.app.conf.ConsumerScheduler()
        self.log = CompositeLogger(logging.getLogger(__name__))
        self._read_offset = {}
        self._committed_offset = {}
        self.broker = Broker()
        self.stored = 0
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        """Happens once, while a fetch is under way."""
        self.first = True
        """Whether it happens before the log is read, or after."""
        self._books = _Books()  # type: ignore[assignment]

    @property
    def should_stop(self) -> bool:
        return False

    async def sleep(self, n: Any, *, loop: Any = None) -> None:
        await asyncio.sleep(0)

    def _get_active_partitions(self) -> set[TP]:
        return {ONE}

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:  # noqa: ASYNC109
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None and self.first:
            await meanwhile()
        found = self.broker.fetch()
        if meanwhile is not None and not self.first:
            await meanwhile()
        return {ONE: found} if found else {}

    def highwater(self, tp: TP) -> int:
        return 0

    def _to_message(self, tp: TP, record: Any) -> Any:
        return record

    async def _from_store(self) -> Mapping[TP, int]:
        self.broker.place = self.stored
        self._books.ownership.astray = False  # type: ignore[misc]  # as `positions` does
        return {ONE: self.stored}

    async def take_over(self) -> None:
        await self.seek_to_committed()

    async def shown(self) -> list[int]:
        return [message.offset async for _, message in self.getmany(1.0)]


class _Standing:
    def reads(self) -> None:
        return None


class _Ownership:
    astray = False


class _Settings:
    request_timeout = 25.0


class _Books:
    standing = _Standing()

    def __init__(self) -> None:
        self.ownership = _Ownership()
        self.settings = _Settings()
        self.trouble: str | None = None


@pytest.fixture
def reader() -> Reader:
    return Reader()


async def test_what_was_fetched_with_no_seek_in_between_is_shown(reader: Reader) -> None:
    reader.broker.end = 3
    assert await reader.shown() == [0, 1, 2]
    reader.broker.end = 4
    assert await reader.shown() == [3]


@pytest.mark.parametrize("first", [True, False])
async def test_a_fetch_during_which_we_go_back_shows_nothing_and_what_it_took_is_read_again(
    reader: Reader, first: bool
) -> None:
    """Before the seek it took what is left over; after it, what comes next. Nobody can tell."""
    reader.broker.place, reader.broker.end, reader.stored = 9, 12, 5
    reader.first, reader.meanwhile = first, reader.take_over

    assert await reader.shown() == []
    assert await reader.shown() == [5, 6, 7, 8, 9, 10, 11]


async def test_what_comes_while_faust_has_stopped_its_flow_is_read_again(reader: Reader) -> None:
    """Faust itself drops it without a word, and goes on behind it."""

    async def stopped() -> None:
        reader.flow_active = False

    reader.broker.end, reader.first, reader.meanwhile = 3, False, stopped
    assert await reader.shown() == []
    reader.flow_active = True
    assert await reader.shown() == [0, 1, 2]


async def test_after_a_stream_held_something_from_before_a_rebalance_it_seeks_once_more(
    reader: Reader,
) -> None:
    reader.broker.end = 3
    assert await reader.shown() == [0, 1, 2]
    reader.stored, reader._books.ownership.astray = 1, True  # type: ignore[misc]
    assert await reader.shown() == [1, 2]
    assert not reader._books.ownership.astray
    assert await reader.shown() == []


async def test_it_is_not_read_again_where_a_later_seek_goes_back_anyway(reader: Reader) -> None:
    reader.broker.end, reader.meanwhile = 3, reader.take_over
    assert await reader.shown() == []
    await reader.take_over()
    seeks = reader._seeks
    assert await reader.shown() == [0, 1, 2]
    assert reader._seeks == seeks


async def test_the_rest_of_a_batch_is_not_shown_once_a_seek_begins(reader: Reader) -> None:
    reader.broker.end, reader.stored = 8, 7
    shown = []
    async for _, message in reader.getmany(1.0):
        shown.append(message.offset)
        if message.offset == 2:
            await reader.take_over()
    assert shown == [0, 1, 2]
    assert await reader.shown() == [7]


async def test_a_seek_that_is_overtaken_by_a_newer_one_holds_up_nothing(reader: Reader) -> None:
    gate = asyncio.Event()
    slow = reader._from_store

    async def waits() -> Mapping[TP, int]:
        await gate.wait()
        return await slow()

    reader._from_store = waits  # type: ignore[method-assign]
    older = asyncio.create_task(reader.seek_to_committed())
    await asyncio.sleep(0)
    reader._from_store = slow  # type: ignore[method-assign]
    await reader.take_over()
    reader.broker.end = 1
    assert await reader.shown() == [0]
    gate.set()
    await older
    assert await reader.shown() == [0]


@given(st.lists(st.sampled_from(["grow", "seek", "meanwhile", "after", "stop", "go"]), max_size=30))
async def test_whatever_happens_in_between_nothing_is_passed_over(steps: list[str]) -> None:
    reader = Reader()
    dealt_with = 0

    async def stopped() -> None:
        reader.flow_active = False

    for step in [*steps, "grow", "go"]:
        if step == "grow":
            reader.broker.end += 2
        elif step == "seek":
            await reader.take_over()
        elif step in ("meanwhile", "after"):  # all but the last was fetched, and not dealt with
            reader.broker.end += 3
            reader.broker.place = max(dealt_with, reader.broker.end - 1)
            reader.first, reader.meanwhile = step == "meanwhile", reader.take_over
        elif step == "stop":
            reader.first, reader.meanwhile = False, stopped
        reader.flow_active = True
        async for _, message in reader.getmany(1.0):
            assert message.offset <= dealt_with, "a record was passed over"
            dealt_with = reader.stored = max(dealt_with, message.offset + 1)
    for _ in range(3):
        async for _, message in reader.getmany(1.0):
            assert message.offset <= dealt_with, "a record was passed over"
            dealt_with = reader.stored = max(dealt_with, message.offset + 1)
    assert dealt_with == reader.broker.end


async def test_a_seek_that_a_dead_broker_holds_up_is_given_up_before_faust_gives_itself_up(
    reader: Reader,
) -> None:
    """In one life of three brokers a lane never read: everything else went on, and nobody knew."""

    async def never() -> Mapping[TP, int]:
        await asyncio.get_running_loop().create_future()
        return {}

    reader._from_store = never  # type: ignore[method-assign]
    reader._books.settings.request_timeout = SOONER + 0.01

    with pytest.raises(TimeoutError):
        await reader.seek_to_committed()

    assert reader._books.trouble == "where to read from was not found within 0.01 s"


async def test_upstream_faust_takes_a_seek_that_lasts_for_its_own_end() -> None:
    """Documented, not wanted: once this fails, `SOONER` may go."""
    recovery = faust.App("upstream", store="memory://", web_enabled=False).tables.recovery

    with pytest.raises(ServiceStopped):
        await recovery._wait(asyncio.get_running_loop().create_future(), timeout=0.01)

    assert not recovery.should_stop


class Expecting:
    """Partitions that are ours, and what comes next in each."""

    partitions = (("threats", 0),)

    def __init__(self, expected: int) -> None:
        self.expected = {("threats", 0): expected}


def counting(expected: int, place: Place | None) -> tuple[Books, ManualClock]:
    clock = ManualClock(moment("2027-03-01 10:00"))
    books = Books(
        KafkaSettings(),
        ownership=Expecting(expected),  # type: ignore[arg-type]
        standing=Standing("normal", clock=clock),
        halt=lambda reason: None,
    )
    books.standing.reads()
    if place is not None:
        books.places["threats", 0] = place
    return books, clock


@pytest.mark.parametrize(
    ("expected", "place", "silent", "behind"),
    [
        pytest.param(0, None, True, 0, id="nothing was ever fetched"),
        pytest.param(
            9, Place(position=9, last=8, end=9, answered=1), True, 0, id="and no answer since"
        ),
        pytest.param(
            4, Place(position=9, last=8, end=9, answered=1), False, 5, id="it deals with what came"
        ),
    ],
)
async def test_a_reader_that_hears_nothing_does_not_pass_for_one_that_has_nothing_to_do(
    expected: int, place: Place | None, silent: bool, behind: int
) -> None:
    books, clock = counting(expected, place)
    for _ in range(2):
        books.count({ONE})
        await clock.advance(seconds=SILENT_AFTER)
        books.count({ONE})

    assert books.standing.silent is silent
    assert books.standing.now.behind == behind
    assert books.standing.now.state is State.READING


def test_whether_its_thread_still_runs_is_known() -> None:
    books, _ = counting(0, None)
    assert not books.reads_on

    gate = threading.Event()
    running = threading.Thread(target=gate.wait)
    books.thread = SimpleNamespace(_thread=running)  # type: ignore[assignment]
    running.start()
    assert books.reads_on
    gate.set()
    running.join()
    assert not books.reads_on
