"""Where test messages end up: counted by key, in this process or in one of its own.

    python -m tests.harness.sinks smtp|sms|webhook --port 0 --log FILE [--confirms-after SECONDS]

prints the port it listens on and writes one JSON line per message before the sender is told that
it was taken: what a killed sender has handed over is in the file. Ends on SIGTERM or when its
standard input, a pipe, closes, so that it never outlives the test that started it.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from engine.clock import SystemClock
from notifiers.sinks import Answer, HttpSink, Mail, Request, SmsGatewaySink, SmtpSink, Text
from notifiers.sinks.server import Sink
from notifiers.webhook.signature import verified

__all__ = ["Mail", "SmsGatewaySink", "SmtpSink", "Text", "WebhookSink", "main"]

_WALL = SystemClock()
SIGNING_KEY = "whsec_" + "a2V5IG9mIGEgdGVzdCBzaW5rLCBub3Qgc2VjcmV0"
SIGNING_KEY_BYTES = b"key of a test sink, not secret"


class WebhookSink(HttpSink):
    """A recipient's system: refuses what is not signed with `SIGNING_KEY`, counts by key."""

    def __init__(
        self, *, port: int = 0, on_note: Callable[[str, bytes], None] | None = None
    ) -> None:
        super().__init__(port=port)
        self.notes: dict[str, bytes] = {}
        self.counts: Counter[str] = Counter()
        """How often each key arrived: more than once is a nuisance, never is a miss."""
        self.on_note = on_note

    def answer(self, request: Request) -> Answer:
        key = request.headers.get("webhook-id", "")
        timestamp = request.headers.get("webhook-timestamp", "")
        if not timestamp.isdigit() or not verified(
            request.headers.get("webhook-signature", ""),
            request.body,
            key=SIGNING_KEY_BYTES,
            message_id=key,
            timestamp=int(timestamp),
        ):
            return Answer(status=401)
        if self.on_note is not None:
            self.on_note(key, request.body)
        self.counts[key] += 1
        self.notes[key] = request.body
        return Answer(status=204, body=b"")

    def settings(self) -> dict[str, object]:
        """Return the settings of a `webhook` channel that may post here, to `url`."""
        return {"kind": "webhook", "signing_key": SIGNING_KEY, "allow_private": True}


def counted(sink: SmtpSink | SmsGatewaySink | WebhookSink) -> Counter[str]:
    """How often each notification key arrived at a sink with its own list."""
    if isinstance(sink, SmtpSink):
        return Counter(mail.key for mail in sink.mails)
    if isinstance(sink, SmsGatewaySink):
        return Counter(text.key for text in sink.texts)
    return Counter(sink.counts)


def smtp_settings(sink: SmtpSink) -> dict[str, object]:
    """Return the settings of an `email` channel that sends to this sink."""
    return {
        "kind": "email",
        "host": "127.0.0.1",
        "port": sink.port,
        "tls": "off",
        "sender": "desk@tocsin.example",
    }


def _logged(kind: str, *, port: int, log: TextIO, confirms_after: float) -> Sink:
    def line(key: str, to: str, text: str) -> None:
        at = _WALL.now().timestamp()
        log.write(json.dumps({"key": key, "to": to, "at": at, "text": text}) + "\n")
        log.flush()

    if kind == "smtp":
        return SmtpSink(
            port=port,
            on_mail=lambda mail: line(mail.key, mail.recipients[0], mail.text),
            confirms_after=confirms_after,
        )
    if kind == "sms":
        return SmsGatewaySink(port=port, on_text=lambda text: line(text.key, text.to, text.text))
    return WebhookSink(
        port=port, on_note=lambda key, body: line(key, "", body.decode("utf-8", "replace"))
    )


async def _serve(kind: str, *, port: int, log: TextIO, confirms_after: float) -> None:
    sink = _logged(kind, port=port, log=log, confirms_after=confirms_after)
    await sink.start()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    reader = asyncio.StreamReader()
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    closed = asyncio.create_task(reader.read())
    closed.add_done_callback(lambda _: ended.set())
    print(sink.port, flush=True)
    await ended.wait()
    pipe.close()
    await sink.stop()


def main(arguments: list[str] | None = None) -> None:
    """Run one sink until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m tests.harness.sinks", description=__doc__)
    parser.add_argument("kind", choices=["smtp", "sms", "webhook"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--confirms-after", type=float, default=0.0, help="of smtp; seconds")
    given = parser.parse_args(arguments)
    with given.log.open("a", encoding="utf-8") as log:
        asyncio.run(
            _serve(given.kind, port=given.port, log=log, confirms_after=given.confirms_after)
        )


if __name__ == "__main__":
    main()
