"""Commands about our own people: adding them, logging in and out."""

import getpass
import sys
from typing import Annotated

import typer

from engine.cli.asking import ask, log_in
from engine.cli.command import OPERATE, command, group
from engine.cli.exits import CommandError, Exit
from engine.cli.session import asked_secrets, forget_session, keep_session, session_path
from engine.cli.terminal import Terminal, table

person = group("Who may log in.")


@command(person, "add")
async def add(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(help="Small letters: ana.")],
    role: Annotated[str, typer.Option(help="handler, second or reader")],
    label: Annotated[str, typer.Option(help="As the board shows it.")] = "",
) -> None:
    """Add a person. Prints the second factor once; scan it now."""
    added = await ask(
        terminal, "person.add", name=name, role=role, label=label, password=new_password()
    )
    terminal.done(added, shown_once(added))


@command(person, "list")
async def list_people(terminal: Terminal) -> None:
    """Everybody who may log in."""
    found = await ask(terminal, "person.list")
    rows = [
        (p["person"], p["label"], p["role"], "disabled" if p["disabled"] else "")
        for p in found["people"]
    ]
    terminal.done(found, table(rows))


def declare(app: typer.Typer) -> None:
    """Register what stands at the top level."""
    app.add_typer(person, name="person", rich_help_panel=OPERATE)

    @command(app, "login", panel=OPERATE)
    async def login(terminal: Terminal) -> None:
        """Log in at this terminal, as `--as` says, for at most twelve hours."""
        if not terminal.person:
            raise CommandError(Exit.USAGE, "Say who you are.", next_step="tocsin login --as NAME")
        password, code = asked_secrets()
        session = await log_in(terminal, person=terminal.person, password=password, code=code)
        path = session_path(terminal)
        keep_session(path, person=terminal.person, session=session)
        terminal.done({"person": terminal.person}, [f"Logged in as {terminal.person}."])

    @command(app, "logout", panel=OPERATE)
    def logout(terminal: Terminal) -> None:
        """Forget the log-in of this terminal."""
        forget_session(session_path(terminal))
        terminal.done({"done": True}, ["Logged out here."])


def new_password() -> str:
    """A new password, asked twice at a terminal, else the next line of standard input."""
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise CommandError(
                Exit.USAGE,
                "A password is missing.",
                next_step="Give the command at a terminal, which asks for it, or send it as the"
                " first line of input.",
            )
        return given
    first = getpass.getpass("New password: ")
    if first != getpass.getpass("The same again: "):
        raise CommandError(Exit.USAGE, "These two differ.", next_step="Repeat the command.")
    return first


def shown_once(added: dict[str, str]) -> list[str]:
    """What a new person needs to see, once."""
    return [
        f"Added {added['person']} as {added['role']}.",
        "Put this into their authenticator now; it is not shown again:",
        f"  {added['otpauth']}",
        f"  or typed in: {added['totp_secret']}",
    ]
