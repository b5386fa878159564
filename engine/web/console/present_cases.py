"""How a case began, grew, was resolved and ended, in sentences."""

from collections.abc import Callable
from typing import Any

from engine.web.console.names import Names
from engine.web.console.present_line import Line, tracks
from engine.web.words.reasons import TROUBLES
from engine.web.words.sentence import Tone
from engine.web.words.states import CERTAINTY, SEVERITY, incident
from engine.web.words.threats import noun_of
from schemas import facts as f
from schemas.codes import EventType

_TYPES = {
    EventType.ACT: "Reported",
    EventType.WARNING: "Warning",
    EventType.CHANGE: "More is known",
    EventType.RELIEF: "Relief, which closes nothing by itself",
    EventType.DATE: "A date",
    EventType.CONSENT: "Consent",
    EventType.EXERCISE: "Exercise",
}
OUTCOMES = {
    "freed": "freed",
    "safe": "safe",
    "relocated": "in a safer place",
    "threat_ended": "the threat has ended",
    "died": "died",
    "lost_contact": "contact was lost",
    "other": "another outcome",
}
REMEDIES = {
    "none_sought": "no remedy is sought",
    "sought": "a remedy is sought",
    "obtained": "a remedy was obtained",
}
HEARD = {
    "safe_channel": "heard from the person on the safe channel, with the code phrase",
    "representative": "heard from who may speak for the person",
    "unreachable_documented": "the person could not be reached, which is documented",
}
RISKS = {
    "none": "no risk left",
    "low": "low risk left",
    "medium": "some risk left",
    "high": "high risk left",
    "unknown": "risk left is not known",
}


def _opened(fact: f.CaseOpened, names: Names) -> Line:
    if fact.case_kind == "incident":
        return Line((f"Incident: {incident(fact.incident)}.",), "alarm")
    drill = " An exercise: nobody real is told." if fact.exercise else ""
    again = f" The situation was closed before; this is round {fact.generation + 1}."
    return Line(
        (
            f"The case was opened as {SEVERITY[fact.severity]}."
            f"{again if fact.generation > 0 else ''}{drill}",
        ),
        "alarm" if fact.severity.grave else "plain",
    )


def _joined(fact: f.EventJoined, names: Names) -> Line:
    sources = (
        f", {fact.independent_sources} independent sources" if fact.independent_sources > 1 else ""
    )
    refused = (
        (f"The person does not want these told: {tracks(fact.refused_tracks)}.",)
        if fact.refused_tracks
        else ()
    )
    return Line(
        (
            f"{_TYPES[fact.event_type]}: {noun_of(fact.code)}. "
            f"It is {CERTAINTY[fact.certainty]}{sources}.",
        ),
        "good" if fact.event_type is EventType.RELIEF else "plain",
        refused,
    )


def _raised(fact: f.SeverityRaised, names: Names) -> Line:
    return Line((f"The case is now {SEVERITY[fact.severity]}.",), "alarm")


def _planned(fact: f.Planned, names: Names) -> Line:
    told, left = len(fact.alerts), len(fact.withheld)
    ladder = tracks([track.name for track in fact.tracks]) or "no new track"
    troubles = " ".join(TROUBLES[trouble] for trouble in fact.troubles)
    return Line(
        (f"Planned: {ladder}. {told} may be asked, {left} left out with a reason.",),
        "warm" if fact.troubles else "plain",
        (troubles,) if troubles else (),
    )


def _exclusions(fact: f.ExclusionsJoined, names: Names) -> Line:
    return Line(("The list of those who must not know was drawn up again.",))


def _consent(fact: f.ConsentApplied, names: Names) -> Line:
    words: dict[str, tuple[str, Tone]] = {
        "granted": ("Consent was given.", "good"),
        "narrowed": ("Consent was narrowed; what no longer fits was stopped.", "warm"),
        "revoked": ("Consent was withdrawn; everything unsent was stopped.", "alarm"),
        "asked": ("The person is said to allow more. Nothing changes until people agree.", "plain"),
    }
    sentence, tone = words[fact.state]
    return Line((sentence,), tone)


def _reprisal(fact: f.ReprisalSuspected, names: Names) -> Line:
    return Line(
        (
            "Suspected reprisal: a new act came after we had told somebody. "
            "Everything outward is frozen until two people lift it.",
        ),
        "alarm",
    )


def _proposed(fact: f.ResolutionProposed, names: Names) -> Line:
    return Line(
        (
            names.person(fact.by),
            f" proposed to resolve the case: {OUTCOMES.get(fact.outcome, fact.outcome)}. "
            "Another person has to confirm.",
        ),
        "good",
        (
            f"{RISKS.get(fact.residual_risk, fact.residual_risk).capitalize()}; "
            f"{REMEDIES[fact.remedy]}; {HEARD[fact.heard]}."
            + (" More was written; it lies sealed in the vault." if fact.note else ""),
        ),
    )


def _resolved(fact: f.Resolved, names: Names) -> Line:
    return Line(
        (
            names.person(fact.by),
            " confirmed: resolved. Those who were told are asked nothing more. "
            f"Watched until {names.time(fact.monitored_until)}.",
        ),
        "good",
    )


def _dropped(fact: f.ProposalDropped, names: Names) -> Line:
    because = "something happened since" if fact.reason == "new_event" else "it was taken back"
    return Line((f"The proposal to resolve is void: {because}.",), "warm")


def _reopened(fact: f.Reopened, names: Names) -> Line:
    return Line((names.person(fact.by), " opened the case again."), "alarm")


def _archived(fact: f.Archived, names: Names) -> Line:
    return Line(("Watching ended with nothing owed. The case is closed.",))


def _repeated(fact: f.IncidentRepeated, names: Names) -> Line:
    return Line(("It happened again.",), "warm")


def _faulted(fact: f.CaseFaulted, names: Names) -> Line:
    return Line(
        (
            "Deciding this case failed. Nothing was lost. "
            f"It is tried again at {names.time(fact.retry_at)}, and duty was told.",
        ),
        "alarm",
        (f"Kind of fault: {fact.code}",),
    )


CASES: dict[type, Callable[[Any, Names], Line]] = {
    f.CaseOpened: _opened,
    f.EventJoined: _joined,
    f.SeverityRaised: _raised,
    f.Planned: _planned,
    f.ExclusionsJoined: _exclusions,
    f.ConsentApplied: _consent,
    f.ReprisalSuspected: _reprisal,
    f.ResolutionProposed: _proposed,
    f.Resolved: _resolved,
    f.ProposalDropped: _dropped,
    f.Reopened: _reopened,
    f.Archived: _archived,
    f.IncidentRepeated: _repeated,
    f.CaseFaulted: _faulted,
}
