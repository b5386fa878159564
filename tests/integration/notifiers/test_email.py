"""E-mail to real servers: encryption, passwords, kept connections, and what an odd relay does."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from notifiers.channel import Endpoint, OutcomeReason
from notifiers.email.channel import EmailChannel
from notifiers.email.config import EmailSettings
from notifiers.sinks import SmtpSink
from tests.harness.sinks import counted
from tests.integration.notifiers.servers import (
    Authority,
    Script,
    judge,
    scripted,
    smtp_reply,
    until,
)
from tests.unit.notifiers.messages import KEY, told

R = OutcomeReason
TO = Endpoint(id="e1", channel="email", address="desk@embassy.example")
GREETING = b"220 hi\r\n"


class Inbox:
    """An aiosmtpd handler that keeps envelopes."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.encrypted: list[bool] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 2.0.0 ok: queued as 4F2M9"


def _channel(port: int, **settings: Any) -> EmailChannel:
    given = {"host": "localhost", "port": port, "tls": "off", "sender": "desk@tocsin.example"}
    quick = {
        "connect_timeout": 1,
        "command_timeout": 0.3,
        "data_timeout": 0.3,
        "reuse_timeout": 0.2,
    }
    return EmailChannel("email", settings=EmailSettings.model_validate(given | quick | settings))


async def test_the_judge_reads_one_mail_for_one_recipient() -> None:
    inbox = Inbox()
    async with judge(inbox) as port:
        channel = _channel(port, bounce_to="bounces@tocsin.example")
        outcome = await channel.send(told(), TO)
        await channel.aclose()

    assert outcome.provider_id == "4F2M9"
    (envelope,) = inbox.envelopes
    assert envelope.rcpt_tos == ["desk@embassy.example"]
    assert envelope.mail_from == "bounces@tocsin.example"
    assert f"Message-ID: <{KEY}@tocsin.example>".encode() in envelope.content
    assert b"Bcc" not in envelope.content


async def test_our_machines_name_is_not_told_to_the_relay() -> None:
    seen: list[Script] = []
    async with scripted(smtp_reply(), greeting=GREETING, seen=seen) as port:
        channel = _channel(port)
        await channel.send(told(), TO)
        await channel.aclose()

    assert seen[0].heard.startswith(b"EHLO tocsin.example\r\n")


@pytest.mark.parametrize("tls", ["required", "opportunistic"])
async def test_mail_is_encrypted_where_the_server_can(tls: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    inbox = Inbox()
    async with judge(inbox, tls_context=authority.server("localhost")) as port:
        channel = _channel(port, tls=tls, ca_file=authority.ca_file)
        outcome = await channel.send(told(), TO)
        await channel.aclose()

    assert outcome.reason is R.ACCEPTED
    assert inbox.encrypted == [True]


async def test_encryption_from_the_first_byte(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.server("localhost")
    async with scripted(smtp_reply(), greeting=GREETING, context=context) as port:
        channel = _channel(port, tls="implicit", ca_file=authority.ca_file)
        outcome = await channel.send(told(), TO)
        await channel.aclose()

    assert outcome.reason is R.ACCEPTED


async def test_a_stripped_starttls_sends_nothing() -> None:
    """Somebody on the way took the offer out. Required means required."""
    seen: list[Script] = []
    async with scripted(smtp_reply(), greeting=GREETING, seen=seen) as port:
        channel = _channel(port, tls="required")
        outcome = await channel.send(told(), TO)

    assert outcome.reason is R.TLS_REQUIRED
    assert b"MAIL" not in seen[0].heard


async def test_without_an_offer_opportunistic_goes_in_clear_but_no_password_does() -> None:
    seen: list[Script] = []
    async with scripted(smtp_reply(), greeting=GREETING, seen=seen) as port:
        plain = _channel(port, tls="opportunistic")
        assert (await plain.send(told(), TO)).reason is R.ACCEPTED
        named = _channel(port, tls="opportunistic", username="desk", password="hunter2-secret")
        outcome = await named.send(told(), TO)
        await plain.aclose()

    assert outcome.reason is R.TLS_REQUIRED
    assert b"AUTH" not in seen[1].heard and b"MAIL" not in seen[1].heard


@pytest.mark.parametrize("tls", ["required", "opportunistic"])
@pytest.mark.parametrize("case", ["stranger", "other name", "expired"])
async def test_a_certificate_that_does_not_hold_sends_nothing(
    tls: str, case: str, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ours, theirs = Authority(tmp_path / "a"), Authority(tmp_path / "b")
    context = {
        "stranger": lambda: theirs.server("localhost"),
        "other name": lambda: ours.server("other.example"),
        "expired": lambda: ours.server("localhost", days=-1),
    }[case]()
    inbox = Inbox()
    async with judge(inbox, tls_context=context) as port:
        channel = _channel(port, tls=tls, ca_file=ours.ca_file)
        outcome = await channel.send(told(), TO)

    assert outcome.reason is R.BAD_RELAY_CERTIFICATE
    assert inbox.envelopes == []


@pytest.mark.parametrize(("known", "reason"), [(True, R.ACCEPTED), (False, R.AUTH_ERROR)])
async def test_a_password_opens_the_relay_or_the_channel_is_at_fault(
    known: bool, reason: OutcomeReason, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    authority = Authority(tmp_path)
    secret = tmp_path / "password"
    secret.write_text("hunter2-secret\n", "utf-8")
    inbox = Inbox()
    async with judge(
        inbox,
        tls_context=authority.server("localhost"),
        auth_required=True,
        authenticator=lambda *_: AuthResult(success=known, handled=False),
    ) as port:
        channel = _channel(
            port,
            tls="required",
            ca_file=authority.ca_file,
            username="desk",
            password_file=secret,
        )
        outcome = await channel.send(told(), TO)
        await channel.aclose()

    assert outcome.reason is reason
    assert len(inbox.envelopes) == known
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert "hunter2" not in repr(outcome) + repr(vars(channel)) + "".join(ours)


async def test_connections_are_kept_and_bounded() -> None:
    sink = SmtpSink()
    await sink.start()
    channel = _channel(sink.port, pool_size=3)

    outcomes = await asyncio.gather(*(channel.send(told(key=f"k{n}"), TO) for n in range(60)))
    await channel.aclose()
    await sink.stop()

    assert {outcome.reason for outcome in outcomes} == {R.ACCEPTED}
    assert sink.accepted == 3
    assert set(counted(sink).values()) == {1}


async def test_a_connection_retires_before_the_relay_minds() -> None:
    sink = SmtpSink()
    await sink.start()
    channel = _channel(sink.port, pool_size=1, per_connection=10)

    for number in range(25):
        assert (await channel.send(told(key=f"k{number}"), TO)).reason is R.ACCEPTED
    await channel.aclose()
    await sink.stop()

    assert sink.accepted == 3


async def test_after_a_quiet_night_the_first_mail_leaves_at_once() -> None:
    """Every kept connection is dead by then; nothing was sent over it, so a new one is opened."""
    sink = SmtpSink()
    await sink.start()
    port = sink.port
    channel = _channel(port)
    await channel.send(told(key="evening"), TO)
    await sink.stop()
    again = SmtpSink(port=port)
    await again.start()

    outcome = await channel.send(told(key="night"), TO)
    await channel.aclose()
    await again.stop()

    assert outcome.reason is R.ACCEPTED
    assert counted(again) == {"night": 1}


@pytest.mark.parametrize("dead", [b"421 idle too long\r\n", None, b""])
async def test_a_kept_connection_that_is_half_dead_is_replaced_too(dead: bytes | None) -> None:
    """Said goodbye, fell silent, or broke at the second MAIL."""
    mails = 0

    def reply(turn: bytes) -> bytes | None:
        nonlocal mails
        if turn.startswith(b"MAIL"):
            mails += 1
            if mails == 2:
                return dead
        return smtp_reply()(turn)

    seen: list[Script] = []
    async with scripted(reply, greeting=GREETING, seen=seen) as port:
        channel = _channel(port)
        first = await channel.send(told(key="evening"), TO)
        second = await channel.send(told(key="night"), TO)
        await channel.aclose()

    assert (first.reason, second.reason) == (R.ACCEPTED, R.ACCEPTED)
    assert len(seen) == 2


async def test_a_refused_recipient_does_not_spoil_the_connection_for_the_next() -> None:
    refused = False

    def reply(turn: bytes) -> bytes | None:
        nonlocal refused
        if turn.startswith(b"RCPT") and not refused:
            refused = True
            return b"550 5.1.1 nobody\r\n"
        return smtp_reply()(turn)

    seen: list[Script] = []
    async with scripted(reply, greeting=GREETING, seen=seen) as port:
        channel = _channel(port)
        first = await channel.send(told(), TO)
        second = await channel.send(told(), TO)
        await channel.aclose()

    assert (first.reason, second.reason) == (R.REFUSED_ADDRESS, R.ACCEPTED)
    assert len(seen) == 1
    assert b"RSET" in seen[0].heard


async def test_a_send_that_is_cancelled_leaves_no_connection_in_the_middle_of_a_mail() -> None:
    seen: list[Script] = []
    async with scripted(smtp_reply(data=None), greeting=GREETING, seen=seen) as port:
        channel = _channel(port, data_timeout=30, pool_size=1)
        sending = asyncio.create_task(channel.send(told(key="cancelled"), TO))
        await until(lambda: seen and seen[0].heard.endswith(b"\r\n.\r\n"))
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        other = asyncio.create_task(channel.send(told(key="next"), TO))
        await until(lambda: len(seen) > 1 and seen[1].heard.endswith(b"\r\n.\r\n"))
        other.cancel()
        with pytest.raises(asyncio.CancelledError):
            await other

    assert b"<next@tocsin.example>" not in seen[0].heard
    assert b"<next@tocsin.example>" in seen[1].heard


async def test_a_sink_is_read_as_the_judge_would() -> None:
    """Our own sink agrees with an independent server about what was sent."""
    inbox, sink = Inbox(), SmtpSink()
    await sink.start()
    async with judge(inbox) as port:
        for at in (port, sink.port):
            channel = _channel(at)
            await channel.send(told(), TO)
            await channel.aclose()
    await sink.stop()

    assert sink.mails[0].raw == inbox.envelopes[0].content
    assert sink.mails[0].recipients == ("desk@embassy.example",)


def test_tls_is_not_older_than_twelve_years() -> None:
    channel = _channel(25, tls="required")

    context = vars(channel)["_context"]
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
