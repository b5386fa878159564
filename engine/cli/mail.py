"""`tocsin mail receive`: a mail server hands on what somebody answered, byte by byte.

For a pipe on the engine's own machine, `|tocsin mail receive` in a mail server's aliases. It ends
with 0 once the mail is dealt with, and with 75 where the mail server has to try again.
"""

import sys
from typing import Annotated

import typer

from engine.cli.command import command, group
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal

TIMEOUT = 30.0
"""Seconds; a mail server keeps the mail and comes again."""
_DEALT_WITH = (200, 202)
_NEVER = (400, 413)

mail = group("Answers by mail, as a mail server hands them on.")


@command(mail, "receive")
async def receive(
    terminal: Terminal,
    channel: Annotated[str, typer.Option(help="The channel that sent what it answers.")] = "email",
) -> None:
    """Take one mail from standard input. Ends with 75 where it has to be tried again."""
    from engine.vault.files import UnsafeFileError
    from engine.vault.keys import DeploymentKeys
    from engine.web.api.inbound import inbound_path
    from notifiers.email.inbound import BYTES_MOST

    settings = terminal.settings
    try:
        keys = DeploymentKeys.load(settings.keys_dir)
    except (OSError, UnsafeFileError, ValueError):
        raise _later(f"The keys in {settings.keys_dir} cannot be read.") from None
    raw = sys.stdin.buffer.read(BYTES_MOST + 1)
    url = f"http://{settings.http.host}:{settings.http.port}"
    status = await hand_on(raw, url=f"{url}{inbound_path(keys.pepper, channel)}", shown=url)
    terminal.done({"status": status}, ["Dealt with."])


async def hand_on(raw: bytes, *, url: str, shown: str) -> int:
    """Hand the mail to the engine; its status. `shown`: the address without its secret.

    Raises CommandError: to be tried again, or never to be taken.
    """
    import httpx2

    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            response = await client.post(
                url, content=raw, headers={"content-type": "message/rfc822"}
            )
    except httpx2.HTTPError as error:
        raise _later(f"{shown} does not answer ({type(error).__name__}).") from None
    if response.status_code in _DEALT_WITH:
        return response.status_code
    if response.status_code in _NEVER:
        raise CommandError(
            Exit.USAGE,
            "This is not a mail that can be taken.",
            next_step="It may be too large: an answer is one code on the first line.",
        )
    raise _later(f"Not stored (status {response.status_code}).")


def _later(what: str) -> CommandError:
    return CommandError(
        Exit.LATER, what, next_step="The mail server tries again. Look at it: tocsin doctor"
    )
