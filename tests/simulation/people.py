"""Hotlines that insist, recipients who may answer, and a desk that works: all by the seed."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine.case import commands as c
from engine.case.state import Case, CaseStatus, load_case
from engine.desk import CommandFailed, Lane
from engine.intake.door import Outcome
from engine.invariants import Violation
from engine.store.tables import cases, notifications
from schemas.codes import ActionKind, Effect, Heard, TrackName
from schemas.responses import Response, ResponseKind, Way
from tests.harness.assembly import Parts
from tests.harness.records import for_companies
from tests.harness.reports import HOTLINE, Report, report, withdrawal
from tests.simulation.insisting import insist
from tests.simulation.lasting import lasting
from tests.simulation.outside import Letter
from tests.simulation.run import START, Simulation

ASK_AGAIN_AFTER = 60.0
"""Seconds without an answer after which anybody asks again, under the same id."""

FIRST = ("death_threat", "arrest", "abduction", "surveillance", "early_warning")
LATER = ("enrichment", "released_from_custody", "pattern", "status_changed", "arrest", "abduction")
TRACKS = (TrackName.MISSIONS, TrackName.INVESTORS, TrackName.COMPANIES)
OURS = ("person:ana", "person:ben", "person:chi")


class People:
    """Everybody outside the machine. They never crash, and what they began they repeat."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._rng = sim.rng
        self._said = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = False
        sim.world.listeners.append(self._told)
        sim.world.listeners.append(self._network)

    async def live(self, *, until: datetime) -> None:
        """Report and work until then, and finish what was begun."""
        hotlines = [self._hotline(n, until) for n in range(self._rng.randint(1, 3))]
        await asyncio.gather(*hotlines, self._desk(until))
        self._ended = True
        while self._tasks:
            await asyncio.gather(*sorted(self._tasks, key=id), return_exceptions=False)

    # Hotlines

    async def _hotline(self, number: int, until: datetime) -> None:
        sent: list[Report] = []
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / 1_500))
            if self._sim.clock.true_now() >= until:
                return
            sent.append(self._something(number, len(sent), sent))
            await self._publish(sent[-1])

    def _something(self, number: int, n: int, sent: list[Report]) -> Report:
        rng = self._rng
        if sent and rng.random() < 0.15:
            return rng.choice(sent)  # the same again
        subject = f"subject-{number}"
        situation = f"situation-{number}-{rng.randint(0, 2)}"
        if sent and rng.random() < 0.1:
            return withdrawal(id=f"report-{number}-{n}", situation=situation, subject=subject)
        audiences = rng.sample(["missions", "investors", "companies"], rng.choice((0, 2, 3, 3, 3)))
        first = not any(each.event.get("situation") == situation for each in sent)
        return report(
            rng.choice(FIRST if first else LATER),
            id=f"report-{number}-{n}",
            situation=situation,
            country="QR",
            subject=subject,
            parties={"loto-garments": "alleged_perpetrator"},
            consents=sorted(audiences) if not sent or rng.random() < 0.2 else None,
            certainty=rng.choice(("likely", "likely", "confirmed", "possible")),
        )

    async def _publish(self, sent: Report) -> None:
        body = sent.bytes()

        async def once(engine: Parts) -> Any:
            return await engine.publish(body, source=sent.source)

        taken = await self._insist(once, f"publish {sent.id}")
        key = (sent.source, sent.id)
        if taken.outcome in (Outcome.TAKEN, Outcome.REPEATED):
            self._sim.outside.accepted.setdefault(key, hashlib.sha256(body).hexdigest())
            self._sim.counts["reports"] += 1
        self._sim.trace.add(f"{self._sim.loop.time():.6f} {sent.id} is {taken.outcome}")

    # Recipients

    def _told(self, letter: Letter) -> None:
        if not self._ended and self._rng.random() < 0.35:
            task = asyncio.ensure_future(self._answer(letter))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, letter: Letter) -> None:
        rng = self._rng
        await asyncio.sleep(rng.expovariate(1 / 600))
        row = self._look(
            select(notifications.c.alert_id, notifications.c.contact).where(
                notifications.c.key == letter.key
            )
        )[0]
        now = self._sim.clock.true_now()
        if letter.endpoint.endswith(".sms") and row.contact.startswith("person:"):
            kind = ResponseKind.ACKNOWLEDGED
        else:
            kind = rng.choice(
                [
                    ResponseKind.ACKNOWLEDGED,
                    ResponseKind.COMMITTED,
                    ResponseKind.ACTED,
                    ResponseKind.DECLINED,
                    ResponseKind.ASKS,
                    ResponseKind.WRONG_CONTACT,
                    ResponseKind.WARNS,
                ]
            )
        response = Response(
            kind=kind,
            way=Way.PAGE,
            by=row.contact,
            action=ActionKind.LETTER if kind is ResponseKind.COMMITTED else None,
            due=now + timedelta(minutes=rng.randint(1, 240))
            if kind is ResponseKind.COMMITTED
            else None,
            effect=Effect.UNKNOWN if kind is ResponseKind.ACTED else None,
        )
        self._sim.counts["answers"] += 1
        await self._command(
            lambda inbox: c.Respond(inbox=inbox, alert=row.alert_id, response=response)
        )

    # Networks

    def _network(self, letter: Letter) -> None:
        """Most texts get receipts: some late, some twice, some that contradict each other."""
        if self._ended or letter.channel != "sms" or self._rng.random() < 0.3:
            return
        task = asyncio.ensure_future(self._receipts(letter))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _receipts(self, letter: Letter) -> None:
        rng = self._rng
        arrives = rng.random() < 0.8
        while True:
            await asyncio.sleep(rng.expovariate(1 / rng.choice((0.05, 5.0, 2_000.0))))
            await self._report(letter, delivered=arrives)
            if rng.random() < 0.6:
                return
            arrives = arrives if rng.random() < 0.7 else not arrives

    async def _report(self, letter: Letter, *, delivered: bool) -> None:
        command = c.DeliveryReported(channel="sms", key=letter.key, delivered=delivered)

        async def once(engine: Parts) -> Any:
            return (await engine.desk.submit(command, lane=Lane.NORMAL))[0]

        result = await self._insist(once, f"receipt {letter.key[:8]} {delivered}")
        self._sim.counts[f"receipt {delivered} {type(result).__name__}"] += 1

    # The desk's people

    async def _desk(self, until: datetime) -> None:
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / 220))
            if self._sim.clock.true_now() >= until:
                return
            rows = self._look(
                select(cases.c.state)
                .where(cases.c.status.in_(("open", "standing", "monitored")))
                .order_by(cases.c.id)
            )
            if rows:
                known = [load_case(row.state) for row in rows]
                await self._work(self._rng.choice(known), known)

    async def _work(self, case: Case, known: list[Case]) -> None:
        rng, by = self._rng, self._rng.choice(OURS)
        if rng.random() < 0.15:
            await self._command(lasting(rng, case, known, by, self._sim.clock.true_now()))
            return
        draw = rng.random()
        frozen = [state.track.name for state in case.tracks if state.frozen]
        if case.status is CaseStatus.MONITORED:
            if draw < 0.2:
                await self._command(lambda inbox: c.Reopen(inbox=inbox, case=case.id, by=by))
        elif case.proposal is not None and draw < 0.5:
            await self._command(lambda inbox: c.ConfirmResolution(inbox=inbox, case=case.id, by=by))
        elif frozen and draw < 0.25:
            await self._command(
                lambda inbox: c.Lift(inbox=inbox, case=case.id, track=frozen[0], by=by)
            )
        elif draw < 0.35:
            track = rng.choice(TRACKS)
            await self._command(
                lambda inbox: _release(inbox, case.id, track, by, now=self._sim.clock.now())
            )
        elif draw < 0.65 and case.tasks:
            task = rng.choice(case.tasks)
            await self._command(
                lambda inbox: c.FinishTask(
                    inbox=inbox, case=case.id, task=task.id, by=by, heard=Heard.SAFE_CHANNEL
                )
            )
        elif draw < 0.72:
            track = rng.choice(TRACKS)
            later = self._sim.clock.true_now() + timedelta(minutes=rng.randint(5, 90))
            until = rng.choice((None, later))
            await self._command(
                lambda inbox: c.Freeze(
                    inbox=inbox, case=case.id, tracks=(track,), by=by, until=until
                )
            )
        elif draw < 0.8:
            track = rng.choice(TRACKS)
            await self._command(lambda inbox: c.Lift(inbox=inbox, case=case.id, track=track, by=by))
        elif draw < 0.85:
            on = rng.random() < 0.1
            await self._command(lambda inbox: c.StopOutgoing(inbox=inbox, on=on, by=by))
        elif draw < 0.93:
            await self._command(lambda inbox: _proposal(inbox, case.id, by))
        else:
            await self._command(lambda inbox: c.Reopen(inbox=inbox, case=case.id, by=by))

    # Insisting

    async def _command(self, make: Callable[[c.Inbox], c.Command]) -> None:
        self._said += 1
        id_ = f"said-{self._said}"
        command = make(
            c.Inbox(source="people", id=id_, digest=hashlib.sha256(id_.encode()).hexdigest())
        )

        async def once(engine: Parts) -> Any:
            return (await engine.desk.submit(command, lane=Lane.STOP))[0]

        result = await self._insist(once, f"{type(command).__name__} {id_}")
        self._sim.counts[f"{type(command).__name__} {type(result).__name__}"] += 1

    async def _insist(self, once: Callable[[Parts], Awaitable[Any]], what: str) -> Any:
        """Ask until there is an answer: a process that died has given none."""

        def unanswered(error: BaseException | None) -> None:
            if error is not None:
                if not isinstance(error, CommandFailed):
                    raise error
                self._sim.counts["failed commands"] += 1
            self._sim.counts["asked again"] += 1
            self._sim.trace.add(f"{self._sim.loop.time():.6f} nobody answers {what}")

        return await insist(
            self._sim, once, rng=self._rng, within=ASK_AGAIN_AFTER, unanswered=unanswered
        )

    # In the end

    def unmet(self) -> list[Violation]:
        """What should have been done by now, seen from outside."""
        found = []
        late = self._sim.clock.true_now() - timedelta(minutes=15)
        stuck = self._look(
            select(notifications.c.key, notifications.c.state, notifications.c.lane).where(
                notifications.c.state.in_(("queued", "sending", "failed_temporary", "unknown")),
                notifications.c.decided_at < late,
            )
        )
        stopped = self._stopped()
        for row in stuck:
            if not (stopped and row.lane >= 2):
                found.append(_unmet(row.key, f"It is still {row.state}."))
        rows = self._look(select(cases.c.id, cases.c.state).where(cases.c.kind == "case"))
        told = {letter.key for letter in self._sim.world.letters}
        for row in rows:
            keys = self._look(select(notifications.c.key).where(notifications.c.case_id == row.id))
            if not told & {each.key for each in keys}:
                found.append(_unmet(row.id, "Nobody was ever told of this case."))
        return found

    def _stopped(self) -> bool:
        from engine.store import meta

        view = self._sim.looking.begin()
        try:
            return meta.is_on(self._sim.looking, "stopped")
        finally:
            view.rollback()

    def _look(self, query: Any) -> list[Any]:
        view = self._sim.looking.begin()
        try:
            return list(self._sim.looking.execute(query).all())
        finally:
            view.rollback()


def _release(inbox: c.Inbox, case: str, track: TrackName, by: str, *, now: datetime) -> c.Release:
    record = c.ReleaseRecord(
        id=f"record-{inbox.id}",
        why="leverage",
        reprisal_forecast="low",
        wishes_read=True,
        **for_companies(now),
    )
    return c.Release(inbox=inbox, case=case, track=track, by=by, record=record)


def _proposal(inbox: c.Inbox, case: str, by: str) -> c.ProposeResolution:
    return c.ProposeResolution(
        inbox=inbox,
        case=case,
        by=by,
        outcome="freed",
        residual_risk="low",
        remedy="sought",
        heard="safe_channel",
    )


def _unmet(row: str, what: str) -> Violation:
    return Violation(invariant="I11", row=row, what=what, remedy="Replay this seed with --trace.")


__all__ = ["HOTLINE", "START", "People"]
