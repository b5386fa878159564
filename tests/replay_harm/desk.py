"""The desk's people: they release, freeze, lift, clear, do tasks and resolve, each by chance."""

import asyncio

from sqlalchemy import text

from engine.case import commands as c
from engine.case.state import Case, CaseStatus, load_case
from schemas.codes import Heard, TrackName
from tests.harness.records import a_proposal, a_release
from tests.replay_harm.caution import Caution
from tests.replay_harm.doing import do
from tests.replay_harm.holders import Holders
from tests.replay_harm.sayings import Cleared, Frozen, Released, Reopened, Stopped
from tests.replay_harm.steering import Steering
from tests.replay_harm.subjects import Subjects
from tests.replay_harm.voice import OURS, Voice

_OPEN = text("SELECT id, state FROM cases WHERE status IN ('open', 'monitored') AND kind = 'case'")


class Desk:
    """Everybody of ours."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._ways = (*Steering(voice).ways(), *Caution(voice).ways())
        self._subjects = Subjects(voice)
        self._holders = Holders(voice)

    async def work(self) -> None:
        """Somebody of the desk does one thing in one open case."""
        rows = self._voice.machine.read(_OPEN)
        if rows:
            row = self._voice.rng.choice(sorted(rows, key=lambda each: str(each.id)))
            await self._one(load_case(row.state))

    async def _one(self, case: Case) -> None:
        voice, draw = self._voice, self._voice.rng.random()
        if draw < 0.16 and case.status is CaseStatus.OPEN:
            await do(voice, voice.rng.choice(self._ways), case)
        elif draw < 0.19:
            voice.begin(self._subjects.one(case))
        elif draw < 0.21:
            voice.begin(self._holders.one(case))
        else:
            await self._usual(case)

    async def _usual(self, case: Case) -> None:
        rng, by = self._voice.rng, self._voice.somebody()
        draw = rng.random()
        frozen = [state.track.name for state in case.tracks if state.frozen]
        outward = [s.track.name for s in case.tracks if s.track.name is not TrackName.DUTY]
        if case.status is CaseStatus.MONITORED:
            if draw < 0.05:
                await self._voice.command(
                    lambda inbox: c.Reopen(inbox=inbox, case=case.id, by=by),
                    Reopened(case=case.id),
                )
        elif case.proposal is not None and draw < 0.5:
            await self._voice.command(
                lambda inbox: c.ConfirmResolution(inbox=inbox, case=case.id, by=by)
            )
        elif frozen and draw < 0.4:
            await asyncio.gather(
                *(self._lifts(case.id, track, by) for track in frozen for by in OURS[:2])
            )
        elif (tied := _tied(case)) and draw < 0.5:
            await asyncio.gather(*(self._clears(case.id, tied, by) for by in OURS[2:]))
        elif outward and draw < 0.72:
            untold = {a.track for a in case.alerts if not a.told_contacts}
            several = sorted(untold)[: rng.choice((1, 4, 9))] or [rng.choice(outward)]
            await asyncio.gather(*(self.release(case, track) for track in several))
        elif case.tasks and draw < 0.85:
            task = rng.choice(case.tasks)
            await self._voice.command(
                lambda inbox: c.FinishTask(
                    inbox=inbox, case=case.id, task=task.id, by=by, heard=Heard.SAFE_CHANNEL
                )
            )
        elif outward and draw < 0.88:
            await self._freezes(case.id, rng.choice(outward), by)
        else:
            await self._voice.command(
                lambda inbox: a_proposal(inbox, case.id, by, remedy="none_sought")
            )

    async def _freezes(self, case: str, track: TrackName, by: str) -> None:
        await self._voice.command(
            lambda inbox: c.Freeze(inbox=inbox, case=case, tracks=(track,), by=by),
            Frozen(case=case, track=track.value, on=True, by=by),
        )

    async def _lifts(self, case: str, track: TrackName, by: str) -> None:
        await self._voice.command(
            lambda inbox: c.Lift(inbox=inbox, case=case, track=track, by=by),
            Frozen(case=case, track=track.value, on=False, by=by),
        )

    async def _clears(self, case: str, parties: tuple[str, ...], by: str) -> None:
        await self._voice.command(
            lambda inbox: c.ClearExclusion(
                inbox=inbox, case=case, parties=parties, by=by, why="other"
            ),
            Cleared(case=case, parties=parties, by=by),
        )

    async def release(self, case: Case, track: TrackName) -> None:
        """One person lets a track go, or two do; sometimes headquarters that control are named."""
        controllers = tuple(
            sorted({a.party for a in case.alerts if a.track is track and a.reason is not None})
        )
        controllers = controllers[:2] if self._voice.rng.random() < 0.5 else ()
        several = 2 if self._voice.rng.random() < 0.8 else 1
        await asyncio.gather(
            *(
                self._releases(case.id, track, by, controllers)
                for by in self._voice.rng.sample(OURS, several)
            )
        )

    async def _releases(
        self, case: str, track: TrackName, by: str, controllers: tuple[str, ...]
    ) -> None:
        now = self._voice.now
        await self._voice.command(
            lambda inbox: a_release(inbox, case, track, by, now=now, controllers=controllers),
            Released(case=case, track=track.value, by=by, controllers=controllers),
        )

    async def stop_for_a_while(self) -> None:
        """Somebody presses Stop outgoing; a while later two people lift it."""
        await self._stop(self._voice.somebody(), on=True)
        self._voice.counts["stops"] += 1
        await asyncio.sleep(self._voice.rng.expovariate(1 / 1_800))
        for by in OURS[:2]:
            await self._stop(by, on=False)

    async def _stop(self, by: str, *, on: bool) -> None:
        await self._voice.command(
            lambda inbox: c.StopOutgoing(inbox=inbox, on=on, by=by), Stopped(on=on, by=by)
        )


def _tied(case: Case) -> tuple[str, ...]:
    """Somebody whom a tie leaves out that two people may clear."""
    reasons = ("unknown_perpetrator_group", "represents", "officer_of", "perpetrator_closure")
    found = sorted({a.party for a in case.alerts if a.reason in reasons and not a.told_contacts})
    return tuple(found[:1])
