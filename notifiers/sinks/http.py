"""An HTTP server that keeps requests, and an SMS gateway made of it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from notifiers.sinks.server import LOOPBACK, REQUEST_MAX, Session, Sink


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text message as an SMS gateway took it."""

    key: str
    to: str
    text: str


class HttpSink(Sink):
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
        return HttpSession(self)


class HttpSession(Session):
    """One connection to an `HttpSink`: `say` is how its answers leave."""

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
        self.say(answer)
        return True

    def say(self, answer: Answer) -> None:
        """Write one answer."""
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
        return self.settings_of(self.url)

    @staticmethod
    def settings_of(url: str) -> dict[str, Any]:
        """Return the settings of an `sms` channel that sends to the sink at this address."""
        return {
            "kind": "sms",
            "url": f"{url}/messages",
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
