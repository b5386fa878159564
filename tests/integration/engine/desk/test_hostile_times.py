"""What a wrong clock, a store that fails half-way and a half-known try may not do to anybody."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from engine.case import commands as c
from engine.case.state import AlertStatus
from engine.clock import ManualClock
from engine.desk import StoreUnavailable
from engine.desk import desk as desk_module
from engine.store import tables as t
from schemas.codes import Severity, TrackName
from schemas.responses import Done, Response, ResponseKind, Way
from schemas.safeguards import Basis
from tests.integration.engine.desk.room import MISSIONS, START, Room, a_room, report
from tests.integration.engine.desk.test_loops_work import claim, consented, released, row, settle
from tests.unit.engine.case import builders as b


@pytest.fixture
def path(store_url: str) -> str:
    return store_url


async def one_leaves(room: Room) -> Any:
    """The embassy's desk is being told; the try to its other contact ended for now."""
    jobs = {each.contact: each for each in await claim(room)}
    await settle(room, jobs["lea"], "failed_temporary")
    return jobs["desk"]


class SettableClock(ManualClock):
    """A machine whose clock is set; what has passed is known all the same."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


async def test_duty_is_paged_on_after_a_clock_ran_ahead_and_was_set_right(path: str) -> None:
    clock = SettableClock(START)
    async with a_room(path, clock=clock) as room:
        clock.ahead = timedelta(days=1)
        await room.one(report(severity=Severity.CRITICAL))
        clock.ahead = timedelta()
        before = len(await room.rows(t.notifications))

        for _ in range(4):
            await clock.advance(minutes=16)
            await room.desk.fire_due(limit=10)

        assert len(await room.rows(t.notifications)) > before


async def test_who_may_have_read_a_message_called_off_meanwhile_is_stood_down(path: str) -> None:
    """Its only try ended without anybody knowing whether the message left."""
    async with a_room(path) as room:
        case = await released(room)
        job = await one_leaves(room)
        consent = b.a_consent(id="withdrawn", revoked=True, basis=Basis.PERSON)
        await room.one(c.ConsentChanged(inbox=room.inbox(), consent=consent, state="revoked"))

        await settle(room, job, "unknown")

        assert job.key not in {each.key for each in await claim(room)}
        (alert,) = [a for a in (await room.case(case)).alerts if a.party == "embassy"]
        assert alert.status is AlertStatus.CLOSED
        assert "stand_down" in {n.purpose for n in await room.rows(t.notifications)}


async def test_who_may_have_heard_in_an_earlier_try_is_stood_down_too(path: str) -> None:
    async with a_room(path) as room:
        await released(room)
        job = await one_leaves(room)
        await settle(room, job, "unknown")
        consent = b.a_consent(id="withdrawn", revoked=True, basis=Basis.PERSON)
        await room.one(c.ConsentChanged(inbox=room.inbox(), consent=consent, state="revoked"))

        left = await claim(room)

        assert [each.purpose.value for each in left] in ([], ["stand_down"])
        assert "stand_down" in {n.purpose for n in await room.rows(t.notifications)}
        assert (await row(room, job.key)).next_at is None


async def test_after_a_crash_who_may_have_read_what_was_called_off_is_stood_down(
    path: str,
) -> None:
    async with a_room(path) as room:
        await released(room)
        job = await one_leaves(room)
        consent = b.a_consent(id="withdrawn", revoked=True, basis=Basis.PERSON)
        await room.one(c.ConsentChanged(inbox=room.inbox(), consent=consent, state="revoked"))
    async with a_room(path) as room:
        await room.take_over()
        await claim(room)

        assert "stand_down" in {n.purpose for n in await room.rows(t.notifications)}
        assert (await row(room, job.key)).next_at is None


async def test_an_answer_ends_a_message_that_may_have_left_and_sends_nothing_more(
    path: str,
) -> None:
    async with a_room(path) as room:
        case = await released(room)
        job = await one_leaves(room)
        await settle(room, job, "unknown")
        said = Response(kind=ResponseKind.ACKNOWLEDGED, way=Way.PAGE, by="desk")
        await room.one(c.Respond(inbox=room.inbox(), alert=job.alert, response=said))

        assert await claim(room) == ()

        assert (await row(room, job.key)).state == "cancelled"
        (alert,) = [a for a in (await room.case(case)).alerts if a.party == "embassy"]
        assert alert.failed == ()


async def test_a_report_that_waited_does_not_undo_a_consent_withdrawn_meanwhile(
    path: str,
) -> None:
    """Revocations overtake everything, so the grant that they end may come after them."""
    async with a_room(path) as room:
        consent = b.a_consent(id="withdrawn", revoked=True)
        await room.one(c.ConsentChanged(inbox=room.inbox(), consent=consent, state="revoked"))

        done = await room.one(report("late", consented(), **MISSIONS))

        assert isinstance(done, Done)
        newest = max(await room.rows(t.consents), key=lambda each: each.n)
        assert b'"revoked":true' in newest.body


async def test_messages_already_taken_leave_when_the_store_fails_half_way(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_room(path) as room:
        for n in range(3):
            await room.one(report(f"e{n}", b.an_event(situation=f"s{n}")))
        real, seen = desk_module.execute, []

        def fails(conn: Any, units: Any, setting: Any) -> Any:
            claims = [x for u in units for x in u.commands if hasattr(x, "free")]
            if claims and not claims[0].only:
                raise LookupError("the batch cannot be written")
            seen.extend(claims)
            if len(seen) == 3:
                raise OperationalError("INSERT", {}, Exception("database or disk is full"))
            return real(conn, units, setting)

        monkeypatch.setattr(desk_module, "execute", fails)
        try:
            jobs = (await room.desk.claim_sends(free={"sms": 9}, others=0)).jobs
        except StoreUnavailable:
            jobs = ()

        rows = await room.rows(t.notifications, t.notifications.c.channel == "sms")
        assert {each.key for each in rows if each.state == "sending"} == {job.key for job in jobs}


async def test_a_page_opens_at_least_until_its_answer_is_due(path: str) -> None:
    """Investors have up to two weeks; after three days their page said: nothing more is asked."""
    slow = replace(b.outward(TrackName.MISSIONS), answer_by=14 * 24 * b.HOUR)
    async with a_room(path) as room:
        await released(room, tracks=(slow,))
        await claim(room)

        (token, *_) = await room.rows(t.tokens)
        assert token.expires_at >= START + timedelta(days=14)
