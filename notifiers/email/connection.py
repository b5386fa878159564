"""One SMTP connection: opened as the settings demand, used for one mail after the other."""

import re
import ssl
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)
from pydantic import SecretStr

from notifiers.email.config import EmailSettings
from notifiers.outcome import Outcome, OutcomeReason

_QUEUED_AS = re.compile(r"queued as ([A-Za-z0-9.-]{1,64})")
_AUTH_CODES = frozenset({530, 534, 535, 538})
_CLOSING = 421


class NotOpenedError(Exception):
    """No connection as the settings demand it; nothing of the mail was sent."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one mail over one connection came to."""

    outcome: Outcome
    gone: bool = False
    """The connection was found dead before anything of the mail was sent over it."""
    usable: bool = False
    """Whether the connection may take another mail."""


class Connection:
    """Between `open` and `close`; one mail at a time."""

    def __init__(
        self,
        settings: EmailSettings,
        *,
        password: SecretStr | None,
        context: ssl.SSLContext | None,
    ) -> None:
        self._settings = settings
        self._password = password
        self._context = context
        self.mails = 0
        self.opened = False
        self._client = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=settings.domain,
            timeout=settings.connect_timeout,
            use_tls=settings.tls == "implicit",
            start_tls=False,  # done below, so that nothing is silently left out
            tls_context=context,
        )

    async def open(self) -> None:
        """Connect, encrypt and log in. Raises NotOpenedError; `close` it then."""
        try:
            await self._open()
        except (SMTPException, OSError, ValueError) as error:
            raise NotOpenedError(_not_opened(error)) from None
        self.opened = True
        self._client.timeout = self._settings.command_timeout

    async def _open(self) -> None:
        client, settings = self._client, self._settings
        await client.connect()
        encrypted = settings.tls == "implicit"
        await client.ehlo()
        if settings.tls in ("required", "opportunistic"):
            if client.supports_extension("starttls"):
                await client.starttls()
                await client.ehlo()
                encrypted = True
            elif settings.tls == "required":
                raise NotOpenedError(Outcome.of(OutcomeReason.TLS_REQUIRED, detail="no STARTTLS"))
        if settings.username is not None:
            if not encrypted:
                raise NotOpenedError(Outcome.of(OutcomeReason.TLS_REQUIRED, detail="no STARTTLS"))
            password = self._password.get_secret_value() if self._password else ""
            try:
                await client.login(settings.username, password)
            except SMTPResponseException as error:
                reason = (
                    OutcomeReason.AUTH_ERROR if error.code >= 500 else OutcomeReason.UNREACHABLE
                )
                raise NotOpenedError(Outcome.of(reason, detail=f"SMTP {error.code}")) from None
            except (SMTPServerDisconnected, SMTPTimeoutError):
                raise
            except SMTPException:
                raise NotOpenedError(
                    Outcome.of(OutcomeReason.AUTH_ERROR, detail="no AUTH offered")
                ) from None

    async def deliver(self, raw: bytes, *, sender: str, recipient: str) -> Delivery:
        """Hand one mail over. Raises nothing for what the server does."""
        reused = self.mails > 0
        self.mails += 1
        patience = self._settings.reuse_timeout if reused else self._settings.command_timeout
        try:
            await self._client.mail(sender, options=(), timeout=patience)
            await self._client.rcpt(recipient, timeout=self._settings.command_timeout)
        except (SMTPException, OSError) as error:
            outcome = _refused(error)
            code = error.code if isinstance(error, SMTPResponseException) else 0
            gone = reused and code in (0, _CLOSING)
            return Delivery(outcome=outcome, gone=gone, usable=not gone and await self._reset())
        try:
            response = await self._client.data(raw, timeout=self._settings.data_timeout)
        except SMTPResponseException as error:
            return Delivery(outcome=_refused_data(error), usable=await self._reset())
        except SMTPTimeoutError:
            return Delivery(outcome=Outcome.of(OutcomeReason.NO_ANSWER_AFTER_DATA))
        except (SMTPException, OSError):
            return Delivery(outcome=Outcome.of(OutcomeReason.CONNECTION_LOST_AFTER_DATA))
        found = _QUEUED_AS.search(response.message)
        return Delivery(
            outcome=Outcome.of(
                OutcomeReason.ACCEPTED,
                provider_id=found[1] if found else "",
                detail=f"SMTP {response.code}",
            ),
            usable=self._client.is_connected and self.mails < self._settings.per_connection,
        )

    async def _reset(self) -> bool:
        """Forget the half-done mail; says whether the connection is still good."""
        if not self._client.is_connected:
            return False
        try:
            await self._client.rset(timeout=self._settings.reuse_timeout)
        except (SMTPException, OSError):
            return False
        return self._client.is_connected

    def close(self) -> None:
        """Break the connection. Safe to call twice."""
        self._client.close()


def _not_opened(error: Exception) -> Outcome:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Outcome.of(OutcomeReason.BAD_RELAY_CERTIFICATE, detail=type(cause).__name__)
        cause = cause.__cause__
    if isinstance(error, (SMTPTimeoutError, TimeoutError)):
        return Outcome.of(OutcomeReason.TIMEOUT, detail="while connecting")
    if isinstance(error, SMTPAuthenticationError):
        return Outcome.of(OutcomeReason.AUTH_ERROR, detail=f"SMTP {error.code}")
    if isinstance(error, SMTPResponseException):
        return Outcome.of(OutcomeReason.UNREACHABLE, detail=f"SMTP {error.code}")
    if isinstance(error, (SMTPConnectError, OSError)):
        return Outcome.of(OutcomeReason.UNREACHABLE, detail="no connection")
    return Outcome.of(OutcomeReason.UNREACHABLE, detail=type(error).__name__)


def _refused(error: Exception) -> Outcome:
    """Before DATA: the mail certainly did not leave."""
    if isinstance(error, SMTPTimeoutError):
        return Outcome.of(OutcomeReason.TIMEOUT)
    if not isinstance(error, SMTPResponseException):
        return Outcome.of(OutcomeReason.UNREACHABLE, detail="connection lost before DATA")
    detail = f"SMTP {error.code}"
    if error.code in _AUTH_CODES:
        return Outcome.of(OutcomeReason.AUTH_ERROR, detail=detail)
    if 500 <= error.code < 600:
        recipient = isinstance(error, SMTPRecipientRefused)
        return Outcome.of(
            OutcomeReason.REFUSED_ADDRESS if recipient else OutcomeReason.REFUSED_MESSAGE,
            detail=detail,
        )
    if 400 <= error.code < 500:
        return Outcome.of(OutcomeReason.BUSY, detail=detail)
    return Outcome.of(OutcomeReason.UNREACHABLE, detail="not SMTP")


def _refused_data(error: SMTPResponseException) -> Outcome:
    detail = f"SMTP {error.code}"
    if 500 <= error.code < 600:
        return Outcome.of(OutcomeReason.REFUSED_MESSAGE, detail=detail)
    if 400 <= error.code < 500:
        return Outcome.of(OutcomeReason.BUSY, detail=detail)
    return Outcome.of(OutcomeReason.UNREADABLE_ANSWER, detail="not SMTP")
