"""Who must not know, through the desk: planned, cleared, told and claimed, on a real store.

The rows named in brackets are those of the mission.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from engine.bell import Bell
from engine.case import commands as c
from engine.case.state import AlertStatus, Case
from engine.conflicts import Conflicts
from engine.registry.history import Edition, take
from engine.registry.history.changes import Change, Changes
from engine.registry.loading import load_registry
from engine.second_look import LOOK_EVERY, TRY_AGAIN, WAITS_MOST, SecondLook
from engine.store.events import of_cases
from engine.store.tables import cases, events, shown
from engine.store.versions import What
from rules import exclusion
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import FieldName, TrackName
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind
from schemas.plan import Candidate, Reason
from schemas.responses import Done, Refused, RefusedBecause, Response, ResponseKind, Way
from tests.integration.engine.desk.room import REGISTRY, Room, a_room, report
from tests.unit.engine.case import builders as b

MISSIONS, INVESTORS = TrackName.MISSIONS, TrackName.INVESTORS
FREE = {"free": {"email": 8, "sms": 8}, "others": 0}


def _tie(a: str, kind: LinkKind, z: str, status: LinkStatus = LinkStatus.VERIFIED) -> Link:
    return Link(id=f"{a}-{kind}-{z}", kind=kind, a=a, b=z, status=status, source="paper")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path / "desk.sqlite") as room:
        yield room


async def _consent(room: Room) -> None:
    await room.one(
        c.ConsentChanged(inbox=room.inbox(), consent=b.a_consent(*b.OUTWARD), state="granted")
    )


def _know(room: Room, *links: Link, parties: Iterable[Party] = ()) -> Registry:
    """Put a registry into force with these besides."""
    registry = room.world.registry().changed(parties=list(parties), links=list(links))
    room.world.swap(replace(room.world.current, registry=registry))
    return registry


def _reported(
    room: Room, event: ThreatEvent, *found: Candidate, id: str = "e1", **more: Any
) -> c.EventArrived:
    command = report(id, event, found=found, tracks=tuple(b.TRACKS), **more)
    closure = exclusion.closure(room.world.registry(), event)
    return replace(command, candidates=replace(command.candidates, closure=closure))


async def _open(room: Room, event: ThreatEvent, *found: Candidate, **more: Any) -> Case:
    await _consent(room)
    done = await room.one(_reported(room, event, *found, **more))
    assert isinstance(done, Done), done
    return await room.case(done.case)


async def _release(room: Room, case: Case, track: TrackName, *by: str) -> None:
    story = b.Story()
    for person in by or ("ana", "ben"):
        await room.one(replace(story.a_release(track, by=person), case=case.id, inbox=room.inbox()))


async def _claimed(room: Room) -> list[str]:
    """The parties whose messages the sender would get now; duty's are left aside."""
    await room.desk.fire_due(limit=50)
    jobs = (await room.desk.claim_sends(**FREE)).jobs
    return sorted({job.party for job in jobs if job.track is not TrackName.DUTY})


async def _told(room: Room) -> list[str]:
    """Claim, and say of all of it that it was handed on."""
    await room.desk.fire_due(limit=50)
    jobs = (await room.desk.claim_sends(**FREE)).jobs
    outcomes = tuple(
        c.TryOutcome(key=job.key, attempt_no=job.attempt_no, state="handed_off", reason="sent")
        for job in jobs
    )
    await room.desk.settle_sends(outcomes)
    return sorted({job.party for job in jobs if job.track is not TrackName.DUTY})


def _look(room: Room) -> SecondLook:
    return SecondLook(
        desk=room.desk,
        world=room.world,
        reader=room.reader,
        writer=room.writer,
        clock=room.clock,
    )


# --- the rows: planned, released, and claimed over the registry as it is then

GUARDS = {"party": "guardia", "role": "alleged_perpetrator"}
MINERA = {"party": "minera", "role": "alleged_perpetrator"}
POLICE = {"party": "police", "role": "alleged_perpetrator", "perpetrator_kind": "state"}
REPRISAL = {"reprisal_of": {"mechanism": "complaints-office"}, "parties": [GUARDS]}
OF_QN = Party(id="ministry-qn", kind=PartyKind.STATE_BODY, name="Ministry", state="QN")
SOLD = [_tie("fjord", LinkKind.PROVIDES_TECHNOLOGY, "minera")]
EMBASSY_QM = Party(id="embassy", kind=PartyKind.MISSION, name="Embassy QM", state="QM")

ROWS: dict[str, tuple[dict[str, Any], list[Link], list[Party], Candidate]] = {
    "T3 whoever runs the complaint line after which the reprisal came": (
        REPRISAL,
        [_tie("fjord", LinkKind.OPERATES, "complaints-office")],
        [Party(id="complaints-office", kind=PartyKind.MECHANISM, name="Line")],
        b.FJORD,
    ),
    "A5 whoever hosts the police behind it": (
        {"parties": [POLICE]},
        [_tie("fjord", LinkKind.HOSTS_PUBLIC_SECURITY, "police")],
        [],
        b.FJORD,
    ),
    "A13 a state's institution that lost its A status": (
        {"parties": [POLICE | {"party": "ministry-qn"}]},
        [],
        [
            OF_QN,
            Party(id="nhri-qn", kind=PartyKind.NHRI, name="NHRI QN", state="QN", ganhri="B"),
        ],
        b.NHRI,
    ),
    "A13 one that two people judged captured": (
        {"parties": [POLICE | {"party": "ministry-qn"}]},
        [],
        [
            OF_QN,
            Party(
                id="nhri-qn", kind=PartyKind.NHRI, name="NHRI QN", state="QN", ganhri="A",
                independence_override=True,
            ),
        ],
        b.NHRI,
    ),
    "A19 an association in which a director of the company holds office": (
        {"parties": [MINERA]},
        [
            _tie("director", LinkKind.OFFICER_OF, "minera"),
            _tie("director", LinkKind.OFFICER_OF, "fjord"),
        ],
        [Party(id="director", kind=PartyKind.PERSON, name="p-1")],
        b.FJORD,
    ),
    "A21 a firm that acted for it": (
        {"parties": [MINERA]},
        [_tie("fjord", LinkKind.REPRESENTS, "minera")],
        [],
        b.FJORD,
    ),
    "A24 whoever sold it the spyware": (
        {"code": "spyware", "parties": [MINERA]},
        SOLD,
        [],
        b.FJORD,
    ),
    "A30 the mission of the state that wants the person back": (
        {
            "code": "refoulement_risk",
            "countries": [
                {"code": "QM", "role": "happened"},
                {"code": "QN", "role": "requesting"},
            ],
        },
        [],
        [],
        b.EMBASSY,
    ),
    "L7 the second of a pair, the state's firm beside the company": (
        {"parties": [MINERA, POLICE]},
        [],
        [
            Party(
                id="fjord", kind=PartyKind.INVESTOR, name="Fjord", state="QM",
                ownership=Ownership.STATE_OWNED,
            )
        ],
        b.FJORD,
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
async def test_nobody_of_a_row_is_planned_told_or_claimed(room: Room, row: str) -> None:
    said, links, parties, candidate = ROWS[row]
    _know(room, *links, parties=parties)

    case = await _open(room, b.an_event(**said), candidate)
    await _release(room, case, candidate.track)

    assert await _claimed(room) == []
    assert not [x for x in await room.facts(case.id) if isinstance(x, f.Told) and x.track.outward]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.startswith("A30")])
async def test_nobody_of_a_row_that_becomes_known_after_the_release_is_handed_to_the_sender(
    room: Room, row: str
) -> None:
    said, links, parties, candidate = ROWS[row]
    case = await _open(room, b.an_event(**said), candidate)
    await _release(room, case, candidate.track)

    _know(room, *links, parties=parties)

    assert await _claimed(room) == []
    (refused,) = {x.reason for x in await room.facts(case.id) if isinstance(x, f.TellRefused)}
    assert refused in Reason


# --- clearing, by two


SOFT = _tie("fjord", LinkKind.CONTRACTS_SECURITY, "guardia", LinkStatus.UNVERIFIED)
FIRM = _tie("guardia", LinkKind.PARENT_OF, "fjord", LinkStatus.DISPUTED)


async def _clear(room: Room, case: Case, by: str) -> Any:
    return await room.one(
        c.ClearExclusion(
            inbox=room.inbox(), case=case.id, parties=("fjord",), by=by, why="tie_is_wrong"
        )
    )


async def test_who_was_cleared_by_two_is_told_after_a_release_and_not_before(room: Room) -> None:
    _know(room, SOFT)
    case = await _open(room, b.an_event(), b.FJORD)
    await _release(room, case, INVESTORS, "ana")
    assert await _claimed(room) == []
    assert isinstance(await _clear(room, case, "ana"), Done)
    assert isinstance(await _clear(room, case, "ben"), Done)
    assert await _claimed(room) == []
    await _release(room, case, INVESTORS, "ana")
    assert await _claimed(room) == ["fjord"]
    assert await room.sound()


async def test_a_link_of_control_found_after_clearing_stops_the_message_at_the_claim(
    room: Room,
) -> None:
    _know(room, SOFT)
    case = await _open(room, b.an_event(), b.FJORD)
    await _clear(room, case, "ana")
    await _clear(room, case, "ben")
    await _release(room, case, INVESTORS, "ana")
    _know(room, FIRM)
    assert await _claimed(room) == []
    stored = await room.case(case.id)
    assert stored.closure_digest != case.closure_digest  # remembered, whatever changes later


async def test_who_is_tied_by_control_today_is_not_cleared_by_what_the_plan_knew(
    room: Room,
) -> None:
    _know(room, SOFT)
    case = await _open(room, b.an_event(), b.FJORD)
    _know(room, FIRM)
    refused = await _clear(room, case, "ana")
    assert isinstance(refused, Refused)
    assert refused.reason is RefusedBecause.GUARD
    assert FIRM.id in refused.detail


# --- told, and excluded afterwards


async def test_whoever_was_told_is_closed_when_another_registry_comes_into_force(
    room: Room,
) -> None:
    case = await _open(room, b.an_event(), b.FJORD)
    await _release(room, case, INVESTORS, "ana")
    assert await _told(room) == ["fjord"]
    (alert,) = [a for a in (await room.case(case.id)).alerts if a.party == "fjord"]
    rows = [
        {"alert_id": alert.id, "contact": "fjord-mail", "field": field, "at": room.clock.now()}
        for field in (FieldName.COUNTRY, FieldName.ACT)
    ]
    await room.writer.run(lambda conn: conn.execute(shown.insert(), rows))
    look = _look(room)
    assert await look.look() == 1
    assert not [x for x in await room.facts(case.id) if isinstance(x, f.ToldBeforeExcluded)]

    _know(room, FIRM)

    assert await look.look() == 1
    (saw,) = [x for x in await room.facts(case.id) if isinstance(x, f.ToldBeforeExcluded)]
    assert (saw.party, saw.handed_off, saw.contacts) == ("fjord", 1, ("fjord-mail",))
    assert saw.shown == (FieldName.COUNTRY, FieldName.ACT)
    after = await room.case(case.id)
    (alert,) = [a for a in after.alerts if a.party == "fjord"]
    assert alert.status is AlertStatus.CLOSED
    assert any(task.kind == "told_before_excluded" and task.critical for task in after.tasks)
    assert await _claimed(room) == []  # no stand-down either
    assert await look.look() == 0


async def test_passing_on_to_whom_only_todays_registry_ties_to_the_perpetrator_alarms_duty(
    room: Room,
) -> None:
    """It was looked for among those who had to be left out when the case was planned."""
    case = await _open(room, b.an_event(), b.FJORD)
    await _release(room, case, INVESTORS, "ana")
    await _told(room)
    (alert,) = [a for a in (await room.case(case.id)).alerts if a.party == "fjord"]
    _know(room, _tie("guardia", LinkKind.PARENT_OF, "haldane"))

    said = Response(
        kind=ResponseKind.PASSED_ON, way=Way.PAGE, by="fjord-mail", passed_on_to="haldane"
    )
    await room.one(c.Respond(inbox=room.inbox(), alert=alert.id, response=said))

    (passed,) = [x for x in await room.facts(case.id) if isinstance(x, f.PassedOn)]
    assert passed.inside_closure
    after = await room.case(case.id)
    assert any(task.kind == "passed_on_inside" and task.critical for task in after.tasks)


async def test_a_second_look_at_a_registry_is_not_repeated_by_the_next_engine(room: Room) -> None:
    case = await _open(room, b.an_event(), b.FJORD)
    await _release(room, case, INVESTORS, "ana")
    await _told(room)
    assert await _look(room).look() == 1
    assert await _look(room).look() == 0


async def _two_told(room: Room) -> list[Case]:
    """Two cases that the investor was told of."""
    told = [await _open(room, b.an_event(situation=id), b.FJORD, id=id) for id in ("e1", "e2")]
    for case in told:
        await _release(room, case, INVESTORS, "ana")
    await _told(room)
    return told


async def _is_closed(room: Room, case: Case) -> bool:
    (alert,) = [a for a in (await room.case(case.id)).alerts if a.party == "fjord"]
    return alert.status is AlertStatus.CLOSED


NO_ROOM = "SELECT json(OLD.id)"
"""No JSON: SQLite raises what it also raises while another tool holds its lock."""
UNFIT = "SELECT RAISE(ABORT, 'invented')"
"""What is written is refused for itself."""


async def _refuse(room: Room, case: Case, how: str) -> None:
    """Let the store refuse whatever is written of this case; anything else it takes."""
    when = f"BEFORE UPDATE ON cases WHEN OLD.id = '{case.id}'"
    trigger = f"CREATE TRIGGER sick {when} BEGIN {how}; END"
    await room.writer.run(lambda conn: conn.exec_driver_sql(trigger) and None)


async def _heal(room: Room) -> None:
    await room.writer.run(lambda conn: conn.exec_driver_sql("DROP TRIGGER sick") and None)


async def test_a_second_look_that_the_store_refused_for_a_moment_was_noted_as_done(
    room: Room,
) -> None:
    """A lock of some seconds, and whoever was newly tied to the perpetrator kept an open page."""
    one, other = await _two_told(room)
    looking = asyncio.create_task(_look(room).run())
    await room.clock.advance(seconds=LOOK_EVERY)
    await _refuse(room, one, NO_ROOM)
    _know(room, FIRM)
    await room.clock.advance(seconds=2 * LOOK_EVERY)
    assert not await _is_closed(room, one)

    await _heal(room)
    await room.clock.advance(seconds=2 * LOOK_EVERY)

    assert await _is_closed(room, one)
    assert await _is_closed(room, other)
    assert not looking.done()
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


async def test_a_case_whose_second_look_could_not_be_written_was_noted_as_done_and_nobody_told(
    room: Room,
) -> None:
    sick, well = await _two_told(room)
    look = _look(room)
    await look.look()
    await _refuse(room, sick, UNFIT)
    _know(room, FIRM)

    assert await look.look() == 1
    assert await _is_closed(room, well)
    assert not await _is_closed(room, sick)
    incidents = await room.rows(cases, cases.c.kind == "incident")
    assert sorted(row.incident for row in incidents) == ["case_faulted", "command_failed"]
    assert await look.look() == 0, "not every second: each try costs the others of its batch"
    assert await _look(room).look() == 1, "an engine that starts now begins anew"

    await _heal(room)
    await room.clock.advance(seconds=TRY_AGAIN)
    assert await look.look() == 1, "the one that was left"
    assert await _is_closed(room, sick)
    assert await _look(room).look() == 0, "and now it is noted"


async def test_a_second_look_that_was_refused_for_minutes_was_told_to_nobody(room: Room) -> None:
    """The others of its batch, and whoever came after it, were not judged either."""
    one, _ = await _two_told(room)
    await _refuse(room, one, NO_ROOM)
    _know(room, FIRM)
    looking = asyncio.create_task(_look(room).run())
    told = []
    for _ in range(2 * WAITS_MOST):
        await room.clock.advance(seconds=LOOK_EVERY)
        await room.desk.claim_sends(**FREE)  # anything else is taken
        told.append(len(await room.rows(cases, cases.c.incident == "loop_failed")))
    assert set(told[: WAITS_MOST - 2]) == {0}, "a lock of some seconds calls nobody"
    assert told[-1] == 1
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


async def test_what_a_second_look_left_does_not_hide_others_from_the_registry_after_it(
    room: Room,
) -> None:
    sick, _ = await _two_told(room)
    await _refuse(room, sick, UNFIT)
    look = _look(room)
    _know(room, FIRM)
    await look.look()
    assert not await _is_closed(room, sick)

    await _heal(room)
    _know(room, _tie("guardia", LinkKind.PARENT_OF, "haldane"))

    assert await look.look() == 2, "at once, and everybody"
    assert await _is_closed(room, sick)


# --- a declared conflict


async def _stored_world(room: Room) -> None:
    """The room's registry as versions in its store, so that links can be added to it."""

    def bring(conn: Any) -> None:
        records: list[tuple[What, Any]] = [
            *((What.PARTY, party) for kind in PartyKind for party in REGISTRY.of_kind(kind)),
            *((What.LINK, link) for link in b.LINKS),
            *((What.CONTACT, contact) for contact in b.CONTACTS),
        ]
        added = tuple(
            Change(what=what, id=each.id, n=1, source="list", line=1, record=each, was=None)
            for what, each in records
        )
        changes = Changes(source="list", base=0, added=added)
        take(conn, changes, Edition(source="list", by="t"), at=room.clock.now())

    await room.writer.run(bring)
    registry = await room.read(load_registry)
    room.world.swap(replace(room.world.current, registry=registry))


async def _conflict_declared(room: Room) -> Case:
    """A case that the investor was told of, who then said that it is tied to the perpetrator."""
    await _stored_world(room)
    case = await _open(room, b.an_event(), b.FJORD)
    await _release(room, case, INVESTORS, "ana")
    await _told(room)
    (alert,) = [a for a in (await room.case(case.id)).alerts if a.party == "fjord"]
    conflict = Response(kind=ResponseKind.CONFLICT, way=Way.PAGE, by="fjord-mail")
    await room.one(c.Respond(inbox=room.inbox(), alert=alert.id, response=conflict))
    return case


def _conflicts(room: Room) -> Conflicts:
    return Conflicts(
        world=room.world,
        reader=room.reader,
        writer=room.writer,
        clock=room.clock,
        declared=Bell(),
    )


async def test_a_declared_conflict_leaves_the_party_out_of_other_cases_too(room: Room) -> None:
    case = await _conflict_declared(room)
    conflicts = _conflicts(room)

    assert await conflicts.look() == 1
    assert await conflicts.look() == 0

    link = next(x for x in room.world.registry().links_from("fjord") if x.b == "guardia")
    assert link.status is LinkStatus.DECLARED
    other = await _open(room, b.an_event(situation="sit-2"), b.FJORD, id="e2")
    await _release(room, other, INVESTORS, "ana")
    assert await _claimed(room) == []
    refused = await _clear(room, other, "ana")
    assert isinstance(refused, Refused)  # declared by itself: never cleared
    assert not [x for x in await room.facts(case.id) if isinstance(x, f.ToldBeforeExcluded)]


async def test_one_report_that_nobody_can_read_keeps_no_other_conflict_out_of_the_registry(
    room: Room,
) -> None:
    case = await _conflict_declared(room)
    (first,) = (await room.reader.run(lambda conn: of_cases(conn, [case.id])))[case.id]
    again = await _open(room, b.an_event(), b.FJORD, id="e2")
    assert again.id == case.id
    torn = update(events).where(events.c.id != first[0]).values(body=b"{}")
    await room.writer.run(lambda conn: conn.execute(torn))
    conflicts = _conflicts(room)

    with pytest.raises(ValidationError):
        await conflicts.look()

    assert [x.b for x in room.world.registry().links_from("fjord")].count("guardia") == 1
