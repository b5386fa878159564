"""Commands for people without a cluster: a Kafka of their own, on this machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.command import command
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal, table

if TYPE_CHECKING:
    from engine.broker import LocalKafka


def declare(app: typer.Typer) -> None:
    """Register them."""

    @command(app, "start")
    def start(
        terminal: Terminal,
        brokers: Annotated[
            int | None, typer.Option(help="1, or 3 to see one fail. Only the first start asks.")
        ] = None,
        secure: Annotated[
            bool, typer.Option("--secure", help="With TLS, users and rights. The same.")
        ] = False,
    ) -> None:
        """Start a Kafka on this machine, in the background. Fetches it first if need be."""
        with _local(terminal, brokers=brokers, secure=secure or None) as kafka:
            kafka.start()
            told = _settings(kafka)
            lines = ["It runs, on this machine only. Settings that use it:", "", "kafka:"]
            lines += [f"  {name}: {value}" for name, value in told.items()]
            terminal.done(
                {"settings": dict(told), "login": str(kafka.login) if kafka.secure else None},
                [*lines, "", *_next_steps(kafka)],
            )

    @command(app, "stop")
    def stop(terminal: Terminal) -> None:
        """Stop the Kafka of this machine. Its records stay."""
        with _local(terminal) as kafka:
            kafka.stop()
        terminal.done({"stopped": True}, ["Stopped; its records stay."])

    @command(app, "status")
    def status(terminal: Terminal) -> int:
        """Whether the Kafka of this machine runs and answers."""
        with _local(terminal) as kafka:
            nodes = kafka.status()
        ready = bool(nodes) and all(node.ready for node in nodes)
        told = [{"broker": n.node, "address": n.address, "ready": n.ready} for n in nodes]
        terminal.done(
            {"ready": ready, "brokers": told},
            table(
                (f"broker {n.node}", n.address, "answers" if n.ready else "does not answer")
                for n in nodes
            )
            or ["None was ever started here: tocsin kafka start."],
        )
        return Exit.DONE if ready else Exit.UNREACHABLE


@contextmanager
def _local(
    terminal: Terminal, *, brokers: int | None = None, secure: bool | None = None
) -> "Iterator[LocalKafka]":
    from engine.broker import BrokerError, LocalKafka

    try:
        yield LocalKafka(
            terminal.settings.data_dir / "kafka",
            brokers=brokers,
            secure=secure,
            outlive=True,
            say=terminal.progress,
        )
    except BrokerError as error:
        raise CommandError(Exit.UNREACHABLE, error.what, next_step=error.next_step) from None


def _settings(kafka: "LocalKafka") -> Mapping[str, str]:
    from engine.broker.options import ENGINE

    told = {
        "enabled": "true",
        "brokers": " ".join(kafka.bootstrap),
        "durability": "replicated" if len(kafka.bootstrap) > 1 else "single",
    }
    if kafka.secure:
        told |= {
            "security": "sasl_ssl",
            "ca_file": str(kafka.ca_file),
            "username": ENGINE,
            "password_file": str(kafka.password_file),
        }
    return told


def _next_steps(kafka: "LocalKafka") -> list[str]:
    if not kafka.secure:
        return ["-> tocsin kafka topics"]
    from engine.broker.options import ENGINE

    login = f"--login {kafka.login}"
    return [
        f"-> tocsin kafka topics {login}",
        f"-> tocsin kafka grant {ENGINE} --may engine {login}",
    ]
