"""What duty owed, owned, released and froze, in sentences."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line, listed, tracks
from engine.web.words.reasons import TROUBLES
from engine.web.words.sentence import Said
from engine.web.words.states import DATE, TASK, TRACK
from schemas import facts as f
from schemas.codes import DateKind, TrackName
from schemas.plan import Trouble
from schemas.projection import Purpose

_WOKEN = {
    "new_act": "something new was done",
    "severity_raised": "the case is graver than before",
    "hold_expired": "nobody holds it any more",
    "task_overdue": "a task is overdue",
    "task_critical": "a critical task came up",
    "no_sign": "nobody heard from the person",
    "reopened": "the case is open again",
    "suspected_reprisal": "a reprisal is suspected",
    "incident_repeated": "the incident happened again",
    "nobody_reached": "nobody could be reached",
    "status_worse": "there is worse news of the person",
    "standing_ended": "the case stands no longer",
    "by_hand": "somebody asked for it",
}
_RESULTS = {
    "done": "",
    "heard_of": ": a relative or a lawyer spoke of the person, who was not heard",
    "no_sign": ": no sign of the person",
    "still_sought": ": the remedy is still sought",
}
_FROZEN = {
    "by_hand": "by hand",
    "suspected_reprisal": "because a reprisal is suspected",
    "passed_on_inside": "because it was passed on to somebody who must not know",
    "did_harm": "because what somebody did made things worse",
    "warned": "because somebody said that acting now would do harm",
}
FORECAST = {
    "low": "little reprisal expected",
    "medium": "some reprisal expected",
    "high": "strong reprisal expected",
    "unknown": "reprisal cannot be foreseen",
}
WHY_CLEARED = {
    "somebody_else_did_it": "it is known that somebody else did it",
    "operator_not_involved": "the operator on the ground has nothing to do with it",
    "tie_ended": "the tie ended long ago",
    "tie_is_wrong": "the tie is a mistake",
    "other": "another reason",
}
WHY_RELEASE = {
    "protect_now": "to protect now",
    "requested_by_subject": "the person asked for it",
    "leverage": "they can make a difference",
    "observe_date": "somebody should be there on the date",
    "other": "another reason",
}


_TO_SAY = {
    Purpose.STAND_DOWN.value: "say that nothing more is asked",
    Purpose.WAIT.value: "ask them to wait",
    Purpose.ANSWER.value: "say that their question is answered",
    Purpose.ROUND.value: "say what those who help have promised and done",
}


def task_words(kind: str, alert: str, detail: str, names: Names) -> Said:
    """What a task asks, about whom: a recipient, a track, or what was in the way of planning."""
    words = TASK.get(kind, kind.replace("_", " "))
    if kind == "unreachable" and detail in _TO_SAY:
        words = f"Call and {_TO_SAY[detail]}: no message got through"
    if kind == "nobody_left" and detail == TrackName.DUTY.value:
        return ("Nobody on duty could be paged: find somebody, and mend the roster",)
    if kind == "likeness":
        return (f"{words}: {detail}",)
    if alert:
        return (f"{words} (", names.alert(alert), ")")
    if detail in set(Trouble):
        return (f"{words}: {TROUBLES[Trouble(detail)].rstrip('.')}",)
    if detail in set(DateKind):
        return (f"{words} ({DATE[DateKind(detail)]})",)
    track = names.track_words(detail)
    return (f"{words} ({track})",) if track else (words,)


def _owned(fact: f.Owned, names: Names) -> Line:
    return Line(
        (
            names.person(fact.by),
            f" took the case. Duty is quiet until {names.time(fact.hold_until)}.",
        ),
        "good",
    )


def _held(fact: f.HoldExtended, names: Names) -> Line:
    return Line(
        (
            f"{TRACK[fact.track]} stays quiet until {names.time(fact.until)}: "
            "everything owed has an owner.",
        )
    )


def _held_less(fact: f.HoldShortened, names: Names) -> Line:
    return Line(
        (
            f"{TRACK[fact.track]} is quiet only until {names.time(fact.until)}: "
            "something owed is nobody's.",
        )
    )


def _woken(fact: f.TrackWoken, names: Names) -> Line:
    return Line((f"{TRACK[fact.track]} is called from the start: {_WOKEN[fact.reason]}.",), "warm")


def _raised(fact: f.TaskRaised, names: Names) -> Line:
    owner = (names.person(fact.owner), " owns it, ") if fact.owner else ("Nobody owns it yet, ",)
    wrote = (names.person(fact.by), " asks: ") if fact.by else ("To do: ",)
    return Line(
        (*wrote, *task_words(fact.task_kind, fact.alert, fact.detail, names), "."),
        "alarm" if fact.critical else "plain",
        (*owner, f"due {names.time(fact.due_at)}."),
    )


def _floor(fact: f.FloorCalled, names: Names) -> Line:
    return Line(
        ("No way to ", names.person(fact.person), " works; duty’s last resort is called."), "warm"
    )


def _taken(fact: f.TaskTaken, names: Names) -> Line:
    return Line((names.person(fact.by), " took a task."))


def _reminded(fact: f.TaskReminded, names: Names) -> Line:
    told = "everybody on duty was called" if fact.escalated else "its owner was reminded"
    return Line((f"A task fell due; {told}.",), "warm")


def _done(fact: f.TaskDone, names: Names) -> Line:
    if fact.result == "not_needed":
        return Line(("A task is no longer needed.",))
    more = ("Something was noted; it lies sealed in the vault.",) if fact.note else ()
    result = _RESULTS.get(fact.result, f": {fact.result.replace('_', ' ')}")
    return Line((names.person(fact.by), f" finished a task{result}."), "good", more)


def _given(fact: f.ReleaseGiven, names: Names) -> Line:
    said = [
        WHY_RELEASE.get(fact.why, ""),
        FORECAST.get(fact.reprisal_forecast, ""),
        "the wishes were read" if fact.wishes_read else "",
    ]
    more = "; ".join(part for part in said if part)
    written = " More was written; it lies sealed in the vault." if fact.note else ""
    return Line(
        (names.person(fact.by), f" released {TRACK[fact.track]}."),
        "good",
        (f"{more[:1].upper()}{more[1:]}.{written}",) if more else (),
    )


def _released(fact: f.TrackReleased, names: Names) -> Line:
    by = listed([names.person(person) for person in fact.by])
    return Line((f"{TRACK[fact.track]} may be told, released by ", *by, "."), "good")


def _frozen(fact: f.TrackFrozen, names: Names) -> Line:
    until = f" until {names.time(fact.until)}" if fact.until else " until somebody lifts it"
    two = " Two people are needed to lift it."
    return Line(
        (
            names.person(fact.by),
            f" froze {tracks(fact.tracks)}{until}, {_FROZEN[fact.reason]}.{two}",
        ),
        "alarm",
    )


def _lift(fact: f.LiftGiven, names: Names) -> Line:
    return Line(
        (names.person(fact.by), f" agreed to lift {TRACK[fact.track]}; a second person is needed.")
    )


def _lifted(fact: f.TrackLifted, names: Names) -> Line:
    by = listed([names.person(person) for person in fact.by])
    return Line((f"{TRACK[fact.track]} may go on, lifted by ", *by, "."), "good")


def _clearance(fact: f.ClearanceGiven, names: Names) -> Line:
    written = " More was written; it lies sealed in the vault." if fact.note else ""
    return Line(
        (
            names.person(fact.by),
            " would let ",
            names.party(fact.party),
            f" be asked in this case: {WHY_CLEARED[fact.why]}. It takes two people.{written}",
        ),
        "warm",
    )


def _cleared(fact: f.ExclusionCleared, names: Names) -> Line:
    by = listed([names.person(person) for person in fact.by])
    return Line(
        (
            names.party(fact.party),
            " may be asked in this case, cleared by ",
            *by,
            ". Nobody is told until its track is released.",
        ),
        "warm",
    )


DUTY: dict[type, Callable[[Any, Names], Line]] = {
    f.ClearanceGiven: _clearance,
    f.ExclusionCleared: _cleared,
    f.Owned: _owned,
    f.HoldExtended: _held,
    f.HoldShortened: _held_less,
    f.TrackWoken: _woken,
    f.TaskRaised: _raised,
    f.FloorCalled: _floor,
    f.TaskTaken: _taken,
    f.TaskReminded: _reminded,
    f.TaskDone: _done,
    f.ReleaseGiven: _given,
    f.TrackReleased: _released,
    f.TrackFrozen: _frozen,
    f.LiftGiven: _lift,
    f.TrackLifted: _lifted,
}
