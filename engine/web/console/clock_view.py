"""The three clocks of a case, and how the person is, in words. Pure."""

from dataclasses import dataclass
from datetime import datetime

from engine.case.clocks import Clock, Owed, Pillar, What, clocks
from engine.case.conditions import gravest
from engine.case.state import Case
from engine.web.console.names import Names
from engine.web.console.present_duty import task_words
from engine.web.console.present_line import listed
from engine.web.words.care import STATUS
from engine.web.words.sentence import Said
from engine.web.words.states import ACTION, TRACK
from engine.web.words.times import left
from schemas.codes import ActionKind

_NAMES = {
    Pillar.PROTECT: "Protect",
    Pillar.RESPECT: "Respect",
    Pillar.REMEDY: "Remedy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """One clock: what is owed next, by whom, when."""

    name: str
    said: Said
    due_at: datetime | None
    late: bool


def clock_views(case: Case, *, names: Names, now: datetime) -> tuple[ClockView, ...]:
    """The three clocks of a case that is not over; none of an incident."""
    if case.kind != "case" or not case.status.alive:
        return ()
    return tuple(_view(clock, case, names, now) for clock in clocks(case))


def person_words(case: Case, names: Names) -> Said:
    """How the person is, who speaks with them, whether a remedy is sought."""
    if case.kind != "case" or not case.status.alive:
        return ()
    owners = listed([names.person(person) for person in case.contact_owners])
    speaks: Said = ("Only ", *owners, " may speak with them. ") if owners else ()
    remedy = "A remedy is sought." if case.remedy_sought else "No remedy is sought so far."
    return (f"The person is {STATUS[gravest(case.conditions)]}. ", *speaks, remedy)


def _view(clock: Clock, case: Case, names: Names, now: datetime) -> ClockView:
    waits = f" Not released: {', '.join(TRACK[name] for name in clock.waits)}."
    more = f" {clock.more} more." if clock.more else ""
    rest = f"{more}{waits if clock.waits else ''}"
    if clock.next is None:
        return ClockView(
            name=_NAMES[clock.pillar], said=(f"Nothing is owed.{rest}",), due_at=None, late=False
        )
    owed = clock.next
    return ClockView(
        name=_NAMES[clock.pillar],
        said=(*_what(owed, case, names), f", {left(owed.due_at, now=now)}.{rest}"),
        due_at=owed.due_at,
        late=owed.due_at < now,
    )


def _what(owed: Owed, case: Case, names: Names) -> Said:
    who: Said = (names.person(owed.who),) if owed.who else ("nobody",)
    if owed.what is What.TASK:
        task = case.task(owed.task)
        detail = "" if task is None else task.detail
        return (*task_words(owed.code, owed.alert, detail, names), ": ", *who)
    if owed.what is What.PROMISE:
        return (names.alert(owed.alert), f" promised {ACTION[ActionKind(owed.code)]}: ", *who)
    if owed.what is What.ANSWER:
        return (names.alert(owed.alert), " owes an answer: ", *who)
    return ("Duty is called again, nobody has the case",)
