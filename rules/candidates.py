"""One event under one world: what matches, who might be told, who must not be, and why.

The first half of planning. It runs before the transaction and knows nothing of the case; the
second half guards every candidate under the case lock.
"""

import hashlib
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules import duty, language
from rules.audiences import TRACK_OF_KIND, TRACK_OF_WALK
from rules.exclusion import closure
from rules.graph import Registry
from rules.linkage import linkage
from rules.reaching import level_fits, ref_of
from rules.rulebook import Rule, Rulebook, day_of
from rules.steps import Found, Refused, Start, Walked
from rules.troubles import nowhere, troubles_of
from schemas.codes import Severity, TrackName
from schemas.event import ThreatEvent
from schemas.party import PartyKind
from schemas.plan import (
    Candidate,
    Candidates,
    Closure,
    ContactRef,
    Excluded,
    Gate,
    Hop,
    Protocol,
    Reason,
    Track,
    Trouble,
    Withheld,
)
from schemas.rulebook import TellShape

EXPLAINED_WITHIN = 2
"""Links from a seed within which an exclusion is shown (design section 6)."""

_NEVER_RECIPIENTS = frozenset({PartyKind.STATE, PartyKind.PERSON})
GATE_STRENGTH = (Gate.NONE, Gate.PROTOCOL, Gate.NECESSITY, Gate.RELEASE, Gate.RELEASE_TWO)
"""The weakest first."""
_COMPLAINTS_ONLY = frozenset(
    {PartyKind.BANK, PartyKind.EXPORT_CREDIT_AGENCY, PartyKind.INVESTOR, PartyKind.COMPANY}
)
"""On the mechanisms track these are reached through their complaints office and nothing else."""


@dataclass(frozen=True, slots=True)
class World:
    """A rulebook and a registry, as they were at one moment."""

    rulebook: Rulebook
    registry: Registry
    looked_at: datetime | None = None
    """When somebody last stood for the registry as a whole; None: nobody knows, as in a trial."""

    def old(self, at: datetime | None) -> bool:
        """Whether nobody has looked at the registry for longer than the rulebook trusts it."""
        if self.looked_at is None or at is None:
            return False
        return at - self.looked_at > timedelta(seconds=self.rulebook.shape.registry_good_for)

    @property
    def version(self) -> str:
        """Names both; the same records and rules, the same version."""
        both = f"{self.rulebook.version}/{self.registry.version}"
        return hashlib.sha256(both.encode()).hexdigest()[:32]


def candidates(
    world: World,
    event: ThreatEvent,
    *,
    severity_ceiling: Severity | None = None,
    at: datetime | None = None,
    at_severity: Severity | None = None,
) -> Candidates:
    """What this event leads to under this world; the duty track is always there.

    `severity_ceiling` is what the publisher's key may claim. `at` is when the event was accepted:
    the day links must hold if the event names no time, and the measure of an implausible one.
    `at_severity`: of the case it is part of already, which counts instead of its own.
    """
    rulebook = world.rulebook
    severity, capped = rulebook.severity(event, ceiling=severity_ceiling)
    if at_severity is not None:
        severity, capped = at_severity, False
    matched, erred = _match(rulebook, event, severity)
    shut = closure(world.registry, event)
    search = _Search(world, event, severity, shut, at)
    for rule in matched:
        for tell in rule.shape.tell:
            search.tell(rule.shape.policy, tell)
        for walk in rule.shape.explain:
            search.explain(walk)
    search.named()
    chosen = search.chosen()
    return Candidates(
        world=world.version,
        severity=severity,
        policy=matched[0].shape.policy if matched else "",
        rules=tuple(rule.shape.id for rule in matched),
        tracks=(rulebook.duty_track(severity), *search.tracks.values()),
        candidates=chosen,
        explained=search.explained_only(),
        withheld=search.all_withheld(),
        closure=shut,
        protocols=tuple(
            Protocol(**protocol.model_dump())
            for protocol in rulebook.shape.protocols
            if event.code in protocol.codes
        ),
        small_cell=rulebook.shape.small_cell,
        troubles=tuple(
            troubles_of(
                world.registry, event, matched=matched, erred=erred, capped=capped,
                found=any(each.contacts for each in chosen), truncated=search.truncated, at=at,
                old=world.old(at),
            )
        ),
    )  # fmt: skip


def fallback(severity: Severity) -> Candidates:
    """The built-in duty plan, for an event whose matching raised. Needs no rulebook."""
    return Candidates(
        world="",
        severity=severity,
        tracks=(duty.built_in(severity),),
        troubles=(Trouble.PLANNING_FAILED,),
    )


def _match(rulebook: Rulebook, event: ThreatEvent, severity: Severity) -> tuple[list[Rule], bool]:
    """The rules that are true of the event, and whether any could not be decided."""
    values = language.values_of(event, severity=severity)
    matched, erred = [], False
    for rule in rulebook.rules:
        holds = rule.condition.holds(values)
        if holds is True:
            matched.append(rule)
        erred = erred or isinstance(holds, language.Unknown)
    return matched, erred


class _Search:
    """Gathers candidates over all matching rules; each party once per track, by its best path."""

    def __init__(
        self,
        world: World,
        event: ThreatEvent,
        severity: Severity,
        shut: Closure,
        at: datetime | None,
    ) -> None:
        self._world = world
        self._event = event
        self._severity = severity
        self._shut = shut
        self._start = Start(
            registry=world.registry, event=event, on=day_of(event, otherwise=at and at.date())
        )
        self.tracks: dict[TrackName, Track] = {}
        self._found: dict[tuple[TrackName, str], Found] = {}
        self._explained: dict[str, tuple[TrackName, Found]] = {}
        self._withheld: dict[tuple[str, str], tuple[Withheld | Refused, TrackName | None]] = {}
        self._walked: dict[str, Walked] = {}

    def tell(self, policy: str, tell: TellShape) -> None:
        if not self._world.rulebook.has(policy, tell.track, self._severity):
            return  # Less grave than this track is for; a graver report plans it.
        track = self._world.rulebook.track(policy, tell, self._severity)
        known = self.tracks.get(track.name)
        self.tracks[track.name] = track if known is None else stricter(known, track)
        walked = self._walk(tell.walk)
        for found in walked.found:
            key = (track.name, found.party)
            if key not in self._found or found.nearness < self._found[key].nearness:
                self._found[key] = found
        for withheld in walked.withheld:
            self._withhold(withheld, track=track.name)

    def explain(self, walk: str) -> None:
        shape = self._world.rulebook.shape.walks.get(walk)
        own = TRACK_OF_WALK.get(walk if shape is None else shape.walk or "")
        walked = self._walk(walk)
        for found in walked.found:
            track = own or self._audience(found.party)
            if track is not None:
                self._explained.setdefault(found.party, (track, found))
        for withheld in walked.withheld:
            self._withhold(withheld, track=own or self._audience(withheld.party))

    def _audience(self, party: str) -> TrackName | None:
        known = self._world.registry.party(party)
        return TRACK_OF_KIND.get(known.kind) if known else None

    @property
    def truncated(self) -> bool:
        """Whether any walk was cut off at its reach."""
        return any(walked.truncated for walked in self._walked.values())

    def named(self) -> None:
        """Parties the event names are explained, whatever part they play."""
        for part in self._event.parties:
            if not part.party:
                continue
            hop = Hop(kind="event", a=part.role, b=part.party)
            party = self._world.registry.party(part.party)
            if party is None:
                self._withhold(Withheld(party=part.party, reason=Reason.UNKNOWN_PARTY, path=(hop,)))
            elif party.kind in TRACK_OF_KIND:
                found = Found(party=part.party, path=(hop,))
                self._explained.setdefault(part.party, (TRACK_OF_KIND[party.kind], found))

    def chosen(self) -> tuple[Candidate, ...]:
        """Candidates per track, nearest first. Those nobody can ever lift are not among them."""
        chosen: list[Candidate] = []
        for name in self.tracks:
            near = sorted(
                (found for (track, _), found in self._found.items() if track is name),
                key=lambda found: found.nearness,
            )
            ranked = [found for found in near if self._reachable(name, found)]
            chosen.extend(self._candidate(name, found, rank) for rank, found in enumerate(ranked))
        return tuple(chosen)

    def explained_only(self) -> tuple[Candidate, ...]:
        """Parties found by no rule that tells, and excluded by nothing: the guard says why not."""
        told = {party for _, party in self._found}
        return tuple(
            self._candidate(track, found, 0, explained=True)
            for party, (track, found) in sorted(self._explained.items())
            if party not in told and self._shut.find(party) is None
        )

    def all_withheld(self) -> tuple[Withheld, ...]:
        """Each withheld party or contact once: the closure's reason stands before any other."""
        told = {party for _, party in self._found}
        shown = {
            (entry.party, ""): Withheld(party=entry.party, reason=entry.reason, path=entry.path)
            for entry in self._shut.entries
            if self._worth_showing(entry, told)
        }
        for key, (withheld, track) in self._withheld.items():
            excluded = self._shut.find(withheld.party) is not None
            by_link = withheld.reason in (Reason.LINK_NOT_CURRENT, Reason.LINK_UNVERIFIED)
            if not excluded and not (by_link and withheld.party in told):
                shown.setdefault(key, _on_track(withheld, track, contact=key[1]))
        return tuple(shown[key] for key in sorted(shown))

    def _worth_showing(self, entry: Excluded, told: Set[str]) -> bool:
        party = self._world.registry.party(entry.party)
        if party is None or party.kind in _NEVER_RECIPIENTS:
            return False
        return (
            entry.distance <= EXPLAINED_WITHIN
            or entry.party in self._explained
            or entry.party in told
        )

    def _reachable(self, track: TrackName, found: Found) -> bool:
        """Whether it may be planned. Whom no machine reaches is: a person phones it, if it may
        know at all; the plan says beforehand that there is no way."""
        entry = self._shut.find(found.party)
        if entry is not None and not entry.liftable:
            return False
        if nowhere(self._event) and track in (TrackName.MISSIONS, TrackName.NHRIS):
            # Whose state this is cannot be told apart from the perpetrator's.
            reason = Reason.COUNTRY_UNRESOLVED
        elif not self._contacts(track, found.party):
            reason = Reason.NO_ENDPOINT
        else:
            return True
        self._withhold(Withheld(party=found.party, reason=reason, path=found.path), track=track)
        return reason is Reason.NO_ENDPOINT and self._may_be_phoned(track, found.party)

    def _may_be_phoned(self, track: TrackName, party: str) -> bool:
        """Nobody phones in a drill, nor where all that is known are people who may not be told."""
        known = self._world.registry.contacts(party)
        fits = any(level_fits(self._world.registry, track, party, contact) for contact in known)
        return not self._event.exercise and (fits or not known)

    def _candidate(
        self, track: TrackName, found: Found, rank: int, *, explained: bool = False
    ) -> Candidate:
        known = self._world.registry.party(found.party)
        return Candidate(
            party=found.party,
            track=track,
            path=found.path,
            contacts=self._contacts(track, found.party, explained=explained),
            rank=rank,
            linkage=linkage(found.path),
            kind=None if known is None else known.kind,
        )

    def _contacts(
        self, track: TrackName, party: str, *, explained: bool = False
    ) -> tuple[ContactRef, ...]:
        """Ways to reach a party by machine; the others are withheld, one by one."""
        refs = []
        for contact in self._world.registry.contacts(party):
            if not level_fits(self._world.registry, track, party, contact):
                if not explained:  # nobody there is told anyway: one reason per party is enough
                    level = Withheld(party=party, reason=Reason.LEVEL, contact=contact.id)
                    self._withhold(level, track=track)
                continue
            refs.append(ref_of(contact, exercise=self._event.exercise))
        return tuple(ref for ref in refs if ref is not None)

    def _walk(self, name: str) -> Walked:
        """Each walk once, however many rules ask for it."""
        if name not in self._walked:
            self._walked[name] = self._world.rulebook.walk(name, self._start)
        return self._walked[name]

    def _withhold(self, withheld: Withheld | Refused, *, track: TrackName | None = None) -> None:
        contact = withheld.contact if isinstance(withheld, Withheld) else ""
        self._withheld.setdefault((withheld.party, contact), (withheld, track))


def _on_track(withheld: Withheld | Refused, track: TrackName | None, *, contact: str) -> Withheld:
    return Withheld(
        party=withheld.party,
        reason=withheld.reason,
        track=track,
        path=withheld.path,
        contact=contact,
    )


def stricter(first: Track, second: Track) -> Track:
    """Two rules on one track: the first one's ladder, the stronger gate and the quieter mode."""
    gate = max(first.gate, second.gate, key=GATE_STRENGTH.index)
    mode = first.mode if first.mode.within(second.mode) else second.mode
    return replace(
        first,
        gate=gate,
        mode=mode,
        answer_by=min(first.answer_by, second.answer_by),
        answer_holds_for=min(first.answer_holds_for, second.answer_holds_for),
        release_at_most=min(first.release_at_most, second.release_at_most),
        graver=_graver(first, second),
    )


def _graver(first: Track, second: Track) -> tuple[tuple[Severity, int, int], ...]:
    """The shorter times of both, should the case become graver."""
    found: dict[Severity, tuple[int, int]] = {}
    for severity, answer_by, holds in (*first.graver, *second.graver):
        known = found.get(severity, (answer_by, holds))
        found[severity] = (min(known[0], answer_by), min(known[1], holds))
    return tuple((severity, *found[severity]) for severity in Severity if severity in found)
