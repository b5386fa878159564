"""Hotlines that insist, recipients who may answer, networks, and a desk that works: by the seed."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from engine.case import commands as c
from engine.case.state import Case, CaseStatus, load_case
from engine.desk import Busy, CommandFailed, Lane
from engine.intake.door import Outcome
from engine.registry.loading import follow
from engine.registry.saving import save_rulebook
from engine.store.tables import cases, notifications
from schemas.codes import ActionKind, Effect, Heard, TrackName
from schemas.responses import Done, Response, ResponseKind, Way
from tests.harness.records import a_proposal, a_release
from tests.harness.reports import Report, report, withdrawal
from tests.simulation.flood import Flood
from tests.simulation.insisting import insist
from tests.simulation.lasting import lasting
from tests.simulation.machine import Machine
from tests.simulation.networks import Networks
from tests.simulation.oracle import ASKS, Noted
from tests.simulation.outside import Letter
from tests.simulation.outward import PROMISED_WITHIN, Outreach
from tests.simulation.process import Dead
from tests.simulation.run import Simulation
from tests.simulation.town import found_registry, rulebooks
from tests.simulation.witness import NAME, sealed

ASK_AGAIN_AFTER = 60.0
"""Seconds without an answer after which anybody asks again, under the same id."""
TEN_MINUTES = 600.0

FIRST = ("death_threat", "arrest", "abduction", "surveillance", "early_warning")
LATER = ("enrichment", "released_from_custody", "pattern", "status_changed", "arrest", "abduction")
TRACKS = (TrackName.MISSIONS, TrackName.INVESTORS, TrackName.COMPANIES)
OURS = ("person:ana", "person:ben", "person:chi")
SAID = (
    ResponseKind.ACKNOWLEDGED,
    ResponseKind.COMMITTED,
    ResponseKind.ACTED,
    ResponseKind.DECLINED,
    ResponseKind.ASKS,
    ResponseKind.WRONG_CONTACT,
    ResponseKind.WARNS,
)
NO_ANSWER = (CommandFailed, Busy, SQLAlchemyError, Dead)
"""What somebody who asked an engine may meet instead of an answer."""


class People:
    """Everybody outside the machines. They never crash, and what they began they repeat."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._rng = sim.rng
        self._apart = Random(f"{sim.seed}/apart").random() < 0.7
        """Whether each thing is about another person and factory: else one act freezes them all."""
        self._outreach = Outreach(sim, self._command)
        self.flood = Flood(sim, self._publish)
        self._said = 0
        self._group = asyncio.TaskGroup()
        self._ended = False
        self._late: bytes | None = None
        networks = Networks(sim, begin=self._begin, submit=self._submit)
        sim.world.listeners += [self._told, lambda letter: self._ended or networks.took(letter)]
        sim.world.leaving.append(self._in_hand)

    async def live(self, *, until: datetime) -> None:
        """Report and work until then, and finish what was begun."""
        doing = [self._hotline(n, until) for n in range(self._rng.randint(1, 3))]
        doing += [self._desk(until), self._operators(until)]
        if self._sim.goes_out:
            doing.append(self._outreach.work(until))
        if self._sim.copies is not None:
            doing.append(self._sim.copies.live(until, self._went_back))
        async with self._group:
            await asyncio.gather(*doing)
            self._ended = True
            if self._late is not None:
                self._sim.log.append(self._late)

    def _begin(self, doing: Coroutine[Any, Any, None]) -> None:
        """Somebody does this besides, and finishes it."""
        self._group.create_task(doing)

    # Hotlines

    async def _hotline(self, number: int, until: datetime) -> None:
        sent: list[Report] = []
        by_log = self._rng.random() < 0.5
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / 600))
            if self._sim.now() >= until:
                return
            sent.append(self._something(number, len(sent), sent))
            if by_log:
                self._produce(sent[-1])
            else:
                await self._publish(sent[-1])

    def _something(self, number: int, n: int, sent: list[Report]) -> Report:
        rng = self._rng
        if sent and rng.random() < 0.15:
            return rng.choice(sent)  # the same again
        id, of = f"report-{number}-{n}", f"{number}-{rng.randint(0, 2)}"
        subject = f"subject-{of if self._apart else number}"
        situation = f"situation-{of}"
        if sent and rng.random() < 0.1:
            return withdrawal(id=id, situation=situation, subject=subject)
        audiences = rng.sample(["missions", "investors", "companies"], rng.choice((0, 2, 3, 3, 3)))
        first = not any(each.event.get("situation") == situation for each in sent)
        says_so = first if self._apart else not sent
        said = report(
            rng.choice(FIRST if first else LATER),
            id=id,
            situation=situation,
            country="QR",
            subject=subject,
            parties={f"loto-{of if self._apart else 'garments'}": "alleged_perpetrator"},
            consents=sorted(audiences) if says_so or rng.random() < 0.2 else None,
            certainty=rng.choice(("likely", "likely", "confirmed", "possible")),
            sealed=sealed(id),
        )
        return self._outreach.allowed(said) if self._sim.goes_out else said

    def _produce(self, sent: Report) -> None:
        """Into the log: twice, in the wrong order, or beside bytes that are no report."""
        sim, rng, faults = self._sim, self._rng, self._sim.faults
        if rng.random() < faults.poison:
            sim.counts["bytes that are no report"] += 1
            sim.poison.append(sim.log.append(f"no report {len(sim.poison)} of {NAME}".encode()))
        if self._late is None and rng.random() < faults.reordered:
            sim.counts["a report overtook another"] += 1
            self._late = sent.bytes()
            sim.ledger.report(sent, asked=sim.now())
            return
        twice = rng.random() < faults.repeated
        sim.counts["a report was published twice"] += twice
        late, self._late = self._late, None
        for body in [sent.bytes()] * (1 + twice) + [late] * (late is not None):
            assert body is not None
            sim.log.append(body)
        sim.ledger.report(sent, asked=sim.now())
        sim.counts["reports"] += 1

    async def _publish(self, sent: Report) -> None:
        sim, key = self._sim, (sent.source, sent.id)
        noted = sim.ledger.report(sent, asked=sim.now())
        await self._say(noted)
        if self._rng.random() < sim.faults.equivocate:
            other = replace(sent, event={**sent.event, "certainty": "unlikely"})
            said = await self._insist(_publishing(other), f"equivocate {sent.id}")
            if said.outcome is Outcome.EQUIVOCATION:
                sim.counts["the same id with other content"] += 1
                sim.outside.refused_content.add(key)

    async def _say(self, noted: Noted) -> None:
        sim, sent = self._sim, noted.report
        key = (sent.source, sent.id)
        taken = await self._insist(_publishing(sent), f"publish {sent.id}")
        if taken.outcome in (Outcome.TAKEN, Outcome.REPEATED):
            sim.outside.accepted.setdefault(key, hashlib.sha256(sent.bytes()).hexdigest())
            noted.answered = noted.answered or sim.now()
            sim.counts["reports"] += 1
        elif taken.outcome is Outcome.EQUIVOCATION:  # a backup had forgotten which came first
            sim.outside.refused_content.add(key)
        sim.say(f"{sent.id} is {taken.outcome}")

    async def _went_back(self, held_since: datetime) -> None:
        """Say again, in its order, what the desk had taken since; then two let it go on."""
        told = [noted for noted in self._sim.ledger.reports.values() if noted.answered]
        for noted in sorted(told, key=lambda noted: noted.answered or noted.asked):
            if (noted.report.source, noted.report.id) not in self._sim.outside.accepted:
                back = noted.report.event["code"] == "consent_revoked"
                self._sim.counts["a consent taken back was said again"] += back
                self._sim.counts["a report was said again"] += 1
                await self._say(noted)
        # Whoever lets it go may hear so long after it is done: surely held it was only until now.
        self._sim.ledger.stopped.append((held_since, self._sim.now()))
        for by in self._rng.sample(OURS, 2):
            await self._switch(by, on=False)

    # Recipients

    def _in_hand(self, endpoint: str) -> None:
        """A message is in the sender's hands: just now the subject takes everything back."""
        subjects = self._sim.ledger.subjects()
        if self._ended or endpoint.endswith(".sms") or not subjects:
            return
        if self._rng.random() < self._sim.faults.revoke:
            self._said += 1
            subject = self._rng.choice(subjects)
            of = subject.removeprefix("subject-")
            self._sim.counts["consent taken back with a message in hand"] += 1
            self._begin(
                self._publish(
                    withdrawal(
                        id=f"taken-back-{self._said}",
                        situation=f"situation-{of}" if self._apart else f"situation-{of}-0",
                        subject=subject,
                    )
                )
            )

    def _told(self, letter: Letter) -> None:
        outward = self._sim.goes_out and letter.purpose in ASKS
        if not self._ended and (outward or self._rng.random() < 0.35):
            self._begin(self._answer(letter))

    async def _answer(self, letter: Letter) -> None:
        rng, sim = self._rng, self._sim
        known = sim.look_at(
            select(notifications.c.alert_id, notifications.c.contact, cases.c.due_at)
            .join(cases, cases.c.id == notifications.c.case_id)
            .where(notifications.c.key == letter.key)
        )
        if not known:
            return  # of what they were told a backup knows nothing
        (row,) = known
        races = rng.random() < sim.faults.race and row.due_at is not None
        if races and timedelta() < row.due_at - sim.now() < timedelta(minutes=70):
            ahead = (row.due_at - sim.now()).total_seconds()
            await asyncio.sleep(max(0.0, ahead + rng.uniform(-0.02, 0.02)))
            sim.counts["an answer raced a step"] += 1
        else:
            await asyncio.sleep(rng.expovariate(1 / 400))
        kind = rng.choice(SAID)
        sim.counts["an answer from outside"] += not row.contact.startswith("person:")
        if letter.endpoint.endswith(".sms") and row.contact.startswith("person:"):
            kind = ResponseKind.ACKNOWLEDGED
        of, longest = rng, 240
        if sim.goes_out and letter.purpose in ASKS:
            kind, longest, of = self._outreach.answer(), PROMISED_WITHIN, self._outreach.rng
        if sim.beside.conflicted(row.contact):
            kind = ResponseKind.CONFLICT
        promised = kind is ResponseKind.COMMITTED
        response = Response(
            kind=kind,
            way=Way.PAGE,
            by=row.contact,
            action=ActionKind.LETTER if promised else None,
            due=sim.now() + timedelta(minutes=of.randint(1, longest)) if promised else None,
            effect=Effect.UNKNOWN if kind is ResponseKind.ACTED else None,
        )
        sim.counts["answers"] += 1
        await self._command(
            lambda inbox: c.Respond(inbox=inbox, alert=row.alert_id, response=response)
        )

    # Operators

    async def _operators(self, until: datetime) -> None:
        while True:
            await asyncio.sleep(TEN_MINUTES)
            if self._sim.now() >= until:
                return
            if self._rng.random() < self._sim.faults.edit:
                await self._edit()
            if self._rng.random() < self._sim.faults.stop:
                self._begin(self._stop())

    async def _edit(self) -> None:
        """Another rulebook, or another registry, comes into force."""
        sim, rules = self._sim, self._rng.random() < 0.5
        number, now = self._rng.randrange(3), sim.now()
        sim.counts["the rulebook was edited" if rules else "the registry was edited"] += 1

        def change(conn: Any) -> Any:
            if rules:
                return save_rulebook(
                    conn, rulebooks(brisk=sim.goes_out)[number], filename="r", at=now, by="files"
                )
            return found_registry(conn, number, at=now)

        async def once(machine: Machine) -> None:
            assert machine.writer is not None and machine.reader is not None
            await machine.writer.run(change)
            await follow(machine.engine.world, machine.reader)
            sim.loaded(machine.engine.world.current)

        await self._insist(once, "edit")

    async def _stop(self) -> None:
        """Stop everything outgoing for a while; two people let it go on."""
        async with self._sim.stopping:  # else the two of one stop would end another one
            sim, (by, second) = self._sim, self._rng.sample(OURS, 2)
            stopped = await self._switch(by, on=True)
            began = sim.now()
            await asyncio.sleep(self._rng.expovariate(1 / TEN_MINUTES))
            if isinstance(stopped, Done):
                sim.counts["everything outgoing was stopped"] += 1
                sim.ledger.stopped.append((began, sim.now()))
            for each in (by, second):
                await self._switch(each, on=False)

    async def _switch(self, by: str, *, on: bool) -> Any:
        return await self._command(lambda inbox: c.StopOutgoing(inbox=inbox, on=on, by=by))

    # The desk's people

    async def _desk(self, until: datetime) -> None:
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / (60 if self._apart else 180)))
            if self._sim.now() >= until:
                return
            rows = self._sim.look_at(
                select(cases.c.state)
                .where(cases.c.status.in_(("open", "standing", "monitored")))
                .where(or_(cases.c.kind == "case", not self._apart or self._rng.random() < 0.2))
                .order_by(cases.c.id)
            )
            if rows:
                known = [load_case(row.state) for row in rows]
                await self._command(self._work(self._rng.choice(known), known))

    def _work(self, case: Case, known: list[Case]) -> Callable[[c.Inbox], c.Command]:
        rng, by, now, draw = self._rng, self._rng.choice(OURS), self._sim.now(), self._rng.random()
        track, id = rng.choice(TRACKS), case.id
        shut = [state.track.name for state in case.tracks if not state.open_at(now)]
        if self._apart and shut and draw < 0.5:  # a desk that has time lets go out what may
            return lambda inbox: a_release(inbox, id, shut[0], by, now=now)
        if not self._sim.goes_out and rng.random() < 0.15:
            return lasting(rng, case, known, by, now)
        frozen = [state.track.name for state in case.tracks if state.frozen]
        if case.status is CaseStatus.MONITORED or draw > 0.95:
            return lambda inbox: c.Reopen(inbox=inbox, case=id, by=by)
        if case.proposal is not None and draw < 0.5:
            return lambda inbox: c.ConfirmResolution(inbox=inbox, case=id, by=by)
        if frozen and draw < 0.25:
            return lambda inbox: c.Lift(inbox=inbox, case=id, track=frozen[0], by=by)
        if draw < 0.45:
            return lambda inbox: a_release(inbox, id, track, by, now=now)
        if draw < 0.7 and case.tasks:
            task = rng.choice(case.tasks)
            return lambda inbox: c.FinishTask(
                inbox=inbox, case=id, task=task.id, by=by, heard=Heard.SAFE_CHANNEL
            )
        if draw < 0.8:
            until = rng.choice((None, now + timedelta(minutes=rng.randint(5, 90))))
            return lambda inbox: c.Freeze(inbox=inbox, case=id, tracks=(track,), by=by, until=until)
        if draw < 0.88:
            return lambda inbox: c.Lift(inbox=inbox, case=id, track=track, by=by)
        return lambda inbox: a_proposal(inbox, id, by)

    # Insisting

    async def _command(self, make: Callable[[c.Inbox], c.Command]) -> Any:
        self._said += 1
        id = f"said-{self._said}"
        digest = hashlib.sha256(id.encode()).hexdigest()
        return await self._submit(
            make(c.Inbox(source="people", id=id, digest=digest)), Lane.STOP, id
        )

    async def _submit(self, command: c.Command, lane: Lane, what: str) -> Any:
        async def once(machine: Machine) -> Any:
            return (await machine.engine.desk.submit(command, lane=lane))[0]

        result = await self._insist(once, f"{type(command).__name__} {what}")
        self._sim.counts[f"{type(command).__name__} {type(result).__name__}"] += 1
        return result

    async def _insist(self, once: Callable[[Machine], Awaitable[Any]], what: str) -> Any:
        """Ask some engine until one answers."""

        def unanswered(error: BaseException | None) -> None:
            if error is not None and not isinstance(error, NO_ANSWER):
                raise error
            self._sim.counts["asked again"] += 1
            self._sim.say(f"nobody answers {what}")

        return await insist(
            self._sim.somebody_up,
            once,
            rng=self._rng,
            within=ASK_AGAIN_AFTER,
            unanswered=unanswered,
        )


def _publishing(sent: Report) -> Callable[[Machine], Awaitable[Any]]:
    async def once(machine: Machine) -> Any:
        return await machine.engine.publish(sent.bytes(), source=sent.source)

    return once
