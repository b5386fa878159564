"""The lives of open cases on a desk after years: what was reported, and how far people have come.

Those that last owe nothing for a day, fresh ones nothing for a quarter of an hour after the moment,
and each of those that fall due owes its next step at that very moment. One more is made by
`workload.cases_due_at`: a rung of duty, where nobody was there to hear the first.
"""

from dataclasses import dataclass
from datetime import timedelta

from schemas.codes import DateKind, TrackName
from tests.benchmarks import acts as a

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a case came to where it stands: one report, then what people did."""

    name: str
    code: str
    share: int = 1
    """Against the others of its list."""
    allows: tuple[str, ...] = ("missions", "investors")
    """Audiences that the person consents to."""
    acts: tuple[a.Act, ...] = ()


_MISSIONS = a.releases(TrackName.MISSIONS)
_TOLD = (a.takes, _MISSIONS)
_SPOKEN_TO = (a.takes, a.settles_tasks)

LASTING = (
    Life(name="unanswered", code="pattern", share=2),
    Life(name="acknowledged", code="slapp", share=4, acts=(a.takes,)),
    Life(name="released", code="smear", share=4, acts=_TOLD),
    Life(
        name="several_released",
        code="slapp",
        share=2,
        acts=(a.takes, a.releases(TrackName.MISSIONS, TrackName.INVESTORS)),
    ),
    Life(
        name="promised",
        code="eviction_announced",
        share=2,
        acts=(*_TOLD, a.embassy_promises(after=3 * _DAY)),
    ),
    Life(name="frozen", code="surveillance", acts=(*_TOLD, a.freezes(until=2 * _DAY))),
    Life(name="held", code="travel_ban", acts=(a.takes, a.holds(until=5 * _DAY), _MISSIONS)),
    Life(
        name="withheld",
        code="slapp",
        share=2,
        allows=("companies",),
        acts=(a.takes, a.releases(TrackName.MISSIONS, TrackName.INVESTORS)),
    ),
    Life(name="dated", code="slapp", acts=(*_TOLD, a.expects(DateKind.HEARING, after=30 * _DAY))),
    Life(name="checked_in", code="theft", share=2, acts=(*_SPOKEN_TO, _MISSIONS)),
    Life(
        name="standing",
        code="detention",
        share=2,
        acts=(*_SPOKEN_TO, _MISSIONS, a.stands(review=25 * _DAY)),
    ),
    Life(name="monitored", code="threat", share=4, acts=(*_TOLD, a.resolves)),
)
"""Of every severity but the gravest, which never rests for a day."""

FRESH = (
    Life(name="fresh_high", code="assault"),
    Life(name="fresh_elevated", code="censorship"),
    Life(name="fresh_acknowledged", code="abduction", acts=(a.takes,)),
    Life(name="fresh_released", code="torture", acts=_TOLD),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Falling:
    """Lives whose next step falls due so long after their last act."""

    before: timedelta
    lives: tuple[Life, ...]


CHECK_INS = Falling(
    before=6 * _HOUR, lives=(Life(name="due_check_in", code="abduction", acts=_SPOKEN_TO),)
)
ANSWERS = Falling(
    before=4 * _HOUR,
    lives=(
        Life(name="due_silence", code="abduction", acts=(*_SPOKEN_TO, _MISSIONS)),
        Life(name="due_answer", code="torture", acts=(*_SPOKEN_TO, _MISSIONS, a.embassy_has_it)),
    ),
)
SAID = Falling(
    before=timedelta(minutes=15),
    lives=(
        Life(name="due_task", code="smear", acts=(a.takes, a.writes_a_task)),
        Life(name="due_promise", code="slapp", acts=(*_TOLD, a.embassy_promises())),
        Life(
            name="due_track",
            code="theft",
            acts=(a.takes, a.releases(TrackName.MISSIONS, at_the_moment=True)),
        ),
        Life(name="due_freeze", code="surveillance", acts=(*_TOLD, a.freezes())),
        Life(name="due_hold", code="travel_ban", acts=(a.takes, a.holds(), _MISSIONS)),
        Life(
            name="due_date",
            code="slapp",
            acts=(*_TOLD, a.expects(DateKind.HEARING, after=_DAY)),
        ),
    ),
)
DUE = (CHECK_INS, ANSWERS, SAID)
"""The longest before first: time never goes back in a store."""
