"""Everybody outside the machine: hotlines that report, recipients, and a desk that works."""

import random  # noqa: TID251 (seeded: the same number, the same replay)
from typing import Any

from engine.intake.door import Outcome
from engine.intake.scope import EVERY_AUDIENCE, Scope, only
from schemas.codes import EventType, Severity
from schemas.event import ThreatEvent
from schemas.responses import Way
from tests.harness.assembly import Parts
from tests.replay_harm.desk import Desk
from tests.replay_harm.machine import Machine
from tests.replay_harm.recipients import Recipients
from tests.replay_harm.reports import Reports, Written
from tests.replay_harm.sayings import Published
from tests.replay_harm.town import COMPLAINT_LINE, Town
from tests.replay_harm.voice import Voice


class People:
    """They never crash, and what they began they repeat."""

    def __init__(self, machine: Machine, town: Town, rng: random.Random) -> None:
        self.town = town
        self.voice = Voice(machine, town, rng)
        self.desk = Desk(self.voice)
        self.recipients = Recipients(self.voice)
        self._reports = Reports(rng, town)

    def report(self) -> None:
        """A hotline says something; sometimes two at once, or the same twice."""
        written = self._reports.next(self.voice.now)
        for each in written:
            self.voice.begin(self._publish(each))
        self.voice.counts["events"] += len(written)

    async def _publish(self, written: Written) -> None:
        event = ThreatEvent.model_validate(written.event)
        machine, counts = self.voice.machine, self.voice.counts
        said = Published(source=written.source, event=event, shape=written.shape)
        machine.ledger.say((written.source, written.id), said)
        body = written.bytes()

        async def once(engine: Parts) -> Any:
            scopes = only(_scope(written.source))
            return await engine.door.take(body, scopes=scopes, way=Way.API)

        taken = await self.voice.insist(once)
        machine.outside.reads("answer", repr(taken), *map(str, taken.problems))
        if taken.outcome in (Outcome.TAKEN, Outcome.REPEATED):
            counts[f"shape {written.shape}"] += 1
            counts.update(written.traits)
        else:
            counts[f"report {taken.outcome.value}"] += 1


def _scope(source: str) -> Scope:
    """Everybody may say everything; of one line it is known who runs it."""
    return Scope(
        source=source,
        types=frozenset(EventType),
        ceiling=Severity.CRITICAL,
        audiences=EVERY_AUDIENCE,
        party=source if source == COMPLAINT_LINE else "",
    )
