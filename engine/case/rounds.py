"""Rounds: those who help hear, at a steady pace, what each of them promised and did (P8, P21).

A person says who takes part. At each time they are told that there is news, through gate and guard,
and somebody of ours owes a consultation with them. The message says no more; what was promised and
done stands on their page, by kind and never by name (`may_read`).
"""

from collections.abc import Iterable
from datetime import timedelta

from engine.case import commands as c
from engine.case import promises, tasks, telling
from engine.case.draft import Draft, Refusal
from engine.case.ledger import Entry, Standing
from engine.case.protect import judge_contact
from engine.case.state import Alert, AlertStatus, Case
from schemas import facts as f
from schemas.codes import ActionKind, Effect, Mode, TrackName
from schemas.projection import Purpose
from schemas.responses import AnswerClass, RefusedBecause

RAREST = 90
"""Days from one round to the next, and to the first, at most."""
CONSULT_WITHIN = timedelta(hours=24)
"""How long we have, from each round, to speak with those of it."""
_NEVER = (TrackName.DUTY, TrackName.PROTECTION, TrackName.LEGAL)
"""What shields the person, and what their lawyers do, is nobody else's to hear."""
_KEPT = (
    ActionKind.LEGAL_SUPPORT,
    ActionKind.MEDICAL_SUPPORT,
    ActionKind.RELOCATION,
    ActionKind.FUNDING,
    ActionKind.VISA,
)
"""Says where somebody may be, or who stands behind them, whoever does it."""
_COMES = (Standing.PROMISED, Standing.ASKED, Standing.UNDERWAY, Standing.DONE)
"""What was missed, withdrawn or proposed only is nothing to count on."""
_WORTHLESS = (AnswerClass.TOKEN, AnswerClass.COUNTER_PRODUCTIVE, AnswerClass.NONE)


def can_join(case: Case, alert: Alert) -> bool:
    """Whether this party may take part: told, not out, and of whom the others told may know."""
    return is_there(alert) and not too_quiet(case, alert.track)


def is_there(alert: Alert) -> bool:
    """Whether a message reached this party, it is not out, and it is none that shields anybody."""
    there = alert.live or alert.status is AlertStatus.ACTED
    return there and bool(alert.reached) and alert.track not in _NEVER


def too_quiet(case: Case, name: TrackName) -> bool:
    """Whether nobody else may learn that those of this track were asked at all."""
    state = case.track(name)
    mode = Mode.QUIET if state is None else state.mode
    return not all(Mode.PRIVATE.within(each) for each in (mode, case.mode_ceiling))


def set_round(draft: Draft, command: c.SetRound) -> None:
    """Set who takes part, from when, and how often. Raises Refusal."""
    _must_be_worked_on(draft.case)
    if not command.alerts:
        raise Refusal(RefusedBecause.INCOMPLETE, "alerts: name at least one party.")
    for id in command.alerts:
        alert = draft.alert(id)
        if not is_there(alert):
            raise Refusal(
                RefusedBecause.INCOMPLETE,
                "alerts: only parties that a message reached and that are not out; no lawyers, and "
                "nobody who shields the person.",
            )
        if too_quiet(draft.case, alert.track):
            raise Refusal(
                RefusedBecause.INCOMPLETE,
                "alerts: nobody may learn that a quiet track was asked; let it be private first.",
            )
    if not 1 <= command.every_days <= RAREST:
        raise Refusal(RefusedBecause.INCOMPLETE, f"every_days: from 1 to {RAREST}.")
    if not draft.now < command.first_at <= draft.now + timedelta(days=RAREST):
        raise Refusal(RefusedBecause.INCOMPLETE, f"first: a time ahead, within {RAREST} days.")
    _call_off(draft, reason="round_set")
    draft.add(
        f.RoundSet(
            by=command.by,
            at=draft.now,
            alerts=tuple(dict.fromkeys(command.alerts)),
            first_at=command.first_at,
            every_days=command.every_days,
        )
    )


def end(draft: Draft, command: c.EndRound) -> None:
    """Nobody hears of the others any more. Raises Refusal where there is no round."""
    _must_be_worked_on(draft.case)
    if draft.case.round is None:
        raise Refusal(RefusedBecause.INCOMPLETE, "round: there is none.")
    _call_off(draft, reason="round_ended")
    draft.add(f.RoundEnded(by=command.by, at=draft.now))
    tasks.drop_tasks(draft, "round")


def fall_due(draft: Draft) -> bool:
    """Hold the round whose time has come. False when none is due."""
    held = draft.case.round
    if held is None or held.next_at > draft.now or not draft.case.status.unresolved:
        return False
    _call_off(draft, reason="round_held")  # Whoever was not reached in time hears the newest only.
    missed = (draft.now - held.next_at) // held.every
    draft.add(
        f.RoundHeld(
            at=draft.now, due_at=held.next_at, next_at=held.next_at + (missed + 1) * held.every
        )
    )
    if not promises.too_late(draft, held.next_at):
        for alert in taking_part(draft.case):
            _tell(draft, alert)
    tasks.raise_task(draft, "round", due_at=draft.now + CONSULT_WITHIN)
    return True


def taking_part(case: Case) -> tuple[Alert, ...]:
    """Those of the round, without whoever is out by now."""
    return tuple(alert for alert in case.alerts if alert.in_round and can_join(case, alert))


def may_read(case: Case, reader: Alert, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What this party may read of the ledger: of those who take part, and only if it does."""
    part = taking_part(case)
    return readable(entries, of=part, by=reader.track) if reader in part else ()


def readable(entries: Iterable[Entry], *, of: Iterable[Alert], by: TrackName) -> tuple[Entry, ...]:
    """What a party of this track may read of what these promised and did.

    Companies read of companies alone: what others do about them, two people would have to release.
    """
    tracks = {alert.id: alert.track for alert in of}
    return tuple(
        entry
        for entry in entries
        if entry.alert in tracks
        and (by is not TrackName.COMPANIES or tracks[entry.alert] is by)
        and entry.standing in _COMES
        and entry.kind not in _KEPT
        and entry.answer_class not in _WORTHLESS
        and entry.effect is not Effect.NEGATIVE
    )


def _must_be_worked_on(case: Case) -> None:
    """One that stands for years is the very one in which those who help need to hear."""
    if not case.status.unresolved:
        raise Refusal(RefusedBecause.NOT_OPEN, "Reopen the case first.")


def _tell(draft: Draft, alert: Alert) -> None:
    state = draft.case.track(alert.track)
    if state is None or not state.open_at(draft.now):
        return
    whom = tuple(
        ref
        for ref in alert.contacts
        if ref.id in alert.reached
        and ref.id not in alert.dropped_contacts
        and judge_contact(draft.case, alert, ref, now=draft.now).allowed
    )
    telling.tell(draft, alert, whom, purpose=Purpose.ROUND)


def _call_off(draft: Draft, *, reason: str) -> None:
    alerts = tuple(alert.id for alert in draft.case.alerts if alert.in_round)
    if alerts:
        draft.add(f.NoticesCancelled(alerts=alerts, purposes=(Purpose.ROUND,), reason=reason))
