"""What leads a case, or an alert, from one status to another: found by trying, not by reading.

A small case is taken through everything that may happen to it, and again from each state this
leads to, until nothing new comes up. Every change of a status is noted with the fact that made it.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine.case import commands as c
from engine.case.decide import Refusal
from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.state import AlertStatus, Case, CaseStatus
from schemas.codes import ActionKind, Severity, TrackName
from schemas.facts import Fact
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import (
    EMBASSY,
    Story,
    a_consent,
    an_event,
    at,
    outward,
    registry_without,
)

_MOST = 5_000
"""States looked at. So many are never needed; more means that `_shape` tells too much apart."""

_MISSIONS = TrackName.MISSIONS
_TRACKS = (outward(_MISSIONS),)

Edges = dict[tuple[str, str], set[str]]
"""From one status to another: the kinds of fact that lead there."""
Deed = Callable[[Story], object]
Shape = Callable[[Story], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """Every change of a status that came up."""

    case: Edges = field(default_factory=dict)
    outward: Edges = field(default_factory=dict)
    duty: Edges = field(default_factory=dict)


def explore() -> Found:
    """Try everything from everywhere; the same each time, since nothing in it is random."""
    found = Found()
    _from_everywhere(found, _OUTWARD, _shape)
    _from_everywhere(found, _OF_DUTY, _shape_of_duty)
    return found


def _from_everywhere(found: Found, deeds: tuple[Deed, ...], shape: Shape) -> None:
    first = Story(now=at("Mon 10:00"))
    _try(first, _report("arrest"), found)
    known, queue = {shape(first)}, [first]
    for story in queue:
        for deed in deeds:
            after = _copy(story)
            if not _try(after, deed, found) or shape(after) in known:
                continue
            known.add(shape(after))
            queue.append(after)
            if len(queue) > _MOST:
                raise RuntimeError("The small case is not small any more; look at _shape.")


def _copy(story: Story) -> Story:
    other = copy(story)
    other.facts = list(story.facts)
    return other


def _try(story: Story, deed: Deed, found: Found) -> bool:
    """Do it and note what came of it; False where it cannot be done now."""
    case, seen = story.case, len(story.facts)
    try:
        deed(story)
    except (Refusal, AssertionError, StopIteration):
        return False
    for fact in story.facts[seen:]:
        case = _note(case, fact, found)
    return True


def _note(case: Case, fact: Fact, found: Found) -> Case:
    after = evolve(case, fact)
    if after.status is not case.status:
        _add(found.case, case.status, after.status, fact)
    for alert in after.alerts if after.alerts is not case.alerts else ():
        before = case.alert(alert.id)
        edges = found.duty if alert.track is TrackName.DUTY else found.outward
        if before is None or before.status is not alert.status:
            _add(edges, "new" if before is None else before.status, alert.status, fact)
    return after


def _add(edges: Edges, before: str, after: str, fact: Fact) -> None:
    edges.setdefault((str(before), str(after)), set()).add(fact.kind)


def _shape(story: Story) -> tuple[object, ...]:
    """What tells two states apart as far as a status goes: no times, no counts beyond two."""
    case, alert = story.case, story.alert("embassy")
    reason = alert.reason if alert.status in _GIVES_A_REASON else None
    if case.status is not CaseStatus.OPEN:
        return (case.status, alert.status, reason)
    track = story.track(_MISSIONS)
    return (
        case.status,
        alert.status,
        reason,
        tuple(sorted((call.contact, call.answered) for call in alert.calls)),
        any(promise.asked for promise in alert.promises),
        bool(alert.dropped_contacts),
        len(alert.told_contacts),
        alert.status is AlertStatus.WITHHELD and alert.handed_off,
        track.open_at(story.now),
        track.frozen,
        alert.status is AlertStatus.PLANNED and any(x.revoked for x in case.around.consents),
    )


def _shape_of_duty(story: Story) -> tuple[object, ...]:
    """Whether something is owed tells a case that may be archived from one that may not."""
    return (story.case.status, story.duty("ana").status, bool(story.case.tasks))


_GIVES_A_REASON = (AlertStatus.WITHHELD, AlertStatus.CLOSED)


# --- what may happen


def _time_passes(story: Story) -> None:
    """Up to what this alert owes next; duty's own pages on the way are another matter."""
    alert, track = story.alert("embassy"), story.track(_MISSIONS)
    owed = [call.next_at for call in alert.calls] + [each.ask_at for each in alert.promises]
    owed += filter(None, (track.next_at, story.case.monitored_until))
    story.now = max(min(owed, default=story.now), story.now)
    story.send(c.Tick())


def _duty_waits(story: Story) -> None:
    story.until(due_at(story.case) or story.now)


def _answer(kind: ResponseKind, **more: Any) -> Deed:
    def deed(story: Story) -> None:
        due = None
        if kind in (ResponseKind.COMMITTED, ResponseKind.WARNS):
            due = story.now + timedelta(hours=5)
        told = story.alert("embassy").told_contacts
        by = told[-1] if told else "lea"
        action = ActionKind.LETTER if kind is ResponseKind.COMMITTED else None
        story.answer(by, kind, due=due, action=action, **more)

    return deed


def _of_duty(kind: str) -> Deed:
    return lambda story: story.page_answered("ana", kind)


def _newest(story: Story) -> str:
    told = story.alert("embassy").told_contacts
    assert told
    return told[-1]


def _comes_out(state: str) -> Deed:
    return lambda story: story.settled(_newest(story), state)


def _may_not_leave(story: Story) -> None:
    """A contact is gone from the registry when its message is about to be sent."""
    known = story.case.around.registry
    story.around(registry=registry_without("lea")).claimed(_newest(story)).around(registry=known)


def _resolved(story: Story) -> None:
    story.proposed("ana").confirmed("chi")


def _report(code: str, *parties: str) -> Deed:
    named = [{"party": party, "role": "alleged_perpetrator"} for party in parties]
    more = {"parties": named} if named else {}
    return lambda story: story.report(
        an_event(code, **more),
        candidates=(EMBASSY,),
        tracks=_TRACKS,
        severity=Severity.WATCH,  # Duty's pages are rare, so that this is quick.
    )


_OUTWARD: tuple[Deed, ...] = (
    _time_passes,
    lambda story: story.outage(days=1),
    lambda story: story.finish("still_right", result="yes"),
    lambda story: story.release(_MISSIONS),
    *(_answer(kind) for kind in ResponseKind if kind is not ResponseKind.PASSED_ON),
    _answer(ResponseKind.PASSED_ON, passed_on_to="guardia"),
    _answer(ResponseKind.PASSED_ON, passed_on_to="desk"),
    *(_comes_out(state) for state in ("handed_off", "failed_permanent", "unknown_exhausted")),
    _may_not_leave,
    lambda story: story.consent("revoked", a_consent(revoked=True)),
    lambda story: story.consent("granted", a_consent()),
    lambda story: story.freeze(_MISSIONS),
    lambda story: story.lifted(_MISSIONS),
    lambda story: story.hold("embassy", until="20 Mar 12:00"),
    _resolved,
    lambda story: story.reopened("ana"),
    _report("summons"),
    _report("arrest", "embassy"),
)
_OF_DUTY: tuple[Deed, ...] = (
    lambda story: story.reviewed(),
    lambda story: story.stands(until=story.now + timedelta(days=20)),
    lambda story: story.standing_ended(),
    _duty_waits,
    _of_duty("acknowledged"),
    _of_duty("declined"),
    _resolved,
    lambda story: story.reopened("ana"),
    _report("summons"),
)
