"""Asking the engine: the running one through its door, else one opened for this command alone.

Whoever holds the lock of the database answers. Where no engine runs, the command opens the house
itself, does the one thing and closes it; what it decided is sent once an engine runs again.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from engine.cli.exits import ENDINGS, CommandError, Exit
from engine.cli.session import asked_secrets, kept_session, session_path
from engine.cli.terminal import Terminal
from engine.entropy import SystemEntropy

if TYPE_CHECKING:
    from engine.admin.house import House

DOOR_FILE = "engine.json"
ALIVE_WITHIN = 30.0  # seconds since a sender elsewhere last said so, clocks apart
TIMEOUT = 30.0  # seconds; a log-in alone takes half a second on purpose


LEADS_TO_MESSAGES = frozenset(
    {
        "event.report",
        "release",
        "lift",
        "resume",
        "consent.give",
        "consent.agree",
        "respond",
        "resolve.confirm",
    }
)
"""Operations of whose effect somebody is to hear at once."""


class Ask(Protocol):
    """Carries out one operation and returns its result. Raises CommandError."""

    async def __call__(self, operation: str, /, **args: Any) -> dict[str, Any]: ...


class NobodyThereError(CommandError):
    """The file of a door is there, but nobody listens: left behind by an engine that was killed,
    whose process number may belong to somebody else by now."""


async def ask(terminal: Terminal, operation: str, /, **args: Any) -> dict[str, Any]:
    """Carry out one operation as whoever is logged in. Raises CommandError."""
    session = await current_session(terminal)
    request = SystemEntropy().token(12).hex()
    given = {key: value for key, value in args.items() if value is not None}
    door = read_door(terminal.settings.data_dir)
    if door is not None:
        asking = {"name": operation, "args": given, "session": session, "request": request}
        try:
            return result_of(await knock(door, "/admin/command", asking))
        except NobodyThereError:
            pass  # the lock says whether an engine runs all the same
    from engine.admin.door import answer
    from engine.bootstrap.alone import alone

    async with alone(terminal.settings) as house:
        result = result_of(
            await answer(house, name=operation, args=given, session=session, request=request)
        )
        unheard = operation in LEADS_TO_MESSAGES and not await _somebody_sends(house)
    if unheard:
        terminal.warn("No engine runs here: nobody is told anything until one does (tocsin up).")
    return result


@asynccontextmanager
async def asking(terminal: Terminal) -> AsyncIterator[Ask]:
    """Ask many operations in a row: where no engine runs, the house is opened once for all of them.

    Raises CommandError.
    """
    session = await current_session(terminal)
    entropy = SystemEntropy()
    door = read_door(terminal.settings.data_dir)
    if door is not None:
        from_door = partial(knock, door, "/admin/command")

        async def through_door(operation: str, /, **args: Any) -> dict[str, Any]:
            request = entropy.token(12).hex()
            asked = {"name": operation, "args": args, "session": session, "request": request}
            return result_of(await from_door(asked))

        try:
            await through_door("whoami")
        except NobodyThereError:
            pass
        else:
            yield through_door
            return
    from engine.admin.door import answer
    from engine.bootstrap.alone import alone

    async with alone(terminal.settings) as house:

        async def at_home(operation: str, /, **args: Any) -> dict[str, Any]:
            request = entropy.token(12).hex()
            return result_of(
                await answer(house, name=operation, args=args, session=session, request=request)
            )

        yield at_home


async def _somebody_sends(house: "House") -> bool:
    """Whether a process elsewhere sends. None does on SQLite, where we hold the lock ourselves."""
    from datetime import timedelta

    from engine.store import instances

    if house.settings.database.get_secret_value().startswith("sqlite"):
        return False
    since = house.services.clock.now() - timedelta(seconds=ALIVE_WITHIN)
    return await house.services.reader.run(
        lambda conn: instances.has_role(conn, "sender", since=since)
    )


async def current_session(terminal: Terminal) -> str:
    """The token of the session this command runs under. Raises CommandError."""
    kept = kept_session(session_path(terminal), of=terminal.person)
    if kept:
        return kept
    if terminal.person:
        password, code = asked_secrets()
        return await log_in(terminal, person=terminal.person, password=password, code=code)
    raise CommandError(
        Exit.WHO,
        "Every command is given by a named person, and nobody is logged in here.",
        next_step="Run `tocsin login --as NAME`, or add `--as NAME` to this command.",
    )


async def log_in(terminal: Terminal, *, person: str, password: str, code: str) -> str:
    """Return the token of a new session. Raises CommandError."""
    door = read_door(terminal.settings.data_dir)
    if door is not None:
        asking = {"person": person, "password": password, "code": code}
        try:
            return str(result_of(await knock(door, "/admin/login", asking))["session"])
        except NobodyThereError:
            pass
    from engine.admin.door import logged_in
    from engine.bootstrap.alone import alone

    async with alone(terminal.settings) as house:
        session = await house.services.people.log_in(person=person, password=password, code=code)
        return str(result_of(logged_in(session))["session"])


def read_door(data_dir: Path) -> dict[str, Any] | None:
    """Where the running engine's door is, or None when none runs. Raises CommandError."""
    path = data_dir / DOOR_FILE
    try:
        told = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise CommandError(
            Exit.UNREACHABLE,
            f"An engine seems to run, but {path} cannot be read.",
            next_step="Give the command as the user who runs the engine.",
        ) from None
    return told if isinstance(told, dict) and _alive(told) else None


async def knock(door: dict[str, Any], path: str, content: dict[str, Any]) -> dict[str, Any]:
    """Send one request to the door and return its answer.

    Raises NobodyThereError when nothing can have been taken, else CommandError.
    """
    import httpx2

    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            response = await client.post(
                f"http://127.0.0.1:{door['port']}{path}",
                json=content,
                headers={"authorization": f"Bearer {door['token']}"},
            )
            answer = response.json()
    except httpx2.ConnectError:
        raise NobodyThereError(Exit.UNREACHABLE, "No engine is behind its door.") from None
    except (httpx2.HTTPError, ValueError):
        raise CommandError(
            Exit.UNREACHABLE,
            "The engine does not answer at its door.",
            next_step="Look whether it runs: tocsin doctor. What you sent may have been taken; "
            "look before you send it again.",
        ) from None
    return dict(answer)


def result_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The result of an answer, or its problem as a CommandError."""
    if answer.get("ok"):
        return dict(answer["result"])
    raise CommandError(
        ENDINGS.get(str(answer.get("ending")), Exit.REFUSED),
        str(answer.get("what", "Not carried out.")),
        next_step=str(answer.get("next_step", "")),
    )


def _alive(told: dict[str, Any]) -> bool:
    """Whether the process that wrote the file still runs; after a kill the file is left behind."""
    try:
        os.kill(int(told["process"]), 0)
    except (ProcessLookupError, KeyError, ValueError):
        return False
    except PermissionError:
        return True
    return True
