"""Warnings: somebody says that this would do harm now, and what they name waits until then."""

from datetime import datetime, timedelta

from engine.case import tasks, waiting
from engine.case.answerers import answerer
from engine.case.draft import Draft
from engine.case.state import Alert
from schemas import facts as f
from schemas.codes import TrackName
from schemas.responses import Response

WAIT_UNLESS_SAID = timedelta(hours=4)
"""How long a warning without a time of its own holds back what it names."""
LONGEST = timedelta(days=7)
"""One answer holds nobody else for longer: a person of ours may, by a hold or a freeze."""


def holds_until(response: Response, *, now: datetime) -> datetime:
    """Until when a warning holds."""
    until = response.due
    if until is None or until <= now:
        return now + WAIT_UNLESS_SAID
    return min(until, now + LONGEST)


def embargo(draft: Draft, alert: Alert, response: Response, *, until: datetime) -> None:
    """Stop what was named: a joint action on the tracks that prepare it, else the own track."""
    preparing = tuple(
        state.track.name
        for state in draft.case.tracks
        if state.joint is not None and state.joint is response.action
    )
    tracks: tuple[TrackName, ...] = preparing or (alert.track,)
    before = draft.case
    draft.add(
        f.TrackFrozen(tracks=tracks, at=draft.now, by=response.by, reason="warned", until=until)
    )
    tasks.raise_task(draft, "warning", alert=alert.id, critical=True)
    for name in preparing:  # Whoever was told may be about to act with the others.
        waiting.ask(draft, name, before=before.track(name), but=answerer(alert, response))
