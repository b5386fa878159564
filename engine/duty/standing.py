"""Who is on now, who next, who is away, and who cannot be reached at all. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from engine.store.duty_ways import Tried
from rules.graph import Registry
from rules.roster import UPWARD, Watch, coverage, next_change
from rules.rota.changes import Entry, entries, span
from schemas.roster import DutyPerson, Role, Roster

LATELY = timedelta(days=7)
"""How far back a failed message to somebody of ours counts."""
_SHOWN_FOR = timedelta(days=30)


class Trouble(StrEnum):
    """Why a way to somebody does not work."""

    NO_ADDRESS = "no_address"
    """No contact of the registry has it."""
    NO_CHANNEL = "no_channel"
    """Its channel is not in the settings, or switched off."""
    CHANNEL_FAILING = "channel_failing"
    """Everything on its channel fails now; an incident is open."""
    FAILED_LATELY = "failed_lately"
    """The newest message on it was refused for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One endpoint of somebody."""

    endpoint: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of our own people and their ways."""

    id: str
    label: str
    ways: tuple[Way, ...]
    floor: bool = False

    @property
    def reachable(self) -> bool:
        """Whether a page would leave by at least one way."""
        return any(way.trouble is None for way in self.ways)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnNow:
    """Who is paged for a role now, and who after them."""

    now: Watch
    """It ends when that changes."""
    then: Watch | None
    """None where nothing changes within a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Duty at an instant."""

    at: datetime
    roles: tuple[OnNow, ...]
    members: tuple[Member, ...]
    changes: tuple[Entry, ...]
    """What people entered and is not over, by their beginning."""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def out_of_reach(self) -> tuple[Member, ...]:
        """Whom no page reaches at all, the floor contact first."""
        lost = [member for member in self.members if not member.reachable]
        return tuple(sorted(lost, key=lambda member: not member.floor))


def standing(
    roster: Roster,
    registry: Registry,
    *,
    channels: Collection[str],
    tried: Mapping[str, Tried],
    failing: Collection[str],
    at: datetime,
) -> Standing:
    """Look at all of it. `channels`: those that are switched on."""
    floor = () if roster.floor is None else (roster.floor,)
    known = {person.id for person in floor}
    ours = (*floor, *(person for person in roster.people if person.id not in known))
    return Standing(
        at=at,
        roles=tuple(_on_now(roster, role, at) for role in UPWARD),
        members=tuple(
            Member(
                id=person.id,
                label=person.label,
                floor=person.id in known,
                ways=tuple(
                    Way(endpoint=way, trouble=_trouble(way, registry, channels, tried, failing))
                    for way in _ways(person, roster)
                ),
            )
            for person in ours
        ),
        changes=tuple(
            sorted(
                (each for each in entries(roster) if at < span(each)[1]),
                key=lambda each: (span(each)[0], each.id),
            )
        ),
        labels={person.id: person.label for person in ours},
    )


def _ways(person: DutyPerson, roster: Roster) -> tuple[str, ...]:
    """All of somebody's ways; who is the floor contact as well has both lists."""
    also = next((each.endpoints for each in roster.people if each.id == person.id), ())
    return tuple(dict.fromkeys((*person.endpoints, *also)))


def _trouble(
    way: str,
    registry: Registry,
    channels: Collection[str],
    tried: Mapping[str, Tried],
    failing: Collection[str],
) -> Trouble | None:
    channel, _, id = way.partition(":")
    endpoint = registry.endpoint(id)
    if endpoint is None or endpoint.channel != channel:
        return Trouble.NO_ADDRESS
    if channel not in channels:
        return Trouble.NO_CHANNEL
    if channel in failing:
        return Trouble.CHANNEL_FAILING
    newest = tried.get(way)
    return Trouble.FAILED_LATELY if newest is not None and newest.failed else None


def _on_now(roster: Roster, role: Role, at: datetime) -> OnNow:
    change = next_change(roster, role, at)
    (now,) = coverage(roster, at, at + timedelta(microseconds=1), roles=(role,))
    if change is None:
        return OnNow(now=_until(now, at + _SHOWN_FOR), then=None)
    (then,) = coverage(roster, change, change + timedelta(microseconds=1), roles=(role,))
    ends = next_change(roster, role, change)
    return OnNow(now=_until(now, change), then=_until(then, ends or change + _SHOWN_FOR))


def _until(watch: Watch, ends: datetime) -> Watch:
    return Watch(
        role=watch.role,
        starts=watch.starts,
        ends=ends,
        people=watch.people,
        held_by=watch.held_by,
    )
