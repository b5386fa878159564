"""What those who were told answered, promised and did, in sentences."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line
from engine.web.words.sentence import Said, Tone
from engine.web.words.states import (
    ACTION,
    DECLINE,
    EFFECT,
    PROVISO,
    WAY,
    WITHDRAWN,
    WORTH,
)
from schemas import facts as f
from schemas.codes import Effect
from schemas.responses import Way

_ANSWERS = {
    "acknowledged": "has got it",
    "asks": "has a question",
    "warns": "says that acting now would do harm",
    "already_acting": "is already acting",
}


def _by(by: str, way: str, alert: str, names: Names) -> Said:
    """`Lea, Embassy QN, on the answer page,` – who, for whom, and how it reached us."""
    how = WAY[Way(way)] if way in set(Way) else f"by {way}"
    if names.is_duty(alert):
        return (names.person(by), f" ({how})")
    return (names.alert(alert), " (", names.person(by), f", {how})")


def _note(fact: Any) -> Said:
    return ("They wrote something; it lies sealed in the vault.",) if fact.note else ()


def _answered(fact: f.Answered, names: Names) -> Line:
    tone: Tone = "alarm" if fact.answer == "warns" else "warm" if fact.answer == "asks" else "good"
    return Line(
        (
            *_by(fact.by, fact.way, fact.alert, names),
            f" {_ANSWERS[fact.answer]}. This holds until {names.time(fact.hold_until)}.",
        ),
        tone,
        _note(fact),
    )


def _expired(fact: f.AnswerExpired, names: Names) -> Line:
    return Line(
        ("The answer of ", names.contact(fact.contact), " no longer holds; they are asked again."),
        "warm",
    )


def _silent(fact: f.ContactSilent, names: Names) -> Line:
    return Line(
        (names.contact(fact.contact), " of ", names.alert(fact.alert), " did not answer in time."),
        "warm",
    )


def _promised(fact: f.Promised, names: Names) -> Line:
    proviso = "" if fact.condition is None else f", if {PROVISO[fact.condition]}"
    return Line(
        (
            *_by(fact.by, fact.way, fact.alert, names),
            f" promised {ACTION[fact.action_kind]} by {names.time(fact.due_at)}{proviso}.",
        ),
        "good",
        _note(fact),
    )


def _withdrawn(fact: f.PromiseWithdrawn, names: Names) -> Line:
    tone: Tone = "plain" if fact.reason.holds_giver else "warm"
    return Line(
        (
            "The promise of ",
            names.alert(fact.alert),
            f" is none any more: {WITHDRAWN[fact.reason]}.",
        ),
        tone,
        _note(fact),
    )


def _condition(fact: f.ConditionMet, names: Names) -> Line:
    return Line(
        (
            names.person(fact.by),
            " did what the promise of ",
            names.alert(fact.alert),
            " waited for.",
        ),
        "good",
    )


def _classed(fact: f.AnswerClassed, names: Names) -> Line:
    worth = fact.answer_class
    tone: Tone = "good" if worth.quietens else "warm"
    on = () if worth.quietens else ("It quietens nothing: whoever is next is asked.",)
    return Line(
        (
            names.person(fact.by),
            " judged the answer of ",
            names.alert(fact.alert),
            f": {WORTH[worth]}.",
        ),
        tone,
        (*on, *_note(fact)),
    )


def _asked(fact: f.PromiseAsked, names: Names) -> Line:
    return Line((names.alert(fact.alert), " was asked what became of the promise."))


def _missed(fact: f.PromiseMissed, names: Names) -> Line:
    return Line(("Nobody said that the promise of ", names.alert(fact.alert), " was kept."), "warm")


def _acted(fact: f.Acted, names: Names) -> Line:
    tone: Tone = "alarm" if fact.effect is Effect.NEGATIVE else "good"
    return Line(
        (
            *_by(fact.by, fact.way, fact.alert, names),
            f" acted: {ACTION[fact.action_kind]}; {EFFECT[fact.effect]}.",
        ),
        tone,
        _note(fact),
    )


def _declined(fact: f.Declined, names: Names) -> Line:
    return Line(
        (
            *_by(fact.by, fact.way, fact.alert, names),
            f" declined: {DECLINE[fact.reason]}. Never asked again in this case.",
        ),
        "warm",
        _note(fact),
    )


def _conflict(fact: f.ConflictDeclared, names: Names) -> Line:
    return Line(
        (
            *_by(fact.by, fact.way, fact.alert, names),
            " has a conflict of interest. The page closed, and they are left out from now on.",
        ),
        "warm",
    )


def _wrong(fact: f.ContactDropped, names: Names) -> Line:
    return Line(
        (
            names.contact(fact.contact),
            " of ",
            names.alert(fact.alert),
            " is the wrong person; the next one is told.",
        ),
        "warm",
    )


def _passed(fact: f.PassedOn, names: Names) -> Line:
    to: Said = (names.contact(fact.to),) if fact.to else ("somebody we do not know",)
    if fact.to in names.parties:
        to = (names.party(fact.to),)
    inside = ", who must not know. Duty was called" if fact.inside_closure else ""
    return Line(
        (*_by(fact.by, fact.way, fact.alert, names), " passed it on to ", *to, f"{inside}."),
        "alarm" if fact.inside_closure else "plain",
        _note(fact),
    )


def _replied(fact: f.QuestionAnswered, names: Names) -> Line:
    return Line(
        (
            names.person(fact.by),
            " answered the question of ",
            names.contact(fact.contact),
            " of ",
            names.alert(fact.alert),
            ".",
        ),
        "good",
        ("They are told that there is an answer, and read it on their page.",),
    )


ANSWERS: dict[type, Callable[[Any, Names], Line]] = {
    f.Answered: _answered,
    f.AnswerExpired: _expired,
    f.ContactSilent: _silent,
    f.Promised: _promised,
    f.PromiseAsked: _asked,
    f.PromiseMissed: _missed,
    f.PromiseWithdrawn: _withdrawn,
    f.ConditionMet: _condition,
    f.AnswerClassed: _classed,
    f.Acted: _acted,
    f.Declined: _declined,
    f.ConflictDeclared: _conflict,
    f.ContactDropped: _wrong,
    f.PassedOn: _passed,
    f.QuestionAnswered: _replied,
}
