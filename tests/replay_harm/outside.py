"""The world outside: every byte that reaches it is searched, every send is judged."""

import random  # noqa: TID251 (seeded: the same number, the same replay)
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from notifiers.channel import Capabilities
from notifiers.message import ChannelKind, Message
from notifiers.outcome import Outcome, OutcomeReason
from schemas.contact import Endpoint
from tests.replay_harm.marks import bytes_of, known_in, sealed_in
from tests.simulation.process import Process

_TEMPORARY = (OutcomeReason.BUSY, OutcomeReason.UNREACHABLE)
_UNKNOWN = (OutcomeReason.NO_ANSWER_AFTER_DATA, OutcomeReason.CONNECTION_LOST_AFTER_DATA)


@dataclass(slots=True)
class Outside:
    """Whoever stands outside reads all of it."""

    counts: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    """Where a marked word was read."""

    def reads(self, where: str, *content: object, page: bool = False) -> None:
        """Search this. On a recipient's own page names may stand, sealed words never."""
        whole = bytes_of(content)
        hits = sealed_in(whole) + (0 if page else known_in(whole))
        self.counts[f"bytes {where.partition(' ')[0]}"] += len(whole)
        if hits:
            self.counts["marks"] += hits
            self.found.append(f"{where}: {hits} marked words")


class HarmChannel:
    """The channel port of one process. What leaves is shown to `listener` with the endpoint."""

    def __init__(
        self,
        name: str,
        *,
        kind: ChannelKind,
        process: Process,
        rng: random.Random,
        listener: Callable[[Message, Endpoint], None],
    ) -> None:
        self._name = name
        self._kind = kind
        self._process = process
        self._rng = rng
        self._listener = listener

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(kind=self._kind, concurrency=4)

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        """Try once, with whatever this seed has in store."""
        faults, draw = self._process.faults, self._rng.random()
        seconds = 60.0 if self._rng.random() < faults.hang else 0.002
        if draw < faults.temporary:
            await self._process.effect("refuse", _nothing, seconds=seconds)
            return Outcome.of(self._rng.choice(_TEMPORARY))
        if draw < faults.temporary + faults.permanent:
            await self._process.effect("refuse", _nothing, seconds=seconds)
            return Outcome.of(OutcomeReason.REFUSED_ADDRESS)
        unclear = draw < faults.temporary + faults.permanent + faults.unknown
        await self._process.effect(
            f"send {endpoint.id}", lambda: self._listener(message, endpoint), seconds=seconds
        )
        return Outcome.of(self._rng.choice(_UNKNOWN) if unclear else OutcomeReason.ACCEPTED)

    async def aclose(self) -> None:
        return


class Broker:
    """The publisher port: logs that anybody may read, and of some it is known who does.

    `copied` hears of everything on a topic that is not the desk's `own`.
    """

    def __init__(
        self,
        outside: Outside,
        process: Process,
        *,
        copied: Callable[[str, bytes], None],
        own: str,
    ) -> None:
        self._outside = outside
        self._process = process
        self._copied = copied
        self._own = own

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        def take() -> None:
            self._outside.counts["kafka_records"] += 1
            self._outside.reads("kafka", topic, key, value, *headers, *headers.values())
            if topic != self._own:
                self._copied(topic, value)

        await self._process.effect("publish", take)

    async def aclose(self) -> None:
        return


class Browser:
    """The client that `page_visit` needs: an application in this process, no socket."""

    def __init__(self, app: Any, *, read: Callable[[str, bytes], None]) -> None:
        self._app = app
        self._read = read

    async def get(self, path: str) -> "Page":
        return await self._ask("GET", path, b"")

    async def post(self, path: str, data: dict[str, str]) -> "Page":
        return await self._ask("POST", path, urlencode(data).encode())

    async def send(self, path: str, body: bytes) -> "Page":
        """As a program does: JSON."""
        return await self._ask("POST", path, body, kind=b"application/json")

    async def _ask(
        self,
        method: str,
        link: str,
        body: bytes,
        *,
        kind: bytes = b"application/x-www-form-urlencoded",
    ) -> "Page":
        path = "/" + link.partition("://")[2].partition("/")[2] if "://" in link else link
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "https", "path": path, "raw_path": path.encode(), "query_string": b"",
            "root_path": "", "client": ("127.0.0.1", 1), "server": ("answer.example", 443),
            "headers": [
                (b"host", b"answer.example"),
                (b"content-type", kind),
                (b"content-length", str(len(body)).encode()),
            ],
        }  # fmt: skip
        parts: list[dict[str, Any]] = []
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return given.pop() if given else {"type": "http.disconnect"}

        async def send(part: dict[str, Any]) -> None:
            parts.append(part)

        await self._app(scope, receive, send)
        headers = b"\n".join(b": ".join(pair) for pair in parts[0].get("headers", ()))
        content = b"".join(part.get("body", b"") for part in parts)
        self._read(path, headers + b"\n" + content)
        return Page(text=content.decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came back."""

    text: str


def _nothing() -> None:
    return
