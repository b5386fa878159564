"""Dates of a case: set, moved and removed, by people and by what is reported (design 5.2)."""

from datetime import datetime, timedelta

from engine.case import commands as c
from engine.case import confirming, covering, ids, tasks
from engine.case.draft import Draft, Refusal
from engine.case.marked import CaseDate, ahead, behind, next_look, over_at
from schemas import facts as f
from schemas.codes import DateKind, Precision
from schemas.event import DateAhead, ThreatEvent
from schemas.facts.dates import WhyNotChecked
from schemas.responses import RefusedBecause

AT_ONCE = 30
"""Dates ahead of one case; whoever needs more lets a person choose."""
FARTHEST = timedelta(days=5 * 366)
"""A date that far ahead is a slip of the pen."""
CUSTODY = timedelta(hours=48)
_DETAINED = ("arrest", "detention")
_CANCELLED = "date_cancelled"
_EXACT = (Precision.MINUTE, Precision.HOUR, Precision.DAY)


def add(draft: Draft, command: c.AddDate) -> None:
    """A person says that something will be on a date."""
    _must_run(draft)
    _must_lie_ahead(draft, command.on)
    if len(draft.case.dates) >= AT_ONCE:
        raise Refusal(RefusedBecause.INCOMPLETE, "This case has dates enough; remove one first.")
    if any((d.kind, d.at) == (command.date_kind, command.on) for d in draft.case.dates):
        raise Refusal(RefusedBecause.INCOMPLETE, "This date is known already.")
    wrong = [t.value for t in command.tracks if not t.outward or draft.case.track(t) is None]
    if wrong:
        raise Refusal(RefusedBecause.NO_SUCH_TRACK, ", ".join(wrong))
    inbox = command.inbox
    _set(
        draft,
        CaseDate(
            id=ids.date_id(draft.case.id, inbox.source, inbox.id),
            kind=command.date_kind,
            at=command.on,
            by=command.by,
            precision=command.precision,
            tracks=command.tracks,
        ),
    )


def move(draft: Draft, command: c.MoveDate) -> None:
    """A person says that a date is at another time now."""
    _must_run(draft)
    date = find(draft, command.date)
    _must_lie_ahead(draft, command.on)
    if date.at == command.on:
        raise Refusal(RefusedBecause.INCOMPLETE, "on: that is when it is already.")
    _move(draft, date, on=command.on, by=command.by)


def remove(draft: Draft, command: c.RemoveDate) -> None:
    """A person says that a date fell away; whoever promised for it should hear so."""
    _must_run(draft)
    date = find(draft, command.date)
    promised = any(covering.covers(date, alert) for alert in draft.case.alerts)
    _remove(draft, date, by=command.by)
    if promised:
        tasks.raise_task(draft, "date_off", detail=date.kind.value)


def hear(draft: Draft, *, source: str, id: str, event: ThreatEvent) -> None:
    """Take the dates of a report into the case; saying again what was said is no news."""
    for each in event.dates:
        date_id = ids.date_id(draft.case.id, source, each.id)
        known = draft.case.date(date_id)
        if each.cancelled or event.code == _CANCELLED:
            if known is not None:
                _remove(draft, known, by=id)
                # A report never quietens anything alone: a person looks.
                tasks.raise_task(draft, "date_off", detail=known.kind.value)
        elif known is None:
            _hear_new(draft, each, date_id=date_id, by=id)
        elif each.at not in (known.said, known.at):
            _move(draft, known, on=each.at, by=id, said=each.at)
    if event.code in _DETAINED:
        _watch_detention(draft, event, source=source, by=id)


def ask_for_dates(draft: Draft) -> None:
    """Ask a person for the date that a released track waits for."""
    for state in draft.case.tracks:
        if state.anchor_at is not None and state.counts_from is None:
            tasks.raise_task(draft, "date_missing", detail=state.track.name.value)


def find(draft: Draft, id: str) -> CaseDate:
    """The date ahead of this id. Raises Refusal when there is none."""
    date = draft.case.date(id)
    if date is None:
        raise Refusal(RefusedBecause.NO_SUCH_DATE, "It may have passed, or fallen away.")
    return date


def _hear_new(draft: Draft, said: DateAhead, *, date_id: str, by: str) -> None:
    if over_at(said.kind, said.at) <= draft.now:
        return
    if any((d.kind, d.at) == (said.kind, said.at) for d in draft.case.dates):
        return  # Two hotlines know of the same hearing.
    _set(
        draft,
        CaseDate(
            id=date_id, kind=said.kind, at=said.at, by=by, precision=said.precision, said=said.at
        ),
    )


def _watch_detention(draft: Draft, event: ThreatEvent, *, source: str, by: str) -> None:
    """The first 48 hours count from the arrest itself where that is known, else from now."""
    if any(each.kind is DateKind.CUSTODY for each in draft.case.dates):
        return
    since, exact = event.occurred.at, event.occurred.precision in _EXACT
    if since is None or not exact or since > draft.now:
        since = draft.now
    if since + CUSTODY > draft.now:
        date_id = ids.date_id(draft.case.id, source, f"custody {by}")
        kind = DateKind.CUSTODY
        _set(draft, CaseDate(id=date_id, kind=kind, at=since + CUSTODY, by=by))


def _set(draft: Draft, date: CaseDate) -> None:
    if len(draft.case.dates) >= AT_ONCE:
        tasks.raise_task(draft, "dates_full", detail=date.kind.value, critical=True)
        return
    draft.add(
        f.DateSet(
            date=date.id,
            date_kind=date.kind,
            on=date.at,
            precision=date.precision,
            tracks=date.tracks,
            by=date.by,
            said=date.said,
            at=draft.now,
            next_at=next_look(date.kind, date.at, now=draft.now),
            past=behind(date.kind, date.at, now=draft.now),
        )
    )
    _say_if_near(draft, date.id)
    for state in draft.case.tracks:
        if state.date == date.id:
            tasks.drop_tasks(draft, "date_missing", detail=state.track.name.value)


def _move(
    draft: Draft, date: CaseDate, *, on: datetime, by: str, said: datetime | None = None
) -> None:
    _supersede(draft, date, reason="date_moved")
    for state in draft.case.tracks:
        ahead_of_it = state.step < len(state.track.steps) and state.anchor_at is not None
        if state.date == date.id and ahead_of_it:
            draft.add(
                f.StepSuperseded(track=state.track.name, step=state.step, reason="date_moved")
            )
    asked = confirming.concerned_by(draft.case, date)
    draft.add(
        f.DateMoved(
            date=date.id,
            was=date.at,
            on=on,
            by=by,
            said=said,
            at=draft.now,
            next_at=next_look(date.kind, on, now=draft.now),
            past=behind(date.kind, on, now=draft.now),
        )
    )
    confirming.ask(draft, date.id, asked, was=date.at)
    _say_if_near(draft, date.id)


def _remove(draft: Draft, date: CaseDate, *, by: str) -> None:
    _supersede(draft, date, reason="date_removed")
    draft.add(f.DateRemoved(date=date.id, by=by, at=draft.now))
    ask_for_dates(draft)


def _supersede(draft: Draft, date: CaseDate, *, reason: WhyNotChecked) -> None:
    """What still lay ahead for the old time will not be; what was owed for it is dropped."""
    for check in ahead(date.kind, date.at, now=draft.now):
        draft.add(
            f.CheckSuperseded(
                date=date.id,
                check=int(check.total_seconds()),
                due_at=date.at + check,
                reason=reason,
            )
        )
    tasks.drop_tasks(draft, "date_check", "date_confirm", detail=date.id)
    confirming.call_off(draft, date)


def _say_if_near(draft: Draft, id: str) -> None:
    """With no check left before it, a person is told at once: none is ever fired late."""
    date = draft.case.date(id)
    if date is None or not date.kind.outward or date.at <= draft.now:
        return
    if ahead(date.kind, date.at, now=draft.now) or covering.covered(draft.case, date):
        return
    tasks.raise_task(draft, "date_check", detail=date.id, due_at=date.at, critical=True)


def _must_run(draft: Draft) -> None:
    if not draft.case.status.unresolved:
        raise Refusal(RefusedBecause.NOT_OPEN, "Reopen the case first.")


def _must_lie_ahead(draft: Draft, on: datetime) -> None:
    if not draft.now < on <= draft.now + FARTHEST:
        raise Refusal(RefusedBecause.INCOMPLETE, "on: a time ahead, within five years.")
