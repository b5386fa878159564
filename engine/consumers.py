"""Whoever outside the desk reads facts of cases: each is a party, and the guard is asked first.

By default there is nobody. A consumer has a topic of its own, so that the desk's own topic is
nobody else's. It reads what lies between the desk and itself, under the reference of its own
alert: that a message left for it, and what its own people answered (`rules.consumer_facts`). Who
else was told or held back, what happened, and which case it is stands in no record of it.

It is judged like every other recipient, over the registry as it is now; whatever is unclear is
kept back, and what was kept back does not come later. A fact that is not its own costs no look
into the store.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import structlog
from sqlalchemy import Connection

from engine.case import ids
from engine.case.outside import may_read
from engine.case.state import Alert
from engine.clock import Clock
from engine.desk.exclusions import Exclusions
from engine.ports import Publisher, Reader, Writer
from engine.registry.loading import in_force
from engine.registry.world import WorldHolder
from engine.settings import ConsumerSettings
from engine.store import streams
from rules.consumer_facts import KINDS, about, projected
from schemas import facts as f
from schemas.consumer_fact import ConsumerFact, dump_consumer_fact
from schemas.envelope import CONSUMER_FACT_TYPE

_log = structlog.get_logger(__name__)

SOURCE = "tocsin/desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Allowed:
    """What a consumer may read now, and whether its reading along is written down."""

    alert: Alert
    fact: ConsumerFact
    noted: bool


class ForConsumers:
    """A `Publisher` that also gives each consumer the facts of its own.

    `topic`: the desk's own, whose records are looked through.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        topic: str,
        consumers: Sequence[ConsumerSettings],
        reader: Reader,
        writer: Writer,
        world: WorldHolder,
        clock: Clock,
    ) -> None:
        self._publisher = publisher
        self._topic = topic
        self._consumers = tuple(consumers)
        self._reader = reader
        self._writer = writer
        self._world = world
        self._clock = clock
        self._exclusions = Exclusions()
        """Of the relay alone, which asks about one fact after the other."""

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        """Publish, and then what it says to the consumer whose fact it is.

        Raises what the publisher or the store raises: all of it is then tried again, and seen as a
        repeat.
        """
        await self._publisher.publish(topic=topic, key=key, value=value, headers=headers)
        fact = _for_somebody(value) if topic == self._topic else None
        if fact is None:
            return
        for consumer in self._consumers:
            if about(fact) == ids.alert_id(key, consumer.track, consumer.party):
                await self._give(consumer, fact, case=key)

    async def _give(self, consumer: ConsumerSettings, fact: f.Fact, *, case: str) -> None:
        allowed = await self._reader.run(lambda conn: self._judged(conn, fact, case))
        if allowed is not None and not allowed.noted:
            alert, now = allowed.alert, self._clock.now()
            await self._writer.run(lambda conn: streams.note(conn, alert, at=now))
            # What came in between counts: a consent taken back, somebody new to be left out.
            allowed = await self._reader.run(lambda conn: self._judged(conn, fact, case))
        if allowed is None:
            return
        value = dump_consumer_fact(allowed.fact)
        await self._publisher.publish(
            topic=consumer.topic, key=allowed.fact.ref, value=value, headers=_headers(value)
        )

    def _judged(self, conn: Connection, fact: f.Fact, id: str) -> _Allowed | None:
        """What its reader may learn now; None: nothing, or that is unclear."""
        world, now = self._world.current, self._clock.now()
        if self._world.overtaken(in_force(conn)):
            return None  # another process knows better who must not know
        case = streams.case_as_it_is(
            conn,
            id,
            registry=world.registry,
            now=lambda stored, told: self._exclusions.now(stored, told, registry=world.registry),
        )
        alert = None if case is None else case.alert(about(fact))
        if case is None or alert is None:
            return None
        left = streams.message(conn, fact.key) if isinstance(fact, f.HandedOff) else None
        purpose = None if left is None else left.purpose
        if isinstance(fact, f.HandedOff) and left is None:
            return None
        if not may_read(case, alert, purpose=purpose, now=now).allowed:
            return None
        said = projected(
            fact,
            ref=alert.ref,
            exercise=case.exercise,
            purpose=purpose,
            answer_by=None if left is None else left.answer_by,
        )
        if said is None:
            return None
        return _Allowed(alert=alert, fact=said, noted=streams.noted(conn, alert))


def _for_somebody(value: bytes) -> f.Fact | None:
    """The fact, where it is of a kind that anybody outside may learn of; most are not."""
    if orjson.loads(value).get("kind") not in KINDS:
        return None
    try:
        return f.load_fact(value)
    except ValueError:  # of a later release: nobody here knows what it says
        _log.warning("fact_kept_from_consumers")
        return None


def _headers(value: bytes) -> dict[str, str]:
    """CloudEvents in binary mode. The id is the content's own: a number would count the facts of
    the case, and with them those who were told."""
    return {
        "ce_specversion": "1.0",
        "ce_type": CONSUMER_FACT_TYPE,
        "ce_source": SOURCE,
        "ce_id": hashlib.sha256(value).hexdigest()[:40],
        "content-type": "application/json",
    }
