"""The sender: claims what has a free slot, renders, tries once, and says what became of it.

It decides nothing. Whether a message may leave was judged by the guard in the transaction that
claimed it; when to try again, and which way is next, is decided where outcomes are settled.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from engine.bell import Bell
from engine.bundles import bundle, cases_in
from engine.calling import Owed, raising
from engine.canary_sink import CanarySink
from engine.case.commands import RaiseIncident, TryOutcome
from engine.channel_watch import ChannelWatch
from engine.clock import Clock
from engine.desk import Claimed, CommandFailed, Desk, SendJob, StoreUnavailable
from engine.desk.inner import CanaryJob
from engine.desk.traces import where
from engine.watchdog import Turns, unwatched
from notifiers.channel import Channel
from notifiers.message import HowToAnswer, Message
from notifiers.outcome import Outcome, OutcomeReason
from notifiers.render import render
from rules.guard import project
from schemas.codes import IncidentCode, TrackName

_log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
CLAIM_EVERY_SECONDS = 0.05
"""While a channel is busy: few claims of many slots cost less than many of one."""
SETTLE_AFTER_SECONDS = 0.02
"""Outcomes wait this long for others, so that they share a transaction."""
SETTLE_AT_ONCE = 500
TRY_SECONDS = 120.0
"""No try lasts longer, on the machine's own time; what became of it is then unknown."""
CLAIM_EVERY_WHILE_BEHIND = 0.25
"""Seconds between two claims while overdue steps wait to be decided: a claim costs as much time as
several decisions."""
SHARE_WHILE_BEHIND = 2
"""And then a claim takes one of so many slots of a channel: the gravest messages leave at once, and
no case waits undecided behind the messages of others."""
UNKNOWN_CHANNEL_SLOTS = 20
"""Messages on channels nobody configured are taken too: they fail at once, and go another way."""
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What messages say about us."""

    answer_url: str
    """Where answer pages are: `https://desk.example`; the token follows as `/a/…`."""
    board_url: str
    phone: str = ""
    zone: str = "UTC"
    """In which duty reads times, and everybody whose hours name no zone."""
    language: str = "en"
    """Of duty."""


class Sender:
    """Sends until cancelled. Belongs to one event loop."""

    def __init__(
        self,
        *,
        desk: Desk,
        channels: Iterable[Channel],
        clock: Clock,
        sign: Sign,
        poll_seconds: float = POLL_SECONDS,
        turns: Turns | None = None,
        settling: Turns | None = None,
        canaries: CanarySink | None = None,
    ) -> None:
        self._desk = desk
        self._owed = Owed(raising(desk))
        self._channels = {channel.name: channel for channel in channels}
        self._clock = clock
        self._sign = sign
        self._poll_seconds = poll_seconds
        self._turns = turns or unwatched()
        self._settling = settling or unwatched()
        self._canaries = canaries
        self._busy: Counter[str] = Counter()
        self._claimed_at = -math.inf
        self._full: set[str] = set()
        """Channels on which more may be due than the last claim had slots for."""
        self._outcomes: list[TryOutcome] = []
        self._tried = Bell()
        self._watch = ChannelWatch()
        self._told: set[str] = set()

    async def run(self) -> None:
        """Claim, send and settle."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._settle_forever())
            while True:
                self._turns.turn("claiming")
                await self._turn(group)

    async def _turn(self, group: asyncio.TaskGroup) -> None:
        free = self._free()
        if self._channels and not any(free.values()):
            await self._desk.sends.wait(self._clock, CLAIM_EVERY_SECONDS)
            return
        try:
            claimed = await self._desk.claim_sends(
                free=free, others=UNKNOWN_CHANNEL_SLOTS, canaries=self._canaries is not None
            )
        except CommandFailed as error:
            _log.error("sender_paused", error=type(error).__name__)
            await self._clock.sleep(PAUSE_SECONDS)
            return
        jobs = claimed.jobs
        for job in self._together(jobs):
            self._desk.in_hand.take(job)
            self._busy[job.channel] += 1
            group.create_task(self._send(job))
        for canary in claimed.canaries:
            self._end_canary(canary)
        if jobs:
            self._claimed_at = self._clock.monotonic()
        taken = Counter(job.channel for job in jobs)
        self._full = {name for name, slots in free.items() if taken[name] >= slots}
        await self._desk.sends.wait(self._clock, self._pause(claimed))

    def _together(self, jobs: Sequence[SendJob]) -> tuple[SendJob, ...]:
        """What leaves for these: several of one person's as one, where that is kinder."""
        pacing, now = self._desk.pacing, self._clock.now()
        bundled = bundle(jobs, fits=lambda some: pacing.fits(some, now=now))
        for job in bundled:
            pacing.note(job, at=now)
            pacing.together += len(job.also)
        return bundled

    def _pause(self, claimed: Claimed) -> float:
        if self._full:
            return CLAIM_EVERY_SECONDS
        if claimed.jobs:
            return 0.0  # the claim that finds nothing says when there is something
        if claimed.next_at is None:
            return self._poll_seconds
        ahead = (claimed.next_at - self._clock.now()).total_seconds()
        return min(self._poll_seconds, max(0.0, ahead))

    def _free(self) -> dict[str, int]:
        """Slots to fill now: all that are free a while after the last claim, else only many."""
        age = self._clock.monotonic() - self._claimed_at
        behind = self._desk.behind
        aged = age >= (CLAIM_EVERY_WHILE_BEHIND if behind else CLAIM_EVERY_SECONDS)
        free = {}
        for name, channel in self._channels.items():
            slots = channel.capabilities.concurrency
            left = slots - self._busy[name]
            if behind:
                free[name] = min(left, max(1, slots // SHARE_WHILE_BEHIND)) if aged else 0
            else:
                free[name] = left if aged or 2 * left >= slots else 0
        return free

    async def _send(self, job: SendJob) -> None:
        try:
            outcome = await self._try(job)
        finally:
            self._desk.in_hand.end(job)
        self._busy[job.channel] -= 1
        self._came(job, outcome)
        if job.channel in self._full:
            self._desk.sends.ring()
        incident = self._watch.saw(job.channel, outcome, at=self._clock.monotonic())
        if incident is not None:
            await self._tell(incident)

    def _end_canary(self, canary: CanaryJob) -> None:
        """Write it like any message, and hand it to the sink: no channel is asked."""
        if self._canaries is None:
            return
        try:
            message = self._message(canary.job, self._canaries)
        except Exception as error:  # it does not come back, and its watch says so
            name = type(error).__name__
            _log.error("render_failed", key=canary.job.key, error=name, where=where(error))
            return
        self._came(canary.job, self._canaries.take(message))

    def _came(self, job: SendJob, outcome: Outcome) -> None:
        self._outcomes.extend(
            TryOutcome(
                key=each.key,
                attempt_no=each.attempt_no,
                state=outcome.state.value,
                reason=outcome.reason.value,
                # A provider's receipt names one message: the first of those it tells.
                provider_id=outcome.provider_id if each is job else "",
                retry_after=outcome.retry_after,
            )
            for each in (job, *job.also)
        )
        self._tried.ring()

    async def _try(self, job: SendJob) -> Outcome:
        channel = self._channels.get(job.channel)
        if channel is None or job.endpoint is None or job.endpoint.channel != job.channel:
            if channel is None:
                await self._tell_once(
                    RaiseIncident(code=IncidentCode.CHANNEL_MISSING, key=job.channel)
                )
            return Outcome.of(OutcomeReason.BAD_ADDRESS)
        try:
            message = self._message(job, channel)
        except Exception as error:  # nothing was sent; a person has to look
            name = type(error).__name__
            _log.error("render_failed", key=job.key, error=name, where=where(error))
            await self._tell_once(RaiseIncident(code=IncidentCode.RENDER_FAILED, key=name))
            return Outcome.of(OutcomeReason.CHANNEL_FAULT)
        if message.fallback:
            await self._tell_once(
                RaiseIncident(code=IncidentCode.TEMPLATE_FAILED, key=message.language, severe=False)
            )
        if asyncio.get_running_loop().time() > job.send_by:
            return Outcome.of(OutcomeReason.TIMEOUT, detail="claimed too long ago")
        try:
            async with asyncio.timeout(TRY_SECONDS) as limit:
                if not self._desk.in_hand.may_begin(job, limit):
                    return Outcome.of(OutcomeReason.CALLED_OFF)
                return await channel.send(message, job.endpoint)
        except TimeoutError:
            cut_off = self._desk.in_hand.called_off(job)
            reason = OutcomeReason.CUT_OFF if cut_off else OutcomeReason.NO_ANSWER_AFTER_DATA
            return Outcome.of(reason)
        except Exception as error:  # it promised to raise nothing; it may have sent
            name = type(error).__name__
            _log.error("channel_raised", channel=job.channel, error=name, where=where(error))
            return Outcome.of(OutcomeReason.CHANNEL_FAULT_AFTER_DATA)

    def _message(self, job: SendJob, channel: Channel | CanarySink) -> Message:
        duty = job.track is TrackName.DUTY
        projection = project(
            verdict=job.verdict,
            purpose=job.purpose,
            audience=job.track,
            reference=job.case_ref if duty else job.alert_ref,
            deadline=job.deadline,
            language=self._sign.language if duty else job.language,
            zone=job.zone or self._sign.zone,
            severity=job.severity.value,
            detail=job.detail,
            count=cases_in(job),
            event_fields={},
            field_class=frozenset(),
            consent_fields=frozenset(),
            exercise=job.exercise,
        )
        return render(
            projection,
            key=job.key,
            also=tuple(each.key for each in job.also),
            at=self._clock.now(),
            how=self._how(job, duty=duty),
            channel_kind=channel.capabilities.kind,
        )

    def _how(self, job: SendJob, *, duty: bool) -> HowToAnswer:
        if duty:
            return HowToAnswer(url=self._sign.board_url, phone=self._sign.phone)
        url = f"{self._sign.answer_url.rstrip('/')}/a/{job.token}" if job.token else ""
        return HowToAnswer(url=url, code=job.code, phone=self._sign.phone)

    async def _settle_forever(self) -> None:
        while True:
            self._settling.rest()
            await self._tried.heard()
            self._settling.turn("settling")
            await self._clock.sleep(SETTLE_AFTER_SECONDS)
            while self._outcomes or self._owed:
                self._settling.turn("settling")
                group = self._outcomes[:SETTLE_AT_ONCE]
                del self._outcomes[:SETTLE_AT_ONCE]
                if group:
                    await self._settle(group)
                elif not await self._owed.again():
                    await self._clock.sleep(PAUSE_SECONDS)

    async def _settle(self, group: list[TryOutcome]) -> None:
        """Until it is stored: an outcome that is forgotten sends a message again."""
        while True:
            try:
                await self._desk.settle_sends(group)
            except StoreUnavailable:
                await self._clock.sleep(PAUSE_SECONDS)
            except CommandFailed as error:
                _log.error("outcomes_dropped", error=type(error).__name__, tries=len(group))
                return
            else:
                return

    async def _tell_once(self, incident: RaiseIncident) -> None:
        name = f"{incident.code}:{incident.key}"
        if name not in self._told:
            self._told.add(name)
            await self._tell(incident)

    async def _tell(self, incident: RaiseIncident) -> None:
        await self._owed.tell(incident)
        if self._owed:
            self._tried.ring()
