"""How much one recipient is sent in a while, so that a storm does not teach people not to read.

Duty of a grave case is never held back, nor is the first message of a case to anybody outside.
Whatever is too much for one recipient waits until there is room again, at most as long as the
window is; for duty it is then told together. Nothing is dropped. The count is this process's own:
after a restart it begins anew, and each of several processes counts for itself.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from engine.store.notifications import DUTY_LANES, GRAVE_DUTY_LANE
from schemas.projection import Purpose

_FIRST_WITHIN = timedelta(seconds=60)
"""The first page of a case that is not grave waits no longer than this for others to join it."""
_FORGET_ABOVE = 10_000
"""Recipients kept in mind before those who got nothing lately are dropped."""
_ASKING = (
    Purpose.TELL,
    Purpose.ASK_OUTCOME,
    Purpose.CONFIRM,
    Purpose.REMIND,
    Purpose.ANSWER,
)
"""A stand-down and a request to wait never wait themselves."""
_NO_LIMIT = 1_000_000


class Pacing:
    """Counts what each endpoint was sent. Belongs to one desk and its sender.

    `messages`: how many one endpoint gets `within` that time; 0 sets no limit. `channels`: another
    number for a channel.
    """

    def __init__(
        self,
        *,
        messages: int = 0,
        within: timedelta = timedelta(minutes=15),
        channels: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._messages = messages
        self._within = within
        self._channels = dict(channels)
        self._sent: dict[str, deque[datetime]] = {}
        self.held_back = 0
        """Times that a message had to wait for its turn."""
        self.together = 0
        """Messages that were told within another one."""

    def note(self, endpoint: str, *, at: datetime) -> None:
        """A message to `channel:endpoint id` is on its way."""
        if self._limit(endpoint):
            self._sent.setdefault(endpoint, deque()).append(at)
            if len(self._sent) > _FORGET_ABOVE:
                self._sent = {e: sent for e, sent in self._sent.items() if self._lately(e, at)}

    def room(self, endpoint: str, *, now: datetime) -> int:
        """How many more it may get now."""
        limit = self._limit(endpoint)
        return max(0, limit - self._lately(endpoint, now)) if limit else _NO_LIMIT

    def held(self, rows: Sequence[Row[Any]], *, now: datetime) -> dict[str, datetime]:
        """Keys of those that are too much now, with when each comes again."""
        taken: Counter[str] = Counter()
        later: dict[str, datetime] = {}
        for row in rows:
            if row.lane == GRAVE_DUTY_LANE:
                continue
            left = self.room(row.endpoint, now=now) - taken[row.endpoint]
            again = now if left > 0 else self._again(row, now=now)
            if again <= now:
                # However many pages wait for one person of duty, they leave as one message.
                taken[row.endpoint] += row.lane not in DUTY_LANES
            else:
                later[row.key] = again
        self.held_back += len(later)
        return later

    def _again(self, row: Row[Any], *, now: datetime) -> datetime:
        first = row.tell_rank == 0
        if row.lane in DUTY_LANES:
            latest = row.decided_at + (_FIRST_WITHIN if first else self._within)
        elif first or row.purpose not in _ASKING:
            return now
        else:
            latest = row.decided_at + self._within
        sent = self._sent.get(row.endpoint)
        free = now if not sent else sent[0] + self._within
        again: datetime = min(max(free, now + timedelta(seconds=1)), latest)
        return again

    def _limit(self, endpoint: str) -> int:
        return self._channels.get(endpoint.partition(":")[0], self._messages)

    def _lately(self, endpoint: str, now: datetime) -> int:
        sent = self._sent.get(endpoint)
        while sent and sent[0] + self._within <= now:
            sent.popleft()
        return len(sent) if sent else 0
