"""What an event would lead to, under a rulebook and a registry, without anything happening. Pure.

It runs the same two halves of planning as the desk does: `rules.candidates`, then `decide` on a
case that is thrown away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.case import commands as c
from engine.case import ids
from engine.case.around import Around
from engine.case.arrival import subjects_of
from engine.case.decide import run
from engine.case.said import said_in
from engine.case.state import Case
from rules.candidates import World, candidates
from rules.rulebook import Rulebook
from schemas import facts as f
from schemas.codes import Severity, TrackName
from schemas.consent import Consent
from schemas.event import ConsentGiven
from schemas.plan import Gate, Path, Reason, Track, Trouble
from schemas.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldTell:
    """A party that would be asked, once its track is released."""

    party: str
    name: str
    contacts: tuple[str, ...]
    path: Path
    hours: tuple[str, ...] = ()
    """Working hours of each contact, in their order; empty: always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldHold:
    """A party, or one contact of it, that would not be told."""

    party: str
    name: str
    contact: str
    track: TrackName | None
    reason: Reason
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTrack:
    """One ladder of the plan."""

    name: TrackName
    gate: Gate
    answer_by: int
    """Seconds."""
    parties: tuple[WouldTell, ...]
    track: Track
    """The ladder as it would be frozen, branches and all."""
    answer_by_severity: Mapping[Severity, int] = field(default_factory=dict)
    """Seconds, as the policy has them for cases of every severity."""
    too_few: bool = False
    """Fewer parties than its `until` asks for: it could never be quiet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be."""

    severity: Severity
    rules: tuple[str, ...]
    troubles: tuple[Trouble, ...]
    paged: tuple[str, ...]
    """Our own people who would be paged at once."""
    tracks: tuple[PreviewTrack, ...]
    withheld: tuple[WouldHold, ...]
    duty: Mapping[Severity, Track] = field(default_factory=dict)
    """The ladder of our own people, for cases of every severity."""


def preview(world: World, roster: Roster, report: c.Report, *, now: datetime) -> Preview:
    """Plan this report on an empty desk. Names no address; stores nothing; tells nobody."""
    found = candidates(world, report.event, at=report.received_at)
    situation = report.event.situation or report.event_id
    case = Case(
        id=ids.case_id(report.source, situation, 0, exercise=report.event.exercise),
        around=Around(
            registry=world.registry,
            ladder=world.rulebook.duty_track,
            roster=roster,
            consents=_consents(report, now=now),
        ),
    )
    inbox = c.Inbox(source=report.source, id=report.event_id, digest="")
    _, facts = run(case, c.EventArrived(inbox=inbox, report=report, candidates=found), now)
    planned = next(fact for fact in facts if isinstance(fact, f.Planned))
    held = {(out.track, out.party) for out in planned.withheld if not out.contact}
    return Preview(
        severity=found.severity,
        rules=planned.rules,
        troubles=planned.troubles,
        paged=_paged(facts, roster),
        tracks=tuple(
            PreviewTrack(
                name=track.name,
                gate=track.gate,
                answer_by=track.answer_by,
                track=track,
                answer_by_severity=_answers(world, found.policy, track.name),
                too_few=_too_few(track, planned.alerts),
                parties=tuple(
                    WouldTell(
                        party=alert.candidate.party,
                        name=_name(world, alert.candidate.party),
                        contacts=tuple(ref.id for ref in alert.candidate.contacts),
                        path=alert.candidate.path,
                        hours=tuple(ref.hours for ref in alert.candidate.contacts),
                    )
                    for alert in planned.alerts
                    if alert.candidate.track is track.name
                    and (track.name, alert.candidate.party) not in held
                ),
            )
            for track in planned.tracks
            if track.name is not TrackName.DUTY
        ),
        withheld=tuple(
            WouldHold(
                party=out.party,
                name=_name(world, out.party),
                contact=out.contact,
                track=out.track,
                reason=out.reason,
                path=out.path,
            )
            for out in planned.withheld
        ),
        duty={severity: world.rulebook.duty_track(severity) for severity in Severity},
    )


def _answers(world: World, policy: str, name: TrackName) -> Mapping[Severity, int]:
    shape = world.rulebook.shape.policies.get(policy)
    spec = None if shape is None else shape.tracks.get(name)
    return {} if spec is None else dict(spec.answer_by)


def _too_few(track: Track, alerts: Iterable[f.PlannedAlert]) -> bool:
    kinds = [each.candidate.kind for each in alerts if each.candidate.track is track.name]
    sizes = Counter(kinds).values() if track.per_kind else [len(kinds)]
    return bool(kinds) and any(size < (track.enough or 1) for size in sizes)


def with_rulebook(world: World, rulebook: Rulebook) -> World:
    """The same registry under another rulebook."""
    return World(rulebook=rulebook, registry=world.registry, looked_at=world.looked_at)


def _consents(report: c.Report, *, now: datetime) -> tuple[Consent, ...]:
    """The consents of this one report, as the desk would record them."""
    everybody = subjects_of(report.source, report.event)
    return tuple(
        said_in(
            report.event,
            given,
            pseudonym=pseudonym,
            id=f"preview-{index}-{pseudonym}",
            source=report.source,
            now=now,
        )[0]
        for index, given in enumerate(report.event.consent)
        for pseudonym in _whose(given, report.source, everybody)
    )


def _whose(given: ConsentGiven, source: str, everybody: tuple[str, ...]) -> Iterable[str]:
    return everybody if given.pseudonym is None else (f"{source}/{given.pseudonym}",)


def _paged(facts: Iterable[f.Fact], roster: Roster) -> tuple[str, ...]:
    labels = {person.id: person.label for person in roster.people}
    told = [
        fact.party for fact in facts if isinstance(fact, f.Told) and fact.track is TrackName.DUTY
    ]
    return tuple(dict.fromkeys(labels.get(person, person) for person in told))


def _name(world: World, party: str) -> str:
    known = world.registry.party(party)
    return known.name if known else party
