"""What opened gates and closed them again, in sentences."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line, listed
from engine.web.words.gates import (
    LABELS,
    RELIABILITY,
    SPEAK_TO,
    WHY_JUDGED,
    WHY_NECESSARY,
    WHY_SHARED,
)
from engine.web.words.states import ACTION, CERTAINTY, MODE, TRACK
from schemas import facts as f
from schemas.codes import ContactRule

_SEALED = "More was written; it lies sealed in the vault."


def _expired(fact: f.ReleaseExpired, names: Names) -> Line:
    track = TRACK[fact.track]
    if fact.pending:
        return Line((f"{track}: the first agreement ran out before a second person gave theirs.",))
    return Line(
        (f"{track}: the release ran out. Nothing more is told until people release it again.",),
        "warm",
    )


def _joint(fact: f.JointProposed, names: Names) -> Line:
    what = ACTION[fact.action]
    return Line(
        (
            names.person(fact.by),
            f" proposed that {TRACK[fact.track]} act together: {what}. Two others release it.",
        ),
        "warm",
    )


def _protocol(fact: f.ProtocolApplied, names: Names) -> Line:
    by = listed([names.person(person) for person in fact.agreed_by])
    return Line(
        (f"{TRACK[fact.track]} may be told by protocol {fact.protocol}, agreed by ", *by, "."),
        "good",
        (f"It holds until {names.time(fact.until)}.",),
    )


def _judged(fact: f.CertaintyJudged, names: Names) -> Line:
    return Line(
        (names.person(fact.by), f" said how sure we are: {CERTAINTY[fact.certainty]}."),
        "good" if fact.certainty.likely_or_better else "warm",
        _more(WHY_JUDGED.get(fact.reason, ""), fact.note),
    )


def _heard(fact: f.SourceHeard, names: Names) -> Line:
    words = RELIABILITY[fact.reliability]
    return Line(
        (names.person(fact.by), f" heard of it from somebody else too: {words}."),
        "plain",
        _more("", fact.note),
    )


def _raised(fact: f.ModeRaised, names: Names) -> Line:
    where = "" if fact.track is None else f" on {TRACK[fact.track]}"
    said = f" allowed a louder way{where}: {MODE[fact.mode]}."
    return Line((names.person(fact.by), said), "warm")


def _lowered(fact: f.ModeLowered, names: Names) -> Line:
    where = "" if fact.track is None else f" on {TRACK[fact.track]}"
    return Line((names.person(fact.by), f" made it quieter{where}: {MODE[fact.mode]}."), "good")


def _sharing_asked(fact: f.WiderSharingAsked, names: Names) -> Line:
    said = f" asks that it goes further: {_shared(fact)}. A second person has to agree."
    return Line(
        (names.person(fact.by), said), "warm", _more(WHY_SHARED.get(fact.why, ""), fact.note)
    )


def _sharing_set(fact: f.SharingSet, names: Names) -> Line:
    by = listed([names.person(person) for person in fact.by])
    said = f" set how far it may go: {_shared(fact)}."
    return Line((*by, said), "plain", _more(WHY_SHARED.get(fact.why, ""), fact.note))


def _shared(fact: f.WiderSharingAsked | f.SharingSet) -> str:
    if fact.label is not None:
        return f"{fact.label}, {LABELS[fact.label]}"
    return f"they may speak to {SPEAK_TO[fact.may_contact or ContactRule.NOBODY]}"


def _source_inside(fact: f.SourceInside, names: Names) -> Line:
    return Line(
        (
            "A report came by a line run for ",
            names.party(fact.party),
            ", who must not know. What it says of consent opens nothing but protection.",
        ),
        "alarm",
        ("Speak to the person another way, never through that line.",),
    )


def _necessity_given(fact: f.NecessityGiven, names: Names) -> Line:
    return Line(
        (names.person(fact.by), " says that protection cannot wait for consent."),
        "warm",
        _more(WHY_NECESSARY.get(fact.why, ""), fact.note),
    )


def _necessity_decided(fact: f.NecessityDecided, names: Names) -> Line:
    by = listed([names.person(person) for person in fact.by])
    review = ""
    if fact.review_by is not None:
        until = names.time(fact.review_by)
        review = f" A second person has to agree by {until}, or it is withdrawn."
    return Line(("Protection may be asked without consent, decided by ", *by, f".{review}"), "warm")


def _necessity_reviewed(fact: f.NecessityReviewed, names: Names) -> Line:
    return Line((names.person(fact.by), " agreed that protection is asked without consent."))


def _necessity_withdrawn(fact: f.NecessityWithdrawn, names: Names) -> Line:
    if fact.reason == "not_reviewed":
        return Line(
            (
                "Nobody reviewed the necessity in time. Protection is asked nothing more without "
                "consent, and those told are stood down.",
            ),
            "alarm",
        )
    return Line(
        (names.person(fact.by), " took the necessity back. Those told are stood down."), "warm"
    )


def _more(why: str, note: str) -> tuple[str, ...]:
    said = f"{why[:1].upper()}{why[1:]}." if why else ""
    both = " ".join(part for part in (said, _SEALED if note else "") if part)
    return (both,) if both else ()


GATES: dict[type, Callable[[Any, Names], Line]] = {
    f.ReleaseExpired: _expired,
    f.JointProposed: _joint,
    f.ProtocolApplied: _protocol,
    f.CertaintyJudged: _judged,
    f.SourceHeard: _heard,
    f.ModeRaised: _raised,
    f.ModeLowered: _lowered,
    f.WiderSharingAsked: _sharing_asked,
    f.SharingSet: _sharing_set,
    f.SourceInside: _source_inside,
    f.NecessityGiven: _necessity_given,
    f.NecessityDecided: _necessity_decided,
    f.NecessityReviewed: _necessity_reviewed,
    f.NecessityWithdrawn: _necessity_withdrawn,
}
