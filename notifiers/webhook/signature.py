"""Signatures in the layout of Standard Webhooks, so that recipients have libraries for it."""

import base64
import hmac


def sign(body: bytes, *, key: bytes, message_id: str, timestamp: int) -> str:
    """Return the value of `webhook-signature`: HMAC-SHA256 over `id.timestamp.body`."""
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(signed).decode('ascii')}"


def verified(signature: str, body: bytes, *, key: bytes, message_id: str, timestamp: int) -> bool:
    """Whether one of the signatures of a header is ours. For recipients and tests."""
    expected = sign(body, key=key, message_id=message_id, timestamp=timestamp)
    return any(
        hmac.compare_digest(expected.encode(), given.encode()) for given in signature.split(" ")
    )
