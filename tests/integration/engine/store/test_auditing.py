"""What the auditor asks of the store, on either: everything is seen in turns, and told once."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, text, update

from engine.auditor import Auditor
from engine.calling import Raises, raising
from engine.case.commands import RaiseIncident
from engine.desk import Busy, Lane
from engine.findings import in_words
from engine.store import findings
from engine.store import tables as t
from schemas.codes import Severity
from tests.integration.engine.desk.room import START, Room, a_room, report
from tests.integration.engine.desk.test_hostile_times import SettableClock
from tests.integration.engine.desk.test_loops_work import claim, settle
from tests.unit.engine.case import builders as b


class _Heart:
    beats = 0

    async def beat(self) -> None:
        self.beats += 1


def _auditor(
    room: Room, heart: _Heart, *, cases_a_round: int = 50, raises: Raises | None = None
) -> Auditor:
    return Auditor(
        reader=room.reader,
        raise_incident=raises or raising(room.desk),
        heartbeat=heart,
        clock=room.clock,
        config=lambda: (None, b.ROSTER),
        up_since=START,
        cases_a_round=cases_a_round,
        now=room.desk.now,
    )


async def test_a_row_that_was_changed_by_hand_is_found_in_its_turn_and_told_once(
    store_url: str,
) -> None:
    heart = _Heart()
    async with a_room(store_url) as room:
        auditor = _auditor(room, heart, cases_a_round=1)
        for n in range(3):
            await room.one(report(f"e{n}", b.an_event(situation=f"situation-{n}")))
        for _ in range(4):
            assert await auditor.turn() == []
        assert heart.beats == 4

        await room.writer.run(
            lambda conn: conn.execute(text("UPDATE alerts SET status = 'silent'"))
        )
        for _ in range(20):
            await auditor.turn()
        incidents = [row.id for row in await room.rows(t.cases, t.cases.c.kind == "incident")]
        names = {await room.read(partial(findings.name_of, case=id)) for id in incidents}

        assert heart.beats == 4
        assert len(names) == len(incidents) == await room.read(findings.standing) == 3
        assert {in_words(name)[:15] for name in names} == {"Not kept (I19):"}
        assert await room.read(partial(findings.settled, keys=names)) == frozenset()


@pytest.mark.parametrize("state", [b"x\x9cdamaged", b'{"status": "of a newer release"}'])
async def test_one_case_that_could_not_be_read_blinded_the_audit_of_every_other_for_good(
    store_url: str, state: bytes
) -> None:
    heart = _Heart()
    async with a_room(store_url) as room:
        auditor = _auditor(room, heart)
        for n in range(3):
            await room.one(report(f"e{n}", b.an_event(situation=f"situation-{n}")))
        unreadable, other, _ = sorted(row.id for row in await room.rows(t.cases))
        damaged = update(t.cases).where(t.cases.c.id == unreadable).values(state=state)
        await room.writer.run(lambda conn: conn.execute(damaged))
        silent = update(t.alerts).where(t.alerts.c.case_id == other).values(status="silent")
        await room.writer.run(lambda conn: conn.execute(silent))

        await auditor.turn()
        found = await auditor.turn()
        assert {v.row for v in found} == {unreadable, other}
        names = await _told(room)
        assert len(names) == 2
        assert all(name.startswith(("I19:" + unreadable, "I19:" + other)) for name in names)

        for _ in range(12):  # nobody runs the sender
            await room.clock.advance(seconds=30)
            await auditor.turn()
        assert "I11" in await _told(room), "what is late is told as ever"
        assert heart.beats == 0


async def test_a_table_that_could_not_be_read_stopped_the_audit_of_the_others(
    store_url: str,
) -> None:
    heart = _Heart()
    async with a_room(store_url) as room:
        auditor = _auditor(room, heart)
        await room.one(report("e1", b.an_event(situation="situation-1")))
        (case,) = [row.id for row in await room.rows(t.cases)]
        away = text("ALTER TABLE inbox RENAME TO elsewhere")
        await room.writer.run(lambda conn: conn.execute(away))
        await room.writer.run(
            lambda conn: conn.execute(text("UPDATE alerts SET status = 'silent'"))
        )
        await auditor.turn()
        found = await auditor.turn()

        assert {v.row for v in found} == {"inbox", case}
        assert len(await _told(room)) == 2
        assert heart.beats == 0


async def test_one_incident_that_the_full_desk_turned_away_took_the_others_of_its_round_along(
    store_url: str,
) -> None:
    heart = _Heart()
    asked: list[str] = []

    async def turns_the_first_away(incident: RaiseIncident) -> None:
        asked.append(incident.key)
        if incident.key == asked[0] and asked.count(incident.key) < 3:
            raise Busy
        await room.desk.submit(incident, lane=Lane.CRITICAL)

    async with a_room(store_url) as room:
        auditor = _auditor(room, heart, raises=turns_the_first_away)
        for n in range(3):
            await room.one(report(f"e{n}", b.an_event(situation=f"situation-{n}")))
        before = {row.id: row.status for row in await room.rows(t.alerts)}
        await _set_status(room, dict.fromkeys(before, "silent"))
        for _ in range(2):
            await auditor.turn()
        assert len(asked) == 3
        assert await _told(room) == set(asked[1:])

        await _set_status(room, before)  # so that no walk finds it again
        for _ in range(4):
            assert await auditor.turn() == []
        assert asked[3:] == [asked[0], asked[0]], "until it was stored, and then no more"
        assert await _told(room) == set(asked)
        assert heart.beats == 0


async def _set_status(room: Room, status: Mapping[str, str]) -> None:
    """Of these alerts, past the engine."""
    for id, said in status.items():
        change = update(t.alerts).where(t.alerts.c.id == id).values(status=said)
        await room.writer.run(partial(Connection.execute, statement=change))


async def _told(room: Room) -> set[str]:
    """What the incidents so far are about."""
    incidents = [row.id for row in await room.rows(t.cases, t.cases.c.kind == "incident")]
    return {await room.read(partial(findings.name_of, case=id)) for id in incidents}


async def test_duty_was_called_for_messages_that_waited_for_their_next_try_when_a_clock_went_back(
    store_url: str,
) -> None:
    """By the clock alone their next try was hours away; by the desk's time it is in seconds."""
    heart, clock = _Heart(), SettableClock(START)
    async with a_room(store_url, clock=clock) as room:
        auditor = _auditor(room, heart)
        await room.one(report(severity=Severity.CRITICAL))
        for job in await claim(room):
            await settle(room, job, "failed_temporary")

        clock.ahead = -timedelta(hours=2)
        found = [await auditor.turn() for _ in range(3)]

        assert (found, heart.beats) == ([[], [], []], 3)
        late: set[str] = set()
        for _ in range(10):
            await clock.advance(minutes=1)
            late |= {each.invariant for each in await auditor.turn()}
        assert "I11" in late, "and what nobody tries for ten minutes is late all the same"
