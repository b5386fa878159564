"""Who gives a command: a log-in kept in a file of one's own, or name, password and code asked now.

`TOCSIN_PERSON` names another file than the usual one, for several people at one machine.
"""

import getpass
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.exits import CommandError, Exit

if TYPE_CHECKING:
    from engine.cli.terminal import Terminal

VARIABLE = "TOCSIN_PERSON"
FOLDER = "sessions"


def asked_secrets() -> tuple[str, str]:
    """Password and code: asked at a terminal, else the first two lines of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: "), input("Code of your authenticator: ").strip()
    lines = [sys.stdin.readline().rstrip("\r\n") for _ in range(2)]
    if not all(lines):
        raise CommandError(
            Exit.WHO,
            "Password and code are missing.",
            next_step="Log in at a terminal, or send both as the first two lines of input.",
        )
    return lines[0], lines[1]


def session_path(terminal: "Terminal") -> Path:
    """The file in which this user's log-in is kept."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return terminal.settings.data_dir / FOLDER / f"{getpass.getuser()}.json"


def keep_session(path: Path, *, person: str, session: str) -> None:
    """Write the log-in for its owner's eyes alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        json.dump({"person": person, "session": session}, file)


def forget_session(path: Path) -> None:
    """Remove the log-in from this machine."""
    path.unlink(missing_ok=True)


def kept_session(path: Path, *, of: str = "") -> str:
    """The token kept there, of this person if one is named; empty: none."""
    try:
        kept = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    same = not of or str(kept.get("person", "")).removeprefix("person:") == of.removeprefix(
        "person:"
    )
    return str(kept.get("session", "")) if same else ""
