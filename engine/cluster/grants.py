"""Who may do what on a cluster with users: the least that a publisher and the engine need.

Where somebody else runs the cluster, `rights_of` is the list to hand them.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import ClusterAuthorizationFailedError, for_code
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest

from engine.cluster.scram import NO_SUCH_USER, password_removed, password_set
from engine.entropy import Entropy
from engine.intake.kafka_clients import client_options
from engine.settings import KafkaSettings

_SALT_BYTES = 16
_ANY, _ALLOW = 1, 3
_LITERAL, _PREFIXED = 3, 4
_EVERYWHERE = "*"


class May(StrEnum):
    """What a user of the cluster is for."""

    PUBLISH = "publish"
    """Sends reports: writes both logs of threats, and reads nothing."""
    ENGINE = "engine"
    """Is a desk: reads threats in its own groups, writes facts, and lets canaries go."""


class Kind(IntEnum):
    """On what a right is, by Kafka's number."""

    TOPIC = 2
    GROUP = 3
    CLUSTER = 4
    TRANSACTIONAL_ID = 5
    DELEGATION_TOKEN = 6
    USER = 7


class Operation(IntEnum):
    """What is done, by Kafka's number."""

    ALL = 2
    READ = 3
    WRITE = 4
    CREATE = 5
    DELETE = 6
    ALTER = 7
    DESCRIBE = 8
    CLUSTER_ACTION = 9
    DESCRIBE_CONFIGS = 10
    ALTER_CONFIGS = 11
    IDEMPOTENT_WRITE = 12
    CREATE_TOKENS = 13
    DESCRIBE_TOKENS = 14
    TWO_PHASE_COMMIT = 15


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Right:
    """One operation on one thing."""

    kind: Kind
    name: str
    prefix: bool = False
    """Whether `name` is how the name begins, rather than the name."""
    operation: Operation

    def __str__(self) -> str:
        words = (self.operation.name, self.kind.name, f"{self.name}{'*' if self.prefix else ''}")
        return " ".join((*(word.lower().replace("_", " ") for word in words[:2]), words[2]))


class GrantError(Exception):
    """The cluster did not do it; the message is its reason and its number."""


def rights_of(settings: KafkaSettings, may: May, *, canary: bool = True) -> tuple[Right, ...]:
    """The least set. Without WRITE on some topic, an idempotent producer is refused outright.

    A desk with a canary writes where publishers do: its canary goes the whole way.
    """
    threats = (settings.critical_topic, settings.normal_topic)
    if may is May.PUBLISH:
        return _on_topics(threats, Operation.WRITE)
    return (
        *_on_topics(settings.read_topics, Operation.READ),
        # To see at the start whether they keep what they acknowledge.
        *_on_topics(settings.read_topics, Operation.DESCRIBE_CONFIGS),
        *_on_topics(
            (
                settings.cases_topic,
                settings.quarantine_topic,
                *(consumer.topic for consumer in settings.consumers),
            ),
            Operation.WRITE,
        ),
        *(_on_topics(threats, Operation.WRITE) if canary else ()),
        Right(kind=Kind.GROUP, name=f"{settings.group}.", prefix=True, operation=Operation.READ),
    )


def _on_topics(names: Iterable[str], operation: Operation) -> tuple[Right, ...]:
    return tuple(Right(kind=Kind.TOPIC, name=name, operation=operation) for name in names)


@asynccontextmanager
async def administering(settings: KafkaSettings, entropy: Entropy) -> AsyncIterator["Grants"]:
    """The users and rights of one cluster, as the administrator whom the settings name.

    Raises GrantError for what the cluster refuses, and what the client raises when it cannot ask.
    """
    admin = AIOKafkaAdminClient(**client_options(settings))
    try:
        await admin.start()
        yield Grants(settings, admin, entropy)
    finally:
        await admin.close()


class Grants:
    """Giving and taking. Each call may be repeated."""

    def __init__(
        self, settings: KafkaSettings, admin: AIOKafkaAdminClient, entropy: Entropy
    ) -> None:
        self._settings = settings
        self._admin = admin
        self._entropy = entropy

    async def give(self, user: str, may: May, *, canary: bool = True) -> tuple[Right, ...]:
        """Give exactly these rights: any other is taken away."""
        rights = rights_of(self._settings, may, canary=canary)
        for right in rights:
            answer = await self._ask(CreateAclsRequest(*_terms(user, right)))
            for code, message in answer.creation_responses:
                _check(code, message)
        await self._take(user, [right for right in await self.of(user) if right not in rights])
        return rights

    async def take(self, user: str) -> tuple[Right, ...]:
        """Take every right, then the password, where there is one; return what was taken."""
        rights = await self.of(user)
        await self._take(user, rights)
        answer = await self._ask(password_removed(user))
        for _, code, message, _ in answer.results:
            if code != NO_SUCH_USER:
                _check(code, message)
        return rights

    async def set_password(self, user: str, secret: str) -> None:
        """Let this user in with this password from now on (SCRAM-SHA-512), new or not."""
        salt = self._entropy.token(_SALT_BYTES)
        answer = await self._ask(password_set(user, secret, salt=salt))
        for _, code, message, _ in answer.results:
            _check(code, message)

    async def of(self, user: str) -> tuple[Right, ...]:
        """What this user may do."""
        return (await self.everybody()).get(user, ())

    async def everybody(self) -> dict[str, tuple[Right, ...]]:
        """User -> rights, of everybody who was given any."""
        anything = DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ALLOW)
        answer = await self._ask(anything)
        _check(answer.error_code, answer.error_message)
        found: dict[str, list[Right]] = {}
        for kind, name, pattern, entries in answer.resources:
            for principal, _, operation, _ in entries:
                right = Right(
                    kind=Kind(kind),
                    name=name,
                    prefix=pattern == _PREFIXED,
                    operation=Operation(operation),
                )
                found.setdefault(principal.removeprefix("User:"), []).append(right)
        return {user: tuple(sorted(rights)) for user, rights in sorted(found.items())}

    async def _take(self, user: str, rights: Iterable[Right]) -> None:
        for right in rights:
            answer = await self._ask(DeleteAclsRequest(*_terms(user, right)))
            for code, message, _ in answer.filter_responses:
                _check(code, message)

    async def _ask(self, request: Any) -> Any:
        # The client has no public way to send a request that it has no method for.
        return await self._admin._send_to_controller(request)


def _terms(user: str, right: Right) -> tuple[int, str, int, str, str, int, int]:
    """A right as Kafka's requests spell it, from any host."""
    return (
        right.kind,
        right.name,
        _PREFIXED if right.prefix else _LITERAL,
        f"User:{user}",
        _EVERYWHERE,
        right.operation,
        _ALLOW,
    )


def _check(code: int, message: str | None) -> None:
    if code == ClusterAuthorizationFailedError.errno:  # its message is a dump of the request
        raise GrantError(f"this user does not administer the cluster (Kafka's error {code})")
    if code:
        name = for_code(code).__name__
        raise GrantError(f"{message or 'no reason given'} ({name}, Kafka's error {code})")
