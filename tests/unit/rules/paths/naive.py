"""A path as a plain value, and who it reaches, worked out step by step over whole sets.

Written without a look at how walks run: no places, no order, no arrays. What a path reaches from
some parties is what its last step reaches from what the others reach; of several ways the nearest
counts; `*` goes on until nothing gets nearer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

Cost = tuple[int, int]
"""Hops that are no control, all hops."""
Reached = dict[str, Cost]

CONTROL = (LinkKind.OPERATES, LinkKind.PARENT_OF)


@dataclass(frozen=True)
class Brackets:
    """What stands in brackets, and whether it is surely true."""

    text: str
    true: Callable[[Link | None, Party | None], bool]


@dataclass(frozen=True)
class Hop:
    """One link."""

    kind: LinkKind
    against: bool
    test: Brackets | None = None


@dataclass(frozen=True)
class Seat:
    """By way of the party's state to what has its seat there."""

    kind: PartyKind


@dataclass(frozen=True)
class Chain:
    """One after the other."""

    parts: tuple["Path", ...]


@dataclass(frozen=True)
class Either:
    """Any of them."""

    parts: tuple["Path", ...]


@dataclass(frozen=True)
class Times:
    """Again and again; `high` None: without end."""

    part: "Path"
    low: int
    high: int | None


@dataclass(frozen=True)
class Only:
    """What the part reaches, as far as the test is true."""

    part: "Path"
    test: Brackets


Path = Hop | Seat | Chain | Either | Times | Only


def text_of(path: Path) -> str:
    """As it is written in the language."""
    match path:
        case Hop():
            brackets = f"[{path.test.text}]" if path.test else ""
            return f"{'^' if path.against else ''}{path.kind.value}{brackets}"
        case Seat():
            return path.kind.value
        case Chain():
            return "(" + " / ".join(map(text_of, path.parts)) + ")"
        case Either():
            return "(" + " | ".join(map(text_of, path.parts)) + ")"
        case Only():
            return f"({text_of(path.part)})[{path.test.text}]"
        case Times():
            marks = {(0, None): "*", (1, None): "+", (0, 1): "?"}
            mark = marks.get((path.low, path.high), f"{{{path.low},{path.high}}}")
            return f"({text_of(path.part)}){mark}"


class World:
    """Parties and links in plain lists."""

    def __init__(self, parties: Iterable[Party], links: Iterable[Link], on: date | None) -> None:
        self.parties = {party.id: party for party in parties}
        self.links = list(links)
        self.on = on

    def good(self, link: Link) -> bool:
        """Whether it may include."""
        if link.status is not LinkStatus.VERIFIED:
            return False
        if self.on is None:
            return link.valid_until is None
        begun = link.valid_from is None or link.valid_from <= self.on
        return begun and (link.valid_until is None or self.on <= link.valid_until)

    def same(self, id: str) -> set[str]:
        """All records of one party."""
        found = {id}
        while True:
            more = set()
            for link in self.links:
                if link.kind is LinkKind.SAME_AS and self.good(link):
                    if link.a in found:
                        more.add(link.b)
                    if link.b in found:
                        more.add(link.a)
            if more <= found:
                return found
            found |= more

    def reach(self, path: Path, starts: Reached) -> Reached:
        """Of each party that the path reaches from these the least cost."""
        match path:
            case Hop():
                return self._hop(path, starts)
            case Seat():
                return self._seat(path, starts)
            case Chain():
                for part in path.parts:
                    starts = self.reach(part, starts)
                return starts
            case Either():
                found: Reached = {}
                for part in path.parts:
                    _nearer(found, self.reach(part, starts))
                return found
            case Only():
                inner = self.reach(path.part, starts)
                return {
                    id: cost
                    for id, cost in inner.items()
                    if path.test.true(None, self.parties.get(id))
                }
            case Times():
                return self._times(path, starts)

    def _times(self, path: Times, starts: Reached) -> Reached:
        for _ in range(path.low):
            starts = self.reach(path.part, starts)
        found, fresh, times = dict(starts), starts, path.low
        while fresh and (path.high is None or times < path.high):
            times += 1
            fresh = self.reach(path.part, fresh)
            if not _nearer(found, fresh) and path.high is None:
                break
        return found

    def _hop(self, hop: Hop, starts: Reached) -> Reached:
        found: Reached = {}
        for link in self.links:
            here, there = (link.b, link.a) if hop.against else (link.a, link.b)
            if link.kind is not hop.kind or here not in starts or not self.good(link):
                continue
            loose, hops = starts[here]
            cost = (loose + (link.kind not in CONTROL), hops + 1)
            for record in self.same(there):
                if hop.test is None or hop.test.true(link, self.parties.get(record)):
                    _nearer(found, {record: cost})
        return found

    def _seat(self, seat: Seat, starts: Reached) -> Reached:
        found: Reached = {}
        for id, (loose, hops) in starts.items():
            party = self.parties.get(id)
            for other in self.parties.values():
                if party and party.state and other.state == party.state and other.kind is seat.kind:
                    for record in self.same(other.id):
                        _nearer(found, {record: (loose + 2, hops + 2)})
        return found


def _nearer(found: Reached, more: Reached) -> bool:
    """Takes over what is new or nearer; whether anything was."""
    changed = False
    for id, cost in more.items():
        if id not in found or cost < found[id]:
            found[id] = cost
            changed = True
    return changed
