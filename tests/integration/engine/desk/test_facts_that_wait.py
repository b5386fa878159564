"""Since when the oldest fact waits to be published, as the store knows it."""

from datetime import datetime

from engine.case import commands as c
from engine.desk import Lane
from engine.store import outbox, signs
from schemas.set_aside import SET_ASIDE_TOPIC
from tests.integration.engine.desk.room import START, Room, a_room, report
from tests.unit.engine.case import builders as b

TOPIC = "cases"


async def waits_since(room: Room) -> datetime | None:
    return (await room.read(signs.known)).oldest_waits_since


async def publish(room: Room, topic: str) -> None:
    """As the relay does: what the broker took leaves the outbox."""
    rows = await room.read(lambda conn: outbox.read(conn, topic=topic, apart=(), most=500))
    await room.writer.run(lambda conn: outbox.remove(conn, [row.id for row in rows]))


async def test_the_oldest_of_the_facts_that_nobody_takes_says_since_when(store_url: str) -> None:
    async with a_room(store_url, publish=TOPIC) as room:
        assert await waits_since(room) is None
        await room.one(report("e1"))
        await room.clock.advance(minutes=11)
        await room.one(report("e2", b.an_event(situation="s2")))
        assert await waits_since(room) == START
        await publish(room, TOPIC)
        assert await waits_since(room) is None


async def test_a_note_of_something_put_aside_that_no_topic_takes_says_so_too(
    store_url: str,
) -> None:
    """It has no entry in any case's journal."""
    async with a_room(store_url, publish=TOPIC) as room:
        await room.desk.fire_due(limit=1)
        bad = c.Quarantine(
            source="hotline",
            reason="not_json",
            sealed=c.SealedBox(key_id="k", ciphertext=b"noise"),
            digest="d" * 64,
        )
        await room.submit(bad, lane=Lane.CRITICAL)
        await publish(room, TOPIC)
        await room.clock.advance(minutes=11)
        assert await waits_since(room) == START

        await publish(room, SET_ASIDE_TOPIC)
        await room.submit(bad, lane=Lane.CRITICAL)
        await publish(room, TOPIC)
        assert await waits_since(room) == room.clock.now(), "the same bytes, told again"
