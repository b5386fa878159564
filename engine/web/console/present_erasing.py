"""What the story says of an erasure."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line, listed
from schemas import facts as f

WHY: dict[f.WhyErased, str] = {
    f.WhyErased.ASKED: "The person asked for it, or whoever speaks for them",
    f.WhyErased.TIME_OVER: "We kept it for as long as we promised",
    f.WhyErased.MISTAKE: "It should never have come to us",
}


def _given(fact: f.ErasureGiven, names: Names) -> Line:
    return Line(
        (names.person(fact.by), " wants what is sealed of this case erased. It takes two people."),
        "warm",
        (f"{WHY[fact.why]}.",),
    )


def _erased(fact: f.Erased, names: Names) -> Line:
    by = listed([names.person(id) for id in fact.by])
    return Line(
        (*by, " erased what was sealed of this case. Nobody can read it again."),
        "plain",
        ("What was decided, when and by whom stays, without names.",),
    )


ERASING: dict[type, Callable[[Any, Names], Line]] = {f.ErasureGiven: _given, f.Erased: _erased}
