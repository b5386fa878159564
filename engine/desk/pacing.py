"""How much one recipient is sent in a while, so that a storm does not teach people not to read.

Duty of a grave case is never held back, nor is the first message of a case to anybody outside.
Whatever is too much for one recipient waits until there is room again, at most as long as the
window is; for duty it is then told together. Nothing is dropped. A case that floods somebody takes
no other case's room: of whom they heard nothing in the window, they hear as long as there are not
too many such cases. The count is this process's own: after a restart it begins anew, and each of
several processes counts for itself, so that somebody may get more than the limit, and never less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Row

from engine.desk.inner import SendJob
from engine.store.notifications import DUTY_LANES, GRAVE_DUTY_LANE
from schemas.projection import ASKING

_FIRST_WITHIN = timedelta(seconds=60)
"""The first page of a case that is not grave waits no longer than this for others to join it."""
_FORGET_ABOVE = 10_000
"""Recipients kept in mind before those who got nothing lately are dropped."""


class _Recipient(NamedTuple):
    """Whoever reads it, whichever way it comes: one person of duty, one contact of a party."""

    contact: str
    channel: str
    """Only where that channel has a number of its own, and is counted by itself."""


class _Telling(NamedTuple):
    """What one recipient is told at a time: by three ways at once it is one message still."""

    alert: str
    no: int


class _Sent(NamedTuple):
    at: datetime
    case: str
    alone: bool
    """False: told within another message, which is counted."""


@dataclass(slots=True)
class _Load:
    """What one recipient got in the window, and gets in this very claim."""

    tellings: set[_Telling] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    messages: int = 0

    def used(self, case: str) -> int:
        """How much stands in the way of a message of this case."""
        return self.messages if case in self.cases else len(self.cases)

    def take(self, telling: _Telling, case: str) -> None:
        self.messages += telling not in self.tellings
        self.tellings.add(telling)
        self.cases.add(case)


class Pacing:
    """Counts what each recipient was sent. Belongs to one desk and its sender.

    `messages`: how many one recipient gets `within` that time; 0 sets no limit. `channels`: another
    number for a channel, which then is counted by itself.
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
        self._sent: dict[_Recipient, dict[_Telling, _Sent]] = {}
        self.held_back = 0
        """Times that a message had to wait for its turn."""
        self.together = 0
        """Messages that were told within another one."""

    def note(self, job: SendJob, *, at: datetime) -> None:
        """This message is on its way, and what it tells along with it."""
        if not self._limit(job.channel):
            return
        who = self._recipient(job.contact, job.channel)
        self._sent[who] = sent = self._lately(who, at)
        for each in (job, *job.also):
            telling, alone = _Telling(each.alert, each.tell_no), each is job
            before = sent.get(telling)
            if before is None or (alone and not before.alone):
                sent[telling] = _Sent(at if before is None else before.at, each.case, alone)
        if len(self._sent) > _FORGET_ABOVE:
            self._sent = {who: sent for who, sent in self._sent.items() if self._lately(who, at)}

    def fits(self, jobs: Sequence[SendJob], *, now: datetime) -> bool:
        """Whether one recipient may get each of these by itself now."""
        limit = self._limit(jobs[0].channel)
        sent = self._lately(self._recipient(jobs[0].contact, jobs[0].channel), now)
        alone = {telling for telling, each in sent.items() if each.alone}
        more = {_Telling(each.alert, each.tell_no) for each in jobs} - alone
        return not limit or len(alone) + len(more) <= limit

    def held(self, rows: Sequence[Row[Any]], *, now: datetime) -> dict[str, datetime]:
        """Keys of those that are too much now, with when each comes again."""
        loads: dict[_Recipient, _Load] = {}
        later: dict[str, datetime] = {}
        for row in rows:
            limit = self._limit(row.channel)
            if row.lane == GRAVE_DUTY_LANE or not limit:
                continue
            who = self._recipient(row.contact, row.channel)
            load = loads[who] = loads.get(who) or self._load(who, now)
            telling = _Telling(row.alert_id, row.tell_no)
            fits = telling in load.tellings or load.used(row.case_id) < limit
            again = now if fits else self._again(row, who, now=now)
            if again > now:
                later[row.key] = again
            elif row.lane not in DUTY_LANES:
                # However many pages wait for one person of duty, they leave as one message.
                load.take(telling, row.case_id)
        self.held_back += len(later)
        return later

    def _again(self, row: Row[Any], who: _Recipient, *, now: datetime) -> datetime:
        first = row.tell_rank == 0
        if row.lane in DUTY_LANES:
            latest = row.decided_at + (_FIRST_WITHIN if first else self._within)
        elif first or row.purpose not in ASKING:
            return now
        else:
            latest = row.decided_at + self._within
        oldest = next(iter(self._sent.get(who, {}).values()), None)
        free = now if oldest is None else oldest.at + self._within
        again: datetime = min(max(free, now + timedelta(seconds=1)), latest)
        return again

    def _limit(self, channel: str) -> int:
        return self._channels.get(channel, self._messages)

    def _recipient(self, contact: str, channel: str) -> _Recipient:
        return _Recipient(contact, channel if channel in self._channels else "")

    def _load(self, who: _Recipient, now: datetime) -> _Load:
        sent = self._lately(who, now)
        return _Load(
            tellings=set(sent),
            cases={each.case for each in sent.values()},
            messages=sum(each.alone for each in sent.values()),
        )

    def _lately(self, who: _Recipient, now: datetime) -> dict[_Telling, _Sent]:
        """What they got in the window, the oldest first."""
        sent = self._sent.get(who, {})
        while sent:
            oldest = next(iter(sent))
            if sent[oldest].at + self._within > now:
                break
            del sent[oldest]
        return sent
