"""What people opened: a release by as many as it takes, or necessity without consent."""

from datetime import datetime, timedelta

from tests.replay_harm.ledger import Ledger
from tests.replay_harm.sayings import (
    Act,
    Moded,
    Necessary,
    NotNecessary,
    Released,
    Reopened,
    TakenBack,
)

REVIEWED_WITHIN = timedelta(hours=2)
_BY_TWO = frozenset({"companies"})
MODES = ("quiet", "private", "public")


def since_opened(acts: list[tuple[int, Act]]) -> list[tuple[int, Act]]:
    """What still counts: whatever people opened in a case ends with it."""
    last = max((i for i, (_, act) in enumerate(acts) if isinstance(act, Reopened)), default=-1)
    return acts[last + 1 :]


def is_released(ledger: Ledger, case: str, track: str, n: int) -> bool:
    """Whether as many people as this track takes let it go, and nobody took that back."""
    by: set[str] = set()
    for _, act in since_opened(ledger.in_case(case, n)):
        if isinstance(act, Released) and act.track == track:
            by.add(act.by)
        elif isinstance(act, TakenBack) and act.track == track:
            by.clear()
    return len(by) >= (2 if track in _BY_TWO else 1)


def is_necessary(ledger: Ledger, case: str, n: int, *, at: datetime) -> bool:
    """Whether people had decided to ask protection without consent.

    One alone where life is in danger, for as long as a second has to look at it; else two.
    """
    by: set[str] = set()
    alone_until: datetime | None = None
    for k, act in ledger.in_case(case, n):
        if isinstance(act, NotNecessary):
            by, alone_until = set(), None
        elif isinstance(act, Necessary):
            if alone_until is not None and len(by) < 2 and alone_until <= ledger.began[k]:
                by, alone_until = set(), None  # nobody looked at it in time: it begins anew
            if not by and (case, k) in ledger.critical:
                alone_until = ledger.began[k] + REVIEWED_WITHIN
            by.add(act.by)
    alone = alone_until is not None and at < alone_until
    return len(by) >= 2 or (bool(by) and alone)


def mode_of(ledger: Ledger, case: str, track: str, n: int, *, otherwise: str) -> str:
    """How openly this track may act, as people last said; `otherwise`: as the rulebook has it."""
    said = [
        act.mode
        for _, act in ledger.in_case(case, n)
        if isinstance(act, Moded) and act.track == track
    ]
    return said[-1] if said else otherwise


def ceiling_of(ledger: Ledger, case: str, n: int) -> str:
    """How openly anybody may act in this case at most, where people said something about it."""
    said = [
        act.mode for _, act in ledger.in_case(case, n) if isinstance(act, Moded) and not act.track
    ]
    return said[-1] if said else "public"
