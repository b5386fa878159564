"""Commands about the logs: making the topics, who may use them, a broker of one's own."""

from typing import Annotated

import typer

from engine.cli import grants, local_kafka
from engine.cli.administrator import Login, administrator, unreached
from engine.cli.command import command, group
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal, table

kafka = group("The logs that events come in on.")
grants.declare(kafka)
local_kafka.declare(kafka)


@command(kafka, "topics")
async def topics(
    terminal: Terminal,
    login: Login = None,
    partitions: Annotated[
        int, typer.Option(min=1, max=100, help="Of each topic that is made now.")
    ] = 6,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="How long records stay in what is made now.")
    ] = 30,
) -> int:
    """Make the topics of the settings, as durable as the settings promise."""
    from dataclasses import asdict

    from aiokafka.errors import KafkaError

    from engine.clock import SystemClock
    from engine.cluster.topics import TopicsRefusedError, make_topics, weaker_than_promised

    settings = administrator(terminal, login)
    try:
        found = await make_topics(settings, clock=SystemClock(), partitions=partitions, days=days)
    except TopicsRefusedError as error:
        raise CommandError(
            Exit.REFUSED,
            f"The broker did not make them all.\n{error}",
            next_step="Three brokers, or kafka.durability: single. Not allowed: try --login.",
        ) from None
    except (KafkaError, OSError) as error:
        raise await unreached(settings, error) from None
    rows = [
        (
            "made " if topic.made else "there",
            topic.name,
            f"partitions {topic.partitions}",
            f"replication factor {topic.replicas}",
            f"min.insync.replicas {topic.in_sync_least}",
            topic.retention if topic.cleanup == "delete" else f"CLEANUP {topic.cleanup}",
        )
        for topic in found
    ]
    weak = weaker_than_promised(settings, found)
    terminal.done({"topics": [asdict(topic) for topic in found], "weak": weak}, table(rows))
    for fault in weak:
        terminal.warn(fault)
    return Exit.UNSOUND if weak else Exit.DONE
