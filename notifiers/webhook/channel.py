"""The webhook channel: one signed POST per try, to an address that was vetted."""

import asyncio
from datetime import UTC

import orjson

from notifiers.channel import Capabilities, ChannelKind, Message, Outcome, OutcomeReason
from notifiers.http_answers import reason_of, retry_after
from notifiers.webhook.config import WebhookSettings
from notifiers.webhook.connection import BrokenError, HttpAnswer, HttpConnection, NotHttpError
from notifiers.webhook.pool import NotConnectedError, Pool, Resolve, resolve
from notifiers.webhook.signature import sign
from notifiers.webhook.target import Target, parse_target
from schemas.contact import Endpoint


class WebhookChannel:
    """Posts to the recipient's own system. Belongs to one event loop."""

    def __init__(self, name: str, *, settings: WebhookSettings, resolve: Resolve = resolve) -> None:
        """Raises ValueError when the signing key or the certificate authority is no good."""
        self._name = name
        self._settings = settings
        self._key = settings.key_bytes()
        self._pool = Pool(settings, resolve=resolve)
        self._slots = asyncio.Semaphore(settings.concurrency)

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            kind=ChannelKind.WEBHOOK, list_safe=True, concurrency=self._settings.concurrency
        )

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        try:
            target = parse_target(endpoint.address)
        except ValueError:
            return Outcome.of(OutcomeReason.BAD_ADDRESS)
        async with self._slots:
            return await self._post(message, target)

    async def _post(self, message: Message, target: Target) -> Outcome:
        try:
            connection = await self._pool.take(target)
        except NotConnectedError as error:
            return error.outcome
        body = note(message)
        finished = False
        try:
            async with asyncio.timeout(self._settings.answer_timeout):
                answer = await connection.post(
                    path=target.path, headers=self._headers(message, target, body), body=body
                )
            finished = True
        except TimeoutError:
            if connection.begun is None:
                return Outcome.of(OutcomeReason.NO_ANSWER_AFTER_DATA)
            answer = connection.begun
        except BrokenError:
            return Outcome.of(OutcomeReason.CONNECTION_LOST_AFTER_DATA)
        except NotHttpError:
            return Outcome.of(OutcomeReason.UNREADABLE_ANSWER)
        finally:  # also when cancelled: an answer still to come is not the next one's
            self._let_go(connection, target, good=finished)
        return self._outcome(answer, message)

    def _let_go(self, connection: HttpConnection, target: Target, *, good: bool) -> None:
        if good:
            self._pool.give_back(target, connection)
        else:
            connection.close()

    def _headers(self, message: Message, target: Target, body: bytes) -> list[tuple[str, str]]:
        timestamp = int(message.at.timestamp())
        return [
            ("host", target.authority),
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("user-agent", "tocsin"),
            ("accept-encoding", "identity"),
            ("webhook-id", message.key),
            ("webhook-timestamp", str(timestamp)),
            (
                "webhook-signature",
                sign(body, key=self._key, message_id=message.key, timestamp=timestamp),
            ),
        ]

    def _outcome(self, answer: HttpAnswer, message: Message) -> Outcome:
        reason = reason_of(answer.status, gateway=False)
        waits = reason in (
            OutcomeReason.RATE_LIMITED,
            OutcomeReason.BUSY,
            OutcomeReason.SERVER_ERROR,
        )
        return Outcome.of(
            reason,
            retry_after=retry_after(
                answer.retry_after, at=message.at, at_most=self._settings.retry_after_max
            )
            if waits
            else None,
            detail=f"HTTP {answer.status}",
        )

    async def aclose(self) -> None:
        """Break the idle connections."""
        self._pool.close()


def note(message: Message) -> bytes:
    """Return what a webhook says: what any message may carry, and nothing else."""
    deadline = message.deadline
    return orjson.dumps(
        {
            "reference": message.reference,
            "purpose": message.purpose.value,
            "deadline": deadline.astimezone(UTC).isoformat() if deadline is not None else None,
            "url": message.how.url,
            "code": message.how.code,
            "phone": message.how.phone,
            "exercise": message.exercise,
            "language": message.language,
            "text": message.body,
        }
    )
