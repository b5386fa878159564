"""What a recipient may see of a case: the event's fields, judged and projected by the guard. Pure.

A field is taken from what the case knows, cut down to the stage, to the audience's field class
and to the consent; `rules.guard.project` does the last two and is the only maker of what is shown.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from engine.case.matter import Matter
from engine.case.protect import WAITING_ONLY, safeguards
from engine.case.state import Alert, AlertStatus, Case
from engine.web.answer.stages import Stage
from rules import exclusion, guard
from rules.commitments import commitments
from rules.graph import Registry
from rules.hours import zone_of
from schemas.codes import EventType, FieldName, Mode, SubjectKind
from schemas.commitment import Commitment
from schemas.event import ThreatEvent
from schemas.party import PartyKind
from schemas.plan import Closure, Path, Reason, Verdict, refused
from schemas.projection import Projection, Purpose
from schemas.safeguards import Safeguards

_KIND = frozenset({FieldName.COUNTRY, FieldName.ACT, FieldName.AS_OF})
_ADVERSE = _KIND | {FieldName.COMPANY}
OF_STAGE: Mapping[Stage, Set[FieldName]] = {
    Stage.UNDERTAKING: frozenset(),
    Stage.NOT_FOR_ME: frozenset(),
    Stage.KIND: _KIND,
    Stage.ADVERSE: _ADVERSE,
    Stage.CONTENT: frozenset(FieldName),
    Stage.DETAIL: frozenset({FieldName.ASK, FieldName.ANSWER_BY}),
}
_COLLECTIVE = (SubjectKind.COMMUNITY, SubjectKind.GROUP, SubjectKind.INSTITUTION)


class Door(StrEnum):
    """Whether the page opens."""

    OPEN = "open"
    WAIT = "wait"
    """Not now: frozen or stopped. Please do nothing for the moment."""
    CLOSED = "closed"
    """Nothing more is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The guard's answer for one look at the page."""

    door: Door
    alert: Alert | None = None
    projection: Projection | None = None
    verdict: Verdict | None = None
    """Why the guard refused, for our own people alone; None where it was not asked."""
    case: Case | None = None
    """Only where the door is open."""


def look(
    matter: Matter,
    *,
    alert_id: str,
    contact: str,
    stage: Stage,
    registry: Registry,
    field_class: Set[FieldName],
    zone: str,
    now: datetime,
) -> View:
    """Judge this contact of this party again, now, and project what the stage may show.

    `zone`: in which times are shown to somebody whose hours name none, as in the message.
    """
    alert = matter.case.alert(alert_id)
    if alert is None or not _still_asked(matter, alert, contact):
        return View(door=Door.CLOSED)
    protected = _safeguards(matter, alert, registry=registry, now=now)
    verdict = _judge(matter, alert, contact, protected, registry=registry, now=now)
    if not verdict.allowed:
        passing = verdict.reason in WAITING_ONLY or verdict.reason is Reason.LINKED
        return View(door=Door.WAIT if passing else Door.CLOSED, verdict=verdict)
    if matter.stopped:
        return View(door=Door.WAIT)
    person = registry.contact(contact)
    projection = guard.project(
        verdict=verdict,
        purpose=Purpose.TELL,
        audience=alert.track,
        reference=alert.ref,
        deadline=matter.answer_by,
        language=person.languages[0] if person and person.languages else "en",
        zone=zone_of(person.hours if person else "", default=zone),
        severity="",
        detail="",
        count=1,
        event_fields=event_fields(matter, alert, registry=registry),
        field_class=set(field_class) & set(OF_STAGE[stage]),
        consent_fields=guard.allowed_fields(protected, track=alert.track),
        exercise=matter.case.exercise,
        mode=state.mode if (state := matter.case.track(alert.track)) else Mode.QUIET,
        safeguards=protected,
        promised=_promised(alert.party, registry=registry, now=now),
    )
    return View(door=Door.OPEN, alert=alert, projection=projection, case=matter.case)


def over(matter: Matter, registry: Registry) -> Matter:
    """The same, with those left out whom this registry ties to who is alleged.

    By every report of it and of those it is linked with: what was stored when they were planned
    knows no tie that was found since.
    """
    return replace(
        matter,
        closure=_joined(matter, matter.case.id, matter.closure, registry),
        linked=tuple(
            replace(each, closure=_joined(matter, each.case, each.closure, registry))
            for each in matter.linked
        ),
    )


def _joined(matter: Matter, case: str, stored: Closure, registry: Registry) -> Closure:
    told = matter.reports.get(case, ())
    return exclusion.join(stored, *(exclusion.closure(registry, event) for event in told))


def event_fields(matter: Matter, alert: Alert, *, registry: Registry) -> dict[FieldName, str]:
    """Codes and times of what the case knows, for one party; nothing of the sealed class."""
    case = matter.case
    track = case.track(alert.track)
    told_of = _told_of(matter)
    acts = [event for event in told_of if event.type is EventType.ACT]
    told = (acts or list(told_of))[-1:]  # the act with which it began
    path = _path(matter, alert)
    found: dict[FieldName, str | None] = {
        FieldName.COUNTRY: next((e.happened_in for e in told_of if e.happened_in), None),
        FieldName.ACT: told[0].code if told else None,
        FieldName.SECTOR: next((e.sector for e in told_of if e.sector), None),
        FieldName.COMPANY: _company(path, alert.party, registry=registry),
        FieldName.CERTAINTY: case.certainty.value,
        FieldName.AS_OF: matter.as_of.isoformat() if matter.as_of else None,
        FieldName.WHY_YOU: path[-1].a if path and path[-1].kind == "event" else _last_kind(path),
        FieldName.ASK: track.track.ask if track else None,
        FieldName.ANSWER_BY: matter.answer_by.isoformat() if matter.answer_by else None,
        FieldName.SUBJECT_KIND: _subject_kind(matter),
        FieldName.DATE_AHEAD: _date_ahead(matter, alert),
    }
    return {name: value for name, value in found.items() if value}


def _told_of(matter: Matter) -> tuple[ThreatEvent, ...]:
    """The reports of which country, sector and kind are told.

    Of a pattern only the one whose people were counted: in another report's country or sector
    there may be fewer (N20).
    """
    pattern = matter.case.pattern
    if pattern is None or matter.case.personal:
        return matter.events
    counted = zip(matter.event_ids, matter.events, strict=True)
    return tuple(event for id, event in counted if id == pattern.event)


def _promised(party: str, *, registry: Registry, now: datetime) -> tuple[Commitment, ...]:
    known = registry.party(party)
    return () if known is None else commitments(known, registry=registry, on=now.date())


def _still_asked(matter: Matter, alert: Alert, contact: str) -> bool:
    over = (AlertStatus.CLOSED, AlertStatus.WITHHELD, AlertStatus.DECLINED, AlertStatus.PLANNED)
    return (
        matter.case.status.unresolved
        and alert.status not in over
        and contact not in alert.dropped_contacts
    )


def _safeguards(matter: Matter, alert: Alert, *, registry: Registry, now: datetime) -> Safeguards:
    around = replace(
        matter.case.around,
        consents=matter.consents,
        closure=matter.closure,
        linked=matter.linked,
    )
    case = replace(matter.case, around=around)
    return safeguards(case, towards=registry.party(alert.party), now=now)


def _judge(
    matter: Matter,
    alert: Alert,
    contact: str,
    protected: Safeguards,
    *,
    registry: Registry,
    now: datetime,
) -> Verdict:
    party, person = registry.party(alert.party), registry.contact(contact)
    state = matter.case.track(alert.track)
    if party is None or person is None or state is None:
        return refused(Reason.UNKNOWN_PARTY)
    return guard.judge(
        party=party,
        contact=person,
        endpoint=None,
        track=alert.track,
        mode=state.mode,
        safeguards=protected,
        registry=registry,
        now=now,
    )


def _path(matter: Matter, alert: Alert) -> Path:
    for plan in reversed(matter.plans):
        for planned in plan.alerts:
            if planned.alert == alert.id:
                return planned.candidate.path
    return ()


def _last_kind(path: Path) -> str | None:
    return path[-1].kind if path else None


def _company(path: Path, own: str, *, registry: Registry) -> str | None:
    """The name of the company nearest to the recipient on its path; never the recipient itself."""
    for hop in reversed(path):
        for id in (hop.b, hop.a):
            party = registry.party(id)
            if party is not None and party.kind is PartyKind.COMPANY and id != own:
                return party.name
    return None


def _subject_kind(matter: Matter) -> str | None:
    kinds = [subject.kind for event in matter.events for subject in event.subjects]
    collective = next((kind for kind in _COLLECTIVE if kind in kinds), None)
    return (collective or (kinds[-1] if kinds else None)) or None


def _date_ahead(matter: Matter, alert: Alert) -> str | None:
    """`hearing 2027-03-17T08:00:00+00:00` of the next date that concerns this recipient."""
    for date in matter.case.dates:
        if date.kind.outward and (not date.tracks or alert.track in date.tracks):
            return f"{date.kind.value} {date.at.isoformat()}"
    return None
