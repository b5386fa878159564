"""Faust's reader after a seek: nothing left over from before it is ever shown."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import faust
import pytest
from faust.types import TP

from engine.intake.faust_books import SqlConsumer

ONE = TP("threats", 0)


class Fetched:
    """A record as Faust's thread hands it over."""

    def __init__(self, offset: int) -> None:
        self.offset = offset


class Reader(SqlConsumer):
    """Faust's own loop, over records that stand ready; a seek may come in between."""

    def __init__(self) -> None:
        self._begun = False
        self.app = faust.App("reader", store="memory://", web_enabled=False)
        self.app.consumer_generation_id = 1
        self.flow_active = True
        self.scheduler = self.app.conf.ConsumerScheduler()
        self.ready: list[int] = []
        self.asked: Any = None

    @property
    def should_stop(self) -> bool:
        return False

    async def _wait_next_records(self, timeout: float) -> tuple[Any, set[TP]]:  # noqa: ASYNC109
        records = {ONE: [Fetched(offset) for offset in self.ready]}
        if self.asked is not None:
            await self.asked()
        return records, {ONE}

    def highwater(self, tp: TP) -> int:
        return 0

    def _to_message(self, tp: TP, record: Any) -> Any:
        return record

    def begin(self) -> int:
        self._seeks += 1
        return self._seeks

    def end(self, seek: int) -> None:
        self._sought = max(seek, self._sought)

    async def shown(self) -> list[int]:
        return [message.offset async for _, message in self.getmany(1.0)]


@pytest.fixture
def reader() -> Reader:
    return Reader()


async def test_what_was_fetched_with_no_seek_in_between_is_shown(reader: Reader) -> None:
    reader.ready = [7, 8, 9]
    assert await reader.shown() == [7, 8, 9]


async def test_what_was_fetched_before_a_seek_ended_is_not_shown_after_it(reader: Reader) -> None:
    """Faust would take 259 for its place and drop 251 to 258, which the seek went back for."""

    async def taken_over() -> None:
        reader.end(reader.begin())

    reader.ready, reader.asked = [259, 260], taken_over
    assert await reader.shown() == []
    reader.ready, reader.asked = [251, 252], None
    assert await reader.shown() == [251, 252]


async def test_nothing_is_shown_while_a_seek_is_under_way(reader: Reader) -> None:
    seek = reader.begin()
    reader.ready = [259]
    assert await reader.shown() == []
    reader.end(seek)
    reader.ready = [251]
    assert await reader.shown() == [251]


async def test_the_rest_of_a_batch_is_not_shown_once_a_seek_begins(reader: Reader) -> None:
    reader.ready = [5, 6, 7]
    shown = []
    batch: AsyncIterator[Any] = reader.getmany(1.0)
    async for _, message in batch:
        shown.append(message.offset)
        if message.offset == 6:
            reader.end(reader.begin())
    assert shown == [5, 6]


async def test_a_seek_that_was_given_up_for_a_newer_one_holds_up_nothing(reader: Reader) -> None:
    given_up, newer = reader.begin(), reader.begin()
    reader.end(newer)
    reader.ready = [1]
    assert await reader.shown() == [1]
    reader.end(given_up)
    assert await reader.shown() == [1]


async def test_a_seek_counts_from_its_beginning_to_its_end(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Standing:
        def reads(self) -> None:
            return None

    class Books:
        standing = Standing()

    seen: list[list[int]] = []

    async def from_store() -> Mapping[TP, int]:
        reader.ready = [259]
        seen.append(await reader.shown())
        return {ONE: 251}

    reader._books = Books()  # type: ignore[assignment]
    monkeypatch.setattr(reader, "_from_store", from_store)
    assert await reader.seek_to_committed() == {ONE: 251}
    assert seen == [[]]
    reader.ready = [251]
    assert await reader.shown() == [251]
