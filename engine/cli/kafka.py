"""Commands about the logs: making the topics, which workers never do."""

from engine.cli.command import command, group
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal

kafka = group("The logs that events come in on.")


@command(kafka, "topics")
async def topics(terminal: Terminal) -> None:
    """Make the topics of the settings, as durable as the settings promise."""
    from aiokafka.errors import KafkaError

    from engine.bootstrap.topics import make_topics

    if not terminal.settings.kafka.enabled:
        raise CommandError(
            Exit.USAGE,
            "Kafka is switched off in the settings, so no log is read.",
            next_step="Set kafka.enabled and kafka.brokers, then repeat.",
        )
    try:
        made, there = await make_topics(terminal.settings.kafka)
    except KafkaError as error:
        raise CommandError(
            Exit.UNREACHABLE,
            f"The broker did not make them ({type(error).__name__}).",
            next_step="Look at kafka.brokers and at what this user may do there.",
        ) from None
    terminal.done(
        {"made": list(made), "there": list(there)},
        [*(f"made   {name}" for name in made), *(f"there  {name}" for name in there)],
    )
