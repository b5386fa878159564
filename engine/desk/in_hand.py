"""Messages that the sender has: those it has not begun are dropped the moment they are called off.

A claim is judged under the case lock, but the first byte leaves a little later. Whatever stops in
between is heard here: what has not begun does not begin, and what is under way gets a moment to be
answered, because a message of which nobody knows whether it left is worse than one that did.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.case.protect import held
from engine.desk.inner import SendJob
from engine.store.project import Decided
from schemas import facts as f
from schemas.codes import TrackName
from schemas.projection import ASKING, Purpose

CUT_OFF_AFTER = 0.5
"""Seconds, on the loop's own time, for a try that is under way. Nothing leaves a second after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledOff:
    """Messages of one alert that may not leave any more."""

    alert: str
    purposes: frozenset[Purpose]
    contact: str = ""
    """Empty: of every contact."""

    def means(self, job: SendJob) -> bool:
        """Whether it means this one."""
        return (
            job.alert == self.alert
            and job.purpose in self.purposes
            and self.contact in ("", job.contact)
        )


@dataclass(slots=True, kw_only=True)
class _Held:
    job: SendJob
    since: float
    off: bool = False
    limit: asyncio.Timeout | None = None
    """Of the try that is under way."""


@dataclass(slots=True)
class InHand:
    """What one process is about to send outward. Belongs to one event loop; duty is not in it."""

    _held: dict[str, _Held] = field(default_factory=dict)
    _by_alert: dict[str, set[str]] = field(default_factory=dict)
    _by_store: bool = False
    _by_file: bool = False

    @property
    def stopped(self) -> bool:
        """Whether everything outgoing is stopped, as far as this process knows by now."""
        return self._by_store or self._by_file

    def stop(self, *, by_store: bool | None = None, by_file: bool | None = None) -> None:
        """Note what the store, or the disk, says of Stop outgoing."""
        self._by_store = self._by_store if by_store is None else by_store
        self._by_file = self._by_file if by_file is None else by_file
        if self.stopped:
            for each in self._held.values():
                self._call_off(each)

    def call_off(self, what: Iterable[CalledOff]) -> None:
        """Drop or cut off what these mean."""
        for each in what:
            for key in self._by_alert.get(each.alert, ()):
                if each.means(self._held[key].job):
                    self._call_off(self._held[key])

    def refused(self, keys: Iterable[str]) -> None:
        """Drop or cut off these: the guard was asked once more and refused."""
        for key in keys:
            if key in self._held:
                self._call_off(self._held[key])

    def take(self, job: SendJob) -> None:
        """A job is in the sender's hands."""
        if job.track is not TrackName.DUTY:
            self._held[job.key] = _Held(job=job, since=_time())
            self._by_alert.setdefault(job.alert, set()).add(job.key)

    def may_begin(self, job: SendJob, limit: asyncio.Timeout) -> bool:
        """Whether the first byte may leave now; `limit` is of the try that then begins."""
        each = self._held.get(job.key)
        if each is None:
            return True
        if each.off or self.stopped:
            return False
        each.limit = limit
        return True

    def called_off(self, job: SendJob) -> bool:
        """Whether a job was called off since it was taken."""
        each = self._held.get(job.key)
        return each is not None and (each.off or self.stopped)

    def end(self, job: SendJob) -> None:
        """It is out of the sender's hands."""
        if self._held.pop(job.key, None) is None:
            return
        keys = self._by_alert[job.alert]
        keys.discard(job.key)
        if not keys:
            del self._by_alert[job.alert]

    def longer_than(self, seconds: float) -> tuple[str, ...]:
        """Those that were taken so long ago and nobody has called off."""
        before = _time() - seconds
        return tuple(
            key for key, each in self._held.items() if each.since <= before and not each.off
        )

    def _call_off(self, each: _Held) -> None:
        if each.off:
            return
        each.off = True
        if each.limit is None:
            return
        until = _time() + CUT_OFF_AFTER
        set_to = each.limit.when()
        each.limit.reschedule(until if set_to is None else min(until, set_to))


def called_off(decided: Iterable[Decided]) -> tuple[CalledOff, ...]:
    """What decisions call off of messages that may be on their way."""
    return tuple(each for one in decided for fact in one.facts for each in _by(one, fact))


def _by(one: Decided, fact: f.Fact) -> Iterable[CalledOff]:
    match fact:
        case f.NoticesCancelled():
            purposes = frozenset(fact.purposes)
            return [
                CalledOff(alert=alert, purposes=purposes, contact=fact.contact)
                for alert in fact.alerts
            ]
        case f.TrackFrozen():
            frozen = [a.id for a in one.after.alerts if a.track in fact.tracks]
        case f.HoldPlaced():
            frozen = [
                a.id
                for a in one.after.alerts
                if a.tell_no and held(one.after, a, now=fact.at) is not None
            ]
        case _:
            return ()
    return [CalledOff(alert=alert, purposes=ASKING) for alert in frozen]


def _time() -> float:
    return asyncio.get_running_loop().time()
