"""Stream consumers are parties too: what somebody outside the desk reads of a case, and when."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection

from engine.case import commands as c
from engine.case.state import Case
from engine.consumers import ForConsumers
from engine.settings import ConsumerSettings, KafkaSettings
from engine.store import outbox
from engine.store.tables import shown
from engine.store.told import told_cases
from schemas.codes import ActionKind, TrackName
from schemas.consumer_fact import ConsumerFact, load_consumer_fact
from schemas.envelope import CONSUMER_FACT_TYPE
from schemas.link import Link, LinkKind, LinkStatus
from schemas.projection import Purpose
from schemas.responses import Response, ResponseKind, Way
from tests.integration.engine.desk.room import Room, a_room, report
from tests.unit.engine.case import builders as b

T = TypeVar("T")
FACTS = "tocsin.cases"
MISSIONS, NHRIS, COMPANIES = TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES
READS = ConsumerSettings(topic="tocsin.embassy", party="embassy", track=MISSIONS)
RIGHTS = ConsumerSettings(topic="tocsin.rights", party="nhri-qn", track=NHRIS)
SPIES = ConsumerSettings(topic="tocsin.guards", party="guardia", track=MISSIONS)
FIRM = ConsumerSettings(topic="tocsin.firm", party="haldane", track=COMPANIES)
EVERYBODY = (READS, RIGHTS, SPIES, FIRM)


class Recorded:
    """A publisher that remembers what left on topics that are not the desk's own."""

    def __init__(self) -> None:
        self.records: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.own = 0

    async def publish(self, *, topic: str, key: str, value: bytes, headers: Any) -> None:
        if topic == FACTS:
            self.own += 1
        else:
            self.records.append((topic, key, value, headers))

    def read(self, consumer: ConsumerSettings) -> list[ConsumerFact]:
        return [load_consumer_fact(v) for topic, _, v, _ in self.records if topic == consumer.topic]


class Counted:
    """The room's reader, counting how often anybody looks into the store."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.looks = 0

    async def run(self, fn: Any) -> Any:
        self.looks += 1
        return await self._room.reader.run(fn)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path / "desk.sqlite", publish=FACTS) as room:
        yield room


async def _relayed(room: Room, *consumers: ConsumerSettings) -> Recorded:
    """Everything that waits in the outbox is published."""
    recorded = Recorded()
    await _relay(room, recorded, Counted(room), *consumers)
    return recorded


async def _relay(room: Room, recorded: Any, reader: Counted, *consumers: ConsumerSettings) -> None:
    publisher = ForConsumers(
        recorded,
        topic=FACTS,
        consumers=consumers or (READS, SPIES),
        reader=reader,
        writer=room.writer,
        world=room.world,
        clock=room.clock,
    )

    def waiting(conn: Connection) -> list[Any]:
        return outbox.read(conn, topic=FACTS, apart=(), most=1000)

    rows = await room.read(waiting)
    for row in rows:
        headers = {"ce_id": f"{row.key}.{row.n}"}
        await publisher.publish(topic=FACTS, key=row.key, value=row.body, headers=headers)
    await room.writer.run(lambda conn: outbox.remove(conn, [row.id for row in rows]))


async def _opened(room: Room, *tracks: TrackName) -> Case:
    given = b.a_consent(*b.OUTWARD)
    await room.one(c.ConsentChanged(inbox=room.inbox(), consent=given, state="granted"))
    found = (b.EMBASSY, b.NHRI, b.HALDANE, b.NORDSTEIN, b.FJORD, b.BRIGHT)
    done = await room.one(report(found=found, tracks=tuple(b.TRACKS)))
    for track in tracks:
        for person in ("ana", "ben"):
            one = replace(b.Story().a_release(track, by=person), inbox=room.inbox())
            await room.one(replace(one, case=done.case))  # type: ignore[union-attr]
    return await room.case(done.case)  # type: ignore[union-attr]


async def _sent(room: Room) -> None:
    """What is due is claimed and handed on."""
    await room.desk.fire_due(limit=50)
    jobs = (await room.desk.claim_sends(free={"email": 30, "sms": 30}, others=0)).jobs
    await room.desk.settle_sends(
        tuple(
            c.TryOutcome(key=job.key, attempt_no=job.attempt_no, state="handed_off", reason="sent")
            for job in jobs
        )
    )


async def _told(room: Room, *tracks: TrackName) -> Case:
    case = await _opened(room, *(tracks or (MISSIONS,)))
    await _sent(room)
    return await room.case(case.id)


async def _says(room: Room, case: Case, party: str, **said: Any) -> None:
    (alert,) = [each for each in case.alerts if each.party == party]
    answer = Response(way=Way.PAGE, by=alert.contacts[0].id, **said)
    await room.one(c.Respond(inbox=room.inbox(), alert=alert.id, response=answer))


# --- who


def test_by_default_nobody_outside_the_desk_reads_of_cases() -> None:
    assert KafkaSettings().consumers == ()


def test_a_consumer_never_shares_the_topic_of_the_desk_or_of_another() -> None:
    for topic in (FACTS, READS.topic):
        with pytest.raises(ValidationError, match="its own topic"):
            KafkaSettings(consumers=(READS, RIGHTS.model_copy(update={"topic": topic})))
    with pytest.raises(ValidationError, match="hear everything"):
        ConsumerSettings(topic="x", party="embassy", track=TrackName.DUTY)


async def test_who_was_told_reads_that_a_message_left_for_it_and_by_when_to_answer(
    room: Room,
) -> None:
    case = await _told(room)
    recorded = await _relayed(room)
    (alert,) = [each for each in case.alerts if each.party == "embassy"]
    read = recorded.read(READS)
    assert read
    assert {(each.kind, each.ref, each.purpose) for each in read} == {
        ("message_left", alert.ref, Purpose.TELL)
    }
    assert all(each.answer_by is not None for each in read)
    assert recorded.own == len(await room.facts(case.id))


async def test_who_answered_reads_what_its_own_people_answered(room: Room) -> None:
    case = await _told(room)
    await _relayed(room)
    due = room.clock.now() + timedelta(hours=6)
    await _says(
        room,
        case,
        "embassy",
        kind=ResponseKind.COMMITTED,
        action=ActionKind.DEMARCHE,
        due=due,
    )
    (read,) = (await _relayed(room)).read(READS)
    assert (read.kind, read.action_kind, read.due_at) == ("promised", ActionKind.DEMARCHE, due)


async def test_a_party_that_was_not_told_yet_reads_nothing_although_its_track_is_open(
    room: Room,
) -> None:
    """Its system never knows before its people do."""
    await _opened(room, MISSIONS)
    assert (await _relayed(room)).records == []


# --- what stands in it


async def test_nobody_reads_who_else_was_told_held_back_or_left_out(room: Room) -> None:
    """A busy case: three parties told, one answers, one declines, the others are left out."""
    case = await _told(room, MISSIONS, NHRIS, COMPANIES)
    await _says(room, case, "embassy", kind=ResponseKind.ACKNOWLEDGED)
    await _says(room, case, "nhri-qn", kind=ResponseKind.ACKNOWLEDGED)
    recorded = await _relayed(room, *EVERYBODY)
    assert {topic for topic, *_ in recorded.records} == {READS.topic, RIGHTS.topic, FIRM.topic}
    refs = {each.party: each.ref for each in case.alerts}
    inside = {case.id, case.ref, "ana", "ben", "hotline", "guardia", "minera", "s1"}
    inside |= {each.id for each in case.alerts} | {contact.id for contact in b.CONTACTS}
    inside |= {party.id for party in b.PARTIES}
    for topic, key, value, headers in recorded.records:
        (own,) = [each.party for each in EVERYBODY if each.topic == topic]
        others = {ref for party, ref in refs.items() if party != own}
        said = [text.encode() for name, text in headers.items() if name != "ce_source"]
        leaves = b" ".join([key.encode(), value, *said])
        assert not [name for name in inside | others if name.encode() in leaves]
        assert key == refs[own]


async def test_its_records_are_not_numbered_so_that_nobody_counts_what_else_happened(
    room: Room,
) -> None:
    await _told(room, MISSIONS, NHRIS)
    recorded = await _relayed(room)
    for _, _, _, headers in recorded.records:
        assert headers["ce_type"] == CONSUMER_FACT_TYPE
        assert "ce_kind" not in headers
        assert "." not in headers["ce_id"]


async def test_the_same_fact_published_twice_has_the_same_id(room: Room) -> None:
    await _told(room)
    rows = await room.read(lambda conn: outbox.read(conn, topic=FACTS, apart=(), most=1000))
    first = await _relayed(room)
    await room.writer.run(
        lambda conn: conn.execute(
            outbox.INSERT,
            [{"topic": r.topic, "key": r.key, "n": r.n, "body": r.body} for r in rows],
        )
    )
    again = await _relayed(room)
    assert first.records == again.records != []


# --- when no more


async def _after(room: Room, *commands: Any) -> Recorded:
    """Told, and relayed; then this, and a second message that had left meanwhile is relayed."""
    case = await _opened(room, MISSIONS)
    await _sent(room)
    for command in commands:
        await room.one(command(case))
    return await _relayed(room)


async def test_a_consumer_inside_the_closure_reads_nothing(room: Room) -> None:
    await _told(room)
    assert (await _relayed(room, SPIES)).records == []


async def test_nothing_more_is_read_once_consent_is_taken_back_but_the_stand_down(
    room: Room,
) -> None:
    taken = replace(b.a_consent(*b.OUTWARD), id="consent-2", revoked=True)
    recorded = await _after(
        room, lambda _: c.ConsentChanged(inbox=room.inbox(), consent=taken, state="revoked")
    )
    assert recorded.records == []
    await _sent(room)
    read = (await _relayed(room)).read(READS)
    assert {(each.kind, each.purpose) for each in read} == {("message_left", Purpose.STAND_DOWN)}


async def test_nothing_is_read_while_everything_is_stopped(room: Room) -> None:
    await _opened(room, MISSIONS)
    await _sent(room)
    await room.one(c.StopOutgoing(inbox=room.inbox(), on=True, by="ana"))
    assert (await _relayed(room)).records == []


async def test_nothing_is_read_while_its_track_is_frozen(room: Room) -> None:
    recorded = await _after(
        room,
        lambda case: c.Freeze(inbox=room.inbox(), case=case.id, tracks=(MISSIONS,), by="ana"),
    )
    assert recorded.records == []


async def test_nothing_is_read_after_the_release_was_taken_back(room: Room) -> None:
    recorded = await _after(
        room,
        lambda case: c.WithdrawRelease(
            inbox=room.inbox(), case=case.id, track=MISSIONS, by="ana", why="new_facts"
        ),
    )
    assert recorded.records == []


async def test_nothing_is_read_after_the_release_ran_out(room: Room) -> None:
    """What ran out reads as closed at once, whether or not the engine has written so."""
    case = await _opened(room)
    one = b.Story().a_release(MISSIONS, expires_at=room.clock.now() + timedelta(hours=2))
    await room.one(replace(one, case=case.id, inbox=room.inbox()))
    await _sent(room)
    await room.clock.advance(hours=2)
    assert (await _relayed(room)).records == []


async def test_who_became_tied_to_the_perpetrator_reads_nothing_more(room: Room) -> None:
    await _told(room)
    tie = Link(
        id="l77",
        kind=LinkKind.CONTRACTS_SECURITY,
        a="embassy",
        b="guardia",
        status=LinkStatus.UNVERIFIED,
        source="paper",
    )
    registry = room.world.registry().changed(links=[tie])
    room.world.swap(replace(room.world.current, registry=registry))
    assert (await _relayed(room)).records == []


async def test_nothing_is_read_over_a_registry_that_another_process_has_replaced(
    room: Room,
) -> None:
    await _told(room)
    room.world.swap(replace(room.world.current, versions=("older", "", "", "")))
    assert (await _relayed(room)).records == []


async def test_who_passed_it_on_to_the_perpetrator_reads_nothing_more(room: Room) -> None:
    case = await _told(room)
    await _says(room, case, "embassy", kind=ResponseKind.PASSED_ON, passed_on_to="guardia")
    assert (await _relayed(room)).records == []


async def test_a_fact_that_is_nobodys_costs_no_look_into_the_store(room: Room) -> None:
    case = await _told(room, MISSIONS, NHRIS, COMPANIES)
    recorded, reader = Recorded(), Counted(room)
    await _relay(room, recorded, reader, *EVERYBODY)
    left = len(recorded.records)
    assert recorded.own == len(await room.facts(case.id)) > 3 * left
    assert reader.looks == left + 3, "once for each that is read, once more when it begins to read"


# --- and whoever it is about


async def test_from_the_first_record_on_it_is_written_down_that_a_system_reads_along(
    room: Room,
) -> None:
    case = await _told(room, MISSIONS, NHRIS)
    began = room.clock.now()
    await _relayed(room, READS)
    await room.clock.advance(hours=1)
    await _says(room, case, "embassy", kind=ResponseKind.ACKNOWLEDGED)
    await _relayed(room, READS)
    (told,) = await room.read(lambda conn: told_cases(conn, [case.id]))
    (alert,) = [each.id for each in case.alerts if each.party == "embassy"]
    assert [(each.alert, each.at) for each in told.streams] == [(alert, began)]
    assert told.shown == ()
    assert len(await room.rows(shown)) == 1
