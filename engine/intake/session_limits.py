"""Whether the brokers take our session time-out: asked before reading begins.

A broker turns a group member away whose time is outside its limits; Faust then says nothing and
tries for ever.
"""

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion

from engine.intake.kafka_clients import client_options
from engine.settings import KafkaSettings

_LEAST = "group.min.session.timeout.ms"
_MOST = "group.max.session.timeout.ms"


async def session_refused(settings: KafkaSettings) -> str:
    """In what way the session time-out does not fit, with the numbers; empty when it does.

    Empty, too, where this user may not ask. Raises whatever the client raises.
    """
    limits = await _limits(settings)
    least, most = limits.get(_LEAST, 0.0), limits.get(_MOST, settings.session_timeout)
    if least <= settings.session_timeout <= most:
        return ""
    return (
        f"kafka.session_timeout is {settings.session_timeout:g} s; the brokers take {least:g} s to"
        f" {most:g} s ({_LEAST}, {_MOST})."
    )


async def _limits(settings: KafkaSettings) -> dict[str, float]:
    """Seconds, by setting, as the first broker has them."""
    admin = AIOKafkaAdminClient(**client_options(settings))
    try:
        await admin.start()
        found = await admin.describe_cluster()
        asked = [ConfigResource(ConfigResourceType.BROKER, str(found["brokers"][0]["node_id"]))]
        answers = await admin.describe_configs(asked)
    except IncompatibleBrokerVersion:  # the mock cluster has none
        return {}
    finally:
        await admin.close()
    return {
        entry[0]: int(entry[1]) / 1000
        for answer in answers
        for resource in answer.resources
        for entry in resource[4]
        if entry[0] in (_LEAST, _MOST)
    }
