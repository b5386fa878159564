"""Gates at the door itself: what its release or its review left behind does not leave the house."""

from datetime import timedelta
from typing import Any

import pytest

from engine.case import commands as c
from engine.desk import Lane
from engine.store import tables as t
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.responses import Done, Refused
from tests.integration.engine.desk.room import REGISTRY, Room, World, a_room, report
from tests.integration.engine.desk.test_loops_work import claim, consented, settle
from tests.unit.engine.case import builders as b
from tests.unit.engine.case import test_necessity as need

MISSIONS, PROTECTION = TrackName.MISSIONS, TrackName.PROTECTION


@pytest.fixture
def path(store_url: str) -> str:
    return store_url


async def _opened(room: Room, event: Any, severity: Severity, **plan: Any) -> str:
    done = await room.one(report("e1", event, severity=severity, **plan))
    assert isinstance(done, Done)
    for job in await claim(room):
        await settle(room, job, "handed_off")
    return done.case


async def _quiet_duty(room: Room) -> tuple[Any, ...]:
    """What is handed out outward; pages go on their way."""
    outward = []
    for job in await claim(room):
        if job.track is TrackName.DUTY:
            await settle(room, job, "handed_off")
        else:
            outward.append(job)
    return tuple(outward)


def _release(room: Room, case: str, *, minutes: int) -> c.Release:
    record = c.ReleaseRecord(
        id="r1", why="protect_now", reprisal_forecast="low", wishes_read=True,
        expires_at=room.clock.now() + timedelta(minutes=minutes),
    )  # fmt: skip
    return c.Release(inbox=room.inbox(), case=case, track=MISSIONS, by="ana", record=record)


async def test_a_release_that_ran_out_while_messages_waited_hands_none_of_them_out(
    path: str,
) -> None:
    plan = {"found": (b.EMBASSY,), "tracks": (b.outward(MISSIONS),)}
    async with a_room(path) as room:
        case = await _opened(room, consented(), Severity.HIGH, **plan)
        await room.one(_release(room, case, minutes=30))
        await room.clock.advance(minutes=30)  # nothing fired meanwhile: the claim alone judges

        assert await _quiet_duty(room) == ()

        waiting = await room.rows(t.notifications, t.notifications.c.contact == "lea")
        assert {row.state for row in waiting} <= {"cancelled"}
        refused = [x for x in await room.facts(case) if isinstance(x, f.TellRefused)]
        assert {x.reason.value for x in refused} <= {"gate_closed"} and refused


async def test_the_same_a_minute_earlier_leaves(path: str) -> None:
    plan = {"found": (b.EMBASSY,), "tracks": (b.outward(MISSIONS),)}
    async with a_room(path) as room:
        case = await _opened(room, consented(), Severity.HIGH, **plan)
        await room.one(_release(room, case, minutes=30))
        await room.clock.advance(minutes=29)

        assert {job.contact for job in await _quiet_duty(room)} == {"lea", "desk"}


async def test_a_necessity_that_nobody_reviews_is_withdrawn_to_the_minute(path: str) -> None:
    registry = Registry(
        (*REGISTRY.parties(), *need._HOUSES),
        links=b.LINKS,
        contacts=(*need._LINES, *(x for p in REGISTRY.parties() for x in REGISTRY.contacts(p.id))),
    )
    async with a_room(path) as room:
        room.world.swap(World(registry=registry, roster=b.ROSTER))
        case = await _opened(
            room, b.an_event(), Severity.CRITICAL,
            found=(need._found("mednet"),), tracks=(need.LADDER,),
        )  # fmt: skip
        decide = c.DecideNecessity(inbox=room.inbox(), case=case, by="ana", why="life_at_stake")
        assert isinstance(await room.one(decide), Done)
        (job,) = await _quiet_duty(room)
        assert (job.contact, job.track) == ("mednet-line", PROTECTION)
        await settle(room, job, "handed_off")

        await room.clock.advance(minutes=119)
        await room.desk.fire_due(limit=10)
        assert await _withdrawn(room, case) == []

        await room.clock.advance(minutes=1)
        await room.desk.fire_due(limit=10)
        (gone,) = await _withdrawn(room, case)
        assert gone.reason == "not_reviewed" and gone.at == room.clock.now()
        assert [job.purpose.value for job in await _quiet_duty(room)] == ["stand_down"]

        again = c.DecideNecessity(inbox=room.inbox(), case=case, by="ana", why="Her name is")
        (refused,) = await room.submit(again, lane=Lane.CRITICAL)
        assert isinstance(refused, Refused)


async def _withdrawn(room: Room, case: str) -> list[f.NecessityWithdrawn]:
    return [x for x in await room.facts(case) if isinstance(x, f.NecessityWithdrawn)]
