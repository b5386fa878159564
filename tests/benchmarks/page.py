"""The page that says what was measured, on what, and how to repeat it."""

import os
from pathlib import Path

_ROWS = (
    (
        "durable_1_per_s",
        "reports made durable a second, one in flight (HTTP, answered after fsync)",
    ),
    ("durable_100_per_s", "the same, a hundred in flight"),
    ("fsyncs_per_s", "appends of 300 bytes with fdatasync a second, in turns with the two above"),
    ("durable_per_fsync_1", "ratio at one in flight"),
    ("durable_per_fsync_100", "ratio at a hundred in flight"),
    ("handoff_p50_ms", "report sent to mail taken by the server, at 50 reports/s, median, ms"),
    ("handoff_p99_ms", "the same, 99th percentile, ms"),
    ("opening_s", "opening 6,000 critical cases in one process, s"),
    ("burst6000_webhook_s", "6,000 cases due together: until each was told once by webhook, s"),
    ("burst6000_smtp_s", "the same by SMTP, s"),
    ("lateness6000_p99_s", "of those 6,000 by webhook: decided this late, 99th percentile, s"),
    ("decide6000_s", "6,000 steps overdue at a start: from process start until all decided, s"),
    ("serving_s", "of which until it served, s"),
    ("raw_s", "writing the same rows raw, in durable batches, s"),
    ("floor_ratio", "deciding against writing raw"),
    ("rss_mb", "resident memory after the burst, MB"),
)


def write(path: Path, figures: dict[str, float], *, machine: str) -> None:
    """Write the page."""
    rows = "\n".join(
        f"| `{name}` | {_short(figures[name])} | {what} |"
        for name, what in _ROWS
        if name in figures
    )
    path.write_text(_PAGE.format(machine=f"{os.cpu_count()} cores, {machine}", rows=rows), "utf-8")


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


_PAGE = """# Benchmarks

Measured, never tested: a busy machine would make a timed test lie. Repeat it with

    make bench

which runs `python -m tests.benchmarks`: the real engine in a process of its own on SQLite
(`synchronous=FULL`), everything on loopback, the load and the sinks in the measuring process, so
on two cores they share the machine with what is measured. Absolute figures move by a factor of two
between machines and minutes; the ratios are taken within one run.

Machine: {machine}.

| Figure | Value | What |
|---|---|---|
{rows}

How the bursts are made: 6,000 critical cases are opened while nobody is on duty, so that the rung
that falls due next, for all of them at the same moment, is the first to tell anybody. *By webhook*
and *by SMTP* count distinct notification keys at the sink. *At a start* begins with the process and
ends when no case is overdue on disk; messages go out at the same time.

Aims on two cores with SQLite: decided within 5 s, each told once at the webhook within 15 s.
"""
