"""Reprisal watch: a new act near a recent notice freezes whatever goes outward, in every case.

Near means: the same case, subject, complaint, site, company or community (design section 5.8).
What events have in common is kept as digests, so that one case finds another and tells nothing.
"""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime

from engine.case import commands as c
from engine.case import tasks, times
from engine.case.draft import Draft
from engine.case.records import records_of
from engine.case.state import Case, CaseStatus
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import EventType, Severity, TrackName
from schemas.event import PartyRole, ThreatEvent
from schemas.party import PartyKind

_CONCERNED = frozenset(
    {"alleged_perpetrator", "operator", "site", "employer", "adverse_party", "security_contractor"}
)
"""Roles of those whom a notice may have angered; who buys or invests is told, not watched."""
_ON_THE_GROUND = frozenset({"operator", "site", "employer", "security_contractor"})
"""Roles that only a company or a site plays, whether or not the registry knows it."""
_WATCHED = frozenset({PartyKind.COMPANY, PartyKind.SITE})
"""An act by a state's police is not one company's answer: that would freeze a whole country."""


def keys_of(source: str, event: ThreatEvent, registry: Registry) -> tuple[str, ...]:
    """Digests of what this event is about, as far as a reprisal may follow it. A drill has others.

    A subject, a person or a community, is known by its publisher's pseudonym; a complaint by its
    mechanism, or else by its publisher; a company or site by any of its records.
    """
    kind = "exercise" if event.exercise else "real"
    return tuple(sorted({digest(kind, *about) for about in _about(source, event, registry)}))


def _about(source: str, event: ThreatEvent, registry: Registry) -> Iterator[tuple[str, ...]]:
    for subject in event.subjects:
        if subject.pseudonym is not None:
            yield "subject", source, subject.pseudonym
    complaint = event.reprisal_of
    if complaint is not None and complaint.complaint is not None:
        yield "complaint", source, complaint.complaint
        if complaint.mechanism is not None:
            yield "complaint of", complaint.mechanism, complaint.complaint
    for id in on_the_ground(event, registry):
        yield "party", id


def on_the_ground(event: ThreatEvent, registry: Registry) -> Iterator[str]:
    """Companies and sites that an event is about, by each of their records."""
    for part in event.parties:
        if part.party is not None and part.role in _CONCERNED:
            yield from _watched(part, part.party, registry)


def _watched(part: PartyRole, id: str, registry: Registry) -> set[str]:
    """A company or site, and every other record of it."""
    known = registry.party(id)
    by_role = part.role in _ON_THE_GROUND or part.perpetrator_kind in ("company", "security")
    if not (by_role if known is None else known.kind in _WATCHED):
        return set()
    return set(records_of(id, registry))


def digest(*parts: str) -> str:
    """What something is called in the store of what cases are about: nobody reads it back."""
    made = hashlib.sha256()
    for part in ("watched", *parts):
        encoded = part.encode("utf-8", "surrogatepass")
        made.update(len(encoded).to_bytes(4, "big"))
        made.update(encoded)
    return base64.b32encode(made.digest())[:32].decode("ascii").lower()


def follows_a_notice(told_at: datetime | None, *, now: datetime) -> bool:
    """Whether an act at this moment came so soon after an outward notice that it is suspect."""
    return told_at is not None and now - told_at < times.REPRISAL_WINDOW


def notice_before(case: Case, event: ThreatEvent, *, now: datetime) -> str | None:
    """The case whose outward notice this act followed too soon, its own first; None: no reprisal.

    Told before this event joins it. What other cases told stands in what surrounds it.
    """
    if event.type is not EventType.ACT:
        return None
    if follows_a_notice(case.last_outward_at, now=now):
        return case.id
    near = case.around.told_near
    return near.case if near is not None and follows_a_notice(near.at, now=now) else None


def suspect(draft: Draft, *, event: str, after: str) -> None:
    """Freeze every outward track and page duty as critical. Protection goes on: it is none."""
    elsewhere = "" if after == draft.case.id else after
    draft.add(f.ReprisalSuspected(event=event, at=draft.now, after=elsewhere))
    outward = tuple(s.track.name for s in draft.case.tracks if s.track.name.outward)
    if outward:
        _freeze(draft, outward, reason="suspected_reprisal")
    tasks.raise_task(draft, "reprisal", critical=True)
    if draft.case.status is CaseStatus.OPEN:
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="suspected_reprisal"))


def touch(draft: Draft, command: c.TouchedByAct) -> None:
    """An act in another case touches this one: it freezes as well, and whoever has it is told.

    Where the notice came from this case, danger may lie here: it is as grave as such a case gets.
    One that stands frozen for it already hears nothing new, unless it becomes graver by it: during
    a crackdown every act would page duty again for every case of the company.
    """
    if not draft.case.status.alive or draft.case.kind != "case":
        return
    was = draft.case.severity
    if follows_a_notice(draft.case.last_outward_at, now=draft.now):
        tasks.raise_severity(draft, Severity.CRITICAL)
    if not _suspects_already(draft.case):
        suspect(draft, event=command.event, after=command.after)
    elif draft.case.severity is not was and draft.case.status is CaseStatus.OPEN:
        # Else duty's next call would stay where the old ladder had it, hours away.
        draft.add(f.TrackWoken(track=TrackName.DUTY, at=draft.now, reason="severity_raised"))


def _suspects_already(case: Case) -> bool:
    suspected = any(task.kind == "reprisal" for task in case.tasks)
    outward = [state for state in case.tracks if state.track.name.outward]
    return suspected and all(
        state.frozen and state.frozen_until is None and not state.lifted_by for state in outward
    )


def keep_frozen(draft: Draft, tracks: tuple[TrackName, ...]) -> None:
    """Freeze tracks that a later event adds, while a reprisal is suspected or all stands still."""
    outward = tuple(name for name in tracks if name.outward)
    before = [s for s in draft.case.tracks if s.track.name.outward and s.track.name not in tracks]
    suspected = any(task.kind == "reprisal" for task in draft.case.tasks)
    still = bool(before) and all(s.frozen and s.frozen_until is None for s in before)
    if outward and suspected:
        _freeze(draft, outward, reason="suspected_reprisal")
    elif outward and still:
        _freeze(draft, outward, reason="by_hand")


def _freeze(draft: Draft, tracks: tuple[TrackName, ...], *, reason: f.FreezeReason) -> None:
    draft.add(
        f.TrackFrozen(tracks=tracks, at=draft.now, by="engine", reason=reason, needs_two=True)
    )
