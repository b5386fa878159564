"""SMS through gateways of all kinds, and files for people trying things out."""

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from notifiers.channel import ChannelKind, Endpoint, OutcomeReason
from notifiers.outbox.channel import OutboxChannel
from notifiers.outbox.config import OutboxSettings
from notifiers.sinks import Answer, HttpSink, Request
from notifiers.sms.channel import SmsChannel
from notifiers.sms.config import SmsSettings
from tests.unit.notifiers.messages import KEY, saying, told

R = OutcomeReason
TO = Endpoint(id="e1", channel="sms", address="+49 30 123-4567")
TEXT = "7K3Q-92: please answer by Tue 12:00. 1 got it, 2 someone else, 3 call me"


async def _asked(**settings: Any) -> tuple[Request, OutcomeReason]:
    """What a gateway described like this is asked."""
    requests: list[Request] = []

    def answer(request: Request) -> Answer:
        requests.append(request)
        return Answer(body=b'{"ok":true}')

    sink = HttpSink(answer=answer)
    await sink.start()
    path = settings.pop("path", "/send")
    given = {"url": f"{sink.url}{path}", "allow_http": True, "answer_timeout": 1} | settings
    channel = SmsChannel("sms", settings=SmsSettings.model_validate(given))
    outcome = await channel.send(told(ChannelKind.SMS), TO)
    await channel.aclose()
    await sink.stop()
    return requests[0], outcome.reason


async def test_a_gateway_that_takes_nested_json() -> None:
    request, reason = await _asked(
        body={"messages": [{"to": ["{to}"], "body": "{sender}: {text}", "n": 1}]}, sender="Desk"
    )

    assert reason is R.ACCEPTED
    assert json.loads(request.body) == {
        "messages": [{"to": ["+49301234567"], "body": f"Desk: {TEXT}", "n": 1}]
    }


async def test_a_gateway_that_takes_a_form_and_a_password() -> None:
    request, _ = await _asked(
        body={"To": "{to}", "Body": "{text}"},
        encoding="form",
        username="desk",
        password="hunter2",
        basic_auth=True,
    )

    assert parse_qs(request.body.decode()) == {"To": ["+49301234567"], "Body": [TEXT]}
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    given = base64.b64decode(request.headers["authorization"].removeprefix("Basic "))
    assert given == b"desk:hunter2"


async def test_a_gateway_that_takes_a_query() -> None:
    request, _ = await _asked(
        method="GET",
        path="/send/{key}?v=2",
        query={"to": "{to}", "text": "{text}", "key": "{token}"},
        token="t0ken",
    )

    target = urlsplit(request.target)
    assert request.method == "GET" and target.path == f"/send/{KEY}"
    assert parse_qs(target.query) == {
        "v": ["2"],
        "to": ["+49301234567"],
        "text": [TEXT],
        "key": ["t0ken"],
    }


async def test_what_is_filled_in_is_never_filled_again() -> None:
    """A text that holds `{token}` does not bring our key to the gateway's log."""
    sink = HttpSink()
    await sink.start()
    channel = SmsChannel(
        "sms",
        settings=SmsSettings.model_validate(
            {
                "url": f"{sink.url}/",
                "allow_http": True,
                "token": "t0ken",
                "body": {"to": "{to}", "text": "{text}"},
            }
        ),
    )
    await channel.send(saying("{token} {0.__class__} %(token)s ${token}"), TO)
    await channel.aclose()
    await sink.stop()

    assert json.loads(sink.requests[0].body)["text"] == "{token} {0.__class__} %(token)s ${token}"


def test_a_gateways_secrets_are_not_in_its_settings_repr() -> None:
    settings = SmsSettings.model_validate(
        {
            "url": "https://gateway.example/",
            "body": {"to": "{to}", "text": "{text}"},
            "token": "t0ken",
            "username": "u",
            "password": "hunter2",
        }
    )

    assert "t0ken" not in repr(settings) and "hunter2" not in repr(settings)
    assert "t0ken" not in settings.model_dump_json()


def _outbox(folder: Path) -> OutboxChannel:
    return OutboxChannel("outbox", settings=OutboxSettings(folder=folder))


async def test_a_file_appears_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    channel = _outbox(tmp_path / "out")

    outcome = await channel.send(told(), Endpoint(id="e", channel="outbox", address="an embassy"))

    (file,) = (tmp_path / "out").iterdir()
    assert outcome.provider_id == file.name == f"{KEY}.txt"
    assert file.read_text("utf-8") == (
        "To: an embassy\nDate: 2027-03-01T11:00:00+00:00\nSubject: Request for a reply\n\n"
        f"{told().body}\n"
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_the_same_key_twice_is_one_file(tmp_path: Path) -> None:
    channel = _outbox(tmp_path)
    to = Endpoint(id="e", channel="outbox", address="a\r\nSubject: b\u202e")
    for _ in range(2):
        await channel.send(told(), to)

    (name,) = os.listdir(tmp_path)
    assert (tmp_path / name).read_text("utf-8").startswith("To: a Subject: b\nDate: ")


async def test_a_folder_that_went_away_is_the_channels_fault(tmp_path: Path) -> None:
    channel = _outbox(tmp_path / "out")
    (tmp_path / "out").rmdir()

    outcome = await channel.send(told(), Endpoint(id="e", channel="outbox", address="x"))

    assert outcome.reason is R.STORAGE_ERROR
    assert str(tmp_path) not in repr(outcome)


@pytest.mark.parametrize("address", ["", " ", "\u202e", "\x00"])
async def test_a_file_for_nobody_is_not_written(address: str, tmp_path: Path) -> None:
    outcome = await _outbox(tmp_path).send(
        told(), Endpoint(id="e", channel="outbox", address=address)
    )

    assert outcome.reason is R.BAD_ADDRESS
    assert not os.listdir(tmp_path)
