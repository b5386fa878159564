"""`decide`: what a command does to a case, as facts. Pure; one table says who decides what."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.case import (
    adding,
    answers,
    arrival,
    attempts,
    by_hand,
    care,
    certainty,
    classing,
    clearing,
    closing,
    consenting,
    dates,
    delivery,
    erasing,
    finishing,
    freezing,
    gates,
    handing_over,
    holding,
    incidents,
    ladder,
    linking,
    lowering,
    modes,
    necessity,
    promises,
    protocols,
    recheck,
    remedy,
    replanning,
    reprisals,
    reviewing,
    rounds,
    rungs,
    sharing,
    standing,
    steering,
    tasks,
)
from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.state import Case, CaseStatus
from schemas.facts import Fact
from schemas.responses import RefusedBecause

__all__ = ["Refusal", "decide", "run"]


def _tick(draft: Draft, command: c.Tick) -> None:
    """Nothing of its own: what is due fires after every command."""


def _arrive(draft: Draft, command: c.EventArrived) -> None:
    stood = standing.happened(draft, by="event")
    arrival.arrive(draft, command)
    protocols.apply(draft, command)
    sharing.forget(draft)
    report = command.report
    dates.hear(draft, source=report.source, id=report.event_id, event=report.event)
    dates.ask_for_dates(draft)
    if stood:
        standing.call(draft)


def _release(draft: Draft, command: c.Release) -> None:
    gates.release(draft, command)
    dates.ask_for_dates(draft)


def _touched(draft: Draft, command: c.TouchedByAct) -> None:
    standing.happened(draft, by="engine")
    reprisals.touch(draft, command)


def _be_linked(draft: Draft, command: c.BeLinked) -> None:
    if command.act:
        standing.happened(draft, by="engine")
    linking.be_linked(draft, command)


_HANDLERS: dict[type[Any], Callable[[Draft, Any], None]] = {
    c.EventArrived: _arrive,
    c.Tick: _tick,
    c.Respond: answers.respond,
    c.ClassAnswer: classing.judge,
    c.WithdrawPromise: promises.withdraw,
    c.Release: _release,
    c.ClearExclusion: clearing.clear,
    c.Recheck: recheck.again,
    c.ConsentChanged: consenting.change,
    c.Freeze: freezing.freeze,
    c.Lift: freezing.lift,
    c.TouchedByAct: _touched,
    c.PlaceHold: holding.place,
    c.LiftHold: holding.lift,
    c.ProposeJoint: gates.propose_joint,
    c.RaiseMode: modes.raise_mode,
    c.LowerMode: modes.lower_mode,
    c.SetSharing: sharing.set_sharing,
    c.JudgeCertainty: certainty.judge,
    c.HearSource: certainty.hear,
    c.DecideNecessity: necessity.decide,
    c.WithdrawNecessity: necessity.withdraw,
    c.TakeTask: tasks.take,
    c.FinishTask: finishing.finish,
    c.AddTask: by_hand.add,
    c.SetRound: rounds.set_round,
    c.EndRound: rounds.end,
    c.ProposeResolution: closing.propose,
    c.ConfirmResolution: closing.confirm,
    c.Reopen: closing.reopen,
    c.NoteStatus: care.note_status,
    c.SetContactOwners: care.set_owners,
    c.LowerSeverity: lowering.lower,
    c.NoteRemedy: remedy.note,
    c.ProposeStanding: standing.propose,
    c.ConfirmStanding: standing.confirm,
    c.EndStanding: standing.end,
    c.BeLinked: _be_linked,
    c.LinkedGrew: linking.grew,
    c.UnlinkCase: linking.unlink,
    c.BeUnlinked: linking.be_unlinked,
    c.DocumentAttempt: attempts.document,
    c.ReviewCase: reviewing.review,
    c.AddDate: dates.add,
    c.MoveDate: dates.move,
    c.RemoveDate: dates.remove,
    c.JumpStep: steering.jump,
    c.SkipStep: steering.skip,
    c.Escalate: steering.escalate,
    c.WithdrawRelease: gates.withdraw,
    c.HandOver: handing_over.hand_over,
    c.AddRecipient: adding.add,
    c.Replan: replanning.replan,
    c.Erase: erasing.erase,
    c.KeepSealed: erasing.keep,
    c.EndKeeping: erasing.end_keeping,
    c.AnnounceErasure: erasing.announce,
    c.EraseInTime: erasing.erase_in_time,
    c.RaiseIncident: incidents.raise_incident,
    c.Claimed: delivery.claim,
    c.Settled: delivery.settle,
}

_OPENS = (c.EventArrived, c.RaiseIncident)
_LEAVES_TIME_ALONE = (c.Claimed, c.Settled)


def decide(case: Case, command: c.CaseCommand, now: datetime) -> list[Fact]:
    """Return the facts that the command leads to. Raises Refusal when it may not be carried out.

    Whatever else is due by `now` is decided with it, so nothing waits for the next tick.
    """
    return list(run(case, command, now)[1])


def run(case: Case, command: c.CaseCommand, now: datetime) -> tuple[Case, tuple[Fact, ...]]:
    """Return the case after the command and the facts that made it so."""
    if case.status is CaseStatus.NEW and not isinstance(command, _OPENS):
        raise Refusal(RefusedBecause.UNKNOWN_CASE)
    draft = Draft(case=case, now=now)
    asleep = rungs.asleep(draft)
    _HANDLERS[type(command)](draft, command)
    # A case whose last tick faulted waits for its next one: an answer must land all the same.
    faulted = case.retry_at is not None and not isinstance(command, c.Tick)
    if not faulted and not isinstance(command, _LEAVES_TIME_ALONE):
        ladder.fire(draft)
    rungs.wake(draft, asleep)
    return draft.case, tuple(draft.facts)
