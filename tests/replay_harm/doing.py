"""One act of one person of the desk, and by how many it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.case.state import Case, TrackState
from schemas.codes import TrackName
from tests.replay_harm.sayings import Saying
from tests.replay_harm.voice import OURS, Make, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """A command and what it says when it is taken."""

    make: Make
    says: tuple[Saying, ...] = ()
    by_two: bool = False
    """It takes a second person, who often comes as well."""


Way = Callable[[Case, str], Doing | None]
"""What one person does to a case as it stands; None: there is nothing to do."""


async def do(voice: Voice, way: Way, case: Case) -> None:
    """One person does it, and often a second one after."""
    first = voice.somebody()
    for by in (first, voice.rng.choice([each for each in OURS if each != first])):
        doing = way(case, by)
        if doing is None:
            return
        done = await voice.command(doing.make, *doing.says)
        if done is not None:
            voice.counts[f"did {way.__name__.strip('_')}"] += 1
        if not doing.by_two or voice.rng.random() < 0.3:
            return


def any_track(voice: Voice, case: Case, *, released: bool = False) -> TrackState | None:
    """One of its outward tracks, or protection; `released`: of those that people let go."""
    states = [
        each
        for each in case.tracks
        if each.track.name is not TrackName.DUTY and (each.anchor_at is not None or not released)
    ]
    return voice.rng.choice(states) if states else None
