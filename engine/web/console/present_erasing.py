"""What the story says of keeping and erasing what is sealed."""

from collections.abc import Callable
from typing import Any

from engine.case.life import KeptSealed
from engine.web.console.names import Names
from engine.web.console.present_line import Line, listed
from engine.web.words.sentence import Said
from schemas import facts as f

WHY: dict[f.WhyErased, str] = {
    f.WhyErased.ASKED: "The person asked for it, or whoever speaks for them",
    f.WhyErased.TIME_OVER: "We kept it for as long as we promised",
    f.WhyErased.MISTAKE: "It should never have come to us",
}

WHY_KEPT: dict[f.WhyKept, str] = {
    f.WhyKept.NEEDED: "Whoever helps now still needs it",
    f.WhyKept.REMEDY: "A complaint, a lawsuit or a claim goes on",
    f.WhyKept.ASKED: "The person wants us to keep it, or whoever speaks for them",
    f.WhyKept.LAW: "A court or a law forbids us to destroy it",
}


def _given(fact: f.ErasureGiven, names: Names) -> Line:
    return Line(
        (names.person(fact.by), " wants what is sealed of this case erased. It takes two people."),
        "warm",
        (f"{WHY[fact.why]}.",),
    )


def kept_words(kept: KeptSealed, names: Names) -> Said:
    """That a person keeps it, until when and why, for the pages of the case."""
    why = WHY_KEPT[kept.why]
    until = names.time(kept.until)
    return (names.person(kept.by), f" keeps what is sealed until {until}. {why}.")


def _announced(fact: f.ErasureAnnounced, names: Names) -> Line:
    return Line(
        (f"What is sealed of this case is erased by itself on {names.time(fact.on)}.",),
        "warm",
        ("It was kept for as long as we promise. Keep it if anybody still needs it.",),
    )


def _kept(fact: f.SealedKept, names: Names) -> Line:
    return Line(
        (names.person(fact.by), f" keeps what is sealed until {names.time(fact.until)}."),
        "plain",
        (f"{WHY_KEPT[fact.why]}.",),
    )


def _keeping_ended(fact: f.KeepingEnded, names: Names) -> Line:
    return Line(
        (names.person(fact.by), " says that what is sealed need not be kept any longer."),
        "plain",
        ("Before anything is erased its day is announced.",),
    )


def _erased(fact: f.Erased, names: Names) -> Line:
    if not fact.by:
        return Line(
            ("What was sealed of this case was erased by itself. Nobody can read it again.",),
            "plain",
            ("Its time was over. What was decided, when and by whom stays, without names.",),
        )
    by = listed([names.person(id) for id in fact.by])
    return Line(
        (*by, " erased what was sealed of this case. Nobody can read it again."),
        "plain",
        ("What was decided, when and by whom stays, without names.",),
    )


ERASING: dict[type, Callable[[Any, Names], Line]] = {
    f.ErasureGiven: _given,
    f.ErasureAnnounced: _announced,
    f.SealedKept: _kept,
    f.KeepingEnded: _keeping_ended,
    f.Erased: _erased,
}
