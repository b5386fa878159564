"""Sources and stream consumers are parties too: who reads of a case outside the desk."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from engine.case import commands as c
from engine.consumers import ForConsumers
from engine.settings import ConsumerSettings, KafkaSettings
from schemas.codes import FieldName, TrackName
from schemas.link import Link, LinkKind, LinkStatus
from schemas.responses import Response, ResponseKind, Way
from tests.integration.engine.desk.room import MISSIONS, Room, a_room, report
from tests.unit.engine.case import builders as b
from tests.unit.rules.build import the_default_pack

FACTS, EMBASSY, GUARDS = "tocsin.cases", "tocsin.cases.embassy", "tocsin.cases.guards"
READS = ConsumerSettings(topic=EMBASSY, party="embassy", track=TrackName.MISSIONS)
SPIES = ConsumerSettings(topic=GUARDS, party="guardia", track=TrackName.MISSIONS)


class Recorded:
    """A publisher that remembers."""

    def __init__(self) -> None:
        self.records: list[tuple[str, str]] = []

    async def publish(self, *, topic: str, key: str, value: bytes, headers: Any) -> None:
        self.records.append((topic, key))

    @property
    def topics(self) -> set[str]:
        return {topic for topic, _ in self.records}


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path / "desk.sqlite") as room:
        room.world.swap(replace(room.world.current, rulebook=the_default_pack()))
        yield room


async def _published(room: Room, case: str, *consumers: ConsumerSettings) -> set[str]:
    recorded = Recorded()
    publisher = ForConsumers(
        recorded,
        topic=FACTS,
        consumers=consumers,
        reader=room.reader,
        world=room.world,
        clock=room.clock,
    )
    await publisher.publish(topic=FACTS, key=case, value=b"{}", headers={})
    return recorded.topics


async def _opened(room: Room, *, consent: bool = True, released: bool = True) -> str:
    if consent:
        given = b.a_consent(*b.OUTWARD)
        await room.one(c.ConsentChanged(inbox=room.inbox(), consent=given, state="granted"))
    case = (await room.one(report(**MISSIONS))).case  # type: ignore[union-attr]
    if released:
        one = b.Story().a_release(TrackName.MISSIONS)
        await room.one(replace(one, case=case, inbox=room.inbox()))
    return case


def test_by_default_nobody_outside_the_desk_reads_of_cases() -> None:
    assert KafkaSettings().consumers == ()


def test_a_consumer_never_shares_the_topic_of_the_desk_or_of_another() -> None:
    for topic in (FACTS, EMBASSY):
        with pytest.raises(ValidationError, match="its own topic"):
            KafkaSettings(consumers=(READS, READS.model_copy(update={"topic": topic})))
    with pytest.raises(ValidationError, match="hear everything"):
        ConsumerSettings(topic="x", party="embassy", track=TrackName.DUTY)


async def test_a_consumer_that_may_know_gets_a_copy(room: Room) -> None:
    case = await _opened(room)
    assert await _published(room, case, READS) == {FACTS, EMBASSY}


async def test_a_consumer_inside_the_closure_gets_nothing(room: Room) -> None:
    case = await _opened(room)
    assert await _published(room, case, SPIES, READS) == {FACTS, EMBASSY}


async def test_a_consumer_gets_nothing_before_its_track_was_released(room: Room) -> None:
    case = await _opened(room, released=False)
    assert await _published(room, case, READS) == {FACTS}


async def test_a_consumer_gets_nothing_without_consent(room: Room) -> None:
    case = await _opened(room, consent=False)
    assert await _published(room, case, READS) == {FACTS}


async def test_a_consumer_gets_nothing_more_once_consent_is_taken_back(room: Room) -> None:
    case = await _opened(room)
    taken = replace(b.a_consent(*b.OUTWARD), id="consent-2", revoked=True)
    await room.one(c.ConsentChanged(inbox=room.inbox(), consent=taken, state="revoked"))
    assert await _published(room, case, READS) == {FACTS}


async def test_a_consumer_that_became_tied_to_the_perpetrator_gets_nothing_more(
    room: Room,
) -> None:
    case = await _opened(room)
    link = Link(
        id="l77",
        kind=LinkKind.CONTRACTS_SECURITY,
        a="embassy",
        b="guardia",
        status=LinkStatus.UNVERIFIED,
        source="paper",
    )
    registry = room.world.registry().changed(links=[link])
    room.world.swap(replace(room.world.current, registry=registry))
    assert await _published(room, case, READS) == {FACTS}


async def test_a_consumer_that_passed_it_on_to_the_perpetrator_gets_nothing_more(
    room: Room,
) -> None:
    case = await _opened(room)
    (row,) = [a for a in (await room.case(case)).alerts if a.party == "embassy"]
    said = Response(
        kind=ResponseKind.PASSED_ON, way=Way.PHONE, by=row.contacts[0].id, passed_on_to="guardia"
    )
    await room.one(c.Respond(inbox=room.inbox(), alert=row.id, response=said))
    assert await _published(room, case, READS) == {FACTS}


async def test_a_fact_says_what_it_says_so_a_consent_that_holds_a_field_back_keeps_it_back(
    room: Room,
) -> None:
    given = b.a_consent(*b.OUTWARD, fields=(FieldName.COUNTRY, FieldName.CERTAINTY))
    await room.one(c.ConsentChanged(inbox=room.inbox(), consent=given, state="granted"))
    case = await _opened(room, consent=False)
    assert await _published(room, case, READS) == {FACTS}


async def test_an_audience_that_is_never_shown_what_happened_reads_no_facts(room: Room) -> None:
    case = await _opened(room)
    firm = READS.model_copy(update={"track": TrackName.COMPANIES})
    one = b.Story().a_release(TrackName.COMPANIES)
    await room.one(replace(one, case=case, inbox=room.inbox()))
    assert await _published(room, case, firm) == {FACTS}


async def test_nothing_is_copied_of_what_is_no_case(room: Room) -> None:
    assert await _published(room, "nobody-knows", READS) == {FACTS}
