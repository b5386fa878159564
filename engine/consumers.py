"""Whoever outside the desk reads facts of cases: each is a party, and the guard is asked first.

By default there is nobody. A consumer has a topic of its own, so that the desk's own topic is
nobody else's; what its party may not know of a case at this moment is not put there. It is judged
like every other recipient: exclusion over the registry as it is now, consent, conflict, freeze,
hold, stop, and only once its track was released in that case. A page leaves out fields; a fact is
copied whole, so its reader must be allowed every field of it. Whatever is unclear is kept back.
What was kept back does not come later: a consumer sees the gap in the numbers of the case, and
nothing else.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from engine.case.around import Around
from engine.case.protect import EXCLUDED, judge_party, safeguards
from engine.case.replacing import replace
from engine.case.state import Case
from engine.clock import Clock
from engine.desk.exclusions import Exclusions
from engine.ports import Publisher, Reader
from engine.registry.world import WorldHolder
from engine.settings import ConsumerSettings
from engine.store import cases, closures, consents, events, links, stopping
from rules import guard
from schemas.codes import FieldName
from schemas.plan import Closure

_log = structlog.get_logger(__name__)

IN_FACTS = frozenset(
    {
        FieldName.ACT,
        FieldName.CERTAINTY,
        FieldName.AS_OF,
        FieldName.COMPANY,
        FieldName.WHY_YOU,
    }
)
"""What facts say of a case. They are copied whole: nothing of it can be left out."""


class ForConsumers:
    """A `Publisher` that also gives the facts of cases to those who may know of each.

    `topic`: the desk's own, whose records consumers get copies of.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        topic: str,
        consumers: Sequence[ConsumerSettings],
        reader: Reader,
        world: WorldHolder,
        clock: Clock,
    ) -> None:
        self._publisher = publisher
        self._topic = topic
        self._consumers = tuple(consumers)
        self._reader = reader
        self._world = world
        self._clock = clock
        self._exclusions = Exclusions()
        """Of the relay alone, which asks about one fact after the other."""

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        """Publish, and then a copy to every consumer that may know of the case, in their order.

        Raises what the publisher raises: all of it is then tried again, and seen as a repeat.
        """
        await self._publisher.publish(topic=topic, key=key, value=value, headers=headers)
        if topic != self._topic:
            return
        for consumer in self._consumers:
            if await self.may_know(consumer, case=key):
                await self._publisher.publish(
                    topic=consumer.topic, key=key, value=value, headers=headers
                )

    async def may_know(self, consumer: ConsumerSettings, *, case: str) -> bool:
        """Whether the guard lets this consumer's party know of the case now."""
        return await self._reader.run(lambda conn: self._judged(conn, consumer, case))

    def _judged(self, conn: Connection, consumer: ConsumerSettings, id: str) -> bool:
        case = cases.read_state(conn, id)
        if case is None or stopping.read(conn).on:
            return False
        state = case.track(consumer.track)
        if state is None or state.anchor_at is None:
            return False
        registry = self._world.registry()
        digest = case.closure_digest
        stored = closures.read(conn, [digest]).get(digest) if digest else Closure()
        if stored is None:
            return False
        told = events.of_cases(conn, [id]).get(id, [])
        newest = consents.newest(conn, consents.pseudonyms(case))
        around = Around(
            registry=registry,
            consents=tuple(record for _, record in newest.values()),
            closure=self._exclusions.now(stored, told, registry=registry),
            linked=links.beside(conn, case),
        )
        case, now = replace(case, around=around), self._clock.now()
        if _closed(case, consumer.party) or not self._whole(case, consumer, now):
            return False
        return judge_party(case, track=consumer.track, party=consumer.party, now=now).allowed

    def _whole(self, case: Case, consumer: ConsumerSettings, now: datetime) -> bool:
        """Whether its audience may be shown all that facts say, and the consents hold none back."""
        party = self._world.registry().party(consumer.party)
        given = safeguards(case, towards=party, now=now)
        allowed = guard.allowed_fields(given, track=consumer.track)
        return self._world.field_class(consumer.track) & allowed >= IN_FACTS


def _closed(case: Case, party: str) -> bool:
    """Whether its page was closed for good, as when it passed the matter on to an excluded one."""
    return any(alert.party == party and alert.reason in EXCLUDED for alert in case.alerts)
