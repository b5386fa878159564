"""Who promised or acted for a date, track by track."""

from datetime import timedelta

from engine.case import tasks
from engine.case.draft import Draft
from engine.case.marked import CaseDate, ahead
from engine.case.state import Alert, AlertStatus, Case, Promise, TrackState

NEAR = timedelta(hours=72)
"""A promise due no earlier than this before a date is one for it, whatever it is."""


def covers(date: CaseDate, alert: Alert) -> bool:
    """Whether this party has promised or acted for the date, and nobody waits for its word."""
    if any(each.alert == alert.id for each in date.confirming):
        return False
    return promised_for(date, alert) is not None or acted_for(date, alert)


def promised_for(date: CaseDate, alert: Alert) -> str | None:
    """Who of it gave an open promise for this date, or one due near or after it; None: nobody."""
    mine = (p.by for p in alert.promises if p.holds and is_for(p, date))
    return next(mine, None)


def is_for(promise: Promise, date: CaseDate) -> bool:
    """Whether a promise is one for this date: made for it, or due near or after it."""
    if promise.for_date:
        return promise.for_date == date.id
    return promise.due_at >= date.at - NEAR


def acted_for(date: CaseDate, alert: Alert) -> bool:
    """Whether it did something for this date that counts."""
    done = alert.status in (AlertStatus.ACTED, AlertStatus.PROMISED)
    return done and alert.id in date.acted and any(act.counts for act in alert.acts)


def covered(case: Case, date: CaseDate) -> bool:
    """Whether every track that the date concerns covers it, and there is one."""
    states = concerned(case, date)
    return bool(states) and all(covered_by(case, date, state) for state in states)


def settle(draft: Draft) -> None:
    """Drop what was owed for dates that everybody concerned covers now."""
    for date in draft.case.dates:
        if date.kind.outward and covered(draft.case, date):
            tasks.drop_tasks(draft, "date_check", detail=date.id)


def concerned(case: Case, date: CaseDate) -> list[TrackState]:
    """Outward tracks: those that it names, else those that people or a protocol released."""
    return [
        state
        for state in case.tracks
        if state.track.name.outward
        and (state.track.name in date.tracks if date.tracks else state.anchor_at is not None)
    ]


def covered_by(case: Case, date: CaseDate, state: TrackState) -> bool:
    """Whether somebody of this track covers the date."""
    return any(a.track is state.track.name and covers(date, a) for a in case.alerts)


def lost(draft: Draft, before: Alert) -> None:
    """Tell a person at once of a date that nobody covers any more, with no check left before it."""
    for date in draft.case.dates:
        if not date.kind.outward or date.at <= draft.now or not covers(date, before):
            continue
        if not ahead(date.kind, date.at, now=draft.now) and not covered(draft.case, date):
            tasks.raise_task(draft, "date_check", detail=date.id, due_at=date.at, critical=True)
