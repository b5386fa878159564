"""What all events of a case lead to together, under the rulebook and registry of today."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from rules.candidates import World, candidates, stricter
from rules.exclusion import join
from schemas.codes import Severity, TrackName
from schemas.event import ThreatEvent
from schemas.plan import Candidate, Candidates, Closure, Track, Withheld


def again(
    world: World, events: Iterable[tuple[ThreatEvent, datetime]], *, severity: Severity
) -> Candidates:
    """Plan anew, at the severity that the case has now: each event with when it was accepted.

    Each party once per track, as near as any event finds it; of two ladders of one track the
    stronger gate and the quieter mode. Raises ValueError without an event.
    """
    each = [candidates(world, event, at=at, at_severity=severity) for event, at in events]
    if not each:
        raise ValueError("a case without an event cannot be planned anew")
    tracks: dict[TrackName, Track] = {}
    chosen: dict[tuple[TrackName, str], Candidate] = {}
    shown: dict[tuple[str, str], Withheld] = {}
    for one in each:
        for track in one.tracks:
            known = tracks.get(track.name)
            tracks[track.name] = track if known is None else stricter(known, track)
        for found in one.candidates:
            chosen.setdefault((found.track, found.party), found)
        for withheld in one.withheld:
            shown.setdefault((withheld.party, withheld.contact), withheld)
    return replace(
        each[-1],
        rules=tuple(dict.fromkeys(rule for one in each for rule in one.rules)),
        tracks=tuple(tracks.values()),
        candidates=tuple(chosen.values()),
        explained=tuple(dict.fromkeys(found for one in each for found in one.explained)),
        withheld=tuple(shown.values()),
        closure=join(Closure(), *(one.closure for one in each)),
        protocols=tuple(dict.fromkeys(protocol for one in each for protocol in one.protocols)),
        small_cell=max(one.small_cell for one in each),
        troubles=(),
    )
