"""What every channel owes, whatever it speaks: one suite, all channels, real local servers."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from notifiers.channel import Channel, Endpoint, Message, Outcome, OutcomeReason, OutcomeState
from notifiers.registry import build_channels
from notifiers.render import plain
from notifiers.sinks import SmsGatewaySink, SmtpSink
from tests.harness.sinks import SIGNING_KEY, WebhookSink, counted, smtp_settings
from tests.integration.notifiers.servers import Script, http_reply, judge, scripted, smtp_reply
from tests.unit.notifiers.messages import naughty_strings, saying, told

SECRET = "c2VjcmV0LW5vYm9keS1tYXktc2Vl"
QUICK = {"connect_timeout": 0.5, "answer_timeout": 0.2}
R, S = OutcomeReason, OutcomeState
Hop = AbstractAsyncContextManager[int]


@dataclass(frozen=True)
class Rig:
    """One channel, how to point it at a port of ours, and an address nobody else has."""

    kind: str
    settings: Callable[[int], dict[str, Any]]
    address: Callable[[int], str]
    ways: dict[str, tuple[Callable[[], Hop], OutcomeReason]]

    @asynccontextmanager
    async def channel(self, port: int) -> AsyncIterator[Channel]:
        channels = build_channels({self.kind: self.settings(port)})
        try:
            yield channels.get(self.kind)
        finally:
            await channels.aclose()

    def endpoint(self, port: int) -> Endpoint:
        return Endpoint(id="e1", channel=self.kind, address=self.address(port))

    async def send(self, message: Message, port: int) -> Outcome:
        async with self.channel(port) as channel:
            return await channel.send(message, self.endpoint(port))


class Says:
    """An aiosmtpd handler that answers one command its own way."""

    def __init__(self, **answers: str) -> None:
        self._answers = answers
        self.contents: list[bytes] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._answers.get("rcpt", "250 ok")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.contents.append(envelope.content)
        return self._answers.get("data", "250 2.0.0 ok: queued as 4F2M9")


def _http(status: int, *, body: bytes = b"{}", headers: str = "") -> Callable[[], Hop]:
    answer = f"HTTP/1.1 {status} x\r\ncontent-length: {len(body)}\r\n{headers}\r\n".encode() + body
    return lambda: scripted(http_reply(answer))


HTML = b"<html>not what you think</html>"
OK_SMS = b'{"status":"accepted","id":"g-1"}'
METADATA = "location: http://169.254.169.254/latest/meta-data/\r\n"

EMAIL = Rig(
    kind="email",
    settings=lambda port: {
        "kind": "email",
        "host": "127.0.0.1",
        "port": port,
        "tls": "off",
        "sender": "desk@tocsin.example",
        "connect_timeout": 0.5,
        "command_timeout": 0.3,
        "data_timeout": 0.2,
    },
    address=lambda port: "desk@embassy.example",
    ways={
        "accepts": (lambda: judge(Says()), R.ACCEPTED),
        "asks to come back later": (lambda: judge(Says(rcpt="451 4.7.1 greylisted")), R.BUSY),
        "is too full for data": (lambda: judge(Says(data="452 4.3.1 no space")), R.BUSY),
        "knows nobody of this name": (
            lambda: judge(Says(rcpt="550 5.1.1 <desk@embassy.example> unknown")),
            R.REFUSED_ADDRESS,
        ),
        "refuses the message": (lambda: judge(Says(data="554 5.7.1 no")), R.REFUSED_MESSAGE),
        "refuses the sender": (
            lambda: scripted(smtp_reply(MAIL=b"553 no\r\n"), greeting=b"220 hi\r\n"),
            R.REFUSED_MESSAGE,
        ),
        "wants us to log in": (
            lambda: scripted(smtp_reply(MAIL=b"530 log in\r\n"), greeting=b"220 hi\r\n"),
            R.AUTH_ERROR,
        ),
        "is closing": (
            lambda: scripted(smtp_reply(MAIL=b"421 bye\r\n"), greeting=b"220 hi\r\n"),
            R.BUSY,
        ),
        "is not open for business": (
            lambda: scripted(smtp_reply(), greeting=b"554 no service\r\n"),
            R.UNREACHABLE,
        ),
        "never greets": (lambda: scripted(smtp_reply()), R.TIMEOUT),
        "falls silent before data": (
            lambda: scripted(smtp_reply(RCPT=None), greeting=b"220 hi\r\n"),
            R.TIMEOUT,
        ),
        "hangs up before data": (
            lambda: scripted(smtp_reply(RCPT=b""), greeting=b"220 hi\r\n"),
            R.UNREACHABLE,
        ),
        "falls silent after data": (
            lambda: scripted(smtp_reply(data=None), greeting=b"220 hi\r\n"),
            R.NO_ANSWER_AFTER_DATA,
        ),
        "hangs up after data": (
            lambda: scripted(smtp_reply(data=b""), greeting=b"220 hi\r\n"),
            R.CONNECTION_LOST_AFTER_DATA,
        ),
        "answers nonsense after data": (
            lambda: scripted(smtp_reply(data=b"hello there\r\n"), greeting=b"220 hi\r\n"),
            R.UNREADABLE_ANSWER,
        ),
        "is no mail server": (
            lambda: scripted(smtp_reply(), greeting=b"HTTP/1.1 400 Bad\r\n\r\n"),
            R.UNREACHABLE,
        ),
    },
)

_BOTH_HTTP: dict[str, tuple[Callable[[], Hop], OutcomeReason]] = {
    "asks to come back later": (_http(408), R.BUSY),
    "has had enough of us": (_http(429, headers="retry-after: 7\r\n"), R.RATE_LIMITED),
    "is broken": (_http(500, body=HTML), R.SERVER_ERROR),
    "is down for repair": (_http(503, headers="retry-after: 7\r\n"), R.SERVER_ERROR),
    "does not like the message": (_http(422), R.REFUSED_MESSAGE),
    "sends us to the cloud's metadata": (_http(302, headers=METADATA), R.REDIRECT),
    "sends us to the cloud's metadata for good": (_http(308, headers=METADATA), R.REDIRECT),
    "falls silent after data": (lambda: scripted(http_reply(None)), R.NO_ANSWER_AFTER_DATA),
    "hangs up after data": (lambda: scripted(http_reply(b"")), R.CONNECTION_LOST_AFTER_DATA),
}

SMS = Rig(
    kind="sms",
    settings=lambda port: (
        {
            "kind": "sms",
            "url": f"http://127.0.0.1:{port}/send",
            "allow_http": True,
            "token": SECRET,
            "headers": {"X-Api-Key": "{token}"},
            "body": {"to": "{to}", "messages": [{"text": "{text}", "ref": "{key}"}]},
            "success": {"path": "status", "values": ["accepted"]},
            "refusals": [
                {"path": "error.code", "values": [21211], "reason": "refused_address"},
                {"path": "error.code", "values": ["credit"], "reason": "auth_error"},
            ],
            "provider_id": "id",
        }
        | QUICK
    ),
    address=lambda port: "+49301234567",
    ways=_BOTH_HTTP
    | {
        "accepts": (_http(200, body=OK_SMS), R.ACCEPTED),
        "does not know our key": (_http(401), R.AUTH_ERROR),
        "knows nobody of this number": (
            _http(200, body=b'{"error":{"code":21211}}'),
            R.REFUSED_ADDRESS,
        ),
        "says that our credit is used up": (
            _http(400, body=b'{"error":{"code":"credit"}}'),
            R.AUTH_ERROR,
        ),
        "says ok and means something else": (
            _http(200, body=b'{"status":"perhaps"}'),
            R.UNREADABLE_ANSWER,
        ),
        "answers no JSON": (_http(200, body=HTML), R.UNREADABLE_ANSWER),
        "answers JSON too deep": (_http(200, body=b"[" * 50_000), R.UNREADABLE_ANSWER),
        "answers without end": (
            lambda: scripted(
                http_reply(b"HTTP/1.1 200 x\r\ncontent-length: 1000000000\r\n\r\n" + b"x" * 200_000)
            ),
            R.UNREADABLE_ANSWER,
        ),
        "answers no HTTP": (
            lambda: scripted(http_reply(b"220 mail.example\r\n\r\n")),
            R.CONNECTION_LOST_AFTER_DATA,
        ),
    },
)

WEBHOOK = Rig(
    kind="webhook",
    settings=lambda port: (
        {"kind": "webhook", "signing_key": SIGNING_KEY, "allow_private": True} | QUICK
    ),
    address=lambda port: f"http://127.0.0.1:{port}/hook?token={SECRET}",
    ways=_BOTH_HTTP
    | {
        "accepts": (_http(204, body=b""), R.ACCEPTED),
        "does not accept our signature": (_http(401), R.REFUSED_MESSAGE),
        "is gone": (_http(410), R.REFUSED_ADDRESS),
        "answers no JSON": (_http(200, body=HTML), R.ACCEPTED),
        "answers without end": (
            lambda: scripted(
                http_reply(b"HTTP/1.1 200 x\r\ncontent-length: 1000000000\r\n\r\n" + b"x" * 200_000)
            ),
            R.ACCEPTED,
        ),
        "begins an answer and stops": (
            lambda: scripted(http_reply(b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\nx")),
            R.ACCEPTED,
        ),
        "answers by bits and pieces": (
            lambda: scripted(
                http_reply(
                    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 x\r\n"
                    b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
                )
            ),
            R.ACCEPTED,
        ),
        "answers no HTTP": (
            lambda: scripted(http_reply(b"220 mail.example\r\n\r\n")),
            R.UNREADABLE_ANSWER,
        ),
        "answers with a header that never ends": (
            lambda: scripted(http_reply(b"HTTP/1.1 200 x\r\nx: " + b"y" * 100_000)),
            R.UNREADABLE_ANSWER,
        ),
    },
)

RIGS = (EMAIL, SMS, WEBHOOK)
WAYS = [(rig, way) for rig in RIGS for way in rig.ways]


@pytest.mark.parametrize(("rig", "way"), WAYS, ids=[f"{r.kind} {w}" for r, w in WAYS])
async def test_whatever_the_next_hop_does_is_an_outcome_and_tells_no_secret(
    rig: Rig, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hop, reason = rig.ways[way]

    async with hop() as port:
        outcome = await rig.send(told(), port)

    assert outcome.reason is reason
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    shown = " ".join([repr(outcome), *ours])  # "mail.log" is the judge's own
    for hidden in (SECRET, "embassy.example", "301234567", "4821-93", "t0k3n"):
        assert hidden not in shown


@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: rig.kind)
async def test_a_message_that_may_have_left_is_unknown_and_never_failed(rig: Rig) -> None:
    for way in ("falls silent after data", "hangs up after data"):
        async with rig.ways[way][0]() as port:
            assert (await rig.send(told(), port)).state is S.UNKNOWN


@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: rig.kind)
async def test_nobody_at_home_is_temporary(rig: Rig) -> None:
    async with scripted(lambda turn: b"") as port:
        pass

    outcome = await rig.send(told(), port)

    assert (outcome.reason, outcome.state) == (R.UNREACHABLE, S.FAILED_TEMPORARY)


@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: rig.kind)
async def test_an_address_that_is_none_is_refused_before_anything_is_opened(rig: Rig) -> None:
    seen: list[Script] = []
    async with scripted(lambda turn: b"", seen=seen) as port, rig.channel(port) as channel:
        naughty = [text for text in naughty_strings() if not text.startswith("http")]
        for bad in ["", "a@b.example,c@d.example", "+49 30, +49 31", "\r\n", *naughty]:
            endpoint = Endpoint(id="e", channel=rig.kind, address=bad)
            assert (await channel.send(told(), endpoint)).reason is R.BAD_ADDRESS

    assert not seen


@pytest.mark.parametrize("rig", [SMS, WEBHOOK], ids=lambda rig: rig.kind)
@pytest.mark.parametrize(
    ("status", "asked", "waits"),
    [(429, "7", 7.0), (503, "7", 7.0), (429, "86400", 900.0), (429, "soon", None), (500, "", None)],
)
async def test_we_wait_as_told_and_never_for_a_day(
    rig: Rig, status: int, asked: str, waits: float | None
) -> None:
    async with _http(status, headers=f"retry-after: {asked}\r\n" if asked else "")() as port:
        outcome = await rig.send(told(), port)

    assert outcome.state is S.FAILED_TEMPORARY
    assert outcome.retry_after == waits


@dataclass(frozen=True)
class Arrivals:
    """A channel, one recipient on it, and what arrived there."""

    channel: Channel
    endpoint: Endpoint
    texts: Callable[[], list[str]]
    keys: Callable[[], Counter[str]]

    async def send(self, message: Message) -> Outcome:
        return await self.channel.send(message, self.endpoint)


@asynccontextmanager
async def _arriving(kind: str, folder: Path) -> AsyncIterator[Arrivals]:
    smtp, sms, webhook = SmtpSink(), SmsGatewaySink(), WebhookSink()
    for sink in (smtp, sms, webhook):
        await sink.start()
    settings, address, texts, keys = {
        "email": (
            smtp_settings(smtp),
            "desk@embassy.example",
            lambda: [mail.text for mail in smtp.mails],
            lambda: counted(smtp),
        ),
        "sms": (
            sms.settings() | {"segments_max": 10},
            "+49301234567",
            lambda: [text.text for text in sms.texts],
            lambda: counted(sms),
        ),
        "webhook": (
            webhook.settings(),
            f"{webhook.url}/hook",
            lambda: [json.loads(note)["text"] for note in webhook.notes.values()],
            lambda: counted(webhook),
        ),
        "outbox": (
            {"kind": "outbox", "folder": str(folder)},
            "desk",
            lambda: [
                file.read_text("utf-8").partition("\n\n")[2].removesuffix("\n")
                for file in sorted(folder.iterdir())
            ],
            lambda: Counter(file.stem for file in folder.iterdir()),
        ),
    }[kind]
    channels = build_channels({kind: settings})
    try:
        yield Arrivals(
            channel=channels.get(kind),
            endpoint=Endpoint(id="e", channel=kind, address=address),
            texts=texts,
            keys=keys,
        )
    finally:
        await channels.aclose()
        for sink in (smtp, sms, webhook):
            await sink.stop()


KINDS = ("email", "sms", "webhook", "outbox")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_arrives_under_its_key(kind: str, tmp_path: Path) -> None:
    async with _arriving(kind, tmp_path) as here:
        message = told(here.channel.capabilities.kind)
        outcome = await here.send(message)

        assert outcome.state is S.HANDED_OFF
        assert here.texts() == [message.body]
        assert here.keys() == {message.key: 1}


@pytest.mark.parametrize("kind", KINDS)
async def test_many_at_once_all_arrive_once(kind: str, tmp_path: Path) -> None:
    async with _arriving(kind, tmp_path) as here:
        outcomes = await asyncio.gather(*(here.send(told(key=f"k{n}")) for n in range(100)))

        assert {outcome.state for outcome in outcomes} == {S.HANDED_OFF}
        assert here.keys() == {f"k{n}": 1 for n in range(100)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "long " * 2000,
        "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 abc",
        ".\n..\n.",
        "€" * 60,
    ],
    ids=["long", "right to left", "dots", "euros"],
)
async def test_any_text_arrives_as_it_is_or_by_its_beginning(
    kind: str, text: str, tmp_path: Path
) -> None:
    async with _arriving(kind, tmp_path) as here:
        assert (await here.send(saying(text))).state is S.HANDED_OFF

        arrived = here.texts()[0]
        assert text.startswith(arrived)
        if kind != "sms":
            assert arrived == text.rstrip("\n")


@pytest.mark.parametrize("kind", KINDS)
async def test_naughty_strings_arrive_as_themselves(kind: str, tmp_path: Path) -> None:
    """As `plain` leaves them: no such text can be in a message, and if it were, it does nothing."""
    strings = [plain(naughty) for naughty in naughty_strings()]
    async with _arriving(kind, tmp_path) as here:
        for number, text in enumerate(strings):
            outcome = await here.send(saying(text, key=f"k{number:04}"))
            assert outcome.state is S.HANDED_OFF

        assert here.keys() == {f"k{number:04}": 1 for number in range(len(strings))}
        for text, arrived in zip(strings, here.texts(), strict=True):
            assert arrived == text.rstrip("\n") or (kind == "sms" and text.startswith(arrived))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_that_contradicts_itself_never_becomes_a_header(
    kind: str, tmp_path: Path
) -> None:
    async with _arriving(kind, tmp_path) as here:
        outcome = await here.send(saying("text", subject="a\r\nBcc: spy@evil.example"))

        if kind == "email":
            assert outcome.reason is R.UNSAFE_MESSAGE
            assert here.texts() == []
        else:
            assert outcome.state is S.HANDED_OFF


@pytest.mark.parametrize("kind", KINDS)
async def test_a_channel_says_what_it_can(kind: str, tmp_path: Path) -> None:
    async with _arriving(kind, tmp_path) as here:
        can = here.channel.capabilities

        assert here.channel.name == kind == can.kind.value
        assert can.concurrency >= 1
        assert can.list_safe is (kind != "email"), "behind a mail address may be a list"
        assert can.replies is can.receipts is (kind == "sms")
