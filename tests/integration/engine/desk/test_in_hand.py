"""Messages in the sender's hands: what stops meanwhile reaches them before their first byte."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from engine.case import commands as c
from engine.desk import Lane
from engine.desk.in_hand import CUT_OFF_AFTER, CalledOff, InHand
from engine.desk.inner import SendJob
from engine.sender import Sender, Sign
from engine.store import tables as t
from notifiers.channel import Capabilities
from notifiers.message import ChannelKind, Message
from notifiers.outcome import Outcome, OutcomeReason
from schemas.codes import TrackName
from schemas.contact import Endpoint
from schemas.projection import Purpose
from tests.integration.engine.desk.room import Room, a_room
from tests.integration.engine.desk.test_two_processes import claim, released, revocation
from tests.unit.engine.case import builders as b

MISSIONS = TrackName.MISSIONS


@dataclass
class SlowGateway:
    """Takes a connection at once and its time with it."""

    name: str = "email"
    begun: list[str] = field(default_factory=list)
    took: list[str] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(kind=ChannelKind.EMAIL, concurrency=8)

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        self.begun.append(endpoint.id)
        self.asked.set()
        await self.open.wait()
        self.took.append(endpoint.id)
        return Outcome.of(OutcomeReason.ACCEPTED)

    async def aclose(self) -> None:
        return


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path / "desk.sqlite") as room:
        yield room


async def _in_hand(room: Room) -> SendJob:
    await released(room)
    job: SendJob = next(each for each in await claim(room) if each.track is MISSIONS)
    room.desk.in_hand.take(job)
    return job


async def _stop(room: Room) -> None:
    command = c.StopOutgoing(inbox=room.inbox(), on=True, by="ana")
    await room.submit(command, lane=Lane.STOP)


async def _freeze(room: Room, job: SendJob) -> None:
    await room.one(c.Freeze(inbox=room.inbox(), case=job.case, tracks=(MISSIONS,), by="ana"))


async def _hold(room: Room, job: SendJob) -> None:
    hold = b.Hold(id="h1", until=b.at("Fri 20:00"), by="ana", parties=(job.party,))
    await room.one(c.PlaceHold(inbox=room.inbox(), case=job.case, hold=hold))


async def _revoke(room: Room, job: SendJob) -> None:
    await room.one(revocation(room))


@pytest.mark.parametrize("how", [_freeze, _hold, _revoke, lambda room, job: _stop(room)])
async def test_what_was_claimed_and_has_not_begun_does_not_begin(room: Room, how: Any) -> None:
    job = await _in_hand(room)
    assert not room.desk.in_hand.called_off(job)
    await how(room, job)
    assert room.desk.in_hand.called_off(job)
    async with asyncio.timeout(None) as limit:
        assert not room.desk.in_hand.may_begin(job, limit)
        await asyncio.sleep(0)


async def test_a_freeze_of_another_case_calls_nothing_off(room: Room) -> None:
    job = await _in_hand(room)
    room.desk.in_hand.call_off([CalledOff(alert="another", purposes=frozenset(Purpose))])
    assert not room.desk.in_hand.called_off(job)


async def test_an_answer_of_one_contact_calls_off_what_goes_to_that_one(room: Room) -> None:
    job = await _in_hand(room)
    one = CalledOff(alert=job.alert, purposes=frozenset({Purpose.TELL}), contact="somebody")
    room.desk.in_hand.call_off([one])
    assert not room.desk.in_hand.called_off(job)
    room.desk.in_hand.call_off([replace(one, contact=job.contact)])
    assert room.desk.in_hand.called_off(job)


async def test_a_page_to_duty_is_never_dropped(room: Room) -> None:
    await released(room)
    await _stop(room)
    page = next(each for each in await claim(room) if each.track is TrackName.DUTY)
    room.desk.in_hand.take(page)
    assert not room.desk.in_hand.called_off(page)
    async with asyncio.timeout(None) as limit:
        assert room.desk.in_hand.may_begin(page, limit)
        await asyncio.sleep(0)


async def test_a_stand_down_goes_out_though_the_track_is_frozen(room: Room) -> None:
    job = replace(await _in_hand(room), purpose=Purpose.STAND_DOWN, key="another")
    room.desk.in_hand.take(job)
    await _freeze(room, job)
    assert not room.desk.in_hand.called_off(job)


async def test_what_is_out_of_hand_is_forgotten(room: Room) -> None:
    job = await _in_hand(room)
    room.desk.in_hand.end(job)
    room.desk.in_hand.end(job)
    await _stop(room)
    assert not room.desk.in_hand.called_off(job)
    assert room.desk.in_hand.longer_than(0) == ()


async def test_what_is_long_in_hand_is_asked_about_until_it_is_off(room: Room) -> None:
    job = await _in_hand(room)
    assert room.desk.in_hand.longer_than(60) == ()
    assert room.desk.in_hand.longer_than(0) == (job.key,)
    room.desk.in_hand.refused([job.key, "unknown"])
    assert room.desk.in_hand.longer_than(0) == ()


async def test_a_message_under_way_is_cut_off_half_a_second_after_a_stop(room: Room) -> None:
    await released(room)
    gateway = SlowGateway()
    sender = Sender(
        desk=room.desk,
        channels=[gateway],
        clock=room.clock,
        sign=Sign(answer_url="https://answer.example", board_url="https://board.example"),
    )
    sending = asyncio.create_task(sender.run())
    try:
        async with asyncio.timeout(20):
            await gateway.asked.wait()
            await _stop(room)
            loop = asyncio.get_running_loop()
            since = loop.time()
            while not await _cut_off(room):
                await room.clock.advance(seconds=0.05)
                await asyncio.sleep(0.01)
        assert loop.time() - since >= CUT_OFF_AFTER - 0.05
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    outward = [end for end in gateway.begun if not end.startswith(("ana", "ben"))]
    assert outward
    assert not set(outward) & set(gateway.took)
    tries = await room.rows(t.attempts, t.attempts.c.reason == "cut_off")
    assert {row.state for row in tries} == {"unknown"}, "whoever it went to may know"


async def _cut_off(room: Room) -> bool:
    return bool(await room.rows(t.attempts, t.attempts.c.reason == "cut_off"))


def test_nothing_is_stopped_before_anybody_says_so() -> None:
    hand = InHand()
    assert not hand.stopped
    hand.stop(by_file=True)
    hand.stop(by_store=False)
    assert hand.stopped, "the store does not overrule the disk"
    hand.stop(by_file=False)
    assert not hand.stopped
