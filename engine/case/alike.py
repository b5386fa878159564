"""Likeness: another hotline may have reported the same, and nobody saw that they belong together.

The same done at the same place, in the same country, within a week, said by another publisher:
a person compares and links the two (strictest consent wins), or does not. No machine ever links.
"""

from datetime import timedelta

from engine.case import reprisals, tasks
from engine.case.draft import Draft
from rules.graph import Registry
from schemas.codes import EventType
from schemas.event import ThreatEvent

WITHIN = timedelta(days=7)
"""Cases opened this long ago are compared with."""
AT_MOST = 3
"""Of one case: in a crackdown more would only be noise, and one leads to the others."""


def keys_of(event: ThreatEvent, registry: Registry) -> tuple[str, ...]:
    """Digests of what was done where; none of an event that does not say. A drill has others."""
    if event.type is not EventType.ACT or event.happened_in is None:
        return ()
    kind = "exercise" if event.exercise else "real"
    places = set(reprisals.on_the_ground(event, registry))
    return tuple(
        sorted(reprisals.digest(kind, "alike", event.code, event.happened_in, id) for id in places)
    )


def compare(draft: Draft) -> None:
    """Ask a person to look at each case that is so like this new one."""
    for ref in draft.case.around.alike[:AT_MOST]:
        tasks.raise_task(draft, "likeness", detail=ref)
