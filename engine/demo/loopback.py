"""What every demo's engine has in common: a folder, a board and two sinks, all on this machine."""

from pathlib import Path
from typing import Any

import httpx2
from pydantic import AnyHttpUrl

from engine.bootstrap.engine import Engine
from engine.settings import HttpSettings, Settings
from engine.web.api.inbound import inbound_path
from notifiers.sinks import SmsGatewaySink, SmtpSink


def settings_in(
    folder: Path, *, instance: str, smtp: SmtpSink, sms: SmsGatewaySink, **more: Any
) -> Settings:
    """Settings of an engine that keeps all in this folder and tells nobody but these sinks."""
    port = free_port()
    return Settings(
        data_dir=folder / "data",
        phone="+00 00 0000",
        http=HttpSettings(
            port=port, public_url=AnyHttpUrl(f"http://127.0.0.1:{port}/"), secure_cookies=False
        ),
        channels={
            "email": {
                "kind": "email",
                "host": "127.0.0.1",
                "port": smtp.port,
                "tls": "off",
                "sender": "desk@faro.example",
            },
            "sms": sms.settings(),
        },
        registry=folder / "registry.yaml",
        roster=folder / "roster.yaml",
        rulebook=folder / "rulebook.yaml",
        instance=instance,
        **more,
    )


async def text(engine: Engine, client: httpx2.AsyncClient, *, number: str, words: str) -> None:
    """Answer a text, as the gateway reports it. Raises httpx2.HTTPStatusError when refused."""
    path = inbound_path(engine.parts.keys.pepper, "sms")
    response = await client.post(f"{engine.address}{path}", json={"text": words, "from": number})
    response.raise_for_status()


def free_port() -> int:
    """A port for the board that is free now; the address is printed before it is bound."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
