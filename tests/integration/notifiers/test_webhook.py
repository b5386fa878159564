"""Webhooks: signed notes to vetted addresses, and none to any other."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from notifiers.channel import Endpoint, OutcomeReason
from notifiers.sinks import Answer, HttpSink, Request
from notifiers.webhook.channel import WebhookChannel
from notifiers.webhook.config import WebhookSettings
from tests.harness.sinks import SIGNING_KEY, WebhookSink
from tests.integration.notifiers.servers import Authority, Script, http_reply, scripted, until
from tests.unit.notifiers.messages import AT, KEY, told

R = OutcomeReason


class Names:
    """A resolver of ours; every question is remembered."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.addresses


def _channel(names: Names | None = None, **settings: Any) -> WebhookChannel:
    given = {"signing_key": SIGNING_KEY, "connect_timeout": 1, "answer_timeout": 0.3} | settings
    return WebhookChannel(
        "webhook",
        settings=WebhookSettings.model_validate(given),
        resolve=names if names is not None else Names("127.0.0.1"),
    )


def _to(address: str) -> Endpoint:
    return Endpoint(id="e1", channel="webhook", address=address)


async def test_a_note_holds_what_a_message_may_carry_and_nothing_else() -> None:
    sink = WebhookSink()
    await sink.start()
    channel = _channel(allow_private=True)
    outcome = await channel.send(told(), _to(f"{sink.url}/hook"))
    await channel.aclose()
    await sink.stop()

    assert outcome.reason is R.ACCEPTED
    assert json.loads(sink.notes[KEY]) == {
        "reference": "7K3Q-92",
        "purpose": "tell",
        "deadline": "2027-03-02T11:00:00+00:00",
        "url": "https://desk.example/a/t0k3n",
        "code": "4821-93",
        "phone": "+00 12 34 56",
        "exercise": False,
        "language": "en",
        "text": told().body,
    }


async def test_the_signature_names_key_and_time_of_the_try() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Answer:
        seen.append(request)
        return Answer()

    sink = HttpSink(answer=answer)
    await sink.start()
    channel = _channel(allow_private=True)
    await channel.send(told(), _to(f"{sink.url}/hook?x=1"))
    await channel.aclose()
    await sink.stop()

    headers = seen[0].headers
    assert headers["webhook-id"] == KEY
    assert headers["webhook-timestamp"] == str(int(AT.timestamp()))
    assert headers["webhook-signature"].startswith("v1,")
    assert headers["host"] == f"127.0.0.1:{sink.port}"
    assert seen[0].target == "/hook?x=1"
    assert set(headers) == {
        "host",
        "content-type",
        "content-length",
        "user-agent",
        "accept-encoding",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("10.0.0.1",),
        ("169.254.169.254",),
        ("100.64.0.1",),
        ("::1",),
        ("fe80::1%lo",),
        ("::ffff:127.0.0.1",),
        ("64:ff9b::7f00:1",),
        ("2002:7f00:1::",),
        ("9.9.9.9", "127.0.0.1"),
    ],
)
async def test_a_name_that_leads_inside_is_refused_before_anything_is_opened(
    addresses: tuple[str, ...],
) -> None:
    """The loopback guard of these tests would fail any attempt to connect elsewhere."""
    names = Names(*addresses)
    outcome = await _channel(names).send(told(), _to("https://hook.ngo.example/"))

    assert outcome.reason is R.PRIVATE_ADDRESS
    assert names.asked == [("hook.ngo.example", 443)]


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "http://127.0.0.1/",
    ],
)
async def test_an_address_written_as_numbers_is_vetted_as_well(address: str) -> None:
    names = Names("9.9.9.9")
    outcome = await _channel(names).send(told(), _to(address))

    assert outcome.reason is R.PRIVATE_ADDRESS
    assert names.asked == []


@pytest.mark.parametrize(
    "address", ["https://2130706433/", "https://0x7f000001/", "https://127.1/"]
)
async def test_numbers_in_disguise_are_what_the_resolver_says(address: str) -> None:
    outcome = await _channel(Names("127.0.0.1")).send(told(), _to(address))

    assert outcome.reason is R.PRIVATE_ADDRESS


@pytest.mark.parametrize("address", ["http://hook.ngo.example/", "https://hook.ngo.example:22/"])
@pytest.mark.parametrize("allow_private", [True, False])
async def test_outside_only_https_and_its_port_will_do(address: str, allow_private: bool) -> None:
    outcome = await _channel(Names("9.9.9.9"), allow_private=allow_private).send(
        told(), _to(address)
    )

    assert outcome.reason is R.BAD_ADDRESS


async def test_a_mixed_answer_is_a_trap_even_where_private_is_allowed() -> None:
    channel = _channel(Names("127.0.0.1", "9.9.9.9"), allow_private=True)

    assert (await channel.send(told(), _to("https://h.example/"))).reason is R.PRIVATE_ADDRESS


async def test_the_address_that_was_vetted_is_the_one_we_connect_to() -> None:
    """A second look-up could give another answer (rebinding): there is none, for many messages."""
    sink = WebhookSink()
    await sink.start()
    names = Names("127.0.0.1")
    channel = _channel(names, allow_private=True)
    for number in range(5):
        address = _to(f"http://hook.ngo.example:{sink.port}/hook")
        assert (await channel.send(told(key=f"k{number}"), address)).reason is R.ACCEPTED
    await channel.aclose()
    await sink.stop()

    assert names.asked == [("hook.ngo.example", sink.port)]
    assert sink.accepted == 1


async def test_a_name_without_an_address_is_temporary() -> None:
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    channel = WebhookChannel(
        "webhook",
        settings=WebhookSettings.model_validate({"signing_key": SIGNING_KEY}),
        resolve=nowhere,
    )

    assert (await channel.send(told(), _to("https://h.example/"))).reason is R.NOT_RESOLVED
    assert (
        await _channel(Names()).send(told(), _to("https://h.example/"))
    ).reason is R.NOT_RESOLVED


async def test_a_resolver_that_never_answers_does_not_hold_the_others_up() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.get_running_loop().create_future()
        return []

    channel = WebhookChannel(
        "webhook",
        settings=WebhookSettings.model_validate(
            {"signing_key": SIGNING_KEY, "connect_timeout": 0.05}
        ),
        resolve=never,
    )

    assert (await channel.send(told(), _to("https://h.example/"))).reason is R.TIMEOUT


@pytest.mark.parametrize(
    ("name", "days", "known", "reason"),
    [
        ("hook.ngo.example", 30, True, R.ACCEPTED),
        ("hook.ngo.example", 30, False, R.BAD_CERTIFICATE),
        ("other.example", 30, True, R.BAD_CERTIFICATE),
        ("hook.ngo.example", -1, True, R.BAD_CERTIFICATE),
    ],
)
async def test_the_recipients_certificate_must_hold(
    name: str, days: int, known: bool, reason: OutcomeReason, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    context = authority.server(name, days=days)
    seen: list[Script] = []
    answer = http_reply(b"HTTP/1.1 204 x\r\n\r\n")
    async with scripted(answer, context=context, seen=seen) as port:
        settings: dict[str, Any] = {"ca_file": authority.ca_file} if known else {}
        channel = _channel(Names("127.0.0.1"), allow_private=True, **settings)
        outcome = await channel.send(told(), _to(f"https://hook.ngo.example:{port}/"))
        await channel.aclose()

    assert outcome.reason is reason
    assert known or not any(script.heard for script in seen)


async def test_connections_are_kept_and_bounded() -> None:
    sink = WebhookSink()
    await sink.start()
    channel = _channel(allow_private=True, concurrency=4)
    await asyncio.gather(
        *(channel.send(told(key=f"k{n}"), _to(f"{sink.url}/hook")) for n in range(200))
    )
    await channel.aclose()
    await sink.stop()

    assert sink.accepted <= 4
    assert sum(sink.counts.values()) == 200


async def test_a_connection_the_other_side_closed_is_not_used_again() -> None:
    sink = HttpSink(
        answer=lambda request: Answer(raw=b"HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n")
    )
    await sink.start()
    channel = _channel(allow_private=True)
    for number in range(3):
        outcome = await channel.send(told(key=f"k{number}"), _to(f"{sink.url}/hook"))
        assert outcome.reason is R.ACCEPTED
        await until(lambda: not sink.connections)
        await asyncio.sleep(0)
    await channel.aclose()
    await sink.stop()


async def test_an_idle_connection_is_given_back_after_a_while() -> None:
    sink = WebhookSink()
    await sink.start()
    channel = _channel(allow_private=True, keep_seconds=0.01)
    await channel.send(told(), _to(f"{sink.url}/hook"))
    await until(lambda: not sink.connections)
    await channel.aclose()
    await sink.stop()

    assert vars(vars(channel)["_pool"])["_idle"] == {}


async def test_an_answer_nobody_asked_for_is_not_taken_for_the_next_ones() -> None:
    """One request, two answers: the second must not make a failed message look accepted."""
    two = b"HTTP/1.1 204 x\r\n\r\nHTTP/1.1 204 x\r\n\r\n"
    seen: list[Script] = []
    async with scripted(http_reply(two), seen=seen) as port:
        channel = _channel(allow_private=True)
        for number in range(3):
            address = _to(f"http://127.0.0.1:{port}/hook")
            assert (await channel.send(told(key=f"k{number}"), address)).reason is R.ACCEPTED
        await channel.aclose()

    assert len(seen) == 3


async def test_a_send_that_is_cancelled_leaves_no_answer_behind_for_the_next() -> None:
    seen: list[Script] = []
    async with scripted(http_reply(None), seen=seen) as port:
        channel = _channel(allow_private=True, answer_timeout=30)
        address = _to(f"http://127.0.0.1:{port}/hook")
        for _ in range(2):
            seen.clear()
            sending = asyncio.create_task(channel.send(told(), address))
            await until(lambda: seen and b"\r\n\r\n" in seen[0].heard)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
        await channel.aclose()

    assert len(seen) == 1, "a connection of its own"
