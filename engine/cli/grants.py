"""Commands about the users of a cluster: what each may do, and the password that lets it in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.administrator import Login, administrator, unreached
from engine.cli.command import command
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal, table

if TYPE_CHECKING:
    from engine.cluster.grants import Grants

User = Annotated[str, typer.Argument(metavar="USER", help="A user of the cluster: hotline-a.")]


def declare(app: typer.Typer) -> None:
    """Register them."""

    @command(app, "grant")
    async def grant(
        terminal: Terminal,
        user: User,
        may: Annotated[str, typer.Option(help="publish or engine.")],
        login: Login = None,
        password_file: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                help="Set this password too; a file that is not there is made, with a new one.",
            ),
        ] = None,
    ) -> None:
        """Give a user of the cluster the least rights for what it is for, and no other."""
        from engine.cluster.grants import May

        if may not in list(May):
            raise CommandError(
                Exit.USAGE,
                f"Nobody is there to {may}.",
                next_step="Say --may publish for a hotline, --may engine for a desk.",
            )
        async with _grants(terminal, login) as grants:
            if password_file is not None:
                await grants.set_password(user, _password_in(password_file))
            canary = terminal.settings.canary.enabled
            rights = await grants.give(user, May(may), canary=canary)
        lines = [f"{user} may", *(f"  {right}" for right in rights), "and nothing else."]
        if password_file is not None:
            lines.append(f"Its password is in {password_file}.")
        terminal.done({"user": user, "may": [str(right) for right in rights]}, lines)

    @command(app, "revoke")
    async def revoke(terminal: Terminal, user: User, login: Login = None) -> None:
        """Take every right and the password from a user of the cluster."""
        async with _grants(terminal, login) as grants:
            taken = await grants.take(user)
        terminal.done(
            {"user": user, "taken": [str(right) for right in taken]},
            [f"{user} may no longer", *(f"  {right}" for right in taken)]
            if taken
            else [f"{user} had no rights."],
        )

    @command(app, "grants")
    async def list_grants(terminal: Terminal, login: Login = None) -> None:
        """Who may do what on the cluster."""
        async with _grants(terminal, login) as grants:
            found = await grants.everybody()
        terminal.done(
            {"users": {user: [str(right) for right in rights] for user, rights in found.items()}},
            table((user, str(right)) for user, rights in found.items() for right in rights)
            or ["Nobody was given any right."],
        )


@asynccontextmanager
async def _grants(terminal: Terminal, login: Path | None) -> "AsyncIterator[Grants]":
    from aiokafka.errors import KafkaError

    from engine.cluster.grants import GrantError, administering
    from engine.entropy import SystemEntropy

    settings = administrator(terminal, login)
    try:
        async with administering(settings, SystemEntropy()) as grants:
            yield grants
    except (GrantError, KafkaError, OSError) as error:
        raise await unreached(settings, error) from None


def _password_in(path: Path) -> str:
    """The first line of the file; a new file for its owner's eyes, with a new password."""
    import os

    from engine.entropy import SystemEntropy

    if path.exists():
        lines = path.read_text("utf-8").splitlines()
        if not lines or not lines[0]:
            raise CommandError(Exit.USAGE, f"{path} is empty.", next_step="Remove it, then repeat.")
        return lines[0]
    secret = SystemEntropy().token(24).hex()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{secret}\n")
    return secret
