"""What people do in simulated lives to keep those who help informed of each other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)

from engine.case import commands as c
from engine.case.state import Case
from schemas.codes import Mode

Make = Callable[[c.Inbox], c.Command]
AHEAD = 30
"""Minutes to the first round, at most; the next ones come after a life is over."""
OURS = ("person:ana", "person:ben", "person:chi")
TOLD = ("waiting", "answered", "promised", "silent", "acted")


def informing(rng: Random, case: Case, now: datetime) -> tuple[Make, ...]:
    """Let those who were told know of each other, and keep them informed. Nobody: nothing."""
    by, id = rng.choice(OURS), case.id
    parties = [alert for alert in case.alerts if alert.track.outward and alert.reached]
    parties = [alert for alert in parties if alert.status.value in TOLD]
    if not parties:
        return ()
    some = rng.sample(parties, rng.randint(1, len(parties)))
    alerts, first = tuple(a.id for a in some), now + timedelta(minutes=rng.randint(1, AHEAD))
    tracks = dict.fromkeys(alert.track for alert in some)
    louder: list[Make] = [
        lambda inbox, track=track: c.RaiseMode(
            inbox=inbox, case=id, mode=Mode.PRIVATE, by=by, track=track
        )
        for track in tracks
    ]
    if case.round is not None and rng.random() < 0.3:
        return (lambda inbox: c.EndRound(inbox=inbox, case=id, by=by),)
    return (
        *louder,
        lambda inbox: c.SetRound(
            inbox=inbox, case=id, by=by, alerts=alerts, first_at=first, every_days=1
        ),
    )
