"""What this machine can do at best: the ground every ratio stands on, measured in the same run."""

import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

ROW = b"x" * 300
"""One event, as bare as it can be written."""


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


def copy_seconds(
    source: Path, directory: Path, *, tables: Sequence[tuple[str, str]], batch: int
) -> float:
    """Seconds to write these rows of `source` raw: `INSERT`, in durable batches, indexes and all.

    `tables`: (name, condition). The target has the same tables; nothing is decided or encoded.
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
        rows = {
            name: conn.execute(f"SELECT * FROM {name} WHERE {condition}").fetchall()  # noqa: S608
            for name, condition in tables
        }
    conn.close()
    raw = sqlite3.connect(target, isolation_level=None)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=20000"):
            raw.execute(f"PRAGMA {pragma}")
        for statement in schema:
            raw.execute(statement)
        begun = time.perf_counter()
        most = max(len(some) for some in rows.values())
        for start in range(0, most, batch):
            raw.execute("BEGIN IMMEDIATE")
            for name, some in rows.items():
                part = some[start : start + batch]
                if part:
                    marks = ",".join("?" * len(part[0]))
                    raw.executemany(f"INSERT INTO {name} VALUES ({marks})", part)  # noqa: S608
            raw.execute("COMMIT")
        return time.perf_counter() - begun
    finally:
        raw.close()
