"""Measure on this machine, in about five minutes, and write docs/benchmarks.md.

    python -m tests.benchmarks [--count 6000] [--only intake|webhook|smtp] [--no-file]

Everything runs on loopback and stops by itself. The last line is for machines.
"""

import argparse
import asyncio
import platform
import sqlite3
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import burst, intake
from tests.benchmarks.page import write

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


async def _measure(directory: Path, *, count: int, only: str | None) -> dict[str, float]:
    figures: dict[str, float] = {}
    if only in (None, "intake"):
        durable = await intake.durable(directory)
        figures |= {
            "durable_per_fsync_1": durable.one / durable.fsyncs,
            "durable_per_fsync_100": durable.hundred / durable.fsyncs,
            "fsyncs_per_s": durable.fsyncs,
            "durable_1_per_s": durable.one,
            "durable_100_per_s": durable.hundred,
        }
        print(f"durable reports: {durable}", flush=True)
        latencies = await intake.handoff(directory)
        figures |= {
            "handoff_p50_ms": statistics.median(latencies),
            "handoff_p99_ms": statistics.quantiles(latencies, n=100)[98],
        }
        print(f"hand-off at {intake.RATE}/s: {len(latencies)} reports", flush=True)
    if only in (None, "webhook"):
        told, start_up = await burst.by_webhook(directory, count=count)
        figures |= {
            "burst6000_webhook_s": told.last_first_tell,
            "lateness6000_p99_s": told.lateness_p99,
            "rss_mb": told.rss_mb,
            "decide6000_s": start_up.decided,
            "floor_ratio": start_up.decided / start_up.raw,
            "raw_s": start_up.raw,
            "serving_s": start_up.serving,
            "opening_s": told.opening,
        }
        print(f"by webhook: {told}\nat start: {start_up}", flush=True)
    if only in (None, "smtp"):
        told = await burst.by_smtp(directory, count=count)
        figures["burst6000_smtp_s"] = told.last_first_tell
        print(f"by SMTP: {told}", flush=True)
    return figures


LAST_LINE = (
    "durable_per_fsync_1",
    "durable_per_fsync_100",
    "handoff_p50_ms",
    "handoff_p99_ms",
    "burst6000_webhook_s",
    "burst6000_smtp_s",
    "decide6000_s",
    "floor_ratio",
    "lateness6000_p99_s",
    "rss_mb",
)


def main(arguments: list[str] | None = None) -> int:
    """Measure; print the figures; write the page when all of them were taken."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--count", type=int, default=burst.COUNT)
    parser.add_argument("--only", choices=["intake", "webhook", "smtp"])
    parser.add_argument("--no-file", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as directory:
        figures = asyncio.run(_measure(Path(directory), count=given.count, only=given.only))
    complete = all(name in figures for name in LAST_LINE)
    if complete and not given.no_file and given.count == burst.COUNT:
        machine = f"{platform.system()}, Python {platform.python_version()}"
        write(PAGE, figures, machine=f"{machine}, SQLite {sqlite3.sqlite_version}")
        print(f"wrote {PAGE.name}")
    print(" ".join(f"{name}={figures[name]:.3g}" for name in LAST_LINE if name in figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
