"""What somebody stopped, and until when: everything, a track, or whoever a hold is about.

Anybody stops; what was stopped goes on when its time has come or two different people say so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.party import Party
from tests.replay_harm.ledger import Ledger
from tests.replay_harm.sayings import Answered, Frozen, Held, HoldLifted

WARNED_FOR = timedelta(hours=4)
"""A warning that names no time holds so long."""
WARNED_AT_MOST = timedelta(days=7)
Inside = Callable[[Answered, int], bool]
"""Whether somebody passed it on, with that commit, to whoever must not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Freeze:
    n: int
    until: datetime | None


def is_stopped(ledger: Ledger, n: int) -> bool:
    """Whether everything outgoing was stopped at that commit."""
    on, agreed = False, set[str]()
    for at, said in ledger.stopped:
        if at > n:
            break
        if said.on:
            on, agreed = True, set()
        else:
            agreed.add(said.by)
            on = on and len(agreed) < 2
    return on


def is_frozen(
    ledger: Ledger, case: str, track: str, n: int, *, at: datetime, inside: Inside
) -> bool:
    """Whether this track of this case was frozen: by hand, by a warning, or as it was passed on."""
    acts = ledger.in_case(case, n)
    lifts = [
        (k, act.by)
        for k, act in acts
        if isinstance(act, Frozen) and not act.on and act.track == track
    ]
    for freeze in _freezes(ledger, case, track, n, inside=inside):
        over = freeze.until is not None and freeze.until <= at
        if not over and len({by for k, by in lifts if k >= freeze.n}) < 2:
            return True
    return False


def _freezes(ledger: Ledger, case: str, track: str, n: int, *, inside: Inside) -> Iterator[_Freeze]:
    for at, act in ledger.in_case(case, n):
        match act:
            case Frozen(on=True) if act.track == track:
                yield _Freeze(n=at, until=act.until)
            case Answered(kind="warns") if act.track == track:
                said_at = ledger.began[at]
                until = act.until if act.until and act.until > said_at else said_at + WARNED_FOR
                yield _Freeze(n=at, until=min(until, said_at + WARNED_AT_MOST))
            case Answered(kind="passed_on") if track == "companies" and inside(act, at):
                yield _Freeze(n=at, until=None)


def held_by(ledger: Ledger, case: str, track: str, party: Party, n: int, *, at: datetime) -> str:
    """The hold because of which nobody of this party was to be approached; empty: none."""
    acts = ledger.in_case(case, n)
    for _, act in acts:
        if not isinstance(act, Held) or act.until <= at:
            continue
        lifted = {
            each.by for _, each in acts if isinstance(each, HoldLifted) and each.hold == act.hold
        }
        if len(lifted) < 2 and _fits(act, party, track):
            return act.hold
    return ""


def _fits(hold: Held, party: Party, track: str) -> bool:
    return (
        (not hold.tracks or track in hold.tracks)
        and (not hold.parties or party.id in hold.parties)
        and (not hold.kinds or party.kind.value in hold.kinds)
        and (not hold.states or party.state in hold.states)
    )
