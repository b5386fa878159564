"""Rounds that must have been held, recomputed from the facts of a case, and whom they may tell.

Written from docs/reference/escalation.md; what the engine thinks of a party is not looked at.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

OVER = ("round_ended", "resolved")

Fact = dict[str, Any]


def owed(told: list[tuple[datetime, Fact]], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From when a round was due, and until when it was not held; in the end, until now."""
    due: datetime | None = None
    for at, fact in told:
        ends = fact["kind"] in ("round_set", "round_held", *OVER)
        if due is not None and ends:
            yield due, at
        if fact["kind"] == "round_set":
            due = datetime.fromisoformat(fact["first_at"])
        elif fact["kind"] == "round_held":
            due = datetime.fromisoformat(fact["next_at"])
        elif fact["kind"] in OVER:
            due = None
    if due is not None:
        yield due, now


def wrong(told: list[tuple[datetime, Fact]]) -> Iterator[str]:
    """Whom a round told that takes no part, or not at its time; and that nobody owes a talk."""
    part: tuple[str, ...] = ()
    held: datetime | None = None
    talks = 0
    for at, fact in told:
        match fact["kind"]:
            case "round_set":
                part = tuple(fact["alerts"])
            case "round_held":
                if at < datetime.fromisoformat(fact["due_at"]):
                    yield f"a round was held at {at}, before {fact['due_at']}"
                held = at
            case "told" if fact["purpose"] == "round":
                if fact["alert"] not in part:
                    yield f"{fact['alert']} heard of a round at {at} and takes no part"
                if held != at:
                    yield f"{fact['alert']} heard of a round at {at}, and none was held"
            case "task_raised" if fact["task_kind"] == "round":
                talks += 1
            case kind if kind in OVER:
                part = ()
    if held is not None and not talks:
        yield f"a round was held at {held}, and nobody owes a talk"
