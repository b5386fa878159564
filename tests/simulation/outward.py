"""Lives that go outward: consents are there, somebody releases what may go, recipients answer.

Elsewhere a report seldom has all that it takes, and what is known outside soon stands still. Here
the rulebook gives minutes for an answer, and promises are short: both run out while it is seen.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.case import commands as c
from engine.case.state import Case, load_case
from engine.store.tables import cases
from schemas.responses import ResponseKind
from tests.harness.records import a_release
from tests.harness.reports import Report, consent
from tests.simulation.informing import informing

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

EVERY = 45.0
"""Seconds between two looks of theirs, on average."""
PROMISED_WITHIN = 20
"""Minutes, at most."""
AUDIENCES = ("companies", "investors", "missions")
OURS = ("person:ana", "person:ben", "person:chi")
SAID = {
    ResponseKind.COMMITTED: 8,
    ResponseKind.ACKNOWLEDGED: 6,
    ResponseKind.ACTED: 1,
    ResponseKind.DECLINED: 2,
    ResponseKind.WRONG_CONTACT: 1,
    ResponseKind.ASKS: 1,
    ResponseKind.WITHDRAWS: 1,
}

Make = Callable[[c.Inbox], c.Command]


class Outreach:
    """A desk with time for what goes outward, and those it tells."""

    def __init__(self, sim: "Simulation", command: Callable[[Make], Awaitable[Any]]) -> None:
        self._sim = sim
        self.rng = Random(f"{sim.seed}/outward")
        self._rounds = Random(f"{sim.seed}/rounds")
        self._command = command

    def allowed(self, sent: Report) -> Report:
        """The same, sure, and with every consent."""
        said = {"certainty": "confirmed", "consent": [consent(*AUDIENCES)]}
        return replace(sent, event={**sent.event, **said})

    def answer(self) -> ResponseKind:
        """What somebody outside says."""
        (kind,) = self.rng.choices(list(SAID), weights=list(SAID.values()))
        return kind

    async def work(self, until: datetime) -> None:
        """Release what may go and lift what stands still, until then."""
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / EVERY))
            if self._sim.now() >= until:
                return
            known = select(cases.c.state).where(cases.c.status == "open", cases.c.kind == "case")
            rows = self._sim.look_at(known.order_by(cases.c.id))
            acts = [act for row in rows for act in self._owed(load_case(row.state))]
            if acts:
                for make in self.rng.choice(acts):
                    await self._command(make)
            await self._inform([load_case(row.state) for row in rows])

    async def _inform(self, known: list[Case]) -> None:
        """Now and then somebody keeps those who were told informed of each other."""
        if known and self._rounds.random() < 0.2:
            for make in informing(self._rounds, self._rounds.choice(known), self._sim.now()):
                await self._command(make)

    def _owed(self, case: Case) -> list[tuple[Make, Make]]:
        """What two people do to each track that could tell somebody and does not."""
        now, two = self._sim.now(), self.rng.sample(OURS, 2)
        acts = []
        for state in case.tracks:
            track = state.track.name
            if state.frozen:
                acts.append(tuple(_lift(case.id, track, by) for by in two))
            elif not state.open_at(now):
                acts.append(tuple(_letting(case.id, track, by, now) for by in two))
        return acts


def _lift(case: str, track: Any, by: str) -> Make:
    return lambda inbox: c.Lift(inbox=inbox, case=case, track=track, by=by)


def _letting(case: str, track: Any, by: str, now: datetime) -> Make:
    return lambda inbox: a_release(inbox, case, track, by, now=now)
