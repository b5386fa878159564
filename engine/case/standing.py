"""Standing: two people let a case last, and look at it again; nothing but people or events end it.

Outward tracks rest: no rung fires and nobody further is told. Check-ins go on, promises are asked
for when they fall due, answers land. The review is a task, and escalates like any.
"""

from datetime import datetime, timedelta

from engine.case import check_ins, tasks, telling
from engine.case import commands as c
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal
from engine.case.state import Case, CaseStatus
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.responses import RefusedBecause

_DAY = timedelta(days=1)
_REVIEW_WITHIN_GRAVE = 30 * _DAY
_REVIEW_WITHIN = 90 * _DAY

_RESTS: tuple[f.TaskKind, ...] = (
    "triage",
    "release",
    "release_ends",
    "still_right",
    "phone_them",
    "phone_at_opening",
    "nobody_left",
)
"""Tasks about whom to tell next: they come back with the first look after it ended."""


def review_within(severity: Severity) -> timedelta:
    """How far ahead a review may lie at most (design section 5.9)."""
    return _REVIEW_WITHIN_GRAVE if severity.grave else _REVIEW_WITHIN


def propose(draft: Draft, command: c.ProposeStanding) -> None:
    """One person says that it lasts, or still does; a second one has to agree."""
    _may_stand(draft.case)
    _look_again(draft, command.review_at)
    draft.add(
        f.StandingProposed(
            by=command.by,
            at=draft.now,
            why=command.why,
            review_at=command.review_at,
            note=command.note,
        )
    )
    tasks.raise_task(draft, "confirm_standing")


def confirm(draft: Draft, command: c.ConfirmStanding) -> None:
    """Another person agrees: it stands until its review calls people, or something happens."""
    case = draft.case
    _may_stand(case)
    proposal = case.standing_proposal
    if proposal is None:
        raise Refusal(RefusedBecause.NOT_PROPOSED, "Propose first that it stands, and until when.")
    if proposal.by == command.by:
        raise Refusal(RefusedBecause.SAME_PERSON, "Letting a case stand takes two people.")
    _look_again(draft, proposal.review_at)
    draft.add(
        f.StandingSet(
            by=(proposal.by, command.by),
            at=draft.now,
            why=proposal.why,
            review_at=proposal.review_at,
        )
    )
    tasks.drop_tasks(draft, "confirm_standing", "standing_review", *_RESTS)
    owner = case.owner or proposal.by
    tasks.raise_task(draft, "standing_review", due_at=proposal.review_at, owner=owner)
    if not {task.kind for task in draft.case.tasks} & set(check_ins.TALKS):
        # Whoever is held for years is still asked after.
        due = draft.now + check_ins.after(draft.case)
        tasks.raise_task(draft, "check_in", due_at=due)
    if not _quiet(draft.case):
        tasks.own(draft, proposal.by)


def end(draft: Draft, command: c.EndStanding) -> None:
    """A person opens it again and has it, or takes a proposal back. One person is enough."""
    case = draft.case
    if case.standing_proposal is not None:
        draft.add(f.StandingDropped(reason="withdrawn"))
        tasks.drop_tasks(draft, "confirm_standing")
        return
    if case.status is not CaseStatus.STANDING:
        raise Refusal(RefusedBecause.NOT_OPEN, "Only a standing case can be opened this way.")
    _open(draft, by=command.by)
    go_on(draft)
    tasks.own(draft, command.by)


def happened(draft: Draft, *, by: str) -> bool:
    """Something happened: a proposal is void, and a standing case is open. Whether it stood."""
    if draft.case.standing_proposal is not None:
        draft.add(f.StandingDropped(reason="new_event"))
        tasks.drop_tasks(draft, "confirm_standing")
    if draft.case.status is not CaseStatus.STANDING:
        return False
    _open(draft, by=by)
    return True


def call(draft: Draft) -> None:
    """It stood and something happened: duty hears of it, and what rested goes on."""
    if draft.case.status is not CaseStatus.OPEN:
        return
    go_on(draft)
    if not any(isinstance(fact, f.TrackWoken) for fact in draft.facts):
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="standing_ended"))


def go_on(draft: Draft) -> None:
    """Ask people about releases anew; where a track runs, whom it kept waiting is told."""
    ask_for_releases(draft)
    for state in draft.case.tracks:
        if state.track.name is not TrackName.DUTY and not state.frozen:
            telling.resume(draft, state.track.name)


def _open(draft: Draft, *, by: str) -> None:
    draft.add(f.StandingEnded(at=draft.now, by=by))
    tasks.drop_tasks(draft, "standing_review")
    tasks.raise_task(draft, "triage")


def _may_stand(case: Case) -> None:
    if case.kind != "case" or not case.status.unresolved:
        raise Refusal(RefusedBecause.NOT_OPEN, "Reopen the case first.")
    if case.proposal is not None:
        raise Refusal(
            RefusedBecause.INCOMPLETE, "It is proposed as resolved; take that back first."
        )


def _look_again(draft: Draft, review_at: datetime) -> None:
    most = review_within(draft.case.severity)
    if not draft.now < review_at <= draft.now + most:
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            f"review: a time ahead, no later than {most.days} days from now.",
        )


def _quiet(case: Case) -> bool:
    """Whether duty's ladder rests because somebody has the case."""
    state = case.track(TrackName.DUTY)
    return state is None or state.hold_until is not None
