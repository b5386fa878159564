"""What people write down before companies are told, and when a case ends: as in the stories."""

from datetime import datetime

from engine.case import commands as c
from engine.demo.stories.records import PREFLIGHT as PREFLIGHT
from engine.demo.stories.records import for_companies as for_companies
from schemas.codes import TrackName


def a_release(
    inbox: c.Inbox,
    case: str,
    track: TrackName,
    by: str,
    *,
    now: datetime,
    controllers: tuple[str, ...] = (),
) -> c.Release:
    """A release with all that a record needs."""
    record = c.ReleaseRecord(
        id=f"record-{inbox.id}",
        why="leverage",
        reprisal_forecast="low",
        wishes_read=True,
        **for_companies(now),
    )
    return c.Release(
        inbox=inbox, case=case, track=track, by=by, record=record, controllers=controllers
    )


def a_proposal(
    inbox: c.Inbox, case: str, by: str, *, remedy: str = "sought"
) -> c.ProposeResolution:
    """A proposal to end a case with all that one needs."""
    return c.ProposeResolution(
        inbox=inbox,
        case=case,
        by=by,
        outcome="freed",
        residual_risk="low",
        remedy=remedy,
        heard="safe_channel",
    )
