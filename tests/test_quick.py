"""Whoever changes who may know has the answer of its tests between two keystrokes."""

import subprocess
import sys
from pathlib import Path

COLLECT = """
import sys
import pytest

code = pytest.main(["-m", "guard", "--collect-only", "-q", "-p", "no:cacheprovider"])
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}))
print("stores:", *sorted(name for name in sys.modules if name.startswith("engine.store.")))
sys.exit(code)
"""
SLOW = frozenset({"sqlalchemy", "alembic", "psycopg", "aiokafka", "fastapi", "starlette", "typer"})
"""What talks to databases, brokers and browsers: each takes a tenth of a second to load, or more,
and nothing that judges who may know needs it."""


def test_the_tests_of_the_guard_load_no_database_no_broker_and_no_page() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COLLECT],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    *_, loaded, stores = done.stdout.splitlines()
    assert SLOW.isdisjoint(loaded.split()), SLOW & set(loaded.split())
    assert stores.split() == ["stores:"]
    assert "tests/unit/rules/test_guard.py::" in done.stdout
