"""A mail server and an SMS gateway that keep what they are given: for the demo and for tests.

Loopback only, never a way to deliver anything. Each call back happens before the sender is told
that its message was taken, so whoever stops in between has counted it. Lean on purpose: in a
benchmark they share the machine with what is measured.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

LOOPBACK = "127.0.0.1"
REQUEST_MAX = 4 * 1024 * 1024
"""Bytes of one mail or request; a sink is no place to fill the memory either."""


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
        return cast(EmailMessage, message_from_bytes(self.raw, policy=policy.default))

    @property
    def text(self) -> str:
        """The words, without the newline that ends them."""
        return str(self.parsed.get_content()).rstrip("\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text message as an SMS gateway took it."""

    key: str
    to: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a sink says to a request. `raw` is written as it is, then the connection closes."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


class _Sink:
    """A server on loopback that gives back every connection when it stops."""

    def __init__(self, *, port: int = 0) -> None:
        self._wanted_port = port
        self._server: asyncio.Server | None = None
        self.connections: set[asyncio.Transport] = set()
        self.accepted = 0
        """Connections taken since the start."""

    @property
    def port(self) -> int:
        """The port it listens on. Raises RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("start the sink first")
        return int(self._server.sockets[0].getsockname()[1])

    def _session(self) -> asyncio.Protocol:
        raise NotImplementedError

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, LOOPBACK, self._wanted_port)

    async def stop(self) -> None:
        """Stop listening and break every connection. What was taken stays."""
        if self._server is None:
            return
        self._server.close()
        for transport in list(self.connections):
            transport.abort()
        await self._server.wait_closed()
        self._server = None
        await asyncio.sleep(0)  # let the broken connections say goodbye


class _Session(asyncio.Protocol):
    def __init__(self, sink: _Sink) -> None:
        self._connected_to = sink
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._connected_to.connections.add(self.transport)
        self._connected_to.accepted += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._connected_to.connections.discard(self.transport)


class SmtpSink(_Sink):
    """Takes every mail: EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, QUIT."""

    def __init__(self, *, port: int = 0, on_mail: Callable[[Mail], None] | None = None) -> None:
        super().__init__(port=port)
        self.mails: list[Mail] = []
        self.on_mail = on_mail or self.mails.append

    def _session(self) -> asyncio.Protocol:
        return _SmtpSession(self)


class _SmtpSession(_Session):
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
        self.transport.write(b"250 2.0.0 kept\r\n")
        return True

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


class HttpSink(_Sink):
    """Answers every request with what `answer` returns."""

    def __init__(self, *, port: int = 0, answer: Callable[[Request], Answer] | None = None) -> None:
        super().__init__(port=port)
        self.requests: list[Request] = []
        self._answer = answer

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.port}"

    def answer(self, request: Request) -> Answer:
        """What to say to this request, after keeping it."""
        self.requests.append(request)
        return self._answer(request) if self._answer else Answer()

    def _session(self) -> asyncio.Protocol:
        return _HttpSession(self)


class _HttpSession(_Session):
    def __init__(self, sink: HttpSink) -> None:
        super().__init__(sink)
        self._sink = sink
        self._buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > REQUEST_MAX:
            self.transport.abort()
            return
        while not self.transport.is_closing() and self._take_request():
            pass

    def _take_request(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        first, *lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = headers.get("content-length", "0")
        if not length.isdigit():
            self.transport.abort()
            return False
        stop = end + 4 + int(length)
        if len(self._buffer) < stop:
            return False
        body = bytes(self._buffer[end + 4 : stop])
        del self._buffer[:stop]
        method, _, rest = first.partition(" ")
        answer = self._sink.answer(
            Request(method=method, target=rest.partition(" ")[0], headers=headers, body=body)
        )
        self._say(answer)
        return True

    def _say(self, answer: Answer) -> None:
        if answer.raw is not None:
            self.transport.write(answer.raw)
            self.transport.close()
            return
        extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        head = f"HTTP/1.1 {answer.status} -\r\ncontent-length: {len(answer.body)}\r\n{extra}\r\n"
        self.transport.write(head.encode("latin-1") + answer.body)


class SmsGatewaySink(HttpSink):
    """An SMS gateway: POST /messages with JSON `id`, `to`, `text`; it keeps all and sends none."""

    def __init__(self, *, port: int = 0, on_text: Callable[[Text], None] | None = None) -> None:
        super().__init__(port=port)
        self.texts: list[Text] = []
        self.on_text = on_text or self.texts.append

    def answer(self, request: Request) -> Answer:
        try:
            told = json.loads(request.body)
            text = Text(key=str(told["id"]), to=str(told["to"]), text=str(told["text"]))
        except (ValueError, KeyError, TypeError):
            return Answer(status=400, body=b'{"status":"not understood"}')
        self.on_text(text)
        body = json.dumps({"id": f"sink-{text.key}", "status": "accepted"}).encode()
        return Answer(body=body, headers={"content-type": "application/json"})

    def settings(self) -> dict[str, Any]:
        """Return the settings of an `sms` channel that sends here."""
        return {
            "kind": "sms",
            "url": f"{self.url}/messages",
            "allow_http": True,
            "body": {"id": "{key}", "to": "{to}", "text": "{text}"},
            "success": {"path": "status", "values": ["accepted"]},
            "provider_id": "id",
            "receipt": {
                "provider_id": "id",
                "status": "status",
                "delivered": ["delivered"],
                "failed": ["failed"],
            },
            "reply": {"text": "text", "sender": "from"},
        }
