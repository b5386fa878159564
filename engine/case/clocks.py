"""Three clocks of a case, side by side: protect, respect, remedy (mission row P33). Pure.

Each says what is owed next, by whom, and when. What the state owes the person runs beside what
business owes and what makes good; none waits for another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.case.state import Case, CaseStatus, Task
from schemas.codes import TrackName


class Pillar(StrEnum):
    """Whose duty it is, after the Guiding Principles."""

    PROTECT = "protect"
    RESPECT = "respect"
    REMEDY = "remedy"


class What(StrEnum):
    """What kind of thing is owed next."""

    TASK = "task"
    """One of ours does something."""
    ANSWER = "answer"
    """Somebody told owes an answer."""
    PROMISE = "promise"
    """Somebody's promise falls due."""
    CALL = "call"
    """Duty is called again: nobody has the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The next thing of one clock."""

    what: What
    due_at: datetime
    who: str = ""
    """One of our people, or a contact; empty: nobody's."""
    code: str = ""
    """Kind of the task or of the action; else the track."""
    alert: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One of the three."""

    pillar: Pillar
    next: Owed | None
    more: int
    """How many further things it owes."""
    waits: tuple[TrackName, ...]
    """Its tracks that nobody has released."""


_RESPECT = (TrackName.COMPANIES, TrackName.INVESTORS, TrackName.MSIS, TrackName.SPORTS)
_REMEDY = (TrackName.NHRIS, TrackName.MECHANISMS, TrackName.LEGAL)


def pillar_of(track: TrackName) -> Pillar:
    """Which clock a track runs on."""
    if track in _RESPECT:
        return Pillar.RESPECT
    return Pillar.REMEDY if track in _REMEDY else Pillar.PROTECT


def clocks(case: Case) -> tuple[Clock, ...]:
    """The three, in their order, with the earliest thing that each owes."""
    owed: dict[Pillar, list[Owed]] = {pillar: [] for pillar in Pillar}
    for pillar, one in _owed(case):
        owed[pillar].append(one)
    waits = [
        state.track.name
        for state in case.tracks
        if state.anchor_at is None and case.status is CaseStatus.OPEN
    ]
    made = []
    for pillar, things in owed.items():
        things.sort(key=lambda one: (one.due_at, one.what, one.task, one.alert))
        made.append(
            Clock(
                pillar=pillar,
                next=next(iter(things), None),
                more=max(len(things) - 1, 0),
                waits=tuple(name for name in waits if pillar_of(name) is pillar),
            )
        )
    return tuple(made)


def _owed(case: Case) -> Iterator[tuple[Pillar, Owed]]:
    for task in case.tasks:
        yield (
            _of_task(case, task),
            Owed(
                what=What.TASK,
                due_at=task.due_at,
                who=task.owner,
                code=task.kind,
                alert=task.alert,
                task=task.id,
            ),
        )
    if not case.status.unresolved:
        return
    for state in case.tracks:
        calling = state.track.name is TrackName.DUTY and state.hold_until is None
        if calling and state.next_at is not None:
            yield Pillar.PROTECT, Owed(what=What.CALL, due_at=state.next_at, code="duty")
    for alert in case.alerts:
        pillar = pillar_of(alert.track)
        for promise in alert.promises:
            yield (
                pillar,
                Owed(
                    what=What.PROMISE,
                    due_at=promise.due_at,
                    who=promise.by,
                    code=promise.action_kind.value,
                    alert=alert.id,
                ),
            )
        for call in alert.calls:
            if not call.answered:
                yield (
                    pillar,
                    Owed(
                        what=What.ANSWER,
                        due_at=call.next_at,
                        who=call.contact,
                        code=alert.track.value,
                        alert=alert.id,
                    ),
                )


def _of_task(case: Case, task: Task) -> Pillar:
    if task.kind == "remedy":
        return Pillar.REMEDY
    alert = case.alert(task.alert)
    if alert is not None:
        return pillar_of(alert.track)
    return pillar_of(TrackName(task.detail)) if task.detail in set(TrackName) else Pillar.PROTECT
