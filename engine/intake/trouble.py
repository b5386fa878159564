"""Why a log cannot be read now, said so that whoever reads it knows what to mend.

aiokafka says the same of a wrong password and of a broker that is away: `KafkaConnectionError`. So
after one of those the brokers are asked again here, one by one, and what each answered is kept.
"""

import asyncio
import ssl
from dataclasses import dataclass
from enum import StrEnum

from aiokafka import errors
from aiokafka.conn import create_conn
from aiokafka.protocol.metadata import MetadataRequest

from engine.intake.kafka_clients import client_options
from engine.settings import KafkaSettings

_ASK_WITHIN = 5.0  # seconds for each broker


class LogTroubleError(Exception):
    """The log cannot be read as things are. Nothing was taken, nothing is lost; try again."""


class Unreached(StrEnum):
    """What keeps us from a broker."""

    NO_ANSWER = "no_answer"
    """Nobody answers there: it is down, starting, or somewhere else."""
    LOGIN_REFUSED = "login_refused"
    """It answers and refuses this user or password. Waiting mends nothing."""
    NOT_TRUSTED = "not_trusted"
    """It answers and cannot prove who it is, or we cannot read our own certificates."""
    OTHER_PROTOCOL = "other_protocol"
    """It answers and hangs up: its listener wants another kind of security than ours."""

    @property
    def lasting(self) -> bool:
        """Whether only a person can end it."""
        return self is not Unreached.NO_ANSWER


_SAYS = {
    Unreached.NO_ANSWER: "does not answer. Look at kafka.brokers and at the broker itself.",
    Unreached.LOGIN_REFUSED: "refuses our login. Look at kafka.username and kafka.password.",
    Unreached.NOT_TRUSTED: "cannot be trusted: its certificate fits neither its name nor our"
    " authorities. Look at kafka.ca_file.",
    Unreached.OTHER_PROTOCOL: "hangs up on us. Look at kafka.security: its listener may want"
    " another.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the first broker that gave a reason said, or that none did."""

    kind: Unreached
    broker: str

    def __str__(self) -> str:
        return f"The broker {self.broker} {_SAYS[self.kind]}"


async def why_unreached(settings: KafkaSettings) -> Reach | None:
    """Ask each broker why; None when one of them lets us in by now. Raises nothing of Kafka's."""
    found = []
    for broker in settings.brokers:
        kind = await _ask(settings, broker)
        if kind is Unreached.OTHER_PROTOCOL:  # or the line broke just then: which, it says again
            kind = await _ask(settings, broker)
        if kind is None:
            return None
        found.append(Reach(kind=kind, broker=broker))
    return next((reach for reach in found if reach.kind.lasting), found[0])


async def _ask(settings: KafkaSettings, broker: str) -> Unreached | None:
    host, _, port = broker.rpartition(":")
    try:
        options = client_options(settings)
        del options["bootstrap_servers"], options["metadata_max_age_ms"]
        async with asyncio.timeout(_ASK_WITHIN):
            connection = await create_conn(host.strip("[]"), int(port), **options)
            try:  # a listener that wants a login hangs up at the first question only
                await connection.send(MetadataRequest([]))
            finally:
                await connection.close()
    except (
        errors.SaslAuthenticationFailed,
        errors.AuthenticationFailedError,
        errors.UnsupportedSaslMechanismError,
    ):
        return Unreached.LOGIN_REFUSED
    except (ssl.SSLCertVerificationError, FileNotFoundError, PermissionError):
        return Unreached.NOT_TRUSTED
    except (ssl.SSLError, errors.IllegalSaslStateError, ConnectionResetError):
        return Unreached.OTHER_PROTOCOL
    except (OSError, TimeoutError):
        return Unreached.NO_ANSWER
    except errors.KafkaError:
        return Unreached.OTHER_PROTOCOL
    return None


def named(error: BaseException) -> str:
    """The kinds of an error, without a word of what it says: that may be private.

    `CommandFailed of KeyError`, whatever groups it lies in.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    names = []
    found: BaseException | None = error
    while found is not None:
        names.append(type(found).__name__)
        found = found.__cause__
    return " of ".join(names)
