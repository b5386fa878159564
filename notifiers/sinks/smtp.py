"""A mail server that takes everything and delivers nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from notifiers.sinks.server import REQUEST_MAX, Session, Sink


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)

    @property
    def key(self) -> str:
        """The notification key, from the Message-ID."""
        for line in self.raw.split(b"\r\n"):
            if line[:11].lower() == b"message-id:":
                return line[11:].strip(b" <>").partition(b"@")[0].decode("ascii", "replace")
            if not line:
                break
        return ""

    @property
    def parsed(self) -> EmailMessage:
        """Headers and body as a mail program reads them."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        """The words, lines ended by a single newline, the last by none."""
        return str(self.parsed.get_content()).replace("\r\n", "\n").rstrip("\n")


class SmtpSink(Sink):
    """Takes every mail: EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, QUIT.

    `confirms_after`: seconds between having a mail and saying so, as a busy provider takes.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        on_mail: Callable[[Mail], None] | None = None,
        confirms_after: float = 0.0,
    ) -> None:
        super().__init__(port=port)
        self.confirms_after = confirms_after
        self.mails: list[Mail] = []
        self.on_mail = on_mail or self.mails.append

    def _session(self) -> asyncio.Protocol:
        return _SmtpSession(self)


class _SmtpSession(Session):
    def __init__(self, sink: SmtpSink) -> None:
        super().__init__(sink)
        self._sink = sink
        self._buffer = bytearray()
        self._in_data = False
        self._sender = ""
        self._recipients: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.write(b"220 sink.example ready\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > REQUEST_MAX:
            self.transport.abort()
            return
        while self._take_mail() if self._in_data else self._take_line():
            pass

    def _take_mail(self) -> bool:
        if self._buffer.startswith(b".\r\n"):
            end, body = 0, b""
        else:
            end = self._buffer.find(b"\r\n.\r\n")
            if end < 0:
                return False
            body = bytes(self._buffer[: end + 2])
            end += 2
        del self._buffer[: end + 3]
        self._in_data = False
        if body.startswith(b"."):
            body = body[1:]
        mail = Mail(
            sender=self._sender,
            recipients=tuple(self._recipients),
            raw=body.replace(b"\r\n..", b"\r\n."),
        )
        self._forget()
        self._sink.on_mail(mail)
        if self._sink.confirms_after:
            asyncio.get_running_loop().call_later(self._sink.confirms_after, self._confirm)
        else:
            self._confirm()
        return True

    def _confirm(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"250 2.0.0 kept\r\n")

    def _take_line(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:end]).decode("utf-8", "replace")
        del self._buffer[: end + 2]
        self.transport.write(self._reply(line))
        return not self.transport.is_closing()

    def _reply(self, line: str) -> bytes:
        verb = line[:4].upper()
        if verb == "EHLO":
            self._forget()
            return b"250-sink.example\r\n250-8BITMIME\r\n250 SIZE %d\r\n" % REQUEST_MAX
        if verb == "HELO":
            self._forget()
            return b"250 sink.example\r\n"
        if verb == "MAIL":
            self._forget()
            self._sender = _between_brackets(line)
            return b"250 2.1.0 sender ok\r\n"
        if verb == "RCPT":
            self._recipients.append(_between_brackets(line))
            return b"250 2.1.5 recipient ok\r\n"
        if verb == "DATA":
            if not self._recipients:
                return b"503 5.5.1 say RCPT first\r\n"
            self._in_data = True
            return b"354 end with a line that is a dot\r\n"
        if verb in ("RSET", "NOOP"):
            if verb == "RSET":
                self._forget()
            return b"250 2.0.0 ok\r\n"
        if verb == "QUIT":
            self.transport.write(b"221 2.0.0 goodbye\r\n")
            self.transport.close()
            return b""
        return b"502 5.5.2 not known here\r\n"

    def _forget(self) -> None:
        self._sender = ""
        self._recipients = []


def _between_brackets(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]
