"""Facts into human sentences: one entry per kind, complete (a test enumerates them). Pure."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_answers import ANSWERS
from engine.web.console.present_care import CARE
from engine.web.console.present_cases import CASES
from engine.web.console.present_dates import DATES
from engine.web.console.present_duty import DUTY
from engine.web.console.present_erasing import ERASING
from engine.web.console.present_gates import GATES
from engine.web.console.present_holding import HOLDING
from engine.web.console.present_life import LIFE
from engine.web.console.present_line import Line
from engine.web.console.present_rounds import ROUNDS
from engine.web.console.present_steering import STEERING
from engine.web.console.present_telling import TELLING
from schemas.facts import Fact

SENTENCES: dict[type, Callable[[Any, Names], Line]] = {
    **CASES,
    **CARE,
    **TELLING,
    **ANSWERS,
    **DUTY,
    **DATES,
    **ERASING,
    **GATES,
    **HOLDING,
    **LIFE,
    **ROUNDS,
    **STEERING,
}


def tell_fact(fact: Fact, names: Names) -> Line:
    """The sentence of one fact. A kind without words is named, never left out."""
    sentence = SENTENCES.get(type(fact))
    return Line((fact.kind.replace("_", " "),)) if sentence is None else sentence(fact, names)
