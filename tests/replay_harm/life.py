"""One life: a town, some hundred reports, everything that befalls them, and the judgement."""

import asyncio
import io
import json
import logging
import random  # noqa: TID251 (seeded: the same number, the same life)
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import structlog
from prometheus_client import generate_latest
from sqlalchemy import select

from engine.settings import ConsumerSettings
from engine.store import tables
from schemas.codes import TrackName
from tests.harness.people import duty
from tests.replay_harm.harm import AFTER_REVOCATION, TOLD_EXCLUDED, TOLD_WITHOUT_CONSENT
from tests.replay_harm.machine import Machine
from tests.replay_harm.marks import bytes_of, known_in, sealed_in
from tests.replay_harm.people import People
from tests.replay_harm.town import COMPLAINT_LINE, Builder, change
from tests.simulation.loop import VirtualLoop
from tests.simulation.process import NO_FAULTS, Faults

REPORTS_EVERY = 900.0
"""Seconds between two moments with reports, on average."""
AT_ONCE = 7
"""Reports that come in one moment, at most; and people of the desk who work at once."""
WORK_EVERY = 900.0
"""Seconds between two moments in which the desk works."""
LEFT_OUT = ("planned", "alert_withheld", "alert_closed", "tell_refused")
CIPHERTEXT = {("vault", "ciphertext"), ("quarantine", "ciphertext")}
OPAQUE = ("journal", "outbox", "inbox", "notifications", "attempts", "alerts", "tasks", "tokens")
"""Tables without a name of anybody."""
MODES = {
    "protection": "quiet", "missions": "quiet", "nhris": "quiet", "mechanisms": "quiet",
    "unions": "quiet", "sports": "quiet", "legal": "quiet", "msis": "private",
    "investors": "private", "companies": "private",
}  # fmt: skip
READERS = (
    (TrackName.MISSIONS, "mission-QN-QM"), (TrackName.NHRIS, "nhri-QN"),
    (TrackName.MISSIONS, "mission-QP-QM"), (TrackName.UNIONS, "union-0"),
    (TrackName.UNIONS, "union-1"), (TrackName.PROTECTION, "protection-0"),
)  # fmt: skip
SPIES = (
    (TrackName.COMPANIES, "soe"), (TrackName.COMPANIES, "guards"), (TrackName.COMPANIES, "jv-one"),
    (TrackName.NHRIS, "nhri-QM"), (TrackName.MECHANISMS, COMPLAINT_LINE),
    (TrackName.LEGAL, "law_firm-3"), (TrackName.MSIS, "chamber"), (TrackName.MISSIONS, "bank"),
    (TrackName.MISSIONS, "mission-QP-QM"),
)  # fmt: skip
_ONE_RUNG = "steps: [{after: 0, spread: next}]"
_MORE_RUNGS = """steps:
          - {after: 0, spread: next}
          - {after: 40m, spread: next}
          - {after: 3h, spread: all}
"""
_SLOW = """
duty:
  steps:
    critical: &once
      - {after: 0, roles: [handler]}
      - {after: 12h, roles: [second]}
    high: *once
    elevated: *once
    watch: *once
  answer_holds_for: {critical: 24h, high: 24h, elevated: 24h, watch: 24h}
  repeat_every: {critical: [24h], high: [24h], elevated: [24h], watch: [24h]}
"""


@dataclass(slots=True)
class Result:
    """What one life came to."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    """What was wrong, in words."""
    trace: str = ""


def rulebooks() -> tuple[str, ...]:
    """The shipped rulebook with a calmer duty, and two edits of it as somebody may make."""
    text = resources.files("rules.packs").joinpath("default.yaml").read_text("utf-8")
    head, _, tail = text.partition("\nduty:\n")
    protocols = tail[tail.index("\nprotocols:") :] if "\nprotocols:" in tail else ""
    base = (head + _SLOW + protocols).replace(_ONE_RUNG, _MORE_RUNGS)
    return (
        base,
        base.replace("      - {track: msis, walk: msis}\n", ""),
        base.replace("{track: companies, walk: companies}", "{track: companies, walk: buyers}"),
    )


def consumers() -> tuple[ConsumerSettings, ...]:
    """Who reads facts on a topic of their own: whom many a case tells, and whom many exclude."""
    return tuple(
        ConsumerSettings(topic=f"cases-{n}", party=party, track=track)
        for n, (track, party) in enumerate(dict.fromkeys((*READERS, *SPIES)))
    )


def faults(rng: random.Random) -> Faults:
    """What goes wrong with the machine in this life."""
    return Faults(
        crash_before=rng.choice((0.0, 0.0005, 0.001)),
        crash_after=rng.choice((0.0005, 0.001)),
        slow=rng.choice((0.001, 0.004, 0.05)),
        unknown=rng.choice((0.0, 0.05)),
        temporary=rng.choice((0.0, 0.05)),
        permanent=rng.choice((0.0, 0.02)),
        hang=rng.choice((0.0, 0.03)),
        down_for=rng.choice((5.0, 600.0)),
    )


def live(seed: int, *, events: int) -> Result:
    """Live one life from its seed alone."""
    loop = VirtualLoop()
    logs = io.StringIO()
    before = structlog.get_config()
    handler = logging.StreamHandler(logs)
    logging.getLogger().addHandler(handler)
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(logs),
        cache_logger_on_first_use=False,
    )
    try:
        with tempfile.TemporaryDirectory(prefix="tocsin-replay-") as directory:
            asyncio.set_event_loop(loop)
            return _lived(seed, events=events, loop=loop, directory=Path(directory), logs=logs)
    finally:
        structlog.configure(**before)
        logging.getLogger().removeHandler(handler)
        asyncio.set_event_loop(None)
        loop.close()


def _lived(
    seed: int, *, events: int, loop: VirtualLoop, directory: Path, logs: io.StringIO
) -> Result:
    rng = random.Random(seed)
    town = Builder(rng).build()
    machine = Machine(
        directory=directory,
        loop=loop,
        rng=rng,
        faults=faults(rng),
        roster=duty(handlers=("Ana", "Ben"), seconds=("Chi",), directors=("Dia",)),
        modes=MODES,
        consumers=consumers(),
    )
    people = People(machine, town, rng)
    try:
        machine.found(town.place(), rulebooks()[0])
        loop.run_until_complete(_everything(machine, people, events=events))
        _end(loop)
        _search(machine, directory, logs.getvalue())
        return _result(seed, machine)
    finally:
        _end(loop)
        machine.close()


async def _everything(machine: Machine, people: People, *, events: int) -> None:
    running = asyncio.ensure_future(machine.keep_running())
    ending = asyncio.Event()
    around = [
        asyncio.ensure_future(_desk(machine, people, ending)),
        asyncio.ensure_future(_world(machine, people, ending)),
    ]
    try:
        while machine.counts["events"] < events:
            await asyncio.sleep(machine.rng.expovariate(1 / REPORTS_EVERY))
            for _ in range(machine.rng.randint(1, AT_ONCE)):
                people.report()
            _still(running, *around)
        await asyncio.sleep(3_600)
        ending.set()
        await asyncio.gather(*around)
        await people.voice.finish()
        machine.faults = NO_FAULTS
        await asyncio.sleep(3_600)
        _still(running)
    finally:
        machine.over = True
        for task in (running, *around):
            task.cancel()
        await asyncio.gather(running, *around, return_exceptions=True)


async def _desk(machine: Machine, people: People, ending: asyncio.Event) -> None:
    while not ending.is_set():
        await asyncio.sleep(machine.rng.expovariate(1 / WORK_EVERY))
        await asyncio.gather(*(people.desk.work() for _ in range(AT_ONCE)))


async def _world(machine: Machine, people: People, ending: asyncio.Event) -> None:
    """Registries and rulebooks change, and somebody stops everything once in a while."""
    books = rulebooks()
    while not ending.is_set():
        await asyncio.sleep(machine.rng.expovariate(1 / 6_000))
        draw = machine.rng.random()
        try:
            if draw < 0.6:
                machine.counts[f"registry {change(people.town, machine.rng)}"] += 1
                machine.counts["registry_changes"] += 1
                await machine.change_registry(people.town.place())
            elif draw < 0.7:
                machine.counts["rulebook_changes"] += 1
                await machine.change_rulebook(machine.rng.choice(books))
            else:
                await people.desk.stop_for_a_while()
        except BaseException as error:  # the process died under it: the file is read again later
            if type(error).__name__ != "Dead":
                raise


def _still(*tasks: "asyncio.Future[None]") -> None:
    for task in tasks:
        if task.done():
            task.result()
            raise AssertionError("somebody stopped who should go on")


def _end(loop: VirtualLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _search(machine: Machine, directory: Path, logs: str) -> None:
    """Read everything that the life left behind."""
    outside = machine.outside
    outside.reads("logs", logs)
    if machine.parts is not None:
        outside.reads("metrics", generate_latest(machine.parts.metrics.registry))
    for table in tables.metadata.sorted_tables:
        for name in (column.name for column in table.columns):
            if (table.name, name) in CIPHERTEXT:
                continue
            values = bytes_of(row[0] for row in machine.read(select(table.c[name])))
            hits = sealed_in(values) + (known_in(values) if table.name in OPAQUE else 0)
            outside.counts["marks"] += hits
            if hits:
                outside.found.append(f"{table.name}.{name}: {hits} marked words")
    for path in sorted(directory.rglob("*")):
        outside.reads("file names", path.name)
        outside.counts["marks"] += sealed_in(path.read_bytes())
    kept = machine.read(select(tables.vault.c.id))
    machine.counts["sealed_rows"] += len(kept)


def _result(seed: int, machine: Machine) -> Result:
    counts = Counter(machine.counts)
    for row in machine.read(
        select(tables.journal.c.kind, tables.journal.c.body, tables.journal.c.stream).where(
            tables.journal.c.kind.in_(LEFT_OUT)
        )
    ):
        body = json.loads(row.body)
        left_out = body.get("withheld", [body]) if row.kind == "planned" else [body]
        counts["withheld"] += len(left_out)
        shapes = {said.shape for _, said in machine.ledger.events.get(row.stream, ())}
        for each in left_out:
            for shape in shapes:
                counts[f"withheld {each['reason']}"] += 1
                counts[f"bites {shape}"] += each["reason"] not in ("consent_none", "gate_closed")
    faults = machine.oracle.faults
    counts[TOLD_EXCLUDED] = faults[TOLD_EXCLUDED]
    counts[TOLD_WITHOUT_CONSENT] = faults[TOLD_WITHOUT_CONSENT]
    counts[AFTER_REVOCATION] = faults[AFTER_REVOCATION]
    counts.update({name: n for name, n in faults.items() if name not in counts})
    counts["cases"] = len(machine.ledger.events)
    counts["streams_kept_back"] = machine.oracle.shut_out(
        [each.party for each in machine.consumers.values()]
    )
    counts.update(machine.oracle.happened)
    counts["commits"] = machine.ledger.commits
    return Result(
        seed=seed,
        counts=counts,
        said=[f"seed {seed}: {each}" for each in (*machine.oracle.said, *machine.outside.found)],
        trace=machine.trace.hash,
    )
