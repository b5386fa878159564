"""Hotlines, recipients and a desk: what they say is written into the ledger before they say it."""

import asyncio
import hashlib
import random  # noqa: TID251 (seeded: the same number, the same replay)
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from engine.case import commands as c
from engine.case.state import Case, CaseStatus, load_case
from engine.demo.page_visit import Answer, PageError, answer_on_page
from engine.desk import Busy, CommandFailed, Lane
from engine.intake.door import Outcome
from notifiers.message import Message
from schemas.codes import ActionKind, Effect, Heard, TrackName
from schemas.contact import Endpoint
from schemas.event import ThreatEvent
from schemas.responses import Done, Refused, Response, ResponseKind, Way
from tests.harness.assembly import Parts
from tests.harness.records import for_companies
from tests.replay_harm.ledger import Cleared, Frozen, Published, Released, Saying, Stopped
from tests.replay_harm.machine import Machine
from tests.replay_harm.marks import sealed
from tests.replay_harm.reports import Reports, Written
from tests.replay_harm.town import Town
from tests.simulation.insisting import insist
from tests.simulation.process import Dead

ASK_AGAIN_AFTER = 600.0
OURS = ("person:ana", "person:ben", "person:chi", "person:dia")
_OPEN = text("SELECT id, state FROM cases WHERE status IN ('open', 'monitored') AND kind = 'case'")
_ALERT = text("SELECT alert_id, contact, case_id FROM notifications WHERE key = :key")
_KINDS = (
    ResponseKind.ACKNOWLEDGED, ResponseKind.COMMITTED, ResponseKind.ACTED, ResponseKind.DECLINED,
    ResponseKind.CONFLICT, ResponseKind.WRONG_CONTACT, ResponseKind.ASKS, ResponseKind.WARNS,
    ResponseKind.PASSED_ON,
)  # fmt: skip
GIVES_UP = 60.0
"""Seconds after which a browser does."""


class People:
    """Everybody outside the machine."""

    def __init__(self, machine: Machine, town: Town, rng: random.Random) -> None:
        self.machine = machine
        self.town = town
        self.rng = rng
        self.counts = machine.counts
        self.reports = Reports(rng, town)
        self._said = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = False
        machine.listeners.append(self._reached)

    def begin(self, doing: Coroutine[Any, Any, None]) -> None:
        """Somebody does this meanwhile."""
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Let everybody end what they began; raises what went wrong for one of them."""
        self._ended = True
        while self._tasks:
            await asyncio.gather(*list(self._tasks))

    # Hotlines

    def report(self) -> None:
        """A hotline says something; sometimes two at once, or the same twice."""
        written = self.reports.next(self.machine.clock.true_now())
        for each in written:
            self.begin(self._publish(each))
        self.counts["events"] += len(written)

    async def _publish(self, written: Written) -> None:
        event = ThreatEvent.model_validate(written.event)
        said = Published(source=written.source, event=event, shape=written.shape)
        self.machine.ledger.say((written.source, written.id), said)
        body = written.bytes()

        async def once(engine: Parts) -> Any:
            return await engine.publish(body, source=written.source)

        taken = await self._insist(once)
        self.machine.outside.reads("answer", repr(taken), *map(str, taken.problems))
        if taken.outcome in (Outcome.TAKEN, Outcome.REPEATED):
            self.counts[f"shape {written.shape}"] += 1
            self.counts.update(written.traits)
        else:
            self.counts[f"report {taken.outcome.value}"] += 1

    # Recipients

    def _reached(self, message: Message, endpoint: Endpoint) -> None:
        if self._ended or message.purpose.value not in (
            "tell",
            "ask_outcome",
            "page",
            "task",
            "overdue",
        ):
            return
        ours = endpoint.id not in self.machine.ledger.contacts
        draw = self.rng.random()
        if message.how.code and draw < 0.12:
            self.begin(self._opens_page(message, endpoint))
        elif draw < (0.1 if ours else 0.4):
            self.begin(self._answers(message, ours=ours))

    async def _answers(self, message: Message, *, ours: bool) -> None:
        rng = self.rng
        await asyncio.sleep(rng.expovariate(1 / 1_200))
        (row,) = self.machine.read(_ALERT, key=message.key)
        kind = ResponseKind.ACKNOWLEDGED if ours else rng.choice(_KINDS)
        promised = kind is ResponseKind.COMMITTED
        due = self.machine.clock.true_now() + timedelta(hours=rng.randint(1, 9))
        response = Response(
            kind=kind,
            way=Way.PAGE,
            by=row.contact,
            action=ActionKind.LETTER if promised else None,
            due=due if promised or kind is ResponseKind.WARNS else None,
            effect=Effect.UNKNOWN if kind is ResponseKind.ACTED else None,
            passed_on_to=self._somebody() if kind is ResponseKind.PASSED_ON else "",
        )
        await self.command(
            lambda inbox: c.Respond(inbox=inbox, alert=row.alert_id, response=response)
        )

    def _somebody(self) -> str:
        return self.rng.choice(sorted(self.town.parties))

    async def _opens_page(self, message: Message, endpoint: Endpoint) -> None:
        await asyncio.sleep(self.rng.expovariate(1 / 3_600))
        await self.machine.up.wait()
        kind = self.rng.choice(("acknowledged", "asks", "conflict", "declined"))
        answer = Answer(kind=kind, note=sealed("note"), reason="not_us")
        browser: Any = self.machine.visit(message, endpoint)
        try:
            async with asyncio.timeout(GIVES_UP):  # the machine may die under it
                ending = await answer_on_page(
                    browser, link=message.how.url, code=message.how.code, answer=answer
                )
        except (PageError, CommandFailed, Busy, TimeoutError, Dead):
            self.counts["pages_shut"] += 1
            return
        self.counts["pages_answered" if ending == "Thank you" else "pages_shut"] += 1

    # The desk's people

    async def work(self) -> None:
        """Somebody of the desk does one thing in one open case."""
        rows = self.machine.read(_OPEN)
        if rows:
            row = self.rng.choice(sorted(rows, key=lambda each: str(each.id)))
            await self._work(load_case(row.state))

    async def _work(self, case: Case) -> None:
        rng, by = self.rng, self.rng.choice(OURS)
        draw = rng.random()
        frozen = [state.track.name for state in case.tracks if state.frozen]
        outward = [s.track.name for s in case.tracks if s.track.name is not TrackName.DUTY]
        if case.status is CaseStatus.MONITORED:
            if draw < 0.05:
                await self.command(lambda inbox: c.Reopen(inbox=inbox, case=case.id, by=by))
        elif case.proposal is not None and draw < 0.5:
            await self.command(lambda inbox: c.ConfirmResolution(inbox=inbox, case=case.id, by=by))
        elif frozen and draw < 0.4:
            await asyncio.gather(
                *(self._lifts(case.id, track, by) for track in frozen for by in OURS[:2])
            )
        elif (tied := _tied(case)) and draw < 0.5:
            await asyncio.gather(*(self._clears(case.id, tied, by) for by in OURS[2:]))
        elif outward and draw < 0.72:
            untold = {a.track for a in case.alerts if not a.told_contacts}
            several = sorted(untold)[: rng.choice((1, 4, 9))] or [rng.choice(outward)]
            await asyncio.gather(*(self.release(case, track) for track in several))
        elif case.tasks and draw < 0.85:
            task = rng.choice(case.tasks)
            await self.command(
                lambda inbox: c.FinishTask(
                    inbox=inbox, case=case.id, task=task.id, by=by, heard=Heard.SAFE_CHANNEL
                )
            )
        elif outward and draw < 0.88:
            track = rng.choice(outward)
            await self.command(
                lambda inbox: c.Freeze(inbox=inbox, case=case.id, tracks=(track,), by=by),
                Frozen(case=case.id, track=track.value, on=True),
            )
        else:
            await self.command(lambda inbox: _proposal(inbox, case.id, by))

    async def _lifts(self, case: str, track: TrackName, by: str) -> None:
        await self.command(
            lambda inbox: c.Lift(inbox=inbox, case=case, track=track, by=by),
            Frozen(case=case, track=track.value, on=False),
        )

    async def _clears(self, case: str, parties: tuple[str, ...], by: str) -> None:
        await self.command(
            lambda inbox: c.ClearExclusion(
                inbox=inbox, case=case, parties=parties, by=by, why="other"
            ),
            Cleared(case=case, parties=parties, by=by),
        )

    async def release(self, case: Case, track: TrackName) -> None:
        """One person lets a track go, or two do; sometimes headquarters that control are named."""
        controllers = tuple(
            sorted({a.party for a in case.alerts if a.track is track and a.reason is not None})
        )
        controllers = controllers[:2] if self.rng.random() < 0.5 else ()
        several = 2 if self.rng.random() < 0.8 else 1
        await asyncio.gather(
            *(
                self._releases(case.id, track, by, controllers)
                for by in self.rng.sample(OURS, several)
            )
        )

    async def _releases(
        self, case: str, track: TrackName, by: str, controllers: tuple[str, ...]
    ) -> None:
        now = self.machine.clock.true_now()
        await self.command(
            lambda inbox: release(inbox, case, track, by, now=now, controllers=controllers),
            Released(case=case, track=track.value, by=by, controllers=controllers),
        )

    async def stop_for_a_while(self) -> None:
        """Somebody presses Stop outgoing; a while later two people lift it."""
        await self._stop(self.rng.choice(OURS), on=True)
        self.counts["stops"] += 1
        await asyncio.sleep(self.rng.expovariate(1 / 1_800))
        for by in OURS[:2]:
            await self._stop(by, on=False)

    async def _stop(self, by: str, *, on: bool) -> None:
        await self.command(lambda inbox: c.StopOutgoing(inbox=inbox, on=on, by=by), Stopped(on=on))

    # Insisting

    async def command(self, make: Callable[[c.Inbox], c.Command], *sayings: Saying) -> Any:
        """Say it until there is an answer; the ledger knows of it beforehand."""
        self._said += 1
        id_ = f"said-{self._said}"
        self.machine.ledger.say(("people", id_), *sayings)
        digest = hashlib.sha256(id_.encode()).hexdigest()
        command = make(c.Inbox(source="people", id=id_, digest=digest))

        async def once(engine: Parts) -> Any:
            return (await engine.desk.submit(command, lane=Lane.STOP))[0]

        result = await self._insist(once)
        name = type(command).__name__
        self.counts[f"{name} {type(result).__name__}"] += 1
        if isinstance(result, Refused):
            self.machine.outside.reads("refusal", result.detail)
            self.counts[f"{name} refused {result.reason.value}"] += 1
        return result if isinstance(result, Done) else None

    async def _insist(self, once: Callable[[Parts], Awaitable[Any]]) -> Any:
        """Ask until there is an answer: a process that died has given none."""

        def unanswered(error: BaseException | None) -> None:
            if error is not None:
                self.machine.outside.reads("exception", repr(error))
                if not isinstance(error, (CommandFailed, Busy)):
                    raise error
            self.counts["asked_again"] += 1

        return await insist(
            self.machine, once, rng=self.rng, within=ASK_AGAIN_AFTER, unanswered=unanswered
        )


def release(
    inbox: c.Inbox,
    case: str,
    track: TrackName,
    by: str,
    *,
    now: datetime,
    controllers: tuple[str, ...] = (),
) -> c.Release:
    """A release with all that a record needs."""
    record = c.ReleaseRecord(
        id=f"record-{inbox.id}",
        why="leverage",
        reprisal_forecast="low",
        wishes_read=True,
        **for_companies(now),
    )
    return c.Release(
        inbox=inbox, case=case, track=track, by=by, record=record, controllers=controllers
    )


def _proposal(inbox: c.Inbox, case: str, by: str) -> c.ProposeResolution:
    return c.ProposeResolution(
        inbox=inbox,
        case=case,
        by=by,
        outcome="freed",
        residual_risk="low",
        remedy="none_sought",
        heard="safe_channel",
    )


def _tied(case: Case) -> tuple[str, ...]:
    """Somebody whom a tie leaves out that two people may clear."""
    reasons = ("unknown_perpetrator_group", "represents", "officer_of", "perpetrator_closure")
    found = sorted({a.party for a in case.alerts if a.reason in reasons and not a.told_contacts})
    return tuple(found[:1])
