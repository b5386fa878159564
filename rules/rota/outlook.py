"""The weeks ahead of a roster, in slices between which something changes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from rules.rota.rota import UPWARD, Held, rota
from rules.wall_clock import next_jump, zone_named
from schemas.roster import Role, Roster

HORIZON = timedelta(weeks=8)
_JUMP_WITHIN = timedelta(days=400)
_AROUND_JUMP = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Slice:
    """Between two edges nothing changes."""

    starts: datetime
    ends: datetime
    holds: dict[Role, Held]
    after: datetime
    """Where the slice before it ends; earlier than `starts` where weeks between are not looked at.
    """


@dataclass(slots=True)
class Run:
    """How often something is so, neighbouring slices counted as one."""

    first: tuple[datetime, datetime] | None = None
    times: int = 0
    longest: timedelta = field(default_factory=timedelta)
    _since: datetime | None = None
    _until: datetime | None = None

    def add(self, found: Slice) -> None:
        """Count a slice in which it is so; in the order of time."""
        if self._since is None or self._until != found.starts:
            self.times += int(self._until != found.after)  # else it went on unseen: no other time
            self._since = found.starts
        self._until = found.ends
        self.longest = max(self.longest, found.ends - self._since)
        if self.first is None or self.first[0] == self._since:
            self.first = (self._since, found.ends)


@dataclass(frozen=True, slots=True)
class Say:
    """Times in the words of one zone."""

    zone: ZoneInfo
    name: str

    def span(self, first: tuple[datetime, datetime]) -> str:
        """From when to when."""
        starts, ends = (each.astimezone(self.zone) for each in first)
        until = f"{ends:%H:%M}" if starts.date() == ends.date() else f"{ends:%a %Y-%m-%d %H:%M}"
        return f"{starts:%a %Y-%m-%d %H:%M} to {until} ({self.name})"

    def often(self, run: Run) -> str:
        """How often it comes again, as the end of a clause."""
        more = run.times - 1
        return "" if not more else f", and {more} time{'s' if more > 1 else ''} more in eight weeks"


def windows(roster: Roster, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """What is looked at: eight weeks, and beyond them each next change of clocks of a zone."""
    now = now.astimezone(UTC)
    end = now + HORIZON
    yield now, end
    named = {each.zone for each in roster.rotations} | {each.zone for each in roster.calendars}
    named |= {word for each in roster.layers for word in each.hours.replace(";", " ").split()}
    jumps = set()
    for name in sorted(named):
        zone = zone_named(name) if "/" in name else None
        if zone is not None:
            jumps.add(next_jump(zone, now, within=_JUMP_WITHIN))
    for jump in sorted(each for each in jumps if each is not None):
        if jump + _AROUND_JUMP > end:
            starts = max(end, jump - _AROUND_JUMP)
            end = jump + _AROUND_JUMP
            yield starts, end


def slices_of(roster: Roster, now: datetime) -> Iterator[Slice]:
    """All of what is looked at, in the order of time; nothing changes within one of them."""
    ready, after = rota(roster), now
    for starts, ends in windows(roster, now):
        edges = (starts, *ready.edges(starts, ends), ends)
        for begun, ended in pairwise(edges):
            holds = {role: ready.work_out(role, begun) for role in UPWARD}
            yield Slice(begun, ended, holds, after)
            after = ended
