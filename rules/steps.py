"""What walks start from and what they yield: finds with their paths, and whom they withhold."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.graph import Registry
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.plan import Path, Reason

CONTROL = frozenset({LinkKind.OPERATES, LinkKind.PARENT_OF})
"""Links within a group of companies: nearer than any other."""


Spell = Callable[[Any], Path]
"""Puts a path together from what a walk remembers of how it came."""


def _as_it_is(path: Path) -> Path:
    return path


class _Reached:
    """A party somebody came to. Its path is put together when somebody asks for it.

    `path` is it, or what `spell` makes it of: one for all of a walk, so that
    thousands of finds are thousands of objects and not four times as many.
    """

    __slots__ = ("_path", "_spell", "_way", "party")

    def __init__(self, party: str, path: Any, spell: Spell) -> None:
        self.party = party
        self._way = path
        self._spell = spell
        self._path: Path | None = None

    @property
    def path(self) -> Path:
        """From what the event says to the party."""
        if self._path is None:
            self._path = self._spell(self._way)
        return self._path


class Refused(_Reached):
    """A party that a walk may not include, and why."""

    __slots__ = ("reason",)

    def __init__(self, *, party: str, reason: Reason, path: Any, spell: Spell = _as_it_is) -> None:
        super().__init__(party, path, spell)
        self.reason = reason

    def __repr__(self) -> str:
        return f"Refused(party={self.party!r}, reason={self.reason!r}, path={self.path!r})"


class Found(_Reached):
    """A party a walk reached."""

    __slots__ = ("_cost", "turn")

    def __init__(
        self,
        *,
        party: str,
        path: Any,
        spell: Spell = _as_it_is,
        turn: int = 0,
        cost: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(party, path, spell)
        self.turn = turn
        """Those of an earlier `then` stand before those of a later one."""
        self._cost = cost
        """Hops that are no control and all hops, where the walk has counted them already."""

    @property
    def nearness(self) -> tuple[int, int, int, str]:
        """Smaller is nearer: the turn, hops that are no control, all hops, then the id.

        A hop to a second record of the same party is none.
        """
        if self._cost is not None:
            return (self.turn, *self._cost, self.party)
        hops = [hop.kind for hop in self.path if hop.kind != LinkKind.SAME_AS]
        loose = sum(kind not in CONTROL and kind != "event" for kind in hops)
        return (self.turn, loose, len(hops), self.party)

    def __repr__(self) -> str:
        return f"Found(party={self.party!r}, path={self.path!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk yields: those it may include, and those only a bad link would include."""

    found: tuple[Found, ...] = ()
    withheld: tuple[Refused, ...] = ()
    truncated: bool = False
    """It was cut off at its reach: there may be more, farther away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a walk may go before it is cut off, nearest first."""

    hops: int = 16
    """Links in a row."""
    parties: int = 5_000
    """Parties reached on the way, those found included."""
    links: int = 100_000
    """Links looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where walks start: one event over one registry, on one day."""

    registry: Registry
    event: ThreatEvent
    on: date | None
    """The day links must hold. None: only links without an end are trusted."""
    states: tuple[str, ...] = ()
    """`third_missions`: the states whose missions the desk trusts."""
    reach: Reach = Reach()


def usable(link: Link, on: date | None) -> Reason | None:
    """None when the link may include on that day, else why not."""
    if link.status in (LinkStatus.LAPSED, LinkStatus.WITHDRAWN):
        return Reason.LINK_NOT_CURRENT
    if link.status is not LinkStatus.VERIFIED:
        return Reason.LINK_UNVERIFIED
    holds = link.valid_until is None if on is None else link.current(on)
    return None if holds else Reason.LINK_NOT_CURRENT
