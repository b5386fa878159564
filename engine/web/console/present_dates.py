"""Dates of a case, and what became of them, in sentences."""

from collections.abc import Callable
from typing import Any

from engine.case.marked import CaseDate
from engine.web.console.names import Names
from engine.web.console.present_line import Line, tracks
from engine.web.words.sentence import Said
from engine.web.words.states import DATE
from schemas import facts as f
from schemas.codes import Precision

_WHY = {
    "date_moved": "the date was moved",
    "date_removed": "the date fell away",
    "superseded_by_later": "a later one takes its place",
}


def ahead(date: CaseDate, names: Names) -> Said:
    """`Hearing: Wed 17 March, 08:00. Looked at next: Sun 14 March, 08:00.`"""
    about = "" if date.precision in (Precision.MINUTE, Precision.HOUR) else "about "
    said = f"{DATE[date.kind]}: {about}{names.time(date.at)}"
    whom = f" For: {tracks(date.tracks)}." if date.tracks else ""
    waits = len(date.confirming)
    confirm = f" {waits} asked whether it still holds." if waits else ""
    look = date.next_at is not None and date.next_at < date.at
    following = f" Looked at next: {names.time(date.next_at)}." if look and date.next_at else ""
    return (f"{said}.{whom}{confirm}{following}",)


def before(check: int) -> str:
    """`14 days before`, `72 hours before`, of seconds from a date."""
    seconds = abs(check)
    days, hours = seconds // 86_400, seconds // 3_600
    return f"{days} days before" if days > 3 else f"{hours} hours before"


def _by(by: str, names: Names) -> Said:
    """A person of ours; what a report says of itself is no person."""
    return (names.person(by),) if by in names.people else ("A report",)


def _set(fact: f.DateSet, names: Names) -> Line:
    past = " and ".join(before(each) for each in fact.past)
    more: Said = (f"Too late for its checks {past}; they are not made up for.",) if past else ()
    if fact.by not in names.people:
        return Line((f"{DATE[fact.date_kind]} on {names.time(fact.on)}.",), "warm", more)
    said = f" set a date. {DATE[fact.date_kind]}: {names.time(fact.on)}."
    return Line((names.person(fact.by), said), "warm", more)


def _moved(fact: f.DateMoved, names: Names) -> Line:
    past = " and ".join(before(each) for each in fact.past)
    more: Said = (f"Too late for its checks {past}; they are not made up for.",) if past else ()
    said = f" moved a date from {names.time(fact.was)} to {names.time(fact.on)}."
    return Line((*_by(fact.by, names), said), "warm", more)


def _removed(fact: f.DateRemoved, names: Names) -> Line:
    return Line((*_by(fact.by, names), " took a date away: nothing is owed for it."), "warm")


def _checked(fact: f.DateChecked, names: Names) -> Line:
    when = before(fact.check)
    if fact.satisfied:
        return Line((f"A date was looked at, {when}: all is well.",), "good")
    where = f" Nobody on: {tracks(fact.uncovered)}." if fact.uncovered else ""
    return Line((f"A date was looked at, {when}: nobody has it.{where}",), "alarm")


def _superseded(fact: f.CheckSuperseded, names: Names) -> Line:
    return Line((f"A date is not looked at on {names.time(fact.due_at)}: {_WHY[fact.reason]}.",))


def _passed(fact: f.DatePassed, names: Names) -> Line:
    return Line((f"The date of {names.time(fact.on)} lies behind.",))


def _confirm_asked(fact: f.ConfirmAsked, names: Names) -> Line:
    said = f" was to say by {names.time(fact.answer_by)} whether it still holds."
    return Line((names.alert(fact.alert), said))


def _confirm_missed(fact: f.ConfirmMissed, names: Names) -> Line:
    said = " has not said whether it still holds; a person asks."
    return Line((names.alert(fact.alert), said), "warm")


def _confirmed(fact: f.DateConfirmed, names: Names) -> Line:
    return Line((names.alert(fact.alert), ": it holds for the new date."), "good")


def _covered(fact: f.DateCovered, names: Names) -> Line:
    return Line((names.alert(fact.alert), " did what a date ahead was watched for."), "good")


def _promise_moved(fact: f.PromiseMoved, names: Names) -> Line:
    said = f": what was promised goes with the date, to {names.time(fact.due_at)}."
    return Line((names.alert(fact.alert), said))


DATES: dict[type, Callable[[Any, Names], Line]] = {
    f.DateSet: _set,
    f.DateMoved: _moved,
    f.DateRemoved: _removed,
    f.DateChecked: _checked,
    f.CheckSuperseded: _superseded,
    f.DatePassed: _passed,
    f.ConfirmAsked: _confirm_asked,
    f.ConfirmMissed: _confirm_missed,
    f.DateConfirmed: _confirmed,
    f.DateCovered: _covered,
    f.PromiseMoved: _promise_moved,
}
