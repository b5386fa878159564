"""Whoever administers the cluster: their login from a file, and why it was not let in."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal

if TYPE_CHECKING:
    from engine.settings import KafkaSettings

Login = Annotated[
    Path | None,
    typer.Option(
        "--login",
        metavar="FILE",
        help="User and password of the cluster's administrator, one a line; else the settings'.",
    ),
]


def administrator(terminal: Terminal, login: Path | None) -> "KafkaSettings":
    """The settings of the logs, with the administrator's user and password if a file has them."""
    settings = terminal.settings.kafka
    if not settings.enabled:
        raise CommandError(
            Exit.USAGE,
            "Kafka is switched off in the settings, so no log is read.",
            next_step="Set kafka.enabled and kafka.brokers, then repeat.",
        )
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what went wrong is said once, by us
    if login is None:
        return settings
    from pydantic import SecretStr

    try:
        user, secret, *_ = login.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        raise CommandError(
            Exit.USAGE,
            f"{login} does not hold a user and a password.",
            next_step="Write the user on its first line, the password on its second.",
        ) from None
    return settings.model_copy(update={"username": user, "password": SecretStr(secret)})


async def unreached(settings: "KafkaSettings", error: Exception) -> CommandError:
    """What to tell whoever typed: the broker is asked once more why it does not let us in."""
    from engine.intake.trouble import why_unreached

    reach = await why_unreached(settings)
    return CommandError(
        Exit.UNREACHABLE,
        f"The cluster did not do it: {str(error) or type(error).__name__}.",
        next_step=str(reach) if reach else "This user may not do that there: try --login.",
    )
