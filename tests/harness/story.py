"""A scenario as a coordinator would tell it, driving the production engine on a real SQLite file.

    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro(),
                     at="2027-03-01 22:00") as story:
        await story.publish(report("arrest", id="r1", ...))
        await story.phone("Ana").expects("HIGH").replies("1")
        await story.advance(hours=2)
        story.nothing_else_sent()

Time stands still until `advance` or `until`. Every message has to be spoken of: one that nobody
expected fails the test, and so does a broken promise, both at the latest where the story ends.
"""

import asyncio
import contextlib
import hashlib
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from engine import invariants
from engine.case import commands as c
from engine.case.due import due_at
from engine.case.state import Case, load_case
from engine.clock import ManualClock
from engine.desk import Lane
from engine.intake.door import Outcome, Taken
from engine.registry.world import World
from engine.store.inline import InlineWriter
from engine.store.tables import cases, events, journal, notifications
from notifiers.message import ChannelKind
from notifiers.outcome import OutcomeReason
from rules.rulebook import Rulebook
from schemas import facts as f
from schemas.codes import ActionKind, Effect, TrackName
from schemas.responses import DeclineReason, Response, ResponseKind, Result, Way
from schemas.roster import Roster
from tests.harness.assembly import Engine, entropy_of, halting, parts
from tests.harness.files import new_database
from tests.harness.inbox import Inbox, Unread
from tests.harness.moments import last_moment, moment, next_moment
from tests.harness.people import Place
from tests.harness.recording import Post, RecordingChannel, Sent
from tests.harness.records import for_companies
from tests.harness.reports import Report


@contextlib.asynccontextmanager
async def given(
    *,
    registry: Place,
    rulebook: Rulebook | None,
    roster: Roster,
    at: str = "2027-03-01 22:00",
) -> AsyncIterator["Story"]:
    """Begin a story; at its end nothing may be unread and every promise must be kept."""
    with tempfile.TemporaryDirectory(prefix="tocsin-story-") as directory:
        story = Story(
            registry=registry, rulebook=rulebook, roster=roster, at=at, directory=Path(directory)
        )
        await story.start()
        try:
            yield story
            if not story.planted:
                await story.settle()
                story.nothing_else_sent()
                await story.keeps_every_promise()
        finally:
            await story.stop()
            await story.close()


@dataclass(slots=True)
class _Told:
    """What the story remembers of the outside."""

    world: invariants.Outside = field(default_factory=invariants.Outside)
    commands: int = 0
    broken: frozenset[str] = frozenset()
    planted: bool = False


class Story:
    """One engine, its people and its time."""

    def __init__(
        self,
        *,
        registry: Place,
        rulebook: Rulebook | None,
        roster: Roster,
        at: str,
        directory: Path,
    ) -> None:
        self.registry = registry.with_duty(roster)
        self.rulebook = rulebook
        self.roster = roster
        self.post = Post()
        self.clock = ManualClock(moment(at), settle=_at_rest)
        self.database = new_database(directory / "story.sqlite")
        self.engine: Engine | None = None
        self._unread = Unread(self.post)
        self._told = _Told()
        self.began = self.clock.now()
        """When the story began."""
        self._up_since = self.began
        self._beside: list[asyncio.Task[None]] = []

    # The engine

    async def start(self) -> None:
        """Start the engine, as after a boot."""
        self._up_since = self.clock.now()
        writer = InlineWriter(self.database)
        clock = self.clock
        made = parts(
            writer=writer,
            clock=clock,
            entropy=entropy_of(f"story {clock.now()}"),
            world=World(rulebook=self.rulebook, registry=self.registry, roster=self.roster),
            halt=halting,
            instance="story",
        )
        kinds = {"email": ChannelKind.EMAIL, "sms": ChannelKind.SMS}
        self.engine = Engine(
            made,
            clock=clock,
            channels=[
                RecordingChannel(name, kind=kind, post=self.post, now=clock.now)
                for name, kind in kinds.items()
            ],
            close=writer.close,
        )
        self.engine.start()
        await self.settle()

    async def stop(self) -> None:
        """Stop it in order."""
        if self.engine is not None:
            await self.engine.stop()
            self.engine = None

    async def restart(self, **after: float) -> None:
        """Stop, let this much time pass, start again: `restart(hours=6)`."""
        await self.stop()
        await self.clock.advance(**after)
        await self.start()

    async def crash(self, **after: float) -> None:
        """As `restart`, but nothing is said goodbye to: what was under way is lost."""
        await self.stop()  # what was being sent stays marked as being sent, as after a kill
        await self.clock.advance(**after)
        await self.start()

    def beside(self, loop: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run this beside the engine until the story ends."""
        task = asyncio.get_running_loop().create_task(loop)
        self._beside.append(task)
        return task

    async def close(self) -> None:
        """Give everything back."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        self.database.close()

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        await _at_rest()
        for error in self._engine.failed() if self.engine else ():
            raise AssertionError("a loop of the engine ended") from error

    # Time

    async def advance(self, **span: float) -> None:
        """Let time pass: `advance(hours=2, minutes=5)`."""
        await self._pass(self.now + timedelta(**span))

    async def until(self, said: str) -> None:
        """Let time pass until then: `until("Tue 08:30")`."""
        await self._pass(next_moment(said, after=self.now))

    async def _pass(self, until: datetime) -> None:
        await self.settle()
        await self.clock.advance(seconds=(until - self.now).total_seconds())
        await self.settle()

    @property
    def planted(self) -> bool:
        """Whether this story planted a breach."""
        return self._told.planted

    @property
    def now(self) -> datetime:
        return self.clock.now()

    # What comes in

    async def publish(self, report: Report, *, times: int = 1) -> Taken:
        """Send a report through the door, as often as said; the last answer."""
        taken = None
        for _ in range(times):
            taken = await self._engine.publish(report.bytes(), source=report.source)
            await self.settle()
            key = (report.source, report.id)
            if taken.outcome is Outcome.TAKEN:
                digest = hashlib.sha256(report.bytes()).hexdigest()
                self._told.world.accepted[key] = digest
            elif taken.outcome is Outcome.EQUIVOCATION:
                self._told.world.refused_content.add(key)
        assert taken is not None
        return taken

    async def publish_together(self, reports: Sequence[Report]) -> None:
        """Send all of these at once; returns when every one is durable."""
        taken = await asyncio.gather(
            *(self._engine.publish(each.bytes(), source=each.source) for each in reports)
        )
        for each, answer in zip(reports, taken, strict=True):
            assert answer.outcome is Outcome.TAKEN, answer
            digest = hashlib.sha256(each.bytes()).hexdigest()
            self._told.world.accepted[(each.source, each.id)] = digest

    async def do(self, command: c.Command) -> Result:
        """Give the desk a command, as the console would."""
        (result,) = await self._engine.desk.submit(command, lane=Lane.STOP)
        await self.settle()
        return result

    async def release(
        self, track: str, *, by: str, controllers: tuple[str, ...] = (), **record: Any
    ) -> Result:
        """A person allows a track of the only case: `release("missions", by="Ana")`."""
        record = {
            "id": f"release-{self._told.commands}",
            "why": "leverage",
            "reprisal_forecast": "low",
            "wishes_read": True,
            **(for_companies(self.clock.now()) if track == "companies" else {}),
            **record,
        }
        return await self.do(
            c.Release(
                inbox=self._inbox(),
                case=self.case().id,
                track=TrackName(track),
                by=_person(by),
                record=c.ReleaseRecord(**record),
                controllers=controllers,
            )
        )

    async def finish(self, kind: str, *, by: str, party: str = "") -> Result:
        """A person does what the (oldest) open task of this kind asks for."""
        case = self.case()
        alerts = {a.id for a in case.alerts if a.party == party}
        task = next(
            (t for t in case.tasks if t.kind == kind and (not party or t.alert in alerts)), None
        )
        assert task is not None, f"no open task {kind}; open are {[t.kind for t in case.tasks]}"
        return await self.do(
            c.FinishTask(inbox=self._inbox(), case=case.id, task=task.id, by=_person(by))
        )

    async def propose(self, *, by: str, remedy: str = "none_sought") -> Result:
        """A person says that the case is resolved."""
        return await self.do(
            c.ProposeResolution(
                inbox=self._inbox(),
                case=self.case().id,
                by=_person(by),
                outcome="freed",
                residual_risk="low",
                remedy=remedy,  # type: ignore[arg-type]
                heard="safe_channel",
            )
        )

    async def confirm(self, *, by: str) -> Result:
        """Another person agrees."""
        return await self.do(
            c.ConfirmResolution(inbox=self._inbox(), case=self.case().id, by=_person(by))
        )

    # People

    def phone(self, name: str) -> Inbox:
        """The text messages of one of our own people, or of a contact."""
        return self._inbox_of(f"{_short(name)}.sms")

    def mail(self, name: str) -> Inbox:
        """The mailbox of a contact, or of one of our own people."""
        return self._inbox_of(f"{_short(name)}.email")

    def bounces(self, endpoint: str, *, times: int = 1) -> None:
        """The next tries to this address are refused for good: `bounces("lea.email")`."""
        self._mood(endpoint, OutcomeReason.REFUSED_ADDRESS, times)

    def mood(self, endpoint: str, reason: OutcomeReason, *, times: int = 1) -> None:
        """The next tries to this address come to this."""
        self._mood(endpoint, reason, times)

    async def reported(self, sent: Sent, *, delivered: bool) -> Result:
        """The provider says what became of this message after it took it."""
        return await self.do(
            c.DeliveryReported(channel=sent.channel, key=sent.message.key, delivered=delivered)
        )

    @contextlib.asynccontextmanager
    async def sending_stopped(self) -> AsyncIterator[None]:
        """While this lasts nothing is claimed: what is decided waits in its queue."""
        await self._engine.stop_sender()
        try:
            yield
        finally:
            self._engine.start_sender()
            await self.settle()

    @contextlib.contextmanager
    def every_send_hangs(self) -> Iterator[None]:
        """While this lasts a message that is being sent never gets an answer."""
        self.post.hangs = True
        try:
            yield
        finally:
            self.post.hangs = False

    def ends_broken(self) -> None:
        """This story plants a breach: its end is not looked at."""
        self._told.planted = True

    def expects_broken(self, *names: str) -> None:
        """This story breaks these promises on purpose."""
        self._told.broken = frozenset(names)

    # Looking

    def nothing_else_sent(self) -> None:
        """Every message that left has been spoken of."""
        assert not self._unread.left(), self._unread.all_left()

    def sent(self, endpoint: str) -> list[Sent]:
        """Everything that ever left for this address."""
        return [sent for sent in self.post.sent if sent.endpoint == endpoint]

    def case(self, situation: str | None = None) -> Case:
        """The only case that is not an incident, or the one of this event code's case."""
        found = [case for case in self.cases() if case.kind == "case"]
        assert len(found) == 1, f"{len(found)} cases, not one"
        return found[0]

    def cases(self) -> list[Case]:
        """All cases, in the order they were opened."""
        rows = self._read(select(cases.c.state).order_by(cases.c.opened_at, cases.c.id))
        return [load_case(row.state) for row in rows]

    def incidents(self) -> list[str]:
        """Codes of all incidents."""
        return [case.incident for case in self.cases() if case.kind == "incident"]

    def facts(self, *kinds: type) -> list[Any]:
        """The facts of the only case, of these kinds."""
        query = select(journal.c.body).where(journal.c.stream == self.case().id)
        found = [f.load_fact(row.body) for row in self._read(query.order_by(journal.c.n))]
        return [fact for fact in found if not kinds or isinstance(fact, kinds)]

    def told(self, party: str, *at: str) -> None:
        """This party was told at exactly these minutes, and at no other."""
        when = [fact.at for fact in self.facts(f.Told) if fact.party == party]
        assert [f"{x:%a %H:%M}" for x in when] == [
            f"{last_moment(said, before=self.now):%a %H:%M}" for said in at
        ], f"{party} was told at {[f'{x:%a %d %b %H:%M}' for x in when]}"

    def withheld(self, who: str, *, reason: str) -> None:
        """This party or contact is shown as left out for this reason, and was never told."""
        shown = {
            (each.contact or each.party): each.reason.value
            for planned in self.facts(f.Planned)
            for each in planned.withheld
        }
        party_of = {alert.id: alert.party for alert in self.case().alerts}
        for fact in self.facts(f.AlertWithheld, f.AlertClosed, f.TellRefused):
            shown[party_of.get(fact.alert, "")] = fact.reason.value
        assert shown.get(who) == reason, f"{who}: {shown.get(who)}; left out are {shown}"
        for contact in self.registry.contacts(who):
            for endpoint in contact.endpoints:
                assert not self.sent(endpoint.id), f"{who} was told although it is left out"

    def owes(self, *kinds: str) -> None:
        """The open tasks of the only case are exactly these."""
        assert sorted(task.kind for task in self.case().tasks) == sorted(kinds)

    def due_at(self) -> datetime | None:
        """When the only case must next be looked at."""
        return due_at(self.case())

    def states(self) -> dict[str, list[str]]:
        """Endpoint -> delivery states of everything decided for it, oldest first."""
        found: dict[str, list[str]] = {}
        query = select(notifications.c.endpoint, notifications.c.state)
        for row in self._read(query.order_by(notifications.c.decided_at, notifications.c.key)):
            found.setdefault(row.endpoint, []).append(row.state)
        return found

    def tries(self, endpoint: str) -> list[int]:
        """How often each message for this endpoint (`email:lea.email`) was tried."""
        query = select(notifications.c.attempts).where(notifications.c.endpoint == endpoint)
        return [row.attempts for row in self._read(query.order_by(notifications.c.decided_at))]

    def count_events(self) -> int:
        """How many events are stored."""
        return len(self._read(select(events.c.id)))

    async def keeps_every_promise(self) -> None:
        """All invariants hold, on the tables and against what really left."""
        world = self._told.world
        world.sends = self.post.counts
        world.unclear = self.post.unclear
        broken = self._run(
            lambda conn: invariants.check(conn, now=self.now, world=world, up_since=self._up_since)
        )
        unexpected = [each for each in broken if each.invariant not in self._told.broken]
        assert not unexpected, "\n".join(map(str, unexpected))
        missing = self._told.broken - {each.invariant for each in broken}
        assert not missing, f"not broken, as was expected: {sorted(missing)}"

    # Inside

    @property
    def _engine(self) -> Engine:
        assert self.engine is not None, "the engine is down"
        return self.engine

    def _inbox_of(self, endpoint: str) -> Inbox:
        return Inbox(
            endpoint,
            unread=self._unread,
            now=self.clock.now,
            when=lambda said: last_moment(said, before=self.now),
            reply=self._reply,
        )

    async def _reply(self, sent: Sent, kind: str, **more: Any) -> None:
        row = self._read(
            select(notifications.c.alert_id, notifications.c.contact).where(
                notifications.c.key == sent.message.key
            )
        )[0]
        due = more.get("due")
        response = Response(
            kind=ResponseKind(kind),
            way=Way(more.get("way", "page")),
            by=row.contact,
            action=ActionKind(more["action"]) if "action" in more else None,
            due=next_moment(due, after=self.now) if isinstance(due, str) else due,
            effect=Effect(more["effect"]) if "effect" in more else None,
            reason=DeclineReason(more["reason"]) if "reason" in more else None,
            passed_on_to=more.get("to", ""),
        )
        command = c.Respond(inbox=self._inbox(), alert=row.alert_id, response=response)
        result = await self.do(command)
        assert more.get("refused", False) is (type(result).__name__ == "Refused"), result

    def _inbox(self) -> c.Inbox:
        self._told.commands += 1
        id_ = f"command-{self._told.commands}"
        return c.Inbox(source="story", id=id_, digest=hashlib.sha256(id_.encode()).hexdigest())

    def _mood(self, endpoint: str, reason: OutcomeReason, times: int) -> None:
        self.post.moods.setdefault(endpoint, deque()).extend([reason] * times)

    def _read(self, query: Any) -> list[Any]:
        return self._run(lambda conn: list(conn.execute(query).all()))

    def _run(self, fn: Any) -> Any:
        conn: Connection = self.database.reader()
        try:
            return fn(conn)
        finally:
            conn.close()


async def _at_rest() -> None:
    """Return when nobody can go on without time passing."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    quiet = 0
    while quiet < 3:
        await asyncio.sleep(0)
        quiet = 0 if ready else quiet + 1


def _short(name: str) -> str:
    return name.lower().replace(" ", "-")


def _person(name: str) -> str:
    return f"person:{_short(name)}"
