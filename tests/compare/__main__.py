"""The same events to Tocsin and to Alertmanager, both ended again and again; who was told?

    python -m tests.compare [--events 1000] [--kills 20] [--seed 7]
                            [--recipient quick,has-it,not-yet,away] [--ended kill|stop]
                            [--only tocsin|alertmanager] [--alertmanager PROGRAM]
                            [--resend SECONDS]

Each event is posted once, and again only while nobody acknowledged it. Both are ended at the same
moments of the stream and started at once, and both tell the same recipient, which counts. Then
nothing is disturbed any more, until nothing more comes. *Lost* is what was acknowledged and never
told. Everything stays on loopback, in a directory that goes again, and stops by itself.

Alertmanager is made for alerts that Prometheus sends again and again until they are over; an event
that is sent once is outside of its design. This is about such events, because a call to a hotline
is one; it is no judgement of Alertmanager where it is at home: `--resend 30` looks there.

Ends with 0 when Tocsin lost nothing, 1 when it did or a run failed, 3 where no Alertmanager is.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from importlib.metadata import version
from itertools import product
from pathlib import Path

from engine.clock import SystemClock
from tests.compare.alertmanager import Alertmanager, found, version_of
from tests.compare.compared import Compared
from tests.compare.plan import plan
from tests.compare.recipient import Manner, Recipient
from tests.compare.run import run
from tests.compare.tally import Ended, Row, last_line, table
from tests.compare.tocsin import Tocsin

_WALL = SystemClock()
SYSTEMS = (Tocsin.name, Alertmanager.name)
RATE = 25.0
"""Events a second: few enough for both, also while a recipient takes a second for each."""
WRONG, ABSENT = 1, 3
HOW_TO_INSTALL = (
    "There is no Alertmanager here: install Debian's package prometheus-alertmanager, name one "
    'with ARGS="--alertmanager PROGRAM", or look at Tocsin alone with ARGS="--only tocsin".'
)


def main(arguments: list[str] | None = None) -> int:
    """Compare; the last line is for machines."""
    given = _parser().parse_args(arguments)
    systems = (given.only,) if given.only else SYSTEMS
    program = found(given.alertmanager)
    if program is None and Alertmanager.name in systems:
        print(HOW_TO_INSTALL)
        return ABSENT
    seed = int(_WALL.now().timestamp()) if given.seed is None else given.seed
    with tempfile.TemporaryDirectory(prefix="tocsin-compare-") as directory:
        rows = asyncio.run(_compare(Path(directory), given, systems, program or "", seed))
    lost = [event for row in rows if row.system == Tocsin.name for event in row.tally.lost]
    if lost:
        print(f"Tocsin lost: {' '.join(lost)}")
    print("\n".join(table(rows)))
    print(last_line(rows, events=given.events, seed=seed))
    wanted = len(given.recipient) * (1 if given.ended else len(Ended)) * len(systems)
    whole = all(row.tally.accepted == given.events and not row.tally.strangers for row in rows)
    return 0 if whole and len(rows) == wanted and not lost else WRONG


async def _compare(
    directory: Path, given: argparse.Namespace, systems: tuple[str, ...], program: str, seed: int
) -> list[Row]:
    """A row for each manner, each way to be ended and each system; fewer where one failed."""
    strikes = plan(events=given.events, kills=given.kills, seed=seed)
    if program:
        print(await version_of(program), flush=True)
    print(f"tocsin, version {version('tocsin')}; seed {seed}", flush=True)
    endings = [Ended(given.ended)] if given.ended else list(Ended)
    recipient = Recipient()
    await recipient.start()
    rows = []
    try:
        for manner, ended, name in product(given.recipient, endings, systems):
            where = directory / f"{manner}-{ended}-{name}"
            system: Compared = (
                Tocsin(where, recipient=recipient, events=given.events)
                if name == Tocsin.name
                else Alertmanager(where, recipient=recipient, program=program)
            )
            try:
                row = await run(
                    system,
                    recipient,
                    manner=manner,
                    ended=ended,
                    strikes=strikes,
                    events=given.events,
                    rate=given.rate,
                    resend=given.resend,
                )
            except (RuntimeError, TimeoutError, ExceptionGroup) as error:
                print(f"{manner} {ended} {name} failed: {error!r}", flush=True)
                continue  # the other figures are still worth having
            print(" · ".join(row.cells), flush=True)
            rows.append(row)
    finally:
        await recipient.stop()
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, help="by default, the time of day")
    parser.add_argument("--rate", type=float, default=RATE, help="events a second")
    parser.add_argument("--resend", type=float, help="post what was taken again every so many s")
    parser.add_argument("--recipient", type=_manners, default=(Manner.QUICK,), help="with commas")
    parser.add_argument("--ended", choices=list(Ended), help="one of both ways alone")
    parser.add_argument("--only", choices=SYSTEMS)
    parser.add_argument("--alertmanager", default=os.environ.get("ALERTMANAGER") or None)
    return parser


def _manners(text: str) -> tuple[Manner, ...]:
    return tuple(Manner(each) for each in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
