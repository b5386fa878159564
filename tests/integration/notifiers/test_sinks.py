"""The sinks themselves: what crash tests and the benchmark count with."""

import asyncio
import json
import smtplib
import sys
from pathlib import Path

import pytest

from notifiers.channel import Endpoint
from notifiers.registry import build_channels
from notifiers.sinks import Mail, SmsGatewaySink, SmtpSink, Text
from tests.harness.sinks import SIGNING_KEY
from tests.unit.notifiers.messages import KEY, told


async def test_the_standard_librarys_client_can_mail_the_sink() -> None:
    mails: list[Mail] = []
    sink = SmtpSink(on_mail=mails.append)
    await sink.start()

    def mail() -> None:
        with smtplib.SMTP("127.0.0.1", sink.port) as client:
            client.ehlo("t.example")
            client.sendmail(
                "a@t.example",
                ["b@t.example", "c@t.example"],
                "Message-ID: <k1@t.example>\r\nSubject: x\r\n\r\n.dot\r\n..two\r\n",
            )
            client.sendmail("a@t.example", ["b@t.example"], "Subject: no key\r\n\r\n.\r\n")
            client.rset()
            assert client.docmd("VRFY", "x")[0] == 502
            assert client.docmd("DATA")[0] == 503

    await asyncio.to_thread(mail)
    await sink.stop()

    assert mails[0].key == "k1" and mails[1].key == ""
    assert mails[0].recipients == ("b@t.example", "c@t.example")
    assert mails[0].text == ".dot\n..two"
    assert mails[1].text == "."


async def test_a_mail_in_pieces_is_one_mail() -> None:
    sink = SmtpSink()
    await sink.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
    whole = (
        b"HELO t.example\r\nMAIL FROM:<a@t.example>\r\nRCPT TO:<b@t.example>\r\nDATA\r\n"
        b"Message-ID: <k@t.example>\r\n\r\nhello\r\n.\r\nNOOP\r\nQUIT\r\n"
    )
    for start in range(0, len(whole), 3):
        writer.write(whole[start : start + 3])
        await writer.drain()
        await asyncio.sleep(0)
    answers = (await reader.read()).split(b"\r\n")
    writer.close()
    await writer.wait_closed()
    await sink.stop()

    assert [answer[:3] for answer in answers if answer] == [
        b"220", b"250", b"250", b"250", b"354", b"250", b"250", b"221",
    ]  # fmt: skip
    assert sink.mails[0].key == "k"


async def test_a_gateway_sink_keeps_texts_and_refuses_nonsense() -> None:
    texts: list[Text] = []
    sink = SmsGatewaySink(on_text=texts.append)
    await sink.start()
    channels = build_channels({"sms": sink.settings()})
    outcome = await channels.get("sms").send(
        told(), Endpoint(id="e", channel="sms", address="+49301234567")
    )
    await channels.aclose()
    await sink.stop()

    assert outcome.provider_id == f"sink-{KEY}"
    assert (texts[0].key, texts[0].to) == (KEY, "+49301234567")


@pytest.mark.parametrize("kind", ["smtp", "sms", "webhook"])
async def test_a_sink_of_its_own_process_outlives_a_killed_sender(
    kind: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.harness.sinks", kind, "--port", "0", "--log", str(log),
        cwd=Path(__file__).parents[3],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stdin is not None
    port = int(await process.stdout.readline())
    settings, address = {
        "smtp": (
            {
                "kind": "email",
                "host": "127.0.0.1",
                "port": port,
                "tls": "off",
                "sender": "desk@tocsin.example",
            },
            "desk@embassy.example",
        ),
        "sms": (
            SmsGatewaySink.settings_of(f"http://127.0.0.1:{port}"),
            "+49301234567",
        ),
        "webhook": (
            {"kind": "webhook", "signing_key": SIGNING_KEY, "allow_private": True},
            f"http://127.0.0.1:{port}/",
        ),
    }[kind]
    channels = build_channels({"c": settings})
    await channels.get("c").send(told(), Endpoint(id="e", channel="c", address=address))
    await channels.aclose()

    assert json.loads(log.read_text("utf-8"))["key"] == KEY
    process.stdin.close()  # what happens when the test that started it dies
    assert await process.wait() == 0
