"""Who was told, how, and what became of it. Sent is not delivered, delivered is not seen."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line, channel, listed
from engine.web.words.fields import field_words
from engine.web.words.reasons import why
from engine.web.words.sentence import Said
from engine.web.words.states import TRACK
from schemas import facts as f
from schemas.codes import TrackName
from schemas.projection import Purpose

PURPOSE: dict[Purpose, str] = {
    Purpose.TELL: "asked for an answer",
    Purpose.ASK_OUTCOME: "asked how the promise went",
    Purpose.CONFIRM: "asked whether it still holds, as a date was moved",
    Purpose.REMIND: "reminded of what they took on",
    Purpose.ANSWER: "told that their question is answered",
    Purpose.ROUND: "told that there is news of what is being done",
    Purpose.STAND_DOWN: "told that nothing more is asked",
    Purpose.WAIT: "asked to wait",
    Purpose.PAGE: "called",
    Purpose.TASK: "reminded of a task",
    Purpose.INCIDENT: "called about an incident",
    Purpose.OVERDUE: "called about overdue cases",
    Purpose.SEVERAL: "called about several cases",
}
_SUPERSEDED = {
    "superseded_by_later": "A later message takes its place.",
    "stale_after_outage": "It is too late to go out by itself; a person decides.",
    "date_moved": "The date was moved.",
    "satisfied": "Enough was promised or done already.",
    "other_severity": "It is for cases of another severity.",
    "jumped": "Somebody let the ladder go on to a later step.",
}


def _whom(fact: f.Told | f.Rerouted, names: Names) -> Said:
    if fact.track is TrackName.DUTY:
        return (names.party(fact.party),)
    contacts = listed([names.contact(c) for c in dict.fromkeys(n.contact for n in fact.notices)])
    return (
        (names.party(fact.party), " (", *contacts, ")") if contacts else (names.party(fact.party),)
    )


def _ways(fact: f.Told | f.Rerouted) -> str:
    return " and ".join(dict.fromkeys(channel(notice.endpoint) for notice in fact.notices))


def _told(fact: f.Told, names: Names) -> Line:
    by = f", by {_ways(fact)}" if fact.notices else ""
    what = "until" if fact.purpose is Purpose.WAIT else "answer by"
    until = f", {what} {names.time(fact.answer_by)}" if fact.answer_by else ""
    again = f" (round {fact.tell_no})" if fact.tell_no > 1 else ""
    return Line((*_whom(fact, names), f" is {PURPOSE[fact.purpose]}{by}{until}{again}."))


def _rerouted(fact: f.Rerouted, names: Names) -> Line:
    return Line(("Another way is tried: ", *_whom(fact, names), f", now by {_ways(fact)}."), "warm")


def _handed(fact: f.HandedOff, names: Names) -> Line:
    return Line(
        (
            "The message to ",
            names.alert(fact.alert),
            " was handed to the next hop. Whether it arrived is not known.",
        )
    )


def _delivered(fact: f.Delivered, names: Names) -> Line:
    return Line(
        ("The message to ", names.alert(fact.alert), " reached the phone; it is not yet seen.")
    )


def _failed(fact: f.DeliveryFailed, names: Names) -> Line:
    because = _NOT_ARRIVED[fact.reason]
    return Line(
        ("The message to ", names.contact(fact.contact), f" {because}. The next way is tried."),
        "warm",
    )


_NOT_ARRIVED = {
    "refused_permanent": "was refused for good",
    "unknown_exhausted": "has an unknown outcome after every try",
    "not_delivered": "was taken by its provider and did not arrive",
}


def _refused(fact: f.TellRefused, names: Names) -> Line:
    return Line(
        ("Not sent to ", names.alert(fact.alert), ": the guard refused at the last moment."),
        "warm",
        (why(fact.reason),),
    )


def _cancelled(fact: f.NoticesCancelled, names: Names) -> Line:
    whom = listed([names.alert(alert) for alert in fact.alerts])
    return Line(("Unsent messages to ", *whom, " were taken back."))


def _closed(fact: f.AlertClosed, names: Names) -> Line:
    return Line(
        ("The page of ", names.alert(fact.alert), " closed; nothing more is asked."),
        "plain",
        (why(fact.reason),),
    )


def _withheld(fact: f.AlertWithheld, names: Names) -> Line:
    return Line((names.alert(fact.alert), " is not told for now."), "plain", (why(fact.reason),))


def _before(fact: f.ToldBeforeExcluded, names: Names) -> Line:
    rounds = "once" if fact.tells == 1 else f"{fact.tells} times"
    whom = (" To: ", *listed([names.contact(each) for each in fact.contacts]), ".")
    return Line(
        (names.party(fact.party), f" had been told {rounds} and must not know."),
        "alarm",
        (f"{why(fact.reason)} {what_it_saw(fact)}", *(whom if fact.contacts else ())),
    )


def what_it_saw(fact: f.ToldBeforeExcluded) -> str:
    """What left for it, what arrived, and what of the case its page showed."""
    if not fact.handed_off:
        return "What left, and what was read, was not written down then."
    left = "One message" if fact.handed_off == 1 else f"{fact.handed_off} messages"
    arrived = f"; {fact.delivered} reported as arrived" if fact.delivered else ""
    if not fact.shown:
        return f"{left} left{arrived}. Nothing of the case was read on its page."
    shown = ", ".join(field_words(field) for field in fact.shown)
    return f"{left} left{arrived}. Its page was opened with the code and showed: {shown}."


def _fired(fact: f.StepFired, names: Names) -> Line:
    then = f" The next is due {names.time(fact.next_at)}." if fact.next_at else ""
    return Line((f"{TRACK[fact.track]}: step {fact.step + 1} was due.{then}",))


def _skipped(fact: f.StepSkipped, names: Names) -> Line:
    return Line(
        (f"{TRACK[fact.track]}: step {fact.step + 1} had nobody to tell; a task says so.",),
        "warm",
        (why(fact.reason),),
    )


def _superseded(fact: f.StepSuperseded, names: Names) -> Line:
    return Line(
        (f"{TRACK[fact.track]}: step {fact.step + 1} was not carried out.",),
        "warm",
        (_SUPERSEDED[fact.reason],),
    )


def _hastened(fact: f.TrackHastened, names: Names) -> Line:
    return Line((f"{TRACK[fact.track]} is asked to answer sooner: the case is graver.",), "warm")


TELLING: dict[type, Callable[[Any, Names], Line]] = {
    f.StepFired: _fired,
    f.TrackHastened: _hastened,
    f.StepSkipped: _skipped,
    f.StepSuperseded: _superseded,
    f.Told: _told,
    f.Rerouted: _rerouted,
    f.HandedOff: _handed,
    f.Delivered: _delivered,
    f.DeliveryFailed: _failed,
    f.TellRefused: _refused,
    f.NoticesCancelled: _cancelled,
    f.AlertClosed: _closed,
    f.AlertWithheld: _withheld,
    f.ToldBeforeExcluded: _before,
}
