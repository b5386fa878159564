"""What the desk's people do by hand to a running case: each act is one that the docs name."""

from datetime import datetime
from types import MappingProxyType

from engine.case import commands as c
from engine.case.replanning import difference
from engine.case.state import Case
from engine.web.planning import EVENTS, ladder
from rules.again import again
from rules.candidates import World
from schemas.codes import TrackName
from schemas.event import ThreatEvent
from tests.replay_harm.doing import Doing, Way, any_track
from tests.replay_harm.sayings import TakenBack
from tests.replay_harm.voice import OURS, Voice

_SUITS = MappingProxyType(
    {
        TrackName.COMPANIES: ("company",),
        TrackName.INVESTORS: ("investor", "bank"),
        TrackName.MISSIONS: ("mission",),
        TrackName.NHRIS: ("nhri",),
        TrackName.LEGAL: ("law_firm",),
        TrackName.PROTECTION: ("protection",),
        TrackName.MECHANISMS: ("mechanism",),
        TrackName.MSIS: ("msi",),
        TrackName.UNIONS: ("union",),
    }
)
"""Whom somebody adds to a track by hand."""


class Steering:
    """Whom to tell, and when."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def ways(self) -> tuple[Way, ...]:
        """What somebody may think of; what comes to mind more often stands twice."""
        return (
            self._add, self._add, self._jump, self._skip, self._call, self._take_back, self._hand,
            self._replan,
        )  # fmt: skip

    def _add(self, case: Case, by: str) -> Doing | None:
        voice = self._voice
        track = voice.rng.choice(sorted(_SUITS))
        parties = voice.town.of_kind(*_SUITS[track])
        if not parties:
            return None
        party = voice.rng.choice(parties)
        world = self._world()
        steps = None if world is None else ladder(world, case, track)
        return Doing(
            make=lambda inbox: c.AddRecipient(
                inbox=inbox, case=case.id, track=track, party=party, by=by, why="new_facts",
                ladder=steps,
            )
        )  # fmt: skip

    def _jump(self, case: Case, by: str) -> Doing | None:
        state = any_track(self._voice, case, released=True)
        if state is None:
            return None
        step = state.step + self._voice.rng.choice((0, 0, 1))
        return Doing(
            make=lambda inbox: c.JumpStep(
                inbox=inbox, case=case.id, track=state.track.name, step=step, by=by, why="faster"
            )
        )

    def _skip(self, case: Case, by: str) -> Doing | None:
        state = any_track(self._voice, case, released=True)
        if state is None:
            return None
        return Doing(
            make=lambda inbox: c.SkipStep(
                inbox=inbox, case=case.id, track=state.track.name, step=state.step, by=by,
                why="not_useful",
            )
        )  # fmt: skip

    def _call(self, case: Case, by: str) -> Doing:
        return Doing(make=lambda inbox: c.Escalate(inbox=inbox, case=case.id, by=by))

    def _take_back(self, case: Case, by: str) -> Doing | None:
        state = any_track(self._voice, case, released=True)
        if state is None:
            return None
        name = state.track.name
        return Doing(
            make=lambda inbox: c.WithdrawRelease(
                inbox=inbox, case=case.id, track=name, by=by, why="would_harm"
            ),
            says=(TakenBack(case=case.id, track=name.value),),
        )

    def _hand(self, case: Case, by: str) -> Doing:
        to = self._voice.rng.choice([each for each in OURS if each != by])
        return Doing(make=lambda inbox: c.HandOver(inbox=inbox, case=case.id, by=by, to=to))

    def _replan(self, case: Case, by: str) -> Doing | None:
        world, told = self._world(), self._told(case)
        if world is None or not told:
            return None
        now = again(world, told, severity=case.severity)
        shown = difference(case, now)
        return Doing(
            make=lambda inbox: c.Replan(
                inbox=inbox, case=case.id, by=by, candidates=now, difference=shown.digest
            )
        )

    def _world(self) -> World | None:
        made = self._voice.machine.parts
        return None if made is None else made.world.rules()

    def _told(self, case: Case) -> list[tuple[ThreatEvent, datetime]]:
        rows = self._voice.machine.read(EVENTS, case=case.id)
        return [(ThreatEvent.model_validate_json(row.body), row.at) for row in rows]
