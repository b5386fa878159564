"""What an operator may write, and what the mistakes say."""

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import notifiers.registry as registry
from notifiers.channel import ChannelKind
from notifiers.registry import (
    SHIPPED,
    ChannelSettingsError,
    DisabledChannelError,
    UnknownChannelError,
    UnsupportedChannelError,
    build_channels,
)
from tests.harness.sinks import SIGNING_KEY

SECRET = "s3cr3t-nobody-may-see"
EMAIL = {"kind": "email", "host": "mail.desk.example", "sender": "desk@tocsin.example"}
SMS = {
    "kind": "sms",
    "url": "https://gateway.example/send",
    "body": {"to": "{to}", "text": "{text}"},
}
WEBHOOK = {"kind": "webhook", "signing_key": SIGNING_KEY}


def _problems(**settings: dict[str, Any]) -> str:
    with pytest.raises(ChannelSettingsError) as caught:
        build_channels(settings)
    return str(caught.value)


async def test_channels_are_found_by_the_names_settings_give_them(tmp_path: Path) -> None:
    channels = build_channels(
        {
            "mail": EMAIL,
            "text": SMS,
            "hook": WEBHOOK,
            "files": {"kind": "outbox", "folder": str(tmp_path / "out")},
            "old": EMAIL | {"enabled": False},
            "carrier": {"kind": "pigeon"},
        }
    )

    assert [channel.name for channel in channels] == ["mail", "text", "hook", "files"]
    assert channels.get("text").capabilities.kind is ChannelKind.SMS
    with pytest.raises(DisabledChannelError, match="'old' is switched off"):
        channels.get("old")
    with pytest.raises(UnsupportedChannelError, match="'carrier' is of kind 'pigeon'"):
        channels.get("carrier")
    with pytest.raises(UnknownChannelError, match="no channel 'fax'"):
        channels.get("fax")
    await channels.aclose()


def test_all_mistakes_are_named_at_once_and_no_secret_is() -> None:
    said = _problems(
        mail=EMAIL | {"port": 99999, "pasword": SECRET, "password": SECRET},
        text=SMS | {"url": f"http://gateway.example/{SECRET}"},
        hook={"kind": "webhook", "signing_key": SECRET},
        lost={"host": "x"},
    )

    assert "mail.port: " in said and "mail.pasword: " in said
    assert "text: " in said and "https://" in said
    assert "hook: signing_key must be whsec_ and base64" in said
    assert "lost.kind: is missing; one of email, sms, webhook, outbox" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (EMAIL | {"tls": "off"}, "tls: off only with a server on this machine"),
        (EMAIL | {"password": SECRET}, "password without username"),
        (EMAIL | {"sender": "a@b.example, c@d.example"}, "one mail address"),
        (EMAIL | {"sender_name": "a\nBcc: b"}, "sender_name"),
        (EMAIL | {"ca_file": "/nowhere/at/all"}, "ca_file cannot be used"),
        (
            EMAIL | {"username": "u", "password": SECRET, "password_file": "x"},
            "password or password_file, not both",
        ),
        (EMAIL | {"username": "u", "password_file": "/nowhere/at/all"}, "password_file cannot"),
        (SMS | {"body": {"text": "{text}"}}, "must hold {to}"),
        (SMS | {"body": {"to": "{to}", "text": "{text} {who}"}}, "unknown placeholder: who"),
        (SMS | {"url": "https://gateway.example/{to}"}, "no placeholder but {key}"),
        (SMS | {"headers": {"x": "a\r\nb"}}, "printable ASCII"),
        (SMS | {"headers": {"x": "{to}"}}, "not into headers"),
        (SMS | {"basic_auth": True}, "basic_auth needs username"),
        (
            SMS | {"refusals": [{"path": "s", "values": [1], "reason": "accepted"}]},
            "belongs under success",
        ),
        (SMS | {"receipt": {"status": "s", "delivered": ["d"]}}, "provider_id or key"),
        ({"kind": "webhook"}, "signing_key or signing_key_file is needed"),
        ({"kind": "webhook", "signing_key": "whsec_c2hvcnQ="}, "24 to 64 bytes"),
        ({"kind": "outbox", "folder": "/dev/null/x"}, "folder cannot be made"),
    ],
)
def test_a_mistake_says_what_to_do(settings: dict[str, Any], says: str) -> None:
    said = _problems(mine=settings)

    assert says in said
    assert SECRET not in said


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{SIGNING_KEY}\n", "utf-8")

    channels = build_channels({"hook": {"kind": "webhook", "signing_key_file": str(file)}})

    assert channels.get("hook").name == "hook"
    file.write_text("\n", "utf-8")
    assert "signing_key_file is empty" in _problems(
        hook={"kind": "webhook", "signing_key_file": str(file)}
    )


@pytest.mark.parametrize("kind", SHIPPED, ids=lambda k: k.kind)
def test_a_channel_tells_how_to_ask_for_its_settings(kind: registry.ChannelType) -> None:
    fields = {field.name: field for field in kind.fields}

    assert fields and all(field.label for field in fields.values())
    assert all(fields[n].secret for n in fields if n in ("password", "token", "signing_key"))
    assert kind.address.label and kind.address.hint and kind.address.check is not None
    with pytest.raises(ValueError):
        kind.address.check("")


def test_a_form_checks_a_line_as_the_settings_would() -> None:
    fields = {field.name: field for field in SHIPPED[0].fields}

    assert fields["port"].check is not None
    fields["port"].check("587")
    with pytest.raises(ValueError) as caught:
        fields["port"].check("99999")
    assert "99999" not in str(caught.value)


def _plugged(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    entries = [EntryPoint(name=v, value=v, group="tocsin.channels") for v in values]
    monkeypatch.setattr(registry, "entry_points", lambda group: entries)


PIGEON = registry.ChannelType(
    kind="pigeon",
    label="Pigeon",
    settings=SHIPPED[3].settings,
    build=SHIPPED[3].build,
    address=SHIPPED[3].address,
)


def test_a_plug_in_brings_a_kind_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    _plugged(monkeypatch, "tests.unit.notifiers.test_settings:PIGEON")

    assert list(registry.channel_types()) == ["email", "sms", "webhook", "outbox", "pigeon"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("notifiers.nowhere:X", "cannot be loaded"),
        ("notifiers.render:render", "is not a ChannelType"),
        ("tests.unit.notifiers.test_settings:OUTBOX_AGAIN", "kind outbox is taken"),
    ],
)
def test_a_broken_plug_in_is_named(monkeypatch: pytest.MonkeyPatch, value: str, says: str) -> None:
    _plugged(monkeypatch, value)

    with pytest.raises(ChannelSettingsError, match=says):
        registry.channel_types()


OUTBOX_AGAIN = SHIPPED[3]
