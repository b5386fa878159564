"""How a case lasts, what it is linked with and how it was looked back at, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line, listed
from schemas import facts as f
from schemas.facts.life import Lesson, TriedBy, WhyStanding, WhyUnlinked

STANDS: Mapping[WhyStanding, str] = {
    WhyStanding.SENTENCE: "the person serves a sentence",
    WhyStanding.DETENTION: "the person is held without an end in sight",
    WhyStanding.PROCEEDINGS: "a court or an authority takes its time",
    WhyStanding.HIDING: "the person is in hiding",
    WhyStanding.EXILE: "the person is in exile",
    WhyStanding.DISAPPEARANCE: "nobody knows where the person is",
    WhyStanding.OTHER: "it lasts",
}
APART: Mapping[WhyUnlinked, str] = {
    WhyUnlinked.ANOTHER_PERSON: "it is about another person",
    WhyUnlinked.ANOTHER_PLACE: "it is about another place",
    WhyUnlinked.ANOTHER_EVENT: "it is about another event",
    WhyUnlinked.MISTAKE: "the wrong case was chosen",
}
TRIED: Mapping[TriedBy, str] = {
    TriedBy.SAFE_CHANNEL: "on the safe channel",
    TriedBy.REPRESENTATIVE: "through who may speak for the person",
    TriedBy.FAMILY: "through the family",
    TriedBy.VISIT: "by going there",
    TriedBy.OTHER: "another way",
}
LESSONS: Mapping[Lesson, str] = {
    Lesson.WENT_WELL: "it went well",
    Lesson.TOO_LATE: "help came too late",
    Lesson.TOO_LITTLE: "help was too little",
    Lesson.DID_HARM: "something that was done made it worse",
    Lesson.MIXED: "some of it went well",
}
SPILL_OVER = "others were moved as well"
SAID: Mapping[str, str] = {
    "agrees": "they agree that it is over",
    "informed": "they were told, and said nothing against it",
    "objects": "they do not agree that it is over",
}


def _proposed(fact: f.StandingProposed, names: Names) -> Line:
    said = f" proposed that it stands, since {STANDS[fact.why]}; review "
    return Line((names.person(fact.by), said, f"{names.time(fact.review_at)}."), "good")


def _set(fact: f.StandingSet, names: Names) -> Line:
    return Line(
        (
            *listed([names.person(by) for by in fact.by]),
            f" let it stand, since {STANDS[fact.why]}. Outward tracks rest, check-ins go on, "
            f"review {names.time(fact.review_at)}.",
        ),
        "good",
    )


def _dropped(fact: f.StandingDropped, names: Names) -> Line:
    why = "something happened since" if fact.reason == "new_event" else "it was taken back"
    return Line((f"The proposal to let it stand is void: {why}.",))


def _ended(fact: f.StandingEnded, names: Names) -> Line:
    if fact.by == "event":
        return Line(("It is open again: something was reported.",), "warm")
    if fact.by == "engine":
        return Line(("It is open again: what happened in another case touches it.",), "alarm")
    return Line((names.person(fact.by), " opened it again."), "warm")


def _linked(fact: f.CasesLinked, names: Names) -> Line:
    said = f" linked it with {fact.ref}: from now on the stricter of both counts in each."
    return Line((names.person(fact.by), said), "warm")


def _changed(fact: f.LinkedChanged, names: Names) -> Line:
    return Line(("What a linked case asks for has changed; it counts here as well.",))


def _unlink_given(fact: f.UnlinkGiven, names: Names) -> Line:
    said = f" wants to unlink it, since {APART[fact.why]}. A second person has to agree."
    return Line((names.person(fact.by), said))


def _unlinked(fact: f.CasesUnlinked, names: Names) -> Line:
    by = listed([names.person(id) for id in fact.by])
    said = f" unlinked it from another case, since {APART[fact.why]}."
    more = ("What its own people allow counts again.",)
    return Line((*by, said), "warm", more)


def _attempt(fact: f.AttemptDocumented, names: Names) -> Line:
    said = f" tried to reach them {TRIED[fact.way]} {names.time(fact.tried_at)}, in vain."
    return Line((names.person(fact.by), said), "warm")


def _reviewed(fact: f.Reviewed, names: Names) -> Line:
    said = f" looked back: {LESSONS[fact.lesson]}."
    more = (f"Spill-over: {SPILL_OVER}.",) if fact.spill_over else ()
    return Line((names.person(fact.by), said), "good", more)


LIFE: dict[type, Callable[[Any, Names], Line]] = {
    f.StandingProposed: _proposed,
    f.StandingSet: _set,
    f.StandingDropped: _dropped,
    f.StandingEnded: _ended,
    f.CasesLinked: _linked,
    f.LinkedChanged: _changed,
    f.UnlinkGiven: _unlink_given,
    f.CasesUnlinked: _unlinked,
    f.AttemptDocumented: _attempt,
    f.Reviewed: _reviewed,
}
