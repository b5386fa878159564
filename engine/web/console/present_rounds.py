"""Who is kept informed of each other, in sentences."""

from collections.abc import Callable
from typing import Any

from engine.case.life import Round
from engine.web.console.names import Names
from engine.web.console.present_line import Line, listed
from schemas import facts as f


def often(days: int) -> str:
    """`every day`, `every 7 days`."""
    return "every day" if days == 1 else f"every {days} days"


def next_words(round_: Round, names: Names) -> str:
    """`They hear next on Thu 4 March, 10:00, then every 7 days.`"""
    return f"They hear next on {names.time(round_.next_at)}, then {often(round_.every.days)}."


def _set(fact: f.RoundSet, names: Names) -> Line:
    whom = listed([names.alert(alert) for alert in fact.alerts])
    return Line(
        (
            names.person(fact.by),
            " keeps informed of what each of them does: ",
            *whom,
            f". First on {names.time(fact.first_at)}, then {often(fact.every_days)}.",
        )
    )


def _held(fact: f.RoundHeld, names: Names) -> Line:
    return Line(
        (
            f"Those who help hear of each other; again on {names.time(fact.next_at)}. "
            "Somebody of ours is to speak with them.",
        )
    )


def _ended(fact: f.RoundEnded, names: Names) -> Line:
    return Line((names.person(fact.by), " ended it: nobody hears of what the others do."))


ROUNDS: dict[type, Callable[[Any, Names], Line]] = {
    f.RoundSet: _set,
    f.RoundHeld: _held,
    f.RoundEnded: _ended,
}
