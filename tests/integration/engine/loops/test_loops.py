"""The loops over a real desk: what leaves, when, and what becomes of it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.bell import Bell
from engine.calling import Owed
from engine.case.commands import RaiseIncident
from engine.clock import ManualClock
from engine.desk import Busy, CommandFailed, StoreUnavailable
from engine.relay import Relay
from engine.sender import Sender, Sign
from engine.store import tables as t
from engine.timers import run_timers
from notifiers.message import ChannelKind
from notifiers.outcome import OutcomeReason
from schemas.codes import Severity
from tests.harness.recording import Post, RecordingChannel
from tests.integration.engine.desk.room import START, Room, a_room, report
from tests.unit.engine.case import builders as b

SIGN = Sign(
    answer_url="https://answer.example", board_url="https://board.example", phone="+99 000 1"
)

POLL = 60.0
"""What is due sooner rings a bell or is known beforehand; polling is for other processes."""


class House:
    """A desk with its loops, in tasks of one loop."""

    def __init__(self, room: Room, post: Post) -> None:
        self.room = room
        self.post = post
        clock = room.clock
        self.channels = [
            RecordingChannel("email", kind=ChannelKind.EMAIL, post=post, now=clock.now),
            RecordingChannel("sms", kind=ChannelKind.SMS, post=post, now=clock.now),
        ]
        self.sender = Sender(
            desk=room.desk, channels=self.channels, clock=clock, sign=SIGN, poll_seconds=POLL
        )
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.tasks = [
            asyncio.create_task(self.sender.run()),
            asyncio.create_task(
                run_timers(self.room.desk, clock=self.room.clock, poll_seconds=POLL)
            ),
        ]

    async def advance(self, **span: float) -> None:
        await self.room.clock.advance(**span)


@pytest.fixture
async def house(store_url: str) -> AsyncIterator[House]:
    async with a_room(store_url) as room:
        house = House(room, Post())
        house.start()
        yield house
        for task in house.tasks:
            task.cancel()
        await asyncio.gather(*house.tasks, return_exceptions=True)


async def test_a_report_at_ten_at_night_wakes_the_handler_within_a_second(house: House) -> None:
    await house.room.one(report())
    await house.advance(seconds=1)

    assert {sent.endpoint for sent in house.post.sent} == {"ana-sms", "ana-mail"}
    rows = await house.room.rows(t.notifications)
    assert {row.state for row in rows} == {"handed_off"}
    assert await house.room.sound()


async def test_nobody_answers_and_duty_is_told_again_and_again_on_time(house: House) -> None:
    await house.room.one(report(severity=Severity.CRITICAL))
    await house.advance(hours=2)

    times = sorted({sent.at for sent in house.post.sent})
    assert len(times) >= 5
    fired = await house.room.rows(t.journal, t.journal.c.kind == "step_fired")
    for leaf in fired:
        due = b.f.load_fact(leaf.body).due_at  # type: ignore[union-attr]
        assert timedelta(0) <= leaf.at - due <= timedelta(seconds=1)
    assert set(house.post.counts.values()) == {1}


async def test_while_overdue_steps_wait_to_be_decided_pages_leave_a_few_at_a_time(
    store_url: str,
) -> None:
    async with a_room(store_url) as room:
        house = House(room, Post())
        for n in range(12):
            await room.one(report(f"e{n}", b.an_event(situation=f"s{n}")))
        room.desk.behind = True
        sending = asyncio.create_task(house.sender.run())
        try:
            await house.advance(seconds=0.1)
            early = len(house.post.sent)
            await house.advance(seconds=3)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

        slots = house.channels[0].capabilities.concurrency
        assert 0 < early <= slots, "the gravest at once, and not all that could leave"
        assert len(house.post.sent) == 24, "every page in the end, though the desk stayed behind"


async def test_a_busy_gateway_is_tried_again_and_the_message_leaves_once(house: House) -> None:
    house.post.moods["ana-sms"] = deque([OutcomeReason.BUSY, OutcomeReason.UNREACHABLE])
    await house.room.one(report())
    await house.advance(minutes=1)

    (sms,) = [sent for sent in house.post.sent if sent.endpoint == "ana-sms"]
    assert sms.at - START < timedelta(seconds=20)
    assert house.post.counts[sms.message.key] == 1
    tries = await house.room.rows(t.attempts, t.attempts.c.key == sms.message.key)
    assert [row.state for row in sorted(tries, key=lambda row: row.attempt_no)] == [
        "failed_temporary",
        "failed_temporary",
        "handed_off",
    ]


async def test_an_unclear_answer_repeats_the_very_same_message(house: House) -> None:
    house.post.moods["ana-mail"] = deque([OutcomeReason.NO_ANSWER_AFTER_DATA])
    await house.room.one(report())
    await house.advance(minutes=1)

    first, second = [sent.message for sent in house.post.sent if sent.endpoint == "ana-mail"]
    assert (second.key, second.subject, second.body) == (first.key, first.subject, first.body)
    assert (second.how, second.reply_code) == (first.how, first.reply_code)
    assert first.key == second.key


async def test_a_channel_nobody_configured_fails_at_once_and_duty_hears_of_it(
    store_url: str,
) -> None:
    async with a_room(store_url) as room:
        post = Post()
        house = House(room, post)
        house.sender = Sender(
            desk=room.desk,
            channels=[
                RecordingChannel("email", kind=ChannelKind.EMAIL, post=post, now=room.clock.now)
            ],
            clock=room.clock,
            sign=SIGN,
        )
        house.start()
        await room.one(report())
        await room.clock.advance(seconds=2)

        rows = await room.rows(t.notifications, t.notifications.c.channel == "sms")
        assert {row.state for row in rows} == {"failed_permanent"}
        incidents = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert [row.incident for row in incidents] == ["channel_missing"]
        for task in house.tasks:
            task.cancel()
        await asyncio.gather(*house.tasks, return_exceptions=True)


async def test_a_channel_that_fails_as_a_whole_pages_once(house: House) -> None:
    house.post.broken["sms"] = OutcomeReason.UNREACHABLE
    await house.room.one(report())
    await house.advance(minutes=30)

    incidents = await house.room.rows(t.cases, t.cases.c.kind == "incident")
    assert [row.incident for row in incidents] == ["channel_failing"]
    assert "ana-mail" in {sent.endpoint for sent in house.post.sent}


@pytest.mark.parametrize("code", ["channel_failing", "channel_missing"])
async def test_what_a_full_desk_could_not_take_is_told_as_soon_as_it_can(
    house: House, code: str
) -> None:
    """Raised into a full desk, it was gone, and the channel failed on in silence."""
    turned_away: list[str] = []
    inner = house.sender._owed._by

    async def full(incident: RaiseIncident) -> object:
        if len(turned_away) < 3:
            turned_away.append(str(incident.code))
            raise Busy
        return await inner(incident)

    house.sender._owed = Owed(full)
    if code == "channel_failing":
        house.post.broken["sms"] = OutcomeReason.UNREACHABLE
    else:
        house.sender._channels = {
            name: one for name, one in house.sender._channels.items() if name != "sms"
        }
    await house.room.one(report())
    await house.advance(minutes=30)

    incidents = await house.room.rows(t.cases, t.cases.c.kind == "incident")
    assert turned_away == [code] * 3
    assert [row.incident for row in incidents] == [code]


async def test_a_channel_that_raises_is_unknown_never_failed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def raises(self: Any, message: Any, endpoint: Any) -> Any:
        raise RuntimeError("a channel promised not to")

    monkeypatch.setattr(RecordingChannel, "send", raises)
    await house.room.one(report())
    await house.advance(seconds=1)

    assert {row.state for row in await house.room.rows(t.notifications)} == {"unknown"}


async def test_a_claim_that_waited_too_long_is_not_sent(house: House) -> None:
    await house.room.one(report())
    (job, *_) = (await house.room.desk.claim_sends(free={"email": 1}, others=0)).jobs

    outcome = await house.sender._try(replace(job, send_by=asyncio.get_running_loop().time() - 0.1))

    assert outcome.state.value == "failed_temporary"
    assert house.post.sent == []


async def test_outcomes_are_kept_while_the_store_refuses(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refused = house.room.desk.settle_sends, []

    async def refuses(outcomes: Any) -> None:
        if len(refused) < 3:
            refused.append(outcomes)
            raise StoreUnavailable("the disk is full")
        await real(outcomes)

    monkeypatch.setattr(house.room.desk, "settle_sends", refuses)
    await house.room.one(report())
    await house.advance(seconds=10)

    assert {row.state for row in await house.room.rows(t.notifications)} == {"handed_off"}
    assert set(house.post.counts.values()) == {1}


async def test_timers_go_on_after_the_store_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, times = house.room.desk.fire_due, []

    async def refuses(*, limit: int) -> Any:
        times.append(limit)
        if len(times) < 3:
            raise CommandFailed("no")
        return await real(limit=limit)

    await house.room.one(report(severity=Severity.CRITICAL))
    monkeypatch.setattr(house.room.desk, "fire_due", refuses)
    await house.advance(minutes=16)

    assert len({sent.at for sent in house.post.sent}) == 2


class Broker:
    """A broker that can be away."""

    def __init__(self) -> None:
        self.away = 0
        self.got: list[tuple[str, str, bytes, dict[str, str]]] = []

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        await asyncio.sleep(0)
        if self.away > 0:
            self.away -= 1
            raise ConnectionError
        self.got.append((topic, key, value, headers))


async def test_facts_are_published_in_the_order_of_their_case_and_forgotten_when_confirmed(
    store_url: str,
) -> None:
    async with a_room(store_url, publish="night.cases") as room:
        broker = Broker()
        relay = Relay(
            reader=room.reader,
            writer=room.writer,
            publisher=broker,
            clock=room.clock,
            facts=room.desk.facts,
            name=room.desk.instance,
            machine=room.clock,
        )
        broker.away = 3
        for n in range(3):
            await room.one(report(f"e{n}", b.an_event(situation=f"s{n}")))
        running = asyncio.create_task(relay.run())
        await room.clock.advance(minutes=2)

        assert await room.rows(t.outbox) == []
        leaves = await room.rows(t.journal, t.journal.c.stream != "system")
        assert len(broker.got) == len(leaves)
        assert {got[0] for got in broker.got} == {"night.cases"}
        for case in {leaf.stream for leaf in leaves}:
            mine = [got for got in broker.got if got[1] == case]
            own = sorted((leaf for leaf in leaves if leaf.stream == case), key=lambda x: x.n)
            assert [got[2] for got in mine] == [leaf.body for leaf in own]
            assert [got[3]["ce_id"] for got in mine] == [f"{case}.{leaf.n}" for leaf in own]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_without_a_relay_the_outbox_stays_empty(store_url: str) -> None:
    async with a_room(store_url) as room:
        await room.one(report())

        assert await room.rows(t.outbox) == []


async def test_a_bell_rung_while_nobody_listens_is_heard() -> None:
    bell, clock = Bell(), ManualClock(START)
    bell.ring()
    await bell.wait(clock, 60)

    waiting = asyncio.create_task(bell.wait(clock, 60))
    await clock.advance(seconds=59)
    assert not waiting.done()
    await clock.advance(seconds=1)
    assert waiting.done()
