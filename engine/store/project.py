"""From facts to rows: the one place that writes alerts, notifications, tasks, actions and plans.

Rows follow from a case before, its facts, and the case after. Within a batch the order of facts
counts: what was told and then cancelled is cancelled, what was cancelled and then told is told.
So changes of stored rows come first, and rows of this batch are inserted as they ended up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.answer_tokens import promise_good_until
from engine.case.state import Alert, Case
from engine.store import closures, links
from schemas import facts as f
from schemas.codes import TrackName

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What one command did to one case."""

    before: Case
    after: Case
    facts: tuple[f.Fact, ...]


@dataclass(slots=True, kw_only=True)
class Rows:
    """What one batch writes, per statement of `engine.store.writing`."""

    cancel_notices: list[Row] = field(default_factory=list)
    settle_notices: list[Row] = field(default_factory=list)
    reported_notices: list[Row] = field(default_factory=list)
    notices: dict[str, Row] = field(default_factory=dict)
    alerts: dict[str, Row] = field(default_factory=dict)
    tasks: dict[str, Row] = field(default_factory=dict)
    own_tasks: list[Row] = field(default_factory=list)
    finish_tasks: list[Row] = field(default_factory=list)
    actions: dict[str, Row] = field(default_factory=dict)
    move_actions: list[Row] = field(default_factory=list)
    move_promises: list[Row] = field(default_factory=list)
    act: dict[str, Row] = field(default_factory=dict)
    kept_open: list[Row] = field(default_factory=list)
    """Whose pages stay open, and until when."""
    plans: list[Row] = field(default_factory=list)
    releases: list[Row] = field(default_factory=list)
    closures: dict[str, Row] = field(default_factory=dict)
    notes: list[Row] = field(default_factory=list)
    """Rows of the vault that facts of a case name: now it is known whose they are."""
    erased: list[Row] = field(default_factory=list)
    linked: list[Row] = field(default_factory=list)
    unlinked: list[Row] = field(default_factory=list)


def project(decided: Iterable[Decided], *, at: datetime) -> Rows:
    """Return the rows that these decisions, in their order, lead to.

    Raises ValueError when a notification's key comes twice: that is a bug, and never a repeat.
    """
    rows = Rows()
    for each in decided:
        _Projection(each, rows, at=at).run()
    return rows


def lane(case: Case, track: TrackName) -> int:
    """0 duty of a grave case, 1 duty, 2 everybody else of a grave case, 3 everybody else."""
    return (0 if track is TrackName.DUTY else 2) + (0 if case.severity.grave else 1)


class _Projection:
    """One decision becoming rows."""

    def __init__(self, decided: Decided, rows: Rows, *, at: datetime) -> None:
        self._before = decided.before
        self._after = decided.after
        self._facts = decided.facts
        self._rows = rows
        self._at = at
        self._told_at: dict[str, datetime] = {}
        self._answered_at: dict[str, datetime] = {}
        self._ended: set[str] = set()
        """Promises whose end a fact names."""
        told = [a.track is TrackName.DUTY for a in decided.before.alerts if a.tell_no]
        self._told = {True: True in told, False: False in told}
        """Whether duty, or anybody else, had been told anything before this decision."""

    def run(self) -> None:
        for n, fact in enumerate(self._facts, start=self._before.version + 1):
            step = _STEPS.get(type(fact))
            if step is not None:
                step(self, fact, n)
            if note := getattr(fact, "note", ""):
                self._rows.notes.append({"of_id": note, "to_case": self._after.id})
        self._alerts()
        self._task_owners()

    # Telling

    def told(self, fact: f.Told | f.Rerouted, n: int) -> None:
        if fact.alert not in self._told_at:
            self._told_at[fact.alert] = fact.at
        duty = fact.track is TrackName.DUTY
        for notice in fact.notices:
            if notice.key in self._rows.notices:
                raise ValueError(f"notification {notice.key} was decided twice")
            self._rows.notices[notice.key] = {
                "key": notice.key,
                "case_id": self._after.id,
                "alert_id": fact.alert,
                "tell_no": fact.tell_no,
                "purpose": fact.purpose.value,
                "party": fact.party,
                "contact": notice.contact,
                "endpoint": notice.endpoint,
                "channel": notice.endpoint.partition(":")[0],
                "lane": lane(self._after, fact.track),
                "tell_rank": int(self._told[duty]),
                "detail": fact.detail,
                "answer_by": fact.answer_by if isinstance(fact, f.Told) else None,
                "decided_at": fact.at,
                "state": "queued",
                "next_at": fact.at,
                "settled_at": None,
                "reason": "",
            }

    def cancelled(self, fact: f.NoticesCancelled, n: int) -> None:
        purposes = [purpose.value for purpose in fact.purposes]
        for alert in fact.alerts:
            for purpose in purposes:
                self._rows.cancel_notices.append(
                    {
                        "of_alert": alert,
                        "of_purpose": purpose,
                        "of_contact": fact.contact,
                        "why": fact.reason[:40],
                        "now": self._at,
                    }
                )
        for row in self._rows.notices.values():
            meant = row["alert_id"] in fact.alerts and row["purpose"] in purposes
            if meant and fact.contact in ("", row["contact"]):
                self._end_new(row, state="cancelled", reason=fact.reason[:40])

    def handed_off(self, fact: f.HandedOff, n: int) -> None:
        self._settle(fact.key, state="handed_off", reason="")

    def delivered(self, fact: f.Delivered, n: int) -> None:
        self._rows.reported_notices.append(
            {"of_key": fact.key, "ended": "delivered", "why": "", "now": self._at}
        )

    def failed(self, fact: f.DeliveryFailed, n: int) -> None:
        if fact.reason != "not_delivered":
            self._settle(fact.key, state="failed_permanent", reason=fact.reason)
            return
        change = {"of_key": fact.key, "ended": "failed_permanent", "why": fact.reason}
        self._rows.reported_notices.append(change | {"now": self._at})

    def refused(self, fact: f.TellRefused, n: int) -> None:
        for key in fact.keys:
            self._settle(key, state="cancelled", reason=fact.reason.value)

    def _settle(self, key: str, *, state: str, reason: str) -> None:
        row = self._rows.notices.get(key)
        if row is not None:
            self._end_new(row, state=state, reason=reason)
        else:
            change = {"of_key": key, "ended": state, "why": reason, "now": self._at}
            self._rows.settle_notices.append(change)

    def _end_new(self, row: Row, *, state: str, reason: str) -> None:
        if row["state"] == "queued":
            row.update(state=state, next_at=None, settled_at=self._at, reason=reason)

    # Answers

    def answered(
        self, fact: f.Answered | f.Declined | f.ConflictDeclared | f.PassedOn, n: int
    ) -> None:
        self._answered_at[fact.alert] = fact.at

    def promised(self, fact: f.Promised, n: int) -> None:
        self._answered_at[fact.alert] = fact.at
        row = self._action(fact.action, fact.alert, fact.action_kind.value, fact.by)
        row.update(state="promised", promised_at=fact.at, due_at=fact.due_at)
        self._rows.actions[fact.action] = row

    def asked(self, fact: f.PromiseAsked, n: int) -> None:
        self._move(fact.action, "asked")

    def promise_moved(self, fact: f.PromiseMoved, n: int) -> None:
        new = self._rows.actions.get(fact.action)
        if new is not None:
            new["due_at"] = fact.due_at
        else:
            self._rows.move_promises.append({"of_id": fact.action, "to_due": fact.due_at})

    def missed(self, fact: f.PromiseMissed, n: int) -> None:
        self._move(fact.action, "missed")

    def withdrawn(self, fact: f.PromiseWithdrawn, n: int) -> None:
        self._move(fact.action, "withdrawn")

    def acted(self, fact: f.Acted, n: int) -> None:
        self._answered_at[fact.alert] = fact.at
        self._ended.add(fact.action)
        done = {"state": "done", "done_at": fact.at, "effect": fact.effect.value}
        new = self._rows.actions.get(fact.action)
        if new is not None:
            new.update(done)
            return
        row = self._action(fact.action, fact.alert, fact.action_kind.value, fact.by)
        self._rows.act[fact.action] = row | done

    def _action(self, id: str, alert_id: str, kind: str, by: str) -> Row:
        alert = self._after.alert(alert_id)
        return {
            "id": id,
            "case_id": self._after.id,
            "alert_id": alert_id,
            "party": "" if alert is None else alert.party,
            "kind": kind,
            "by": by,
            "state": "promised",
            "promised_at": None,
            "due_at": None,
            "done_at": None,
            "effect": "",
        }

    def _move(self, action: str, state: str) -> None:
        if state != "asked":
            self._ended.add(action)
        new = self._rows.actions.get(action)
        if new is not None:
            new["state"] = state
        else:
            self._rows.move_actions.append({"of_id": action, "to_state": state})

    # Tasks

    def task_raised(self, fact: f.TaskRaised, n: int) -> None:
        self._rows.tasks[fact.task] = {
            "id": fact.task,
            "case_id": self._after.id,
            "kind": fact.task_kind,
            "alert_id": fact.alert,
            "detail": fact.detail[:64],
            "critical": fact.critical,
            "raised_at": fact.at,
            "due_at": fact.due_at,
            "owner": fact.owner,
            "done_at": None,
            "done_by": "",
            "result": "",
        }

    def task_done(self, fact: f.TaskDone, n: int) -> None:
        done = {"done_at": fact.at, "done_by": fact.by, "result": fact.result[:64]}
        new = self._rows.tasks.get(fact.task)
        if new is not None:
            new.update(done)
        else:
            self._rows.finish_tasks.append({"of_id": fact.task} | done)

    def _task_owners(self) -> None:
        if self._before.tasks is self._after.tasks:
            return
        owners = {task.id: task.owner for task in self._before.tasks}
        for task in self._after.tasks:
            new = self._rows.tasks.get(task.id)
            if new is not None:
                new["owner"] = task.owner
            elif owners.get(task.id) != task.owner:
                self._rows.own_tasks.append({"of_id": task.id, "to_owner": task.owner})

    # Plans

    def planned(self, fact: f.Planned, n: int) -> None:
        self._rows.plans.append(
            {
                "case_id": self._after.id,
                "plan_no": fact.plan_no,
                "at": fact.at,
                "world": fact.world,
                "policy": fact.policy,
                "body": f.dump_fact(fact),
            }
        )

    def excluded(self, fact: f.ExclusionsJoined, n: int) -> None:
        body = closures.dump(fact.closure)
        self._rows.closures[fact.digest] = {"digest": fact.digest, "body": body}

    def erased(self, fact: f.Erased, n: int) -> None:
        self._rows.erased.append({"of_case": self._after.id})

    def linked(self, fact: f.CasesLinked, n: int) -> None:
        self._rows.linked.append({"pseudonym": links.name(fact.case), "case_id": self._after.id})

    def unlinked(self, fact: f.CasesUnlinked, n: int) -> None:
        self._rows.unlinked.append(
            {"of_pseudonym": links.name(fact.case), "of_case": self._after.id}
        )

    def release_given(self, fact: f.ReleaseGiven, n: int) -> None:
        row = {"id": f"{self._after.id}.r{n}", "case_id": self._after.id, "at": fact.at}
        self._rows.releases.append(row | {"body": f.dump_fact(fact)})

    # Alerts

    def _alerts(self) -> None:
        known = {alert.id: alert for alert in self._before.alerts}
        for alert in self._after.alerts:
            before = known.get(alert.id)
            if before is alert:
                continue
            if alert.promises and (before is None or before.promises is not alert.promises):
                self._keep_open(alert)
            if before is not None:
                self._withdrawn(before, alert)
                if not self._shows(before, alert):
                    continue
            self._alert(alert)

    def _shows(self, before: Alert, after: Alert) -> bool:
        """Whether anything changed that its row tells."""
        return (
            before.status is not after.status
            or before.tell_no != after.tell_no
            or before.reason is not after.reason
            or after.id in self._answered_at
        )

    def _alert(self, alert: Alert) -> None:
        known = self._rows.alerts.get(alert.id, {})
        self._rows.alerts[alert.id] = {
            "id": alert.id,
            "ref": alert.ref,
            "case_id": self._after.id,
            "track": alert.track.value,
            "party": alert.party,
            "status": alert.status.value,
            "tell_no": alert.tell_no,
            "first_told_at": known.get("first_told_at") or self._told_at.get(alert.id),
            "answered_at": known.get("answered_at") or self._answered_at.get(alert.id),
            "reason": "" if alert.reason is None else alert.reason.value,
        }

    def _keep_open(self, alert: Alert) -> None:
        """Whoever promised can say that it is done, however long after our message that is."""
        for promise in alert.promises:
            until = promise_good_until(ask_at=promise.ask_at)
            self._rows.kept_open.append(
                {"of_alert": alert.id, "of_contact": promise.by, "until": until}
            )

    def _withdrawn(self, before: Alert, after: Alert) -> None:
        left = {promise.action for promise in after.promises}
        for promise in before.promises:
            if promise.action not in left and promise.action not in self._ended:
                self._move(promise.action, "withdrawn")


_STEPS: dict[type[Any], Any] = {
    f.Told: _Projection.told,
    f.Rerouted: _Projection.told,
    f.NoticesCancelled: _Projection.cancelled,
    f.HandedOff: _Projection.handed_off,
    f.Delivered: _Projection.delivered,
    f.DeliveryFailed: _Projection.failed,
    f.TellRefused: _Projection.refused,
    f.Answered: _Projection.answered,
    f.Declined: _Projection.answered,
    f.ConflictDeclared: _Projection.answered,
    f.PassedOn: _Projection.answered,
    f.Promised: _Projection.promised,
    f.PromiseAsked: _Projection.asked,
    f.PromiseMoved: _Projection.promise_moved,
    f.PromiseMissed: _Projection.missed,
    f.PromiseWithdrawn: _Projection.withdrawn,
    f.Acted: _Projection.acted,
    f.TaskRaised: _Projection.task_raised,
    f.TaskDone: _Projection.task_done,
    f.Planned: _Projection.planned,
    f.ExclusionsJoined: _Projection.excluded,
    f.ReleaseGiven: _Projection.release_given,
    f.Erased: _Projection.erased,
    f.CasesLinked: _Projection.linked,
    f.CasesUnlinked: _Projection.unlinked,
}
