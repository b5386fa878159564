"""Stopping while messages leave at a sustained rate: how many leave after the commit, how late.

The real desk, sender, guard and webhook channel, against a sink on loopback that notes when each
message came. One person's consent is taken back, then everything outgoing is stopped. Over
PostgreSQL both are done by another process than the one that sends.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import update

from engine.case import commands as c
from engine.clock import SystemClock
from engine.desk import Lane
from engine.registry.world import World
from engine.sender import Sender, Sign
from engine.stop_file import FileInDirectory, StopWatch
from engine.store.database import Database
from engine.store.schema import upgrade
from engine.store.tables import notifications
from notifiers.webhook.channel import WebhookChannel
from notifiers.webhook.config import WebhookSettings
from rules.graph import Registry
from schemas.codes import TrackName
from schemas.roster import Roster
from tests.benchmarks.stores import SQLITE, Store
from tests.harness.sinks import WebhookSink
from tests.integration.engine.desk.room import REGISTRY, Room, a_room, report
from tests.unit.engine.case import builders as b

CASES = 1_500
SHARE = 4
"""Every so many cases are about the person who takes consent back."""
TOGETHER = 50
RUN_UP = 1.5
"""Seconds of sending before the first act, and between the two."""
AFTER = 2.0
"""Seconds for which the sink is watched after an act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What still came to the sink. Seconds from the commit."""

    count: int
    latest: float
    """Of the last of them; 0 where none came."""
    waiting: int
    """Messages that the act kept from leaving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """What was measured."""

    rate: float
    """Messages a second, outward, over the run-up to each act: the slower of the two."""
    revoked: After
    stopped: After
    duty: int
    """Messages to duty that came after the stop."""


@dataclass(slots=True)
class _Seen:
    """When each message came first."""

    at: dict[str, float] = field(default_factory=dict)

    def note(self, key: str, body: bytes) -> None:
        self.at.setdefault(key, time.monotonic())


async def measured(directory: Path, store: Store, *, count: int = CASES) -> Stopping:
    """Send, take one consent back, send on, stop."""
    seen = _Seen()
    sink = WebhookSink(on_note=seen.note)
    await sink.start()
    url = store.fresh("stopping")
    where = directory / "stopping.sqlite" if url is None else url
    if url is not None:
        made = Database(url)
        await asyncio.to_thread(upgrade, made)
        made.close()
    alone = store.kind == SQLITE
    try:
        async with _rooms(where, alone=alone) as (sends, acts):
            for room in {id(x): x for x in (sends, acts)}.values():
                room.world.swap(World(registry=_by_webhook(sink), roster=_roster()))
            cases = await _released(acts, count=count)
            async with _sending(sends, directory, alone=alone):
                return await _both(sends, acts, seen, cases)
    finally:
        await sink.stop()


async def _both(sends: Room, acts: Room, seen: _Seen, cases: Sequence[tuple[str, str]]) -> Stopping:
    theirs = {case for case, who in cases if who == "revokes"}
    begun = time.monotonic()
    await asyncio.sleep(RUN_UP)
    first = _rate(seen, since=begun)
    committed = await _revoke(acts)
    again = time.monotonic()
    await asyncio.sleep(AFTER)
    rows = await sends.rows(notifications)
    revoked = _after(seen, rows, since=committed, only=theirs)
    second = _rate(seen, since=again)
    stop = c.StopOutgoing(inbox=replace(acts.inbox(), source="bench"), on=True, by="ana")
    await acts.submit(stop, lane=Lane.STOP)
    committed = time.monotonic()
    await asyncio.sleep(AFTER)
    rows = await sends.rows(notifications)
    duty = {row.key for row in rows if row.lane < 2}
    return Stopping(
        rate=min(first, second),
        revoked=revoked,
        stopped=_after(seen, rows, since=committed, only=None),
        duty=sum(at > committed for key, at in seen.at.items() if key in duty),
    )


async def _revoke(room: Room) -> float:
    consent = b.a_consent(id="taken-back", pseudonym="hotline/revokes", revoked=True)
    inbox = c.Inbox(source="bench", id="taken-back", digest="0" * 64)
    command = c.ConsentChanged(inbox=inbox, consent=consent, state="revoked")
    await room.submit(command, lane=Lane.STOP)
    return time.monotonic()


def _after(seen: _Seen, rows: Sequence[Any], *, since: float, only: set[str] | None) -> After:
    meant = {
        row.key
        for row in rows
        if row.lane >= 2 and row.purpose == "tell" and (only is None or row.case_id in only)
    }
    late = sorted(at - since for key, at in seen.at.items() if key in meant and at > since)
    waiting = sum(key not in seen.at for key in meant)
    return After(count=len(late), latest=late[-1] if late else 0.0, waiting=waiting)


def _rate(seen: _Seen, *, since: float) -> float:
    now = time.monotonic()
    return sum(since <= at <= now for at in seen.at.values()) / (now - since)


@asynccontextmanager
async def _rooms(where: Path | str, *, alone: bool) -> AsyncIterator[tuple[Room, Room]]:
    clock = SystemClock()
    async with a_room(where, clock=clock, threads=True, instance="sends") as sends:
        await sends.desk.fire_due(limit=1)
        if alone:
            yield sends, sends
            return
        async with a_room(where, clock=clock, threads=True, instance="acts") as acts:
            await acts.desk.fire_due(limit=1)
            yield sends, acts


@asynccontextmanager
async def _sending(room: Room, directory: Path, *, alone: bool) -> AsyncIterator[None]:
    channel = WebhookChannel("webhook", settings=WebhookSettings.model_validate(_CHANNEL))
    sender = Sender(
        desk=room.desk,
        channels=[channel],
        clock=room.clock,
        sign=Sign(answer_url="https://answer.example", board_url="https://board.example"),
    )
    watch = StopWatch(
        file=FileInDirectory(directory),
        place="sends",
        desk=room.desk,
        reader=room.reader,
        clock=room.clock,
        alone=alone,
    )
    tasks = [asyncio.create_task(sender.run()), asyncio.create_task(watch.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await channel.aclose()


_CHANNEL: dict[str, object] = {k: v for k, v in WebhookSink().settings().items() if k != "kind"} | {
    "concurrency": 64
}


def _by_webhook(sink: WebhookSink) -> Registry:
    """The same world; everybody is reached at the sink."""
    known = [contact for party in REGISTRY.parties() for contact in REGISTRY.contacts(party.id)]
    contacts = [
        replace(
            contact,
            endpoints=tuple(
                replace(end, channel="webhook", address=f"{sink.url}/notes/{end.id}")
                for end in contact.endpoints[:1]
            ),
        )
        for contact in known
    ]
    return Registry(REGISTRY.parties(), links=b.LINKS, contacts=contacts)


def _roster() -> Roster:
    """The same people, each reached at the sink by their first way."""
    people = tuple(
        replace(one, endpoints=(f"webhook:{one.endpoints[0].partition(':')[2]}",))
        for one in b.ROSTER.people
    )
    return replace(b.ROSTER, people=people)


async def _released(room: Room, *, count: int) -> list[tuple[str, str]]:
    """Cases whose embassy is to be told, one message each or two; duty's own are out of the way."""
    found: list[tuple[str, str]] = []
    for start in range(0, count, TOGETHER):
        numbers = range(start, min(start + TOGETHER, count))
        found += await asyncio.gather(*(_one(room, n) for n in numbers))
    quiet = update(notifications).where(notifications.c.lane < 2)
    values = quiet.values(state="cancelled", next_at=None)
    await room.writer.run(lambda conn: conn.execute(values))
    return found


async def _one(room: Room, n: int) -> tuple[str, str]:
    who = "revokes" if n % SHARE == 0 else f"stays-{n}"
    given = {"basis": "person", "audiences": ["missions", "nhris"], "mode": "quiet"}
    event = b.an_event(
        "reprisal_risk",  # a warning: acts about one person would freeze each other's cases
        situation=f"s{n}",
        subjects=[{"kind": "person", "pseudonym": who}],
        parties=[],
        consent=[] if n and who == "revokes" else [given | {"pseudonym": who}],
    )
    missions = b.outward(TrackName.MISSIONS)
    lea = replace(
        b.EMBASSY,
        contacts=tuple(
            replace(ref, endpoints=(f"webhook:{ref.endpoints[0].partition(':')[2]}",), hours="")
            for ref in b.EMBASSY.contacts
        ),
    )
    told = report(f"e{n}", event, found=(lea,), tracks=(missions,), now=room.clock.now())
    (done,) = await room.submit(told)
    case = str(getattr(done, "case", ""))
    record = c.ReleaseRecord(
        id=f"r{n}", why="protect_now", reprisal_forecast="low", wishes_read=True
    )
    inbox = c.Inbox(source="bench", id=f"release-{n}", digest="0" * 64)
    await room.submit(
        c.Release(inbox=inbox, case=case, track=TrackName.MISSIONS, by="ana", record=record)
    )
    return case, who


__all__ = ["CASES", "After", "Stopping", "measured"]
