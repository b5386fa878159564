"""Promises and acts: each promise a clock of its own (design section 5.6).

Due: its giver is asked, for what takes place 4 h later. 4 h after asking it is missed and the next
contact is told. It ends as done, missed or withdrawn, each on the record.
"""

from datetime import datetime, timedelta

from engine.case import commands as c
from engine.case import covering, modes, recheck, tasks, telling, times
from engine.case.answerers import answerer, cancel, did_harm, go_on_if_silent, needs_no_call
from engine.case.draft import Draft, Refusal, id_only
from engine.case.freezing import must_be_open
from engine.case.state import Alert, Promise, Task
from schemas import facts as f
from schemas.codes import ActionKind, Effect
from schemas.projection import Purpose
from schemas.responses import RefusedBecause, Response, Way, WithdrawnBecause

MOST = 12
"""Open promises of one party. Whoever needs more does one of them first."""


def commit(draft: Draft, alert: Alert, response: Response) -> None:
    """Somebody promises something by a time; it holds the whole party until then."""
    kind = response.action or ActionKind.OTHER
    if response.due is None:
        raise Refusal(RefusedBecause.INCOMPLETE, "due: say by when, so that we can ask then.")
    if response.due <= draft.now:
        raise Refusal(RefusedBecause.INCOMPLETE, "due: say a time ahead, or say that it is done.")
    if len(alert.promises) >= MOST:
        raise Refusal(RefusedBecause.INCOMPLETE, "Say first what became of what you promised.")
    action = f"{alert.id}.p{draft.case.serial}"
    draft.add(
        f.Promised(
            alert=alert.id,
            action=action,
            action_kind=kind,
            by=response.by,
            way=response.way.value,
            at=draft.now,
            due_at=response.due,
            ask_at=response.due + (times.ASK_AFTER_EVENT if kind.takes_place else timedelta(0)),
            note=response.note,
            contact=answerer(alert, response),
            condition=response.condition,
            for_date=id_only(response.for_date, of="for_date"),
        )
    )
    cancel(draft, alert, reason="promised")
    needs_no_call(draft, alert)
    if response.condition is not None:
        tasks.raise_task(
            draft, "promise_condition", alert=alert.id, detail=action, due_at=response.due
        )
    modes.too_loud(draft, alert, kind)


def act(draft: Draft, alert: Alert, response: Response) -> None:
    """Somebody did something: a promise of theirs is kept, or they did it unasked."""
    promise = next(
        (p for p in alert.promises if response.action in (None, p.action_kind)),
        alert.promises[0] if alert.promises else None,
    )
    kind = response.action or (promise.action_kind if promise else ActionKind.OTHER)
    effect = response.effect or Effect.UNKNOWN
    draft.add(
        f.Acted(
            alert=alert.id,
            action=promise.action if promise else f"{alert.id}.p{draft.case.serial}",
            action_kind=kind,
            effect=effect,
            by=response.by,
            way=response.way.value,
            at=draft.now,
            note=response.note,
            contact=answerer(alert, response),
            for_date=id_only(response.for_date, of="for_date")
            or (promise.for_date if promise else ""),
        )
    )
    cancel(draft, alert, reason="acted")
    needs_no_call(draft, alert)
    if effect is Effect.NEGATIVE:
        did_harm(draft, alert)


def take_back(draft: Draft, alert: Alert, response: Response) -> None:
    """Its giver takes a promise back: who comes next is told at once."""
    mine = [p for p in alert.promises if p.by == answerer(alert, response)] or alert.promises
    if response.action is None and len({p.action_kind for p in mine}) > 1:
        raise Refusal(RefusedBecause.INCOMPLETE, "action: several are promised; say which.")
    promise = next((p for p in mine if response.action in (None, p.action_kind)), None)
    if promise is None:
        raise Refusal(RefusedBecause.INCOMPLETE, "Nothing is promised here.")
    _withdraw(
        draft,
        alert,
        promise,
        by=response.by,
        way=response.way,
        reason=WithdrawnBecause.BY_GIVER,
        note=response.note,
    )


def withdraw(draft: Draft, command: c.WithdrawPromise) -> None:
    """A person of ours records that a promise is no longer one, and why."""
    must_be_open(draft.case)
    if command.reason is WithdrawnBecause.RENEWED:
        raise Refusal(RefusedBecause.INCOMPLETE, "reason: record what they promise now instead.")
    alert = draft.alert(command.alert)
    open_ones = [p for p in alert.promises if command.action in ("", p.action)]
    if not open_ones:
        raise Refusal(RefusedBecause.INCOMPLETE, "promise: none of this kind is open here.")
    if len(open_ones) > 1:
        raise Refusal(RefusedBecause.INCOMPLETE, "promise: several are open; say which.")
    _withdraw(
        draft,
        alert,
        open_ones[0],
        by=command.by,
        way=command.way,
        reason=command.reason,
        note=command.note,
    )


def condition_done(draft: Draft, task: Task, *, by: str, result: str) -> None:
    """Our part of a promise is done; or it will not come, and then neither will the promise."""
    alert = draft.case.alert(task.alert)
    promise = find(alert, task.detail)
    if alert is None or promise is None:
        return
    if result == "done":
        draft.add(f.ConditionMet(alert=alert.id, action=promise.action, by=by, at=draft.now))
        return
    _withdraw(
        draft,
        alert,
        promise,
        by=by,
        way=Way.CONSOLE,
        reason=WithdrawnBecause.CONDITION_FAILED,
        note="",
    )
    tasks.raise_task(draft, "phone_them", alert=alert.id)


def fall_due(draft: Draft, alert: Alert, promise: Promise) -> None:
    """Ask its giver and duty what became of it; asked in vain, go on without it."""
    late = too_late(draft, promise.ask_at)
    if not promise.asked:
        draft.add(
            f.PromiseAsked(
                alert=alert.id,
                action=promise.action,
                next_at=draft.now + times.MISSED_AFTER_ASKING,
            )
        )
        if not late and recheck.still_right(draft, draft.alert(alert.id)):
            telling.tell_again(draft, alert.id, promise.by, purpose=Purpose.ASK_OUTCOME)
        if find(draft.alert(alert.id), promise.action) is not None:
            tasks.raise_task(draft, "promise_overdue", alert=alert.id, critical=True)
        return
    draft.add(f.PromiseMissed(alert=alert.id, action=promise.action))
    tasks.drop_tasks(draft, "promise_condition", alert=alert.id, detail=promise.action)
    after = draft.alert(alert.id)
    if after.pledged or not promise.holds or not recheck.still_right(draft, after):
        return
    if late:
        tasks.ask_if_still_right(draft, alert=alert.id)
    else:
        telling.go_on(draft, alert.id)


def too_late(draft: Draft, due: datetime) -> bool:
    """Whether this lay so long that only a person may say whether it is still right."""
    return draft.now - due > times.STALE_AFTER


def find(alert: Alert | None, action: str) -> Promise | None:
    """The open promise of this id, or None."""
    promises = () if alert is None else alert.promises
    return next((promise for promise in promises if promise.action == action), None)


def _withdraw(
    draft: Draft,
    alert: Alert,
    promise: Promise,
    *,
    by: str,
    way: Way,
    reason: WithdrawnBecause,
    note: str,
) -> None:
    state = draft.case.track(alert.track)
    hold_until = None
    if reason.holds_giver and state is not None:
        holds = state.track.answer_holds_for or state.track.answer_by
        hold_until = draft.now + timedelta(seconds=holds)
    draft.add(
        f.PromiseWithdrawn(
            alert=alert.id,
            action=promise.action,
            by=by,
            way=way.value,
            at=draft.now,
            reason=reason,
            hold_until=hold_until,
            note=note,
        )
    )
    cancel(draft, alert, contact=promise.by, reason="withdrawn")
    needs_no_call(draft, alert)
    go_on_if_silent(draft, alert)
    covering.lost(draft, alert)
