"""Linking: two cases about the same, and from now on the stricter of both counts in each.

It narrows what is sent afterwards and takes nothing back: nobody is stood down for it. Whoever must
not know of one must not know of the other. Parting them widens, so it takes two people.
"""

from collections.abc import Iterable
from datetime import datetime

from engine.case import commands as c
from engine.case import reprisals, tasks
from engine.case.arrival import ask_for_releases
from engine.case.beside import strictures_of
from engine.case.draft import Draft, Refusal, id_only
from engine.case.recheck import recheck, told_before_excluded
from engine.case.state import AlertStatus, Case, CaseStatus
from schemas import facts as f
from schemas.codes import Severity
from schemas.linked import Strictures
from schemas.plan import Reason
from schemas.responses import RefusedBecause

LINKS_AT_MOST = 7
"""Eight hotlines about one situation; more are a pattern, and a state must stay small."""


def may_be_linked(case: Case, other: Case) -> None:
    """Raises Refusal, with what to do instead, for two cases that cannot be linked."""
    if case.id == other.id:
        raise Refusal(RefusedBecause.INCOMPLETE, "other: a case is not linked with itself.")
    for each in (case, other):
        if each.kind != "case" or not each.status.alive:
            raise Refusal(RefusedBecause.NOT_OPEN, f"{each.ref or each.id}: it is over.")
    if case.exercise is not other.exercise:
        raise Refusal(RefusedBecause.GUARD, "other: a drill and a real case are never linked.")
    if any(link.case == other.id for link in case.links):
        raise Refusal(RefusedBecause.ALREADY_ANSWERED, "They are linked already.")


def group_of(case: Case) -> tuple[str, ...]:
    """The case and all that it is linked with: whoever joins one joins all of them."""
    return tuple(sorted({case.id, *(link.case for link in case.links)}))


def must_fit(group: Iterable[str], other: Iterable[str]) -> None:
    """Raises Refusal where so many would be linked that nobody could oversee it."""
    if len({*group, *other}) > LINKS_AT_MOST + 1:
        raise Refusal(
            RefusedBecause.INCOMPLETE, f"other: at most {LINKS_AT_MOST + 1} cases are linked."
        )


def followed(acts: Iterable[tuple[str, datetime]], told: Iterable[datetime]) -> str:
    """The newest act that came within 30 days after an outward notice; empty: none did."""
    notices = tuple(told)
    for event, at in sorted(acts, key=lambda act: (act[1], act[0]), reverse=True):
        if any(then <= at and reprisals.follows_a_notice(then, now=at) for then in notices):
            return event
    return ""


def be_linked(draft: Draft, command: c.BeLinked) -> None:
    """This side of a new link. An act of one that followed a notice of the other freezes both."""
    draft.add(
        f.CasesLinked(
            case=command.other,
            ref=command.ref,
            by=command.by,
            at=draft.now,
            strictures=command.strictures,
        )
    )
    tasks.drop_tasks(draft, "likeness", detail=command.ref)
    _tighten(draft, command.strictures)
    if not command.act:
        return
    if command.after == draft.case.id:  # whoever we told may be why: danger may lie here
        tasks.raise_severity(draft, Severity.CRITICAL)
    reprisals.suspect(draft, event=command.act, after=command.after)


def grew(draft: Draft, command: c.LinkedGrew) -> None:
    """A linked case asks for something else now: it counts here at once."""
    known = next((link for link in draft.case.links if link.case == command.other), None)
    if known is None:
        return
    if known.strictures == command.strictures:  # what its people allow may be another
        _ask_again(draft)
        return
    draft.add(f.LinkedChanged(case=command.other, at=draft.now, strictures=command.strictures))
    _tighten(draft, command.strictures)


def unlink(draft: Draft, command: c.UnlinkCase) -> None:
    """Agree that this case is about something else; it is, when a second person agrees."""
    case = draft.case
    if not case.links:
        raise Refusal(RefusedBecause.INCOMPLETE, "It is linked with no case.")
    if command.by in case.unlinking:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to agree to unlink it.")
    draft.add(
        f.UnlinkGiven(
            by=command.by, at=draft.now, why=command.why, note=id_only(command.note, of="note")
        )
    )
    if not case.unlinking:
        tasks.raise_task(draft, "confirm_unlink")
        return
    for link in case.links:
        _part(draft, link.case, (*case.unlinking, command.by), command.why)


def be_unlinked(draft: Draft, command: c.BeUnlinked) -> None:
    """The other side of a link that two people undid."""
    if any(link.case == command.other for link in draft.case.links):
        _part(draft, command.other, command.by, command.why)


def _part(draft: Draft, other: str, by: tuple[str, ...], why: f.WhyUnlinked) -> None:
    draft.add(f.CasesUnlinked(case=other, by=by, at=draft.now, why=why))
    tasks.drop_tasks(draft, "confirm_unlink")
    _ask_again(draft)


def _ask_again(draft: Draft) -> None:
    """Whoever may be told now is a person's decision; no machine tells them for it."""
    if draft.case.status is CaseStatus.OPEN:
        ask_for_releases(draft)


def _tighten(draft: Draft, asks: Strictures) -> None:
    """Close whoever is shut out for good now; whom only consent keeps out is told nothing more."""
    for alert in draft.case.alerts:
        closed = alert.status is AlertStatus.CLOSED
        if alert.party in asks.conflicts and alert.handed_off and not closed:
            told_before_excluded(draft, alert, Reason.CONFLICT)
    recheck(draft)


__all__ = ["be_linked", "be_unlinked", "followed", "grew", "strictures_of", "unlink"]
