"""What was said of the person, who may speak with them, severity down, and remedy, in sentences."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_cases import REMEDIES
from engine.web.console.present_line import Line, listed
from engine.web.words.care import STATUS, WHY_LOWERED
from engine.web.words.states import SEVERITY
from schemas import facts as f


def _status(fact: f.StatusNoted, names: Names) -> Line:
    said = f"The person is {STATUS[fact.status]}."
    more = "More was written; it lies sealed in the vault." if fact.note else ""
    if fact.by == "event":
        return Line((f"As reported: {said}",), "alarm" if fact.worse else "plain")
    return Line(
        (names.person(fact.by), f" noted: {said}"),
        "alarm" if fact.worse else "plain",
        (more,) if more else (),
    )


def _owners(fact: f.ContactOwnersSet, names: Names) -> Line:
    if not fact.owners:
        return Line((names.person(fact.by), " let whoever is on duty speak with the person."))
    if fact.by == "engine":
        return Line(("Talks with the person went to ", names.person(fact.to), "."))
    who = listed([names.person(person) for person in fact.owners])
    return Line((names.person(fact.by), " set who alone speaks with the person: ", *who, "."))


def _lowered(fact: f.SeverityLowered, names: Names) -> Line:
    more = "More was written; it lies sealed in the vault." if fact.note else ""
    why = WHY_LOWERED[fact.why]
    return Line(
        (names.person(fact.by), f" lowered the case to {SEVERITY[fact.severity]}: {why}."),
        "warm",
        (more,) if more else (),
    )


def _remedy(fact: f.RemedyNoted, names: Names) -> Line:
    more = "More was written; it lies sealed in the vault." if fact.note else ""
    return Line(
        (names.person(fact.by), f" noted: {REMEDIES[fact.state]}."),
        "plain",
        (more,) if more else (),
    )


CARE: dict[type, Callable[[Any, Names], Line]] = {
    f.StatusNoted: _status,
    f.ContactOwnersSet: _owners,
    f.SeverityLowered: _lowered,
    f.RemedyNoted: _remedy,
}
