"""Named points at which a running engine kills itself: around every transaction, send, publication.

A process that finds a directory of armed points beside its settings wraps the ports before it
starts; any other process is left alone. What a transaction is for is told by what it wrote, so
nothing here knows how the desk groups its work. `before` a transaction's end means that all of it
is written and nothing committed; `after` means committed, and nobody has been told.

| Point | The transaction that |
|---|---|
| accept | puts a report into the inbox |
| tick | decides something without a report: a step, an incident |
| claim | marks messages as being sent |
| settle | stores what became of tries |
| relay | forgets facts that the broker confirmed |
| acquire | takes partitions over |
| start | takes up what the run before left half done |

`send` and `publish` are the calls of a channel and of the broker.
"""

import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from engine.publisher import KafkaPublisher
from engine.store.threads import ThreadWriter
from notifiers.email.channel import EmailChannel

DIRECTORY = "failpoints"
"""Beside the settings file; made by whoever wants the points."""
TRANSACTIONS = ("accept", "tick", "claim", "settle", "relay", "acquire", "start")
CALLS = ("send", "publish")
POINTS = tuple(f"{name}.{when}" for name in (*TRANSACTIONS, *CALLS) for when in ("before", "after"))

_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM) (\w+)")
_TOLD_BY = {
    "INSERT INTO inbox": "accept",
    "INSERT INTO attempts": "claim",
    "UPDATE attempts": "settle",
    "DELETE FROM outbox": "relay",
    "INSERT INTO instances": "start",
}
_DECIDED = "INSERT INTO journal"
_OFFSETS = ("INSERT INTO offsets", "UPDATE offsets")


class Failpoints:
    """One directory of points. The parent arms one at a time; the first to reach it dies of it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._armed = directory / "armed"
        self._reached = directory / "reached"
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()

    def arm(self, point: str, *, pass_by: int = 0, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill the next process that comes to this point more often than `pass_by` times.

        `number`: SIGSTOP freezes it there instead.
        """
        self._directory.mkdir(exist_ok=True)
        self._reached.unlink(missing_ok=True)
        fresh = self._directory / "arming"
        fresh.write_text(f"{point} {pass_by} {number.value}")
        fresh.rename(self._armed)

    def disarm(self) -> None:
        """Kill nobody."""
        self._armed.unlink(missing_ok=True)

    @property
    def reached(self) -> bool:
        """Whether somebody has come to the point, and is dead or frozen."""
        return self._reached.exists()

    def pass_by(self, point: str) -> None:
        """In the running engine: die here, if this is the point."""
        try:
            armed = self._armed.read_text()
        except FileNotFoundError:
            self._seen.clear()
            return
        wanted, free, number = armed.split(" ")
        if wanted != point:
            return
        with self._lock:
            self._seen[armed] = self._seen.get(armed, 0) + 1
            if self._seen[armed] <= int(free):
                return
            try:
                self._armed.rename(self._reached)  # one dies, however many are here at once
            except FileNotFoundError:
                return
            os.kill(os.getpid(), int(number))


def install(directory: Path) -> None:
    """Wrap the ports of this process, where the directory exists. Call it once."""
    if not directory.is_dir():
        return
    points = Failpoints(directory)
    _around_transactions(points)
    _around_call(EmailChannel, "send", "send", points)
    _around_call(KafkaPublisher, "publish", "publish", points)


def _around_transactions(points: Failpoints) -> None:
    wrote = threading.local()

    def note(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        found = _WRITES.match(statement)
        if found is not None:
            wrote.__dict__.setdefault("found", set()).add(f"{found[1]} {found[2]}")

    event.listen(Engine, "before_cursor_execute", note)
    run = ThreadWriter.run

    async def watched(self: ThreadWriter, fn: Callable[[Any], Any]) -> Any:
        purposes: list[str] = []

        def whole(conn: Any) -> Any:
            purposes.clear()
            wrote.found = set()
            value = fn(conn)
            purposes.extend(_purposes(wrote.found))
            for purpose in purposes:
                points.pass_by(f"{purpose}.before")
            return value

        value = await run(self, whole)
        for purpose in purposes:
            points.pass_by(f"{purpose}.after")
        return value

    setattr(ThreadWriter, "run", watched)  # noqa: B010 (a method, on purpose)


def _purposes(wrote: set[str]) -> list[str]:
    found = {purpose for told, purpose in _TOLD_BY.items() if told in wrote}
    if "accept" not in found:
        if _DECIDED in wrote and not found:
            found.add("tick")
        elif wrote.intersection(_OFFSETS):
            found.add("acquire")
    return ["start"] if "start" in found else sorted(found)


def _around_call(owner: type[Any], name: str, point: str, points: Failpoints) -> None:
    call = getattr(owner, name)

    async def watched(*args: Any, **kwargs: Any) -> Any:
        points.pass_by(f"{point}.before")
        value = await call(*args, **kwargs)
        points.pass_by(f"{point}.after")
        return value

    setattr(owner, name, watched)
