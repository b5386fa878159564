"""What this machine can do at best: the ground every ratio stands on, measured in the same run."""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg

ROW = b"x" * 300
"""One event, as bare as it can be written."""


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time of these processes and of what they started, whether it runs or has ended.

    On a busy machine it says more than any clock.
    """
    return sum(_spent(psutil.Process(pid)) for pid in pids)


def _spent(process: psutil.Process) -> float:
    own = process.cpu_times()
    try:
        children = sum(sum(child.cpu_times()[:2]) for child in process.children())
    except psutil.NoSuchProcess:  # one ended meanwhile, and stands in the times of its parent now
        return _spent(process)
    return float(sum(own[:4]) + children)  # its own, and of its children that have ended


def fsyncs_per_second(directory: Path, *, seconds: float = 1.0) -> float:
    """Appends of one row, each followed by fdatasync, per second."""
    path = directory / "floor.log"
    count = 0
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            os.write(handle, ROW)
            os.fdatasync(handle)
            count += 1
        took = time.perf_counter() - begun
    finally:
        os.close(handle)
        path.unlink()
    return count / took


Rows = Sequence[tuple[str, str]]
"""(table, condition) of the rows to be written again."""


def sqlite_seconds(source: Path, directory: Path, *, rows: Rows, batch: int) -> float:
    """Seconds to write these rows of `source` raw: `INSERT`, in durable batches, indexes and all.

    The target has the same tables; nothing is decided or encoded.
    """
    target = directory / "floor.sqlite"
    for leftover in directory.glob("floor.sqlite*"):
        leftover.unlink()
    with sqlite3.connect(source) as conn:
        schema = [
            row[0]
            for row in conn.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
                " AND type IN ('table', 'index')"
            )
        ]
        found = {
            name: conn.execute(f"SELECT * FROM {name} WHERE {condition}").fetchall()  # noqa: S608
            for name, condition in rows
        }
    conn.close()
    raw = sqlite3.connect(target, isolation_level=None)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=20000"):
            raw.execute(f"PRAGMA {pragma}")
        for statement in schema:
            raw.execute(statement)
        begun = time.perf_counter()
        for parts in _batches(found, batch):
            raw.execute("BEGIN IMMEDIATE")
            for name, part in parts:
                marks = ",".join("?" * len(part[0]))
                raw.executemany(f"INSERT INTO {name} VALUES ({marks})", part)  # noqa: S608
            raw.execute("COMMIT")
        return time.perf_counter() - begun
    finally:
        raw.close()


def postgres_seconds(source: str, target: str, *, rows: Rows, batch: int) -> float:
    """The same from one database of a server into another one with the same, empty tables."""
    with psycopg.connect(source) as conn:
        found = {
            name: conn.execute(f"SELECT * FROM {name} WHERE {condition}".encode()).fetchall()  # noqa: S608
            for name, condition in rows
        }
    with psycopg.connect(target) as conn:
        begun = time.perf_counter()
        for parts in _batches(found, batch):
            with conn.cursor() as cursor:
                for name, part in parts:
                    marks = ",".join(["%s"] * len(part[0]))
                    cursor.executemany(f"INSERT INTO {name} VALUES ({marks})".encode(), part)  # noqa: S608
            conn.commit()
        return time.perf_counter() - begun


def _batches(found: dict[str, list[Any]], size: int) -> Iterator[list[tuple[str, list[Any]]]]:
    """Of each table so many rows at a time, as a transaction of the engine has them."""
    for start in range(0, max(len(some) for some in found.values()), size):
        parts = ((name, some[start : start + size]) for name, some in found.items())
        yield [(name, part) for name, part in parts if part]
