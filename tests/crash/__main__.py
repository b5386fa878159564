"""Kill the engine, and whatever it stands on, as often as you say; then count what is missing.

    python -m tests.crash --kills 20 --store sqlite --runner aiokafka

Repeat a run with the seed that it printed. A run that went wrong keeps its directory.
"""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from pathlib import Path

from engine.broker import LocalKafka
from engine.clock import SystemClock
from tests.crash.faults import KINDS, Fault, named
from tests.crash.outcome import Outcome
from tests.crash.run import FAULTS_SHARE, HEALING, Run
from tests.harness.broker import fetch_jars
from tests.harness.failpoints import POINTS
from tests.harness.postgres import PostgresServer

STORES = ("sqlite", "postgres")
RUNNERS = ("aiokafka", "faust")
_WALL = SystemClock()


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line is for machines. 1 when anything was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--runner", choices=RUNNERS, default="aiokafka")
    parser.add_argument("--seed", type=int, help="by default, the time of day")
    parser.add_argument("--only", choices=[*KINDS, *POINTS], help="one kind of fault, or one point")
    parser.add_argument("--keep", action="store_true", help="keep the directory in any case")
    parser.add_argument("--seconds", type=float, help="be done in about so many")
    given = parser.parse_args(arguments)
    seed = int(_WALL.now().timestamp()) if given.seed is None else given.seed
    until = _WALL.monotonic() + (_struck_for(given.seconds) if given.seconds else float("inf"))
    directory = Path(tempfile.mkdtemp(prefix="tocsin-crash-"))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # brokers go away here all the time
    fetch_jars()
    only = None if given.only is None else [named(given.only)] * given.kills
    outcome = run(
        directory,
        only,
        kills=given.kills,
        store=given.store,
        runner=given.runner,
        seed=seed,
        until=until,
    )
    if outcome.sound and not given.keep:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print(f"Kept: {directory}")
        args = "" if given.only is None else f' ARGS="--only {given.only}"'
        print(
            f"Repeat: make crash KILLS={given.kills} STORE={given.store} RUNNER={given.runner} "
            f"SEED={seed}{args}"
        )
    print("\n".join(outcome.lines()))
    return 0 if outcome.sound else 1


def _struck_for(seconds: float) -> float:
    """How long faults go on: what they pile up has to be sent within the rest."""
    return min(seconds - HEALING, seconds * FAULTS_SHARE)


def run(
    directory: Path,
    only: list[Fault] | None,
    *,
    kills: int,
    store: str,
    runner: str,
    seed: int,
    until: float,
) -> Outcome:
    """One run on a broker and a database server of its own."""
    kafka = LocalKafka(directory / "kafka", brokers=1)
    postgres = PostgresServer(directory / "postgres") if store == "postgres" else None
    try:
        kafka.start()
        if postgres is not None:
            postgres.start()
        one = Run(
            directory,
            store=store,
            runner=runner,
            seed=seed,
            kafka=kafka,
            postgres=postgres,
            say=lambda line: print(line, flush=True),
        )
        return asyncio.run(one.run(only, kills=kills, until=until))
    finally:
        if postgres is not None:
            postgres.stop()
        kafka.stop()


if __name__ == "__main__":
    sys.exit(main())
