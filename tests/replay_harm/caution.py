"""What the desk's people do about waiting, how openly to act, two cases of one, and necessity."""

from datetime import timedelta

from sqlalchemy import text

from engine.case import commands as c
from engine.case.state import Case
from schemas.codes import Mode, TrackName
from schemas.facts import WhyUnlinked
from schemas.party import PartyKind
from schemas.safeguards import Hold, HoldReason
from tests.replay_harm.doing import Doing, Way, any_track
from tests.replay_harm.sayings import (
    Held,
    HoldLifted,
    Linked,
    Moded,
    Necessary,
    NotNecessary,
    Parted,
)
from tests.replay_harm.town import STATES
from tests.replay_harm.voice import Voice

OUTWARD = tuple(each for each in TrackName if each is not TrackName.DUTY)
_OPEN = text("SELECT id FROM cases WHERE status IN ('open', 'monitored') AND kind = 'case'")


class Caution:
    """Who waits, how quietly, and with which other case."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._holds: list[Held] = []
        self._linked: list[str] = []
        self._needed: list[str] = []

    def ways(self) -> tuple[Way, ...]:
        """What somebody may think of; what comes to mind more often stands twice."""
        return (
            self._hold, self._hold, self._lift_hold, self._louder, self._quieter, self._quieter,
            self._link, self._link, self._part, self._need, self._need, self._no_need,
            self._no_need,
        )  # fmt: skip

    def _hold(self, case: Case, by: str) -> Doing:
        voice, rng = self._voice, self._voice.rng
        until = voice.now + timedelta(hours=rng.uniform(0.2, 8))
        alerts = sorted({a.party for a in case.alerts if a.track is not TrackName.DUTY})
        part = rng.choice(("track", "party", "state", "kind"))
        if part == "party" and not alerts:
            part = "track"
        hold = Hold(
            id=f"hold-{len(self._holds)}", until=until, by=by, reason=rng.choice(tuple(HoldReason)),
            tracks=(rng.choice(OUTWARD),) if part == "track" else (),
            parties=(rng.choice(alerts),) if part == "party" else (),
            states=(rng.choice(STATES),) if part == "state" else (),
            kinds=(rng.choice((PartyKind.MISSION, PartyKind.COMPANY)),) if part == "kind" else (),
        )  # fmt: skip
        held = Held(
            case=case.id, hold=hold.id, until=until, parties=frozenset(hold.parties),
            states=frozenset(hold.states), tracks=frozenset(each.value for each in hold.tracks),
            kinds=frozenset(each.value for each in hold.kinds),
        )  # fmt: skip
        self._holds.append(held)
        return Doing(
            make=lambda inbox: c.PlaceHold(inbox=inbox, case=case.id, hold=hold), says=(held,)
        )

    def _lift_hold(self, case: Case, by: str) -> Doing | None:
        """The newest hold, whatever the case."""
        if not self._holds:
            return None
        held = self._holds[-1]
        return Doing(
            make=lambda inbox: c.LiftHold(inbox=inbox, case=held.case, hold=held.hold, by=by),
            says=(HoldLifted(case=held.case, hold=held.hold, by=by),),
            by_two=True,
        )

    # How openly

    def _louder(self, case: Case, by: str) -> Doing:
        track = self._one_or_all(case)
        mode = self._voice.rng.choice((Mode.PRIVATE, Mode.PRIVATE, Mode.PUBLIC))
        said = Moded(case=case.id, track=track.value if track else "", mode=mode.value)
        return Doing(
            make=lambda inbox: c.RaiseMode(
                inbox=inbox, case=case.id, mode=mode, by=by, track=track
            ),
            says=(said,),
        )

    def _quieter(self, case: Case, by: str) -> Doing:
        track = self._one_or_all(case)
        said = Moded(case=case.id, track=track.value if track else "", mode="quiet")
        return Doing(
            make=lambda inbox: c.LowerMode(
                inbox=inbox, case=case.id, mode=Mode.QUIET, by=by, track=track
            ),
            says=(said,),
        )

    # Two cases

    def _link(self, case: Case, by: str) -> Doing:
        ids = sorted(row.id for row in self._voice.machine.read(_OPEN))
        other = self._voice.rng.choice(ids)
        self._linked.append(case.id)
        return Doing(
            make=lambda inbox: c.LinkCases(inbox=inbox, case=case.id, other=other, by=by),
            says=(Linked(case=case.id, other=other),),
        )

    def _part(self, case: Case, by: str) -> Doing | None:
        if not self._linked:
            return None
        id = self._linked[-1]
        return Doing(
            make=lambda inbox: c.UnlinkCase(
                inbox=inbox, case=id, by=by, why=WhyUnlinked.ANOTHER_EVENT
            ),
            says=(Parted(case=id, by=by),),
            by_two=True,
        )

    # Without consent

    def _need(self, case: Case, by: str) -> Doing:
        self._needed.append(case.id)
        return Doing(
            make=lambda inbox: c.DecideNecessity(
                inbox=inbox, case=case.id, by=by, why="unreachable"
            ),
            says=(Necessary(case=case.id, by=by),),
            by_two=True,
        )

    def _no_need(self, case: Case, by: str) -> Doing | None:
        if not self._needed:
            return None
        id = self._voice.rng.choice(self._needed[-3:])
        return Doing(
            make=lambda inbox: c.WithdrawNecessity(inbox=inbox, case=id, by=by),
            says=(NotNecessary(case=id),),
        )

    def _one_or_all(self, case: Case) -> TrackName | None:
        state = any_track(self._voice, case)
        return None if state is None or self._voice.rng.random() < 0.5 else state.track.name
