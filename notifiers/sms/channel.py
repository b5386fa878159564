"""The SMS channel: one request per text to the gateway the settings describe.

Uses httpx2's transport, not its client: no redirects, cookies, proxies from the environment or log
lines with addresses in them, because there is nothing that could do them.
"""

import asyncio
import base64
import json
import ssl
from typing import Any
from urllib.parse import urlencode

import httpx2

from notifiers.channel import Capabilities, ChannelKind, Message, Outcome, OutcomeReason
from notifiers.http_answers import ANSWER_MAX, reason_of, retry_after
from notifiers.sms.config import SmsSettings
from notifiers.sms.length import cut
from notifiers.sms.number import one_number
from notifiers.sms.template import MISSING, at_path, fill, one_of
from schemas.contact import Endpoint

_BEFORE = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class SmsChannel:
    """Hands texts to one gateway. Belongs to one event loop."""

    def __init__(self, name: str, *, settings: SmsSettings) -> None:
        """Raises ValueError when a secret or the certificate authority cannot be read."""
        self._name = name
        self._settings = settings
        password, token = settings.secret("password"), settings.secret("token")
        self._password = password.get_secret_value() if password else ""
        self._token = token.get_secret_value() if token else ""
        try:
            context = ssl.create_default_context(cafile=settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ValueError(f"ca_file cannot be used: {type(error).__name__}") from None
        self._transport = httpx2.AsyncHTTPTransport(
            verify=context,
            trust_env=False,
            limits=httpx2.Limits(
                max_connections=settings.concurrency,
                max_keepalive_connections=settings.concurrency,
                keepalive_expiry=15,
            ),
        )

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            kind=ChannelKind.SMS,
            receipts=self._settings.receipt is not None,
            replies=self._settings.reply is not None,
            list_safe=True,
            max_length=self._settings.segments_max * 153,
            concurrency=self._settings.concurrency,
        )

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        try:
            number = one_number(endpoint.address)
        except ValueError:
            return Outcome.of(OutcomeReason.BAD_ADDRESS)
        try:
            request = self._request(message, number=number)
        except (httpx2.InvalidURL, ValueError):
            return Outcome.of(OutcomeReason.CHANNEL_FAULT, detail="request cannot be written")
        try:
            async with asyncio.timeout(
                self._settings.connect_timeout + self._settings.answer_timeout
            ):
                return await self._exchange(request, message)
        except _BEFORE as error:
            return _not_connected(error)
        except (TimeoutError, httpx2.TimeoutException):
            return Outcome.of(OutcomeReason.NO_ANSWER_AFTER_DATA)
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError):
            return Outcome.of(OutcomeReason.CHANNEL_FAULT, detail="request cannot be written")
        except (httpx2.TransportError, OSError):
            return Outcome.of(OutcomeReason.CONNECTION_LOST_AFTER_DATA)

    async def _exchange(self, request: httpx2.Request, message: Message) -> Outcome:
        response = await self._transport.handle_async_request(request)
        try:
            read = bytearray()
            async for chunk in response.aiter_raw():
                read += chunk
                if len(read) > ANSWER_MAX:
                    break
        finally:
            await response.aclose()
        return self._outcome(response, bytes(read), message)

    def _request(self, message: Message, *, number: str) -> httpx2.Request:
        settings = self._settings
        values = {
            "key": message.key,
            "to": number,
            "text": cut(message.body, most=settings.segments_max),
            "sender": settings.sender,
            "token": self._token,
            "username": settings.username or "",
            "password": self._password,
        }
        url = fill(settings.url, values)
        if settings.query:
            url += ("&" if "?" in url else "?") + urlencode(fill(settings.query, values))
        headers = {"user-agent": "tocsin", "accept-encoding": "identity"}
        content = b""
        if settings.body is not None:
            filled = fill(settings.body, values)
            if settings.encoding == "json":
                headers["content-type"] = "application/json"
                content = json.dumps(filled, ensure_ascii=False).encode()
            else:
                headers["content-type"] = "application/x-www-form-urlencoded"
                content = urlencode(filled).encode()
        if settings.basic_auth:
            pair = f"{settings.username}:{self._password}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
        headers |= {name.lower(): value for name, value in fill(settings.headers, values).items()}
        return httpx2.Request(
            settings.method,
            url,
            headers=headers,
            content=content,
            extensions={
                "timeout": {
                    "connect": settings.connect_timeout,
                    "pool": settings.connect_timeout,
                    "read": settings.answer_timeout,
                    "write": settings.answer_timeout,
                }
            },
        )

    def _outcome(self, response: httpx2.Response, body: bytes, message: Message) -> Outcome:
        settings = self._settings
        detail = f"HTTP {response.status_code}"
        wait = retry_after(
            response.headers.get("retry-after"), at=message.at, at_most=settings.retry_after_max
        )
        document = _json(body)
        for refusal in settings.refusals:
            if one_of(at_path(document, refusal.path), refusal.values):
                return Outcome.of(refusal.reason, retry_after=wait, detail=detail)
        reason = reason_of(response.status_code, gateway=True)
        if reason is OutcomeReason.ACCEPTED and settings.success.path is not None:
            found = at_path(document, settings.success.path)
            if not one_of(found, settings.success.values):
                reason = OutcomeReason.UNREADABLE_ANSWER
        if reason is not OutcomeReason.ACCEPTED:
            waits = reason in (
                OutcomeReason.RATE_LIMITED,
                OutcomeReason.BUSY,
                OutcomeReason.SERVER_ERROR,
            )
            return Outcome.of(reason, retry_after=wait if waits else None, detail=detail)
        provider_id: Any = MISSING
        if settings.provider_id is not None:
            provider_id = at_path(document, settings.provider_id)
        return Outcome.of(
            reason,
            provider_id=str(provider_id) if isinstance(provider_id, str | int) else "",
            detail=detail,
        )

    async def aclose(self) -> None:
        """Give kept connections back."""
        await self._transport.aclose()


def _json(body: bytes) -> Any:
    """Return the decoded answer, or MISSING: then no path leads anywhere."""
    if len(body) > ANSWER_MAX:
        return MISSING
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return MISSING


def _not_connected(error: Exception) -> Outcome:
    if isinstance(error, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return Outcome.of(OutcomeReason.TIMEOUT)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Outcome.of(OutcomeReason.BAD_RELAY_CERTIFICATE)
        cause = cause.__cause__ or cause.__context__
    return Outcome.of(OutcomeReason.UNREACHABLE)
