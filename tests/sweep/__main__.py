"""Every long check for its share of so many minutes.

    python -m tests.sweep --minutes 30

The seed is the time of day and is printed; with --seed the same checks begin alike.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from engine.clock import SystemClock
from tests.sweep.checks import CHECKS
from tests.sweep.sweep import sweep, table


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line is the count alone. 1 when a check failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, help="by default, the time of day")
    parser.add_argument("--only", help="checks whose name holds this")
    given = parser.parse_args(arguments)
    clock = SystemClock()
    seed = int(clock.now().timestamp()) if given.seed is None else given.seed
    logs = Path(tempfile.mkdtemp(prefix="tocsin-sweep-"))
    print(f"seed={seed} minutes={given.minutes:g} logs={logs}", flush=True)
    came = asyncio.run(
        sweep(
            [check for check in CHECKS if (given.only or "") in check.name],
            seconds=given.minutes * 60,
            seed=seed,
            logs=logs,
            clock=clock,
            say=lambda line: print(line, flush=True),
        )
    )
    print("\n".join(table(came)))
    return 0 if came and all(one.passed for one in came) else 1


if __name__ == "__main__":
    sys.exit(main())
