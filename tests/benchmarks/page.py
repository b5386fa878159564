"""The page that says what was measured, on what, and how to repeat it."""

import os
from collections.abc import Mapping
from pathlib import Path

_ROWS = (
    (
        "durable_1_per_s",
        "reports made durable a second, one in flight (HTTP, answered after the commit)",
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
    ("decided6000_s", "of those 6,000 by webhook: until the last was decided and durable, s"),
    ("lateness6000_p99_s", "of those 6,000 by webhook: decided this late, 99th percentile, s"),
    ("rss_mb", "resident memory after that burst, MB"),
    ("decide6000_s", "6,000 steps overdue at a start: from process start until all decided, s"),
    ("decide6000_cpu_s", "processor seconds of engine and database server in that time"),
    ("decide6000_apart_s", "the same with the roles in processes of their own, s"),
    ("serving_s", "of the start in one process: until it served, s"),
    ("raw_s", "writing the same rows raw, in durable batches, s"),
    ("floor_ratio", "deciding against writing raw"),
    ("sends_per_s", "messages a second while somebody takes back or stops"),
    ("revoked_after", "of those, messages that still came to the sink after a revocation's commit"),
    ("revoked_latest_s", "the last of them came so long after it, s"),
    ("stopped_after", "messages to outside that still came after Stop outgoing"),
    ("stopped_latest_s", "the last of them came so long after it, s"),
    ("loop_s", "a fixed loop of plain Python, s: how fast this processor was"),
)
_AIMS = (
    ("sqlite", "decided6000_s", 5, "6,000 due together decided on SQLite"),
    ("postgres", "decided6000_s", 10, "on PostgreSQL"),
    ("sqlite", "decide6000_s", 5, "as many overdue at a start, the start included, on SQLite"),
    ("postgres", "decide6000_s", 10, "on PostgreSQL"),
    ("sqlite", "burst6000_webhook_s", 15, "each told once by webhook on SQLite"),
)
_BY_HAND = "## Who is linked"
"""From here on the page is written by hand: those figures come from another command."""
_LOG = (
    ("faust_eps", "events a second from a full topic until durable and decided, Faust"),
    ("aiokafka_eps", "the same, aiokafka"),
    ("ratio", "aiokafka to Faust, median of the rounds"),
    ("faust_cpu_ms", "processor time of the engine for each event, Faust, ms"),
    ("aiokafka_cpu_ms", "the same, aiokafka, ms"),
    ("faust_first_s", "from process start until the first event is durable, Faust, s"),
    ("aiokafka_first_s", "the same, aiokafka, s"),
)


def write(path: Path, found: Mapping[str, Mapping[str, float]], *, machine: str) -> None:
    """Write the page from the figures of each store; what is written by hand stays."""
    sqlite, postgres = found["sqlite"], found["postgres"]
    rows = "\n".join(
        f"| `{name}` | {_short(sqlite.get(name))} | {_short(postgres.get(name))} | {what} |"
        for name, what in _ROWS
    )
    log = "\n".join(
        f"| `{name}` | {_short(sqlite[name])} | {what} |" for name, what in _LOG if name in sqlite
    )
    aims = "; ".join(
        f"{what} within {most} s ({'met' if found[store][name] <= most else 'missed'})"
        for store, name, most, what in _AIMS
    )
    page = _PAGE.format(machine=f"{os.cpu_count()} cores, {machine}", rows=rows, log=log, aims=aims)
    before = path.read_text("utf-8") if path.exists() else ""
    _, found_it, by_hand = before.partition(_BY_HAND)
    path.write_text(f"{page}\n{found_it}{by_hand}" if found_it else page, "utf-8")


def _short(figure: float | None) -> str:
    if figure is None:
        return ""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


_PAGE = """# Benchmarks

Measured, never tested: a busy machine would make a timed test lie. Repeat it with

    make bench
    make bench ARGS="--store postgres --only overdue --no-file"

which runs `python -m tests.benchmarks`: the real engine in processes of its own on SQLite
(`synchronous=FULL`) and on PostgreSQL (`fsync`, `synchronous_commit` and `full_page_writes` on,
reached over a Unix socket), everything on loopback. Load, sinks, database server and broker are on
the same cores as what is measured. Absolute figures move by a factor of two between machines and
minutes, and `loop_s` with them; ratios are taken within one run.

Machine: {machine}.

| Figure | SQLite | PostgreSQL | What |
|---|---|---|---|
{rows}

How the bursts are made: 6,000 critical cases are opened while nobody is on duty, so that the rung
that falls due next, for all of them at the same moment, is the first to tell anybody. *By webhook*
and *by SMTP* count distinct notification keys at the sink. *At a start* begins with the process and
ends when no case is overdue on disk; messages go out at the same time.

Aims on two cores: {aims}.

## Faust and aiokafka

One broker, one topic of four partitions, filled before anybody reads. Both runners read the same
records into an empty store, in turns, with the intake of production behind them: the rules, the
desk, one transaction a batch, the position in the same transaction.

| Figure | SQLite | What |
|---|---|---|
{log}

Behind both runners stands the same desk, and deciding costs more than reading. So the ratio says
what choosing a runner changes for a desk; it is not the ratio of the two libraries, which is larger
where nothing is decided.

## Beside GoAlert

GoAlert, measured elsewhere with the same kind of harness (commit 2458b9d, PostgreSQL 15 with
`fsync` and `synchronous_commit` on): after a `kill -9` and a pause in which the second step of
6,000 alerts fell due, its last step was decided **55.3 s** after the start at its default cycle of
5 s, and **11.3 s** after it at its best public setting, a cycle of 1 s. The figure to hold against
it is `decide6000_s` on PostgreSQL. What is fair about that and what is not:

- Only deciding is compared, row by row: when the step is durable. GoAlert sends about one message
  in two seconds by design, whatever is decided; a speed-up over that would say nothing.
- The same durability, `jit=off` for both (with it GoAlert's queries measure PostgreSQL's compiler
  instead), one alert a case, every alert due before the start, times from the start of the process.
- GoAlert is held back by a limit, not by work: 500 steps a cycle, on a sixth of a core. At 1 s it
  could not be faster than 12 s, and it leaves the machine idle; ours uses what there is. The step
  it decides is a row; ours is a plan with its reasons, a guard's verdict, a chained journal.
- Not the same: its machine was quiet at times and busy at others, its PostgreSQL is 15 and ours is
  newer, it was killed while it waited where ours is started on a database prepared so, and its
  alerts came over HTTP.
- Durable steps are no advantage of ours: GoAlert lost none in any kill test. What it loses is
  messages, and that is counted by `make crash`, not here.
"""
