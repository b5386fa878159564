"""The one recipient of both: it counts what it took, and may be slow, or away."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from engine.clock import SystemClock
from notifiers.sinks import Answer, Request
from notifiers.sinks.http import HttpSession
from tests.harness.sinks import WebhookSink

_WALL = SystemClock()
SLOW = 1.0
"""Seconds that a slow recipient takes."""


class Manner(StrEnum):
    """How the recipient behaves: what a kill meets between telling and having told."""

    QUICK = "quick"
    """Takes it and says so at once."""
    HAS_IT = "has-it"
    """Takes it at once and says so a second later: hard on whoever then tells again."""
    NOT_YET = "not-yet"
    """Takes it a second later, if the sender is still there: hard on whoever then never does."""
    AWAY = "away"
    """Answers 503 until the last strike is over, and is quick from then on."""


TOCSIN, ALERTMANAGER = "/tocsin", "/alertmanager"
"""Where each of them posts to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held(Answer):
    """An answer that comes later, and then only if somebody still waits for it."""

    then: Callable[[], Answer]


class Recipient(WebhookSink):
    """What is told by webhook, by its key: one of ours is signed, one of Alertmanager's a label."""

    def __init__(self, *, slow: float = SLOW) -> None:
        super().__init__(on_note=lambda key, _: self._took(key))
        self.slow = slow
        self.manner = Manner.QUICK
        self.away = False
        self.hits: list[tuple[str, float]] = []
        """(key, when) of everything taken; monotonic seconds."""

    def begin(self, manner: Manner) -> None:
        """Forget what was, and behave like this."""
        self.manner, self.away = manner, manner is Manner.AWAY
        self.hits = []
        self.counts.clear()
        self.notes.clear()

    def answer(self, request: Request) -> Answer:
        if self.away:
            return Answer(status=503)
        match self.manner:
            case Manner.HAS_IT:
                taken = self._take(request)
                return _Held(then=lambda: taken)
            case Manner.NOT_YET:
                return _Held(then=lambda: self._take(request))
            case _:
                return self._take(request)

    def _take(self, request: Request) -> Answer:
        if request.target != ALERTMANAGER:
            return super().answer(request)
        for key in alerts_in(request.body):
            self._took(key)
        return Answer()

    def _took(self, key: str) -> None:
        self.hits.append((key, _WALL.monotonic()))

    def _session(self) -> asyncio.Protocol:
        return _Patient(self, slow=self.slow)


class _Patient(HttpSession):
    def __init__(self, sink: Recipient, *, slow: float) -> None:
        super().__init__(sink)
        self._slow = slow

    def say(self, answer: Answer) -> None:
        if isinstance(answer, _Held):
            asyncio.get_running_loop().call_later(self._slow, self._late, answer)
        else:
            super().say(answer)

    def _late(self, held: _Held) -> None:
        if not self.transport.is_closing():  # or the sender is gone, and what it sent with it
            super().say(held.then())


def alerts_in(body: bytes) -> list[str]:
    """The events that a webhook of Alertmanager tells of: those of its alerts that fire."""
    alerts = json.loads(body)["alerts"]
    return [str(each["labels"]["event"]) for each in alerts if each["status"] == "firing"]
