"""What the model knows of duty: its ladder, its people, what it owes. Minutes in its tables."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

from tests.model import page

LADDER = ("handler", "second", "shift_lead", "director")
RUNGS = {severity: page.rungs(severity) for severity in page.SEVERITIES}
PAUSES = {severity: page.pauses(severity) for severity in page.SEVERITIES}
CHECK_INS = page.check_ins()
ANY_OTHER, TRIAGE = (page.row("## What duty owes", row) for row in ("any other", "triage"))
FIRST = page.row("## What duty owes", "first contact")
WITHIN = {"triage": TRIAGE, "release": TRIAGE, "first_contact": FIRST}
TALKS = ("first_contact", "check_in")
WORKED_ON = ("open", "standing")


class Duty:
    """One case as those on duty live it; `out` is whom it tells in one decision."""

    def __init__(self, now: datetime, severity: str, world: Any) -> None:
        self.now, self.severity, self.status = now, severity, "open"
        self.gravest = severity
        self.roster, self.floor = dict(world.roster), world.floor
        self.people = {who for people in world.roster.values() for who in people}
        self.owner, self.no, self.kept = "", set[str](), 0
        self.late, self.over_at = False, now
        self.quiet: datetime | None = None
        self.holds: list[tuple[datetime, str]] = []
        self.tasks: list[Any] = []
        self.out: list[tuple[datetime, str, str]] = []
        self.pending: list[tuple[str, str, str, datetime]] = []
        self.floor_called: datetime | None = None
        self.wake()

    def by(self, table: tuple[int, ...], severity: str = "") -> datetime:
        severity = severity or self.severity
        return self.now + timedelta(minutes=table[page.SEVERITIES.index(severity)])

    # --- messages

    def send(self, who: str, purpose: str, party: str = "") -> None:
        purpose = "overdue" if self.late and not party else purpose
        self.no -= {who}  # Whoever is told anew has said nothing yet.
        self.out.append((self.now, who, purpose))
        self.pending.append((who, purpose, party, self.now))

    def call_off(self, *purposes: str, who: str = "", party: str = "") -> None:
        self.pending = [
            (to, purpose, of, at)
            for to, purpose, of, at in self.pending
            if purpose not in purposes or who not in ("", to) or party not in ("", of)
        ]

    def said(self, who: str) -> set[str]:
        return {purpose for _, to, purpose in self.out if to == who}

    # --- the ladder

    def page(self, rungs: Iterable[tuple[int, str]], *, besides: bool = False) -> None:
        people: dict[str, None] = {}
        for role in " ".join(roles for _, roles in rungs).split():
            groups = self.from_here_up(role)
            willing = (tuple(who for who in group if who not in self.no) for group in groups)
            people |= dict.fromkeys(next(filter(None, willing), groups[0]))
        if not (people or besides):
            self.task("nobody_left", of="duty", critical=self.severity in ("critical", "high"))
        for who in people:
            if not (besides and {"page", "overdue"} & self.said(who)):
                self.send(who, "page")

    def reachable(self, who: str) -> bool:
        """Whether there is a way to them: a floor contact who left the roster has none."""
        return who in (*self.people, *self.floor)

    def from_here_up(self, role: str) -> list[tuple[str, ...]]:
        up = [self.roster[each] for each in LADDER[LADDER.index(role) :]]
        return [group for group in (*up, self.floor) if group] or [()]

    def duty_at(self) -> datetime:
        rungs, pauses = RUNGS[self.severity], PAUSES[self.severity]
        repeats = max(self.rung - len(rungs) + 1, 0)
        minutes = rungs[min(self.rung, len(rungs) - 1)][0] + sum(pauses[:repeats])
        minutes += max(repeats - len(pauses), 0) * pauses[-1]
        return self.anchor + timedelta(minutes=minutes)

    def duty_moves(self) -> None:
        if self.quiet:
            if self.all_owned():
                first, pause = min(t.due for t in self.tasks), self.by(ANY_OTHER) - self.now
                self.quiet = self.now
                while self.quiet < first:
                    self.quiet += pause
            else:
                self.wake(for_a_task=True)
            return
        first, rungs = self.rung, RUNGS[self.severity]
        while self.duty_at() <= self.now:
            self.rung += 1
        self.page(rungs if self.rung > len(rungs) else rungs[first : self.rung])

    def wake(self, rung: int = 0, *, for_a_task: bool = False) -> None:
        self.anchor = self.now - timedelta(minutes=RUNGS[self.severity][rung][0])
        self.rung, self.quiet, self.called_for_a_task = rung, None, for_a_task
        self.floor_called = None

    def all_owned(self) -> bool:
        return bool(self.tasks) and all(t.owner and t.due > self.now for t in self.tasks)

    def own(self, who: str) -> None:
        self.owner = who
        self.quiet = self.by(ANY_OTHER) if self.status in WORKED_ON else None
        for task in self.tasks:
            task.owner = task.owner or who
        self.done("handed_over")
        self.call_off("page", "overdue")

    def duty_answers(self, who: str, *, declines: bool) -> None:
        self.no -= {who}
        if not declines:
            return self.own(who)
        free = not self.quiet or who in (self.owner, *(task.owner for task in self.tasks))
        self.no |= {who}
        self.owner = "" if self.owner == who else self.owner
        for task in self.tasks:
            task.owner = "" if task.owner == who else task.owner
        self.call_off("page", "overdue", "task", who=who)
        if self.status in WORKED_ON and free:
            self.wake()

    def hand_over(self, who: str, to: str) -> None:
        for task in self.tasks:
            task.owner = to if task.owner in ("", who, self.owner) else task.owner
        self.owner = to
        self.done("handed_over")
        self.task("handed_over", critical=True)

    # --- tasks

    def task(self, *kinds: str, of: str = "", due: Any = None, **more: Any) -> None:
        for kind in kinds:
            if not any((task.kind, task.of) == (kind, of) for task in self.tasks):
                task = Thing(kind=kind, of=of, owner=self.owner, critical=False, told=False)
                task.due = due or self.by(WITHIN.get(kind, ANY_OTHER))
                vars(task).update(more)
                task.next = self.now if task.critical else task.due
                self.tasks.append(task)

    def task_by_hand(self, who: str, due: datetime, owner: str, *, critical: bool) -> None:
        self.task("by_hand", due=due, owner=owner or self.owner, critical=critical)
        if owner not in ("", who) and not critical:
            self.send(owner, "task")

    def done(self, *kinds: str, of: str = "") -> None:
        self.tasks = [t for t in self.tasks if t.kind not in kinds or of not in ("", t.of)]

    def fall_due(self, task: Any) -> None:
        monitored, rungs, told = self.status == "monitored", RUNGS[self.severity], task.told
        task.told, again = True, self.by(ANY_OTHER)
        task.next = self.now + timedelta(days=1) if monitored and not task.critical else again
        if self.reachable(task.owner) and not told:
            said = self.said(task.owner)
            if not ({"page", "overdue"} & said or ("task" in said and not task.critical)):
                self.send(task.owner, "task")
        elif monitored:
            self.page(rungs if told else rungs[:1], besides=True)
        elif self.quiet:
            self.wake(for_a_task=True)
        elif task.critical and not told:
            self.page(rungs[: max(self.rung, 1)], besides=True)

    def still_right(self, of: str) -> None:
        self.task("still_right", of=of, critical=self.severity in ("critical", "high"))

    def take(self, task: Any, who: str) -> None:
        task.owner, task.next, task.told = who, max(task.next, task.due), False
        if task.kind == "handed_over":
            self.done("handed_over")
        if self.status in WORKED_ON and not self.quiet and self.all_owned():
            self.own(who)

    def pause(self) -> timedelta:
        pauses = CHECK_INS[page.SEVERITIES.index(self.severity)]
        return timedelta(minutes=pauses[min(max(self.kept - 1, 0), len(pauses) - 1)])

    def soften(self, severity: str) -> None:
        self.severity, reached, self.rung = severity, self.rung, 0
        while self.rung < reached and self.duty_at() <= self.now:
            self.rung += 1

    def sharpen(self, severity: str) -> None:
        self.severity = severity
        for task in list(self.tasks):
            due = self.by(WITHIN[task.kind]) if task.kind in WITHIN else task.due
            if task.kind == "check_in":
                due = self.now + self.pause()
            if due < task.due:
                self.tasks.remove(task)
                self.task(task.kind, of=task.of, due=due, owner=task.owner)
