"""What a form carries from one page to the next: signed, short, and good for one address only."""

import base64
import hmac
from typing import Any

import orjson

from engine.vault import Secret

_MOST = 600
"""Letters of a state that is still read."""


def carry(values: list[Any], *, key: Secret, about: str) -> str:
    """Plain values as the value of a hidden field; only `about` accepts it again."""
    body = orjson.dumps(values)
    return f"{_encode(body)}.{_encode(_mac(body, key=key, about=about))}"


def carried(state: str, *, key: Secret, about: str) -> list[Any] | None:
    """What `carry` was given; None for what we did not write, or wrote for another address."""
    if len(state) > _MOST or not state.isascii():
        return None
    encoded, _, mac = state.partition(".")
    try:
        body, given = _decode(encoded), _decode(mac)
    except ValueError:
        return None
    if not hmac.compare_digest(given, _mac(body, key=key, about=about)):
        return None
    values: list[Any] = orjson.loads(body)
    return values


def _mac(body: bytes, *, key: Secret, about: str) -> bytes:
    return hmac.digest(key.reveal(), f"{about}\0".encode() + body, "sha256")


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")


def _decode(value: str) -> bytes:
    return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
