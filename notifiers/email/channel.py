"""The e-mail channel: a mail per recipient over a small pool of kept connections."""

import asyncio
import ssl

from notifiers.channel import Capabilities, ChannelKind, Message, Outcome, OutcomeReason
from notifiers.email.address import one_address
from notifiers.email.config import EmailSettings
from notifiers.email.connection import Connection, Delivery, NotOpenedError
from notifiers.email.letter import Letterhead, UnsafeMailError
from schemas.contact import Endpoint


class EmailChannel:
    """Hands mails to one SMTP server. Belongs to one event loop."""

    def __init__(self, name: str, *, settings: EmailSettings) -> None:
        """Raises ValueError when a secret or the certificate authority cannot be read."""
        self._name = name
        self._settings = settings
        self._password = settings.secret("password")
        self._context = _context(settings)
        self._letterhead = Letterhead(
            sender=settings.sender, sender_name=settings.sender_name, domain=settings.domain
        )
        self._slots = asyncio.Semaphore(settings.pool_size)
        self._idle: list[Connection] = []

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(kind=ChannelKind.EMAIL, concurrency=self._settings.pool_size)

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        """Hand one mail to the server, over a kept connection where there is one.

        A kept connection that turns out dead before DATA is replaced within the same try: nothing
        was sent over it, and after a quiet night every kept connection is dead.
        """
        try:
            recipient = one_address(endpoint.address)
        except ValueError:
            return Outcome.of(OutcomeReason.BAD_ADDRESS)
        try:
            raw = self._letterhead.write(message, recipient=recipient)
        except (UnsafeMailError, UnicodeError):
            return Outcome.of(OutcomeReason.UNSAFE_MESSAGE)
        async with self._slots:
            if self._idle:
                delivery = await self._over(self._idle.pop(), raw, recipient=recipient)
                if not delivery.gone:
                    return delivery.outcome
                await self.aclose()  # where one kept connection died, the others did
            return (await self._over(self._connection(), raw, recipient=recipient)).outcome

    async def _over(self, connection: Connection, raw: bytes, *, recipient: str) -> Delivery:
        kept = False
        try:
            if not connection.opened:
                await connection.open()
            delivery = await connection.deliver(
                raw,
                sender=self._settings.bounce_to or self._settings.sender,
                recipient=recipient,
            )
            if delivery.usable:
                self._idle.append(connection)
                kept = True
            return delivery
        except NotOpenedError as error:
            return Delivery(outcome=error.outcome)
        finally:  # also when cancelled: nobody else may find it in the middle of a mail
            if not kept:
                connection.close()

    def _connection(self) -> Connection:
        return Connection(self._settings, password=self._password, context=self._context)

    async def aclose(self) -> None:
        """Break the idle connections."""
        while self._idle:
            self._idle.pop().close()


def _context(settings: EmailSettings) -> ssl.SSLContext | None:
    if settings.tls == "off":
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"ca_file cannot be used: {type(error).__name__}") from None
