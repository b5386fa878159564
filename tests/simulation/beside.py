"""The loops beside the work, in one life of seven: auditor, second look, declared conflicts.

They are drawn apart: in the others they would only take time from the same machines. What the
auditor says is judged as well. A row it calls broken is a fault of the engine or of the auditor;
what is late while everything fails it may name, and may not once all is well again.
"""

import json
from collections.abc import Coroutine, Iterator
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.auditor import Auditor
from engine.calling import raising
from engine.case.commands import RaiseIncident
from engine.case.ids import event_id
from engine.clock import Clock
from engine.conflicts import Conflicts
from engine.second_look import RECHECKED, SecondLook
from engine.store import meta
from engine.store.database import read
from engine.store.tables import journal
from schemas.codes import IncidentCode
from tests.harness.assembly import Parts
from tests.simulation.process import SimReader, SimWriter
from tests.simulation.witness import tied

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

DRAWN = (0.38, 0.53)
"""Lives whose draw lies between. Seeds known before to find something rare lie outside."""
CONFLICTED = 0.1
"""How often somebody outside who answers declares a conflict, in these lives."""
EVERY = 120.0
"""Seconds between two rounds: rarer than in production, and a seed is over sooner."""
CASES_A_ROUND = 10
WELL_AFTER = timedelta(minutes=15)
"""So long after everything healed nothing is late any more."""
ALIVE = timedelta(minutes=10)
"""By then an auditor that found nothing has given a sign of life again."""


class Beside:
    """What those loops of all machines said."""

    def __init__(self, sim: "Simulation") -> None:
        self._sim = sim
        least, most = DRAWN
        self.on = least < Random(f"{sim.seed}/beside").random() < most
        self._rng = Random(f"{sim.seed}/conflicts")
        self._beats: dict[int, datetime] = {}
        sim.counts["a life with an auditor"] += self.on

    def loops(
        self, number: int, made: Parts, *, writer: SimWriter, reader: SimReader, clock: Clock
    ) -> list[Coroutine[Any, Any, None]]:
        """Of one engine, on a machine of this number; none in most lives."""
        if not self.on:
            return []
        machine = self._sim.machine_clock
        near = {"world": made.world, "reader": reader, "writer": writer, "clock": machine}
        auditor = Auditor(
            reader=reader,
            raise_incident=self._hearing(made),
            heartbeat=_Pulse(self, number),
            clock=clock,
            config=lambda: (made.world.current.rulebook, made.world.current.roster),
            up_since=clock.now(),
            now=made.desk.now,
            every=EVERY,
            cases_a_round=CASES_A_ROUND,
        )
        return [
            auditor.run(),
            SecondLook(desk=made.desk, **near).run(),
            Conflicts(declared=made.desk.conflicts, **near).run(),
        ]

    def conflicted(self, contact: str) -> bool:
        """Whether this is the answer of a contact."""
        outside = self.on and not contact.startswith("person:")
        return outside and self._rng.random() < CONFLICTED

    def beat(self, number: int) -> None:
        """The auditor there found all in order."""
        self._beats[number] = self._sim.now()
        self._sim.counts["a sign of life"] += 1

    def _hearing(self, made: Parts) -> Any:
        store = raising(made.desk)

        async def tell(incident: RaiseIncident) -> object:
            self.heard(incident)
            return await store(incident)

        return tell

    def heard(self, incident: RaiseIncident) -> None:
        """An auditor calls duty: may it?"""
        healed = self._sim.healed_at
        well = healed is not None and self._sim.now() - healed > WELL_AFTER
        of_rows = incident.code is IncidentCode.INVARIANT_BROKEN and ":" in incident.key
        if well or of_rows or incident.code is IncidentCode.LOOP_FAILED:
            self._sim.broke("auditor", incident.key, f"It called duty: {incident.code}.")
        self._sim.counts["the auditor found something late"] += 1

    def look(self) -> None:
        """In the end: each of them lives, and everybody told was judged over what is in force."""
        if not self.on:
            return
        for machine in self._sim.machines:
            last = self._beats.get(machine.number)
            if last is None or self._sim.now() - last > ALIVE:
                self._sim.broke("auditor", str(machine.number), f"Its last sign of life: {last}.")
            registry = machine.engine.world.registry()
            looked_at = read(self._sim.looking, lambda conn: meta.read(conn, RECHECKED))
            if looked_at != registry.version:
                self._sim.broke("I17", str(machine.number), "No second look at the registry.")
            for party, accused in self._conflicts():
                links = registry.links_from(party)
                if not any(each.status == "declared" and each.b in accused for each in links):
                    self._sim.broke("I17", party, "It declared a conflict, and no link says so.")

    def _conflicts(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Who declared one, and whom the reports of that case accuse."""
        of_kind = journal.c.kind.in_(("conflict_declared", "event_joined"))
        reports = [noted.report for noted in self._sim.ledger.reports.values()]
        accused = {event_id(each.source, each.id): tied(each.event) for each in reports}
        rows = self._sim.look_at(select(journal.c.stream, journal.c.body).where(of_kind))
        facts = [(row.stream, json.loads(row.body)) for row in rows]
        for case, fact in facts:
            if fact["kind"] == "conflict_declared":
                self._sim.counts["a conflict was declared"] += 1
                joined = (each.get("event", "") for of, each in facts if of == case)
                yield fact["party"], frozenset().union(*(accused.get(e, ()) for e in joined))


class _Pulse:
    """The heartbeat port of one machine's auditor."""

    def __init__(self, beside: Beside, number: int) -> None:
        self._beside, self._number = beside, number

    async def beat(self) -> None:
        self._beside.beat(self._number)
