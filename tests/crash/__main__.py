"""kill -9 of the running engine, as often as you say.

python -m tests.crash --kills 20
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.crash.run import run


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line is for machines. 1 when anything was lost or broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tocsin-crash-") as directory:
        result = asyncio.run(run(Path(directory), kills=given.kills, seed=given.seed))
    for violation in result.violations[:10]:
        print(violation)
    for key in result.not_handed_on[:10]:
        print(f"not handed on: {key}")
    print(result.line())
    return 1 if result.violations or result.not_handed_on else 0


if __name__ == "__main__":
    sys.exit(main())
