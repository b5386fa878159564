"""Nobody has stood for the registry for too long: who must not know is unclear, so people look."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.case import commands as c
from engine.registry.loading import load_world
from engine.registry.standing_for import StandingFor
from engine.store.tables import cases, journal
from schemas.codes import TrackName
from schemas.facts.system import RegistryLookedAt, load_system_fact
from schemas.projection import Purpose
from schemas.responses import Done
from tests.integration.engine.desk.room import Room, a_room, report
from tests.unit.engine.case import builders as b
from tests.unit.rules.build import the_default_pack

MISSIONS, PROTECTION = TrackName.MISSIONS, TrackName.PROTECTION
FREE = {"free": {"email": 30, "sms": 30}, "others": 0}
HELPER = b.found("bright", PROTECTION)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path / "desk.sqlite") as room:
        _looked(room, days=91)
        yield room


def _looked(room: Room, *, days: float) -> None:
    """Somebody stood for the registry so many days ago."""
    at = room.clock.now() - timedelta(days=days)
    pack = the_default_pack()
    room.world.swap(replace(room.world.current, rulebook=pack, looked_at=at))


async def _told(room: Room) -> set[tuple[str, Purpose]]:
    await room.desk.fire_due(limit=50)
    jobs = (await room.desk.claim_sends(**FREE)).jobs
    await room.desk.settle_sends(
        tuple(
            c.TryOutcome(key=job.key, attempt_no=job.attempt_no, state="handed_off", reason="sent")
            for job in jobs
        )
    )
    return {(job.party, job.purpose) for job in jobs}


async def _open(room: Room, *tracks: TrackName) -> str:
    given = b.a_consent(*b.OUTWARD, PROTECTION)
    await room.one(c.ConsentChanged(inbox=room.inbox(), consent=given, state="granted"))
    ladders = (b.outward(MISSIONS), b.outward(PROTECTION))
    done = await room.one(report(found=(b.EMBASSY, HELPER), tracks=ladders))
    assert isinstance(done, Done)
    for track in tracks:
        await room.one(replace(b.Story().a_release(track), case=done.case, inbox=room.inbox()))
    return done.case


async def _incidents(room: Room) -> list[str]:
    rows = await room.rows(cases)
    found = [(await room.case(row.id)) for row in rows]
    return [each.incident for each in found if each.kind == "incident"]


async def test_duty_and_protection_are_told_over_an_old_registry_and_nobody_else(
    room: Room,
) -> None:
    await _open(room, MISSIONS, PROTECTION)
    told = {party for party, _ in await _told(room)}
    assert {"ana", "bright"} <= told
    assert "embassy" not in told
    assert await _incidents(room) == ["registry_old"]


async def test_who_waits_is_told_within_a_minute_of_somebody_having_looked(room: Room) -> None:
    await _open(room, MISSIONS)
    await _told(room)
    _looked(room, days=0)
    await room.clock.advance(seconds=61)
    assert ("embassy", Purpose.TELL) in await _told(room)


async def test_what_waited_for_hours_is_first_asked_about(room: Room) -> None:
    case = await _open(room, MISSIONS)
    await _told(room)
    await room.clock.advance(hours=13)
    _looked(room, days=0)
    assert "embassy" not in {party for party, _ in await _told(room)}
    assert "still_right" in {task.kind for task in (await room.case(case)).tasks}


async def test_a_stand_down_never_waits_for_it(room: Room) -> None:
    _looked(room, days=1)
    await _open(room, MISSIONS)
    assert ("embassy", Purpose.TELL) in await _told(room)
    _looked(room, days=91)
    taken = replace(b.a_consent(*b.OUTWARD), id="consent-2", revoked=True)
    await room.one(c.ConsentChanged(inbox=room.inbox(), consent=taken, state="revoked"))
    assert ("embassy", Purpose.STAND_DOWN) in await _told(room)


async def test_looking_again_and_again_opens_one_incident_and_fills_no_journal(room: Room) -> None:
    await _open(room, MISSIONS)
    for _ in range(5):
        await _told(room)
        await room.clock.advance(seconds=61)
    assert await _incidents(room) == ["registry_old"]
    (incident,) = [row.id for row in await room.rows(cases) if row.id.startswith("i")]
    opened = [fact.kind for fact in await room.facts(incident)].count("case_opened")
    assert opened == 1
    assert (await room.case(incident)).version < 12


async def test_at_its_last_day_nothing_waits_yet(room: Room) -> None:
    _looked(room, days=90)
    await _open(room, MISSIONS)
    assert "embassy" in {party for party, _ in await _told(room)}


async def test_standing_for_it_is_written_down_and_counts_at_once(room: Room) -> None:
    standing = StandingFor(
        world=room.world, reader=room.reader, writer=room.writer, clock=room.clock
    )
    assert standing.trust().old
    await standing.look(by="person:ana")
    stored = await room.read(load_world)
    assert stored.looked_at == room.world.current.looked_at == room.clock.now()
    assert not standing.trust().old
    facts = [load_system_fact(row.body) for row in await room.rows(journal)]
    assert [each.by for each in facts if isinstance(each, RegistryLookedAt)] == ["person:ana"]
