"""Projections and messages as the engine would make them, for tests of channels."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notifiers.channel import ChannelKind, HowToAnswer, Message
from notifiers.message import _make_message
from notifiers.render import render
from schemas.codes import Audience
from schemas.projection import Projection, Purpose, _make_projection

AT = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
DEADLINE = datetime(2027, 3, 2, 11, 0, tzinfo=UTC)
HOW = HowToAnswer(url="https://desk.example/a/t0k3n", code="4821-93", phone="+00 12 34 56")
KEY = "5f2a9c0d1e"
DUTY = (Purpose.PAGE, Purpose.TASK, Purpose.INCIDENT, Purpose.OVERDUE)

_BLNS = Path(__file__).parents[4] / "shared/conformance/naughty-strings/blns.json"


def seen_by(purpose: Purpose = Purpose.TELL, **changes: Any) -> Projection:
    """What an embassy (or duty) may see."""
    values: dict[str, Any] = {
        "purpose": purpose,
        "audience": Audience.DUTY if purpose in DUTY else Audience.MISSIONS,
        "reference": "TC-4F2M9" if purpose in DUTY else "7K3Q-92",
        "deadline": DEADLINE,
        "language": "en",
        "zone": "Europe/Berlin",
        "severity": "critical" if purpose in DUTY else "",
        "detail": "",
        "count": 1,
        "fields": {},
        "exercise": False,
    }
    return _make_projection(**values | changes)


def told(
    kind: ChannelKind = ChannelKind.EMAIL,
    *,
    purpose: Purpose = Purpose.TELL,
    key: str = KEY,
    at: datetime = AT,
    how: HowToAnswer = HOW,
    **changes: Any,
) -> Message:
    """The message a recipient would get."""
    return render(seen_by(purpose, **changes), key=key, at=at, how=how, channel_kind=kind)


def saying(body: str, *, subject: str = "Request for a reply", key: str = KEY) -> Message:
    """A message whose words no template of ours would make."""
    return _make_message(
        key=key,
        at=AT,
        purpose=Purpose.TELL,
        reference="7K3Q-92",
        deadline=DEADLINE,
        subject=subject,
        body=body,
        how=HOW,
        language="en",
        reply_code="7K3Q-92",
        exercise=False,
        fallback=False,
    )


def naughty_strings() -> list[str]:
    """515 strings that broke other people's software; skips where they are not laid out."""
    if not _BLNS.exists():
        pytest.skip("shared/conformance/naughty-strings/blns.json is not beside this checkout")
    strings: list[str] = json.loads(_BLNS.read_text("utf-8"))
    return strings
