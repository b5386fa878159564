"""Necessity: asking vetted protection without the consent that cannot be had (N6).

In a critical case one person decides it now and a second reviews it within two hours, else it is
withdrawn. In any other case two agree first. It opens the gate of `protection` and no other.
"""

from datetime import timedelta
from typing import Literal

from engine.case import commands as c
from engine.case import tasks, telling
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal, code_only
from engine.case.freezing import must_be_open, track_of
from engine.case.recheck import recheck
from engine.case.without_consent import said_no, uncovered, vetted
from rules import roster as rota
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.plan import Spread
from schemas.responses import RefusedBecause
from schemas.roster import Role

REVIEW_WITHIN = timedelta(hours=2)
_REVIEWERS = (Role.SHIFT_LEAD, Role.SECOND, Role.DIRECTOR, Role.FLOOR)
_PROTECTION = TrackName.PROTECTION


def decide(draft: Draft, command: c.DecideNecessity) -> None:
    """A person decides it, or agrees with the one who did."""
    must_be_open(draft.case)
    track_of(draft.case, _PROTECTION)
    why = code_only(command.why, of="why")
    known = draft.case.necessity
    if known is not None and command.by in known.by:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to agree to this necessity.")
    if known is not None and known.holds_at(draft.now):
        _review(draft, command)
        return
    _must_be_needed(draft)
    draft.add(f.NecessityGiven(by=command.by, at=draft.now, why=why, note=command.note))
    if known is not None:
        _put_in_force(draft, (*known.by, command.by))
    elif draft.case.severity is Severity.CRITICAL:
        _put_in_force(draft, (command.by,))
    else:
        tasks.raise_task(draft, "necessity_second", owner=_reviewer(draft, but=command.by))


def withdraw(draft: Draft, command: c.WithdrawNecessity) -> None:
    """A person takes it back: at once, by anybody, whoever decided it."""
    must_be_open(draft.case)
    if draft.case.necessity is None:
        raise Refusal(RefusedBecause.NOT_PROPOSED, "Nobody has decided a necessity here.")
    _withdraw(draft, by=command.by, reason="by_hand")


def review_due(draft: Draft) -> bool:
    """Withdraw what nobody reviewed in time; whether there was any such thing."""
    known = draft.case.necessity
    if known is None or known.review_by is None or known.review_by > draft.now:
        return False
    _withdraw(draft, by="engine", reason="not_reviewed")
    return True


def _must_be_needed(draft: Draft) -> None:
    case = draft.case
    if said_no(case):
        raise Refusal(
            RefusedBecause.GUARD, "necessity: the person has said no, which it does not overrule."
        )
    if not uncovered(case, now=draft.now):
        raise Refusal(
            RefusedBecause.INCOMPLETE, "necessity: consent covers protection; release the track."
        )
    asked = (a for a in case.alerts if a.track is _PROTECTION)
    if not any(vetted(case.around.registry.party(alert.party)) for alert in asked):
        raise Refusal(
            RefusedBecause.GUARD, "necessity: this case has no vetted protection responder."
        )


def _put_in_force(draft: Draft, by: tuple[str, ...]) -> None:
    alone = len(by) == 1
    until = draft.now + REVIEW_WITHIN if alone else None
    draft.add(f.NecessityDecided(by=by, at=draft.now, review_by=until))
    tasks.drop_tasks(draft, "necessity_second", "necessity_withdrawn", "triage")
    if until is not None:
        owner = _reviewer(draft, but=by[0])
        tasks.raise_task(draft, "necessity_review", due_at=until, owner=owner, critical=True)
    ask_for_releases(draft)  # whoever was stood down before may be told anew
    state = track_of(draft.case, _PROTECTION)
    if state.open_at(draft.now):
        spread = Spread.NEXT if telling.one_at_a_time(draft.case, _PROTECTION) else Spread.ALL
        telling.tell_track(draft, _PROTECTION, spread=spread, by_hand=True)
    else:
        draft.add(f.TrackReleased(track=_PROTECTION, at=draft.now, by=by))
    tasks.drop_tasks(draft, "release", "release_ends", detail=_PROTECTION.value)


def _review(draft: Draft, command: c.DecideNecessity) -> None:
    known = draft.case.necessity
    if known is None or known.review_by is None:
        raise Refusal(RefusedBecause.ALREADY_ANSWERED, "Two people have agreed already.")
    draft.add(f.NecessityReviewed(by=command.by, at=draft.now))
    tasks.drop_tasks(draft, "necessity_review")


def _withdraw(draft: Draft, *, by: str, reason: Literal["not_reviewed", "by_hand"]) -> None:
    was_in_force = draft.case.necessity is not None and draft.case.necessity.in_force
    draft.add(f.NecessityWithdrawn(by=by, at=draft.now, reason=reason))
    tasks.drop_tasks(draft, "necessity_second", "necessity_review")
    recheck(draft)
    if was_in_force and reason == "not_reviewed":
        tasks.raise_task(draft, "necessity_withdrawn", critical=True)
    ask_for_releases(draft)


def _reviewer(draft: Draft, *, but: str) -> str:
    """Whom to ask first: somebody on duty other than whoever decided; nobody: whoever is paged."""
    on_duty = (
        person.person
        for role in _REVIEWERS
        for person in rota.on_call(draft.case.around.roster, role, draft.now)
    )
    return next((person for person in on_duty if person != but), "")
