"""Settings of an SMS channel: how to speak with one gateway, without a line of code.

In `url` stands no placeholder but `{key}`; in `query`, `headers` and `body` also `{to}`, `{text}`,
`{sender}` and the secrets `{token}`, `{username}`, `{password}`. A path such as `messages.0.status`
leads through the gateway's JSON.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from notifiers.outcome import OutcomeReason, OutcomeState
from notifiers.settings import ChannelSettings

PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
PLACEHOLDERS = frozenset({"key", "to", "text", "sender", "token", "username", "password"})
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Success(_Part):
    """Which answers mean that the gateway has the text."""

    path: str | None = None
    """None: a status of 2xx is enough."""
    values: tuple[str | int | bool, ...] = ()


class Refusal(_Part):
    """An answer that means something else, whatever its status."""

    path: str
    values: tuple[str | int | bool, ...]
    reason: OutcomeReason

    @field_validator("reason")
    @classmethod
    def _is_none(cls, reason: OutcomeReason) -> OutcomeReason:
        if reason.state is OutcomeState.HANDED_OFF:
            raise ValueError("an accepted text belongs under success")
        return reason


class ReceiptMapping(_Part):
    """Where a delivery receipt holds what."""

    provider_id: str | None = None
    key: str | None = None
    status: str
    delivered: tuple[str | int | bool, ...]
    failed: tuple[str | int | bool, ...] = ()
    underway: tuple[str | int | bool, ...] = ()
    """States in between. Needed only where a gateway's receipts repeat the text, as replies do."""
    each: str | None = None
    """Path of the list when one request carries several. A bare list needs none."""

    @model_validator(mode="after")
    def _names_a_text(self) -> "ReceiptMapping":
        if self.provider_id is None and self.key is None:
            raise ValueError("a receipt needs provider_id or key to say which text it is about")
        return self


class ReplyMapping(_Part):
    """Where an incoming text holds what."""

    text: str
    sender: str | None = None
    id: str | None = None


class SmsSettings(ChannelSettings):
    """How to hand texts to one gateway."""

    kind: Literal["sms"] = "sms"
    url: str = Field(title="Address", description="Where the gateway takes messages")
    method: Literal["POST", "PUT", "GET"] = Field(default="POST", title="Method")
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    body: Mapping[str, Any] | None = None
    encoding: Literal["json", "form"] = Field(
        default="json", title="Form of the body", description="json or form"
    )
    sender: str = Field(
        default="", max_length=20, title="Sender", description="A number or a neutral name"
    )
    username: str | None = Field(default=None, title="User name")
    password: SecretStr | None = Field(default=None, title="Password")
    password_file: Path | None = None
    token: SecretStr | None = Field(default=None, title="Key", description="What the gateway gave")
    token_file: Path | None = None
    basic_auth: bool = False
    """Send user name and password as HTTP basic authentication."""
    success: Success = Success()
    refusals: tuple[Refusal, ...] = ()
    """Looked at before `success`; the first that fits."""
    provider_id: str | None = None
    """Path of the gateway's own name for the text."""
    receipt: ReceiptMapping | None = None
    reply: ReplyMapping | None = None
    allow_http: bool = False
    """For a gateway on this machine or in your own network."""
    ca_file: Path | None = None
    segments_max: int = Field(default=4, ge=1, le=10)
    concurrency: int = Field(default=8, ge=1, le=64)
    connect_timeout: float = Field(default=5, gt=0, le=60)
    answer_timeout: float = Field(default=20, gt=0, le=120)
    retry_after_max: float = Field(default=900, ge=0)

    @model_validator(mode="after")
    def _whole(self) -> "SmsSettings":
        if not self.url.startswith("https://") and not (
            self.allow_http and self.url.startswith("http://")
        ):
            raise ValueError("url must start with https:// (or http:// with allow_http: true)")
        if set(PLACEHOLDER.findall(self.url)) - {"key"}:
            raise ValueError("url takes no placeholder but {key}: addresses end up in logs")
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
                raise ValueError("headers must be printable ASCII, one line each")
        used = {
            found
            for text in (*_leaves(self.headers), *_leaves(self.query), *_leaves(self.body))
            for found in PLACEHOLDER.findall(text)
        }
        if used - PLACEHOLDERS:
            raise ValueError(f"unknown placeholder: {', '.join(sorted(used - PLACEHOLDERS))}")
        if missing := {"to", "text"} - used:
            raise ValueError(f"body or query must hold {{{'} and {'.join(sorted(missing))}}}")
        if {"to", "text"} & {f for t in _leaves(self.headers) for f in PLACEHOLDER.findall(t)}:
            raise ValueError("number and text go into body or query, not into headers")
        if self.basic_auth and self.username is None:
            raise ValueError("basic_auth needs username")
        return self


def _leaves(value: object) -> tuple[str, ...]:
    """Every string of a nested template."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Mapping):
        return tuple(leaf for inner in value.values() for leaf in _leaves(inner))
    if isinstance(value, list | tuple):
        return tuple(leaf for inner in value for leaf in _leaves(inner))
    return ()
