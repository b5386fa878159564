"""Measure on this machine, in about twelve minutes, and write docs/benchmarks.md.

    python -m tests.benchmarks [--store sqlite|postgres] [--only intake|webhook|many|…]
                               [--count N] [--no-file]

Everything runs on loopback and stops by itself. The last lines, one a store, are for machines.
"""

import argparse
import asyncio
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from tests.benchmarks import burst, intake, log, many, overdue, stopping
from tests.benchmarks.page import write
from tests.benchmarks.stores import KINDS, SQLITE, Store, opened

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
Figures = dict[str, float]
LAST_LINE = (
    "durable_per_fsync_1",
    "durable_per_fsync_100",
    "handoff_p50_ms",
    "handoff_p99_ms",
    "burst6000_webhook_s",
    "burst6000_smtp_s",
    "decided6000_s",
    "decide6000_s",
    "floor_ratio",
    "lateness6000_p99_s",
    "rss_mb",
)
_LOOP = 3_000_000
LOG_LINE = ("faust_eps", "aiokafka_eps", "ratio")


async def _intake(directory: Path, store: Store, count: int) -> Figures:
    durable = await intake.durable(directory, store)
    latencies = await intake.handoff(directory, store)
    return {
        "durable_per_fsync_1": durable.one / durable.fsyncs,
        "durable_per_fsync_100": durable.hundred / durable.fsyncs,
        "fsyncs_per_s": durable.fsyncs,
        "durable_1_per_s": durable.one,
        "durable_100_per_s": durable.hundred,
        "handoff_p50_ms": statistics.median(latencies),
        "handoff_p99_ms": statistics.quantiles(latencies, n=100)[98],
    }


async def _webhook(directory: Path, store: Store, count: int) -> Figures:
    told = await burst.by_webhook(directory, store, count=count)
    return {
        "burst6000_webhook_s": told.last_first_tell,
        "decided6000_s": told.decided,
        "lateness6000_p99_s": told.lateness_p99,
        "rss_mb": told.rss_mb,
        "opening_s": told.opening,
    }


async def _smtp(directory: Path, store: Store, count: int) -> Figures:
    told = await burst.by_smtp(directory, store, count=count)
    return {"burst6000_smtp_s": told.last_first_tell}


async def _overdue(directory: Path, store: Store, count: int) -> Figures:
    found = await overdue.at_start(directory, store, count=count)
    apart = {} if found.decided_apart is None else {"decide6000_apart_s": found.decided_apart}
    return apart | {
        "decide6000_s": found.decided,
        "decide6000_cpu_s": found.cpu,
        "serving_s": found.serving,
        "raw_s": found.raw,
        "floor_ratio": found.decided / found.raw,
    }


async def _stopping(directory: Path, store: Store, count: int) -> Figures:
    found = await stopping.measured(directory, store)
    return {
        "sends_per_s": found.rate,
        "revoked_after": found.revoked.count,
        "revoked_latest_s": found.revoked.latest,
        "revoked_waiting": found.revoked.waiting,
        "stopped_after": found.stopped.count,
        "stopped_latest_s": found.stopped.latest,
        "stopped_waiting": found.stopped.waiting,
        "stopped_duty": found.duty,
    }


async def _many(directory: Path, store: Store, count: int) -> Figures:
    found = await many.open_and_due(directory, store, count=count)
    return {
        "tick_p50_s": found.lateness_p50,
        "tick_p99_s": found.lateness_p99,
        "tick_cpu_ms": found.tick_ms,
        "idle_cpu": found.idle_share,
        "rss_bytes_a_case": found.rss_bytes,
        "state_bytes_a_case": found.stored_bytes,
        "open_ms_a_case": found.opening,
        **{f"{what}_p99_s": late for what, late in found.lateness_p99_of.items()},
        **found.due,
        **found.states,
    }


async def _log(directory: Path, store: Store, count: int) -> Figures:
    found = await log.compared(directory, store)
    return {
        "faust_eps": found.rates["faust"],
        "aiokafka_eps": found.rates["aiokafka"],
        "ratio": found.ratio,
        "faust_cpu_ms": found.cpu_ms["faust"],
        "aiokafka_cpu_ms": found.cpu_ms["aiokafka"],
        "faust_first_s": found.firsts["faust"],
        "aiokafka_first_s": found.firsts["aiokafka"],
    }


MEASURES: dict[str, Callable[[Path, Store, int], Awaitable[Figures]]] = {
    "intake": _intake,
    "webhook": _webhook,
    "smtp": _smtp,
    "overdue": _overdue,
    "log": _log,
    "stopping": _stopping,
    "many": _many,
}
ASKED_FOR = frozenset({"many"})
"""Measured only by its name: a hundred thousand cases take half an hour to open."""
ONE_STORE = frozenset({"log"})
"""Measured over SQLite alone, unless asked for: they compare something else than stores."""


async def _measure(
    kind: str, directory: Path, *, count: int, names: Sequence[str]
) -> tuple[Figures, str]:
    figures: Figures = {}
    store = await asyncio.to_thread(opened, kind, directory)
    try:
        for name in names:
            try:
                found = await MEASURES[name](directory, store, count)
            except RuntimeError as error:  # the other figures are still worth having
                print(f"{kind} {name}: not measured: {error}", flush=True)
                continue
            said = " ".join(f"{each}={_short(value)}" for each, value in found.items())
            print(f"{kind} {name}: {said}", flush=True)
            figures |= found
        return figures, store.version
    finally:
        await asyncio.to_thread(store.close)


def _short(figure: float) -> str:
    """A count in full, anything else to three digits."""
    return str(figure) if isinstance(figure, int) else f"{figure:.3g}"


def _loop_seconds() -> float:
    """How long a fixed loop takes: the same machine is not always as fast."""
    began = time.perf_counter()
    sum(n * n % 7 for n in range(_LOOP))
    return time.perf_counter() - began


def _wanted(kind: str, only: str | None, store: str | None) -> list[str]:
    names = [only] if only else [name for name in MEASURES if name not in ASKED_FOR]
    asked_for = only is not None and store is not None
    return [name for name in names if kind == SQLITE or asked_for or name not in ONE_STORE]


def main(arguments: list[str] | None = None) -> int:
    """Measure; print the figures; write the page when all of them were taken."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--count", type=int, help="cases; 6000, or 100000 of `many`")
    parser.add_argument("--store", choices=KINDS)
    parser.add_argument("--only", choices=list(MEASURES))
    parser.add_argument("--no-file", action="store_true")
    given = parser.parse_args(arguments)
    count = given.count or (many.OPEN if given.only in ASKED_FOR else burst.COUNT)
    found: dict[str, Figures] = {}
    versions = [f"{platform.system()}, Python {platform.python_version()}"]
    for kind in [given.store] if given.store else KINDS:
        names = _wanted(kind, given.only, given.store)
        if not names:
            continue
        loop = min(_loop_seconds() for _ in range(3))
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as directory:
            figures, version = asyncio.run(
                _measure(kind, Path(directory), count=count, names=names)
            )
        found[kind] = figures | {"loop_s": loop}
        versions.append(version)
    whole = all(name in found.get(kind, {}) for kind in KINDS for name in LAST_LINE)
    if whole and not given.no_file and count == burst.COUNT:
        write(PAGE, found, machine=", ".join(versions))
        print(f"wrote {PAGE.name}")
    for kind, figures in found.items():
        line = [f"{name}={figures[name]:.3g}" for name in LAST_LINE if name in figures]
        if line:
            print(kind, *line)
        line = [f"{name}={figures[name]:.3g}" for name in LOG_LINE if name in figures]
        if line:
            print("log", kind, *line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
