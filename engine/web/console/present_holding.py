"""What was asked to wait, for whom and until when, in sentences."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line, listed
from engine.web.words.sentence import Name, Said
from engine.web.words.states import TRACK
from schemas import facts as f
from schemas.safeguards import Hold, HoldReason

WHY_HELD: dict[HoldReason, str] = {
    HoldReason.TALKS: "talks are under way",
    HoldReason.HEARING: "a hearing or decision is near",
    HoldReason.RISK: "it would put somebody at risk now",
    HoldReason.WISH: "the person asked for it",
    HoldReason.OTHERS_ACT: "others act already and asked us to wait",
    HoldReason.OTHER: "another reason",
}


def whom(hold: Hold, names: Names) -> Said:
    """`Embassy of QN`, `Embassies`, `state bodies of QM`: whom a hold means."""
    said: list[str | Name] = list(listed([names.party(party) for party in hold.parties]))
    if hold.kinds:
        said += [
            ", " if said else "",
            ", ".join(each.value.replace("_", " ") for each in hold.kinds),
        ]
    if hold.tracks:
        tracks = ", ".join(TRACK[name] for name in hold.tracks)
        said.append(f" ({tracks})" if said else tracks)
    if hold.states:
        said.append(f"{'' if said else 'everybody'} of {', '.join(hold.states)}")
    return tuple(said)


def in_force(hold: Hold, lifted_by: tuple[str, ...], names: Names) -> Said:
    """One hold of a case: who asked for it, until when, and how it ends."""
    agreed: Said = ()
    if lifted_by:
        agreed = (" ", *listed([names.person(each) for each in lifted_by]), " agreed to lift it.")
    return (
        "Not approached: ",
        *whom(hold, names),
        f", until {names.time(hold.until)}: {WHY_HELD[hold.reason]}. Asked by ",
        names.person(hold.by),
        ". Two people may lift it earlier.",
        *agreed,
    )


def _placed(fact: f.HoldPlaced, names: Names) -> Line:
    hold = fact.hold
    return Line(
        (
            names.person(hold.by),
            f" asked to wait until {names.time(hold.until)}, and to approach nobody of: ",
            *whom(hold, names),
            ".",
        ),
        "warm",
        (f"Why: {WHY_HELD[hold.reason]}.",),
    )


def _lift(fact: f.HoldLiftGiven, names: Names) -> Line:
    return Line((names.person(fact.by), " agreed to end a hold; a second person is needed."))


def _ended(fact: f.HoldEnded, names: Names) -> Line:
    if fact.by == ("engine",):
        return Line(("A hold is over; what waited and is still right goes on.",), "good")
    by = listed([names.person(person) for person in fact.by])
    return Line(("A hold was lifted by ", *by, "; what waited goes on."), "good")


def _waits(fact: f.AlertHeld, names: Names) -> Line:
    return Line(
        ("Nobody presses ", names.alert(fact.alert), f" until {names.time(fact.until)}: held.")
    )


HOLDING: dict[type, Callable[[Any, Names], Line]] = {
    f.HoldPlaced: _placed,
    f.HoldLiftGiven: _lift,
    f.HoldEnded: _ended,
    f.AlertHeld: _waits,
}
