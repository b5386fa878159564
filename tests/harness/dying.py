"""`tocsin`, killed before one of the things that it does to disk or store.

    python -m tests.harness.dying LOG 7 backup FILE

Each statement that changes something, each commit, each file that is synced, linked or renamed, and
the end are moments. LOG gets a line for each; before the one of this number, counted from 1, the
process kills itself. 0: never.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CALLS = ("fsync", "link", "rename", "replace")
"""Of `os`: what makes a file lasting, or gives it its name."""
WITHIN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """What came of one command."""

    code: int
    moments: tuple[str, ...]
    """What it did, or was about to do when it died."""
    said: str

    @property
    def killed(self) -> bool:
        """Whether it came to its moment."""
        return self.code == -signal.SIGKILL


def tocsin(*arguments: str, config: Path, at: int = 0, said: str = "") -> Died:
    """Run a command in a process of its own, and kill it before this moment. `said`: typed in."""
    log = config.with_name("moments")
    log.unlink(missing_ok=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.dying", str(log), str(at), *arguments],
        env=environment | {"TOCSIN_CONFIG": str(config)},
        input=f"{said}\n".encode(),
        capture_output=True,
        timeout=WITHIN,
        check=False,
    )
    moments = tuple(log.read_text("utf-8").splitlines()) if log.exists() else ()
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    return Died(code=done.returncode, moments=moments, said=said)


def spread(moments: Sequence[str], most: int) -> list[int]:
    """Numbers of moments to die at: so many of different kinds, a commit and the end with them."""
    of_a_kind = {moment: n for n, moment in enumerate(moments, start=1)}
    some = sorted(of_a_kind.values())
    chosen = {some[n * (len(some) - 1) // max(1, most - 1)] for n in range(most)}
    return sorted(chosen | {n for kind, n in of_a_kind.items() if kind in ("commit", "end")})


def _watch(come_to: Callable[[str], None]) -> None:
    from sqlalchemy import Engine, event

    def statement(conn: Any, cursor: Any, text: str, *_: Any) -> None:
        word = text.split(None, 1)[0].upper()
        if word not in ("SELECT", "PRAGMA", "SET", "SHOW", "BEGIN"):
            come_to(" ".join(text.split()[:3]))

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", lambda conn: come_to("commit"))
    for name in CALLS:
        _around(name, come_to)


def _around(name: str, come_to: Callable[[str], None]) -> None:
    call = getattr(os, name)

    def watched(*args: Any, **kwargs: Any) -> Any:
        come_to(name)
        return call(*args, **kwargs)

    setattr(os, name, watched)


def main() -> None:
    """Run the command."""
    log, at = Path(sys.argv[1]), int(sys.argv[2])
    sys.argv = ["tocsin", *sys.argv[3:]]
    count = 0

    def come_to(moment: str) -> None:
        nonlocal count
        count += 1
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{moment}\n")
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

    _watch(come_to)
    from engine.cli import main as command

    try:
        command()
    finally:
        come_to("end")


if __name__ == "__main__":
    main()
