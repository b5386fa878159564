"""What people do about a case until it is as it is: each act one unit of commands for the desk.

Nobody here reads the clock: an act may name the moment at which all of it falls due.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.case import commands as c
from engine.case import ids
from engine.case.state import Case
from schemas.codes import ActionKind, DateKind, Heard, TrackName
from schemas.facts import WhyStanding
from schemas.responses import Response, ResponseKind, Way
from schemas.safeguards import Hold, HoldReason

Act = Callable[[Case, datetime], tuple[c.CaseCommand, ...]]
"""The case as it is, and the moment everything counts from."""

ANA, BEN = "person:ana", "person:ben"
EMBASSY, INES = "embassy-qs", "ines"
"""The mission that the cases reach, and its first contact."""


def takes(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
    """Ana has it: duty is quiet while her answer holds."""
    alert = ids.alert_id(case.id, TrackName.DUTY, ANA)
    return (_answer(case, alert, ResponseKind.ACKNOWLEDGED, by=ANA, way=Way.CLI),)


def releases(*tracks: TrackName, at_the_moment: bool = False) -> Act:
    """Ana lets these tracks tell their parties: now, or not before the moment."""

    def act(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
        return tuple(
            c.Release(
                inbox=_inbox(case, track.value),
                case=case.id,
                track=track,
                by=ANA,
                record=c.ReleaseRecord(
                    id=f"{track.value}-{case.id}",
                    why="protect_now",
                    reprisal_forecast="low",
                    wishes_read=True,
                    starts_at=moment if at_the_moment else None,
                ),
            )
            for track in tracks
        )

    return act


def settles_tasks(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
    """Ana has spoken with the person and decided whom to tell: check-ins alone are still owed."""
    return tuple(
        c.FinishTask(
            inbox=_inbox(case, task.id),
            case=case.id,
            task=task.id,
            by=ANA,
            heard=Heard.SAFE_CHANNEL if task.kind == "first_contact" else None,
        )
        for task in case.tasks
    )


def embassy_has_it(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
    """The embassy's contact answers; that holds for as long as the plan says."""
    alert = ids.alert_id(case.id, TrackName.MISSIONS, EMBASSY)
    return (_answer(case, alert, ResponseKind.ACKNOWLEDGED, by=INES, way=Way.PAGE),)


def embassy_promises(*, after: timedelta = timedelta(0)) -> Act:
    """The embassy's contact promises a letter, by so long after the moment."""

    def act(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
        response = Response(
            kind=ResponseKind.COMMITTED,
            way=Way.PAGE,
            by=INES,
            action=ActionKind.LETTER,
            due=moment + after,
        )
        alert = ids.alert_id(case.id, TrackName.MISSIONS, EMBASSY)
        return (c.Respond(inbox=_inbox(case, "promise"), alert=alert, response=response),)

    return act


def freezes(*, until: timedelta = timedelta(0)) -> Act:
    """Ana stops the missions until so long after the moment."""

    def act(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
        return (
            c.Freeze(
                inbox=_inbox(case, "freeze"),
                case=case.id,
                tracks=(TrackName.MISSIONS,),
                by=ANA,
                until=moment + until,
            ),
        )

    return act


def holds(*, until: timedelta = timedelta(0)) -> Act:
    """Ana asks to wait: nobody of the embassy is approached until so long after the moment."""

    def act(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
        hold = Hold(
            id=f"hold-{case.id}",
            until=moment + until,
            by=ANA,
            reason=HoldReason.TALKS,
            parties=(EMBASSY,),
        )
        return (c.PlaceHold(inbox=_inbox(case, "hold"), case=case.id, hold=hold),)

    return act


def expects(kind: DateKind, *, after: timedelta) -> Act:
    """Ana enters what will be, so long after the moment."""

    def act(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
        return (
            c.AddDate(
                inbox=_inbox(case, "date"),
                case=case.id,
                date_kind=kind,
                on=moment + after,
                by=ANA,
            ),
        )

    return act


def writes_a_task(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
    """Ana writes down what must be done by the moment."""
    return (
        c.AddTask(
            inbox=_inbox(case, "task"), case=case.id, by=ANA, due_at=moment, note=f"note-{case.id}"
        ),
    )


def stands(*, review: timedelta) -> Act:
    """Two people let it last, and look at it again so long after the moment."""

    def act(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
        proposal = c.ProposeStanding(
            inbox=_inbox(case, "lasts"),
            case=case.id,
            by=ANA,
            why=WhyStanding.DETENTION,
            review_at=moment + review,
        )
        agreed = c.ConfirmStanding(inbox=_inbox(case, "agreed"), case=case.id, by=BEN)
        return (proposal, agreed)

    return act


def resolves(case: Case, moment: datetime) -> tuple[c.CaseCommand, ...]:
    """Two people say that it is over: from now on it is only watched."""
    proposal = c.ProposeResolution(
        inbox=_inbox(case, "over"),
        case=case.id,
        by=ANA,
        outcome="freed",
        residual_risk="low",
        remedy="none_sought",
        heard="safe_channel",
    )
    agreed = c.ConfirmResolution(inbox=_inbox(case, "agreed"), case=case.id, by=BEN)
    return (proposal, agreed)


def _answer(case: Case, alert: str, kind: ResponseKind, *, by: str, way: Way) -> c.Respond:
    response = Response(kind=kind, way=way, by=by)
    return c.Respond(inbox=_inbox(case, kind.value), alert=alert, response=response)


def _inbox(case: Case, what: str) -> c.Inbox:
    """Never the same twice: each act makes a new version of the case."""
    return c.Inbox(source="bench", id=f"{case.id}-{case.version}-{what}", digest="")
