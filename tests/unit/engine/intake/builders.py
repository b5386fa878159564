"""Events as a hotline would send them, with sensible defaults."""

import json
from datetime import UTC, datetime
from typing import Any

from engine.case import commands as c
from engine.intake.accept import Accepted, Unreadable, accept
from engine.intake.cloudevents import Message
from engine.intake.scope import EVERY_AUDIENCE, Scope, only
from schemas.codes import EventType, Severity
from schemas.envelope import THREAT_TYPE

NOW = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
WIDE = Scope(
    source="hotline-a",
    types=frozenset(EventType),
    ceiling=Severity.CRITICAL,
    audiences=EVERY_AUDIENCE,
)


def seal(plaintext: bytes) -> c.SealedBox:
    """Sealing that a test can look through."""
    return c.SealedBox(key_id="test", ciphertext=b"sealed:" + plaintext)


def unsealed(accepted: Accepted) -> Any:
    """What the report put into the vault."""
    box = accepted.report.sealed
    return None if box is None else json.loads(box.ciphertext.removeprefix(b"sealed:"))


def an_event(**fields: Any) -> dict[str, Any]:
    return {
        "code": "arrest",
        "situation": "S-17",
        "occurred": {"at": "2027-03-01T21:40:00Z", "precision": "minute"},
        "countries": [{"code": "QM", "role": "happened"}],
        **fields,
    }


def a_message(
    event: dict[str, Any] | None = None, *, sealed: Any = None, **envelope: Any
) -> dict[str, Any]:
    data: dict[str, Any] = {"event": an_event() if event is None else event}
    if sealed is not None:
        data["sealed"] = sealed
    return {
        "specversion": "1.0",
        "id": "evt-1",
        "source": "hotline-a",
        "type": THREAT_TYPE,
        "data": data,
        **envelope,
    }


def raw(message: Any) -> bytes:
    return json.dumps(message).encode("utf-8")


def judged(message: Any, *, scope: Scope = WIDE) -> Accepted | Unreadable:
    """Accept a message, given as bytes, as a `Message` or as a dictionary."""
    if isinstance(message, dict):
        message = raw(message)
    assert isinstance(message, bytes | Message)
    return accept(message, scopes=only(scope), received_at=NOW, seal=seal)


def accepted(message: Any, *, scope: Scope = WIDE) -> Accepted:
    outcome = judged(message, scope=scope)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def refused(message: Any, *, scope: Scope = WIDE) -> Unreadable:
    outcome = judged(message, scope=scope)
    assert isinstance(outcome, Unreadable), outcome
    return outcome
