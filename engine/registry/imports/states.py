"""Several states of one record in one file: which of them counts, whatever order they come in.

A register publishes a record anew with each change, and takes it back by publishing it once more.
The rule, the same for every source that does so:

1. Of the states of one record the newest counts: the one with the latest time, and of two at the
   same time the one that says less (withdrawn before lapsed before unverified before verified).
2. A link that an older state named and the newest does not, or that a newer record of its slot
   takes the place of (a new direct parent), lapses. It is not dropped: it goes on excluding.
3. What was taken back is `withdrawn`, and goes on excluding as well.

The result depends on the set of states alone. So no order of updates and deletions, and no repeat,
shrinks what is excluded: `settle` never loses a link that any state named.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.registry.imports.checks import EARLIEST
from engine.registry.imports.rows import RowRead
from schemas.link import Link, LinkStatus
from schemas.party import Party

_LESS = (
    LinkStatus.VERIFIED,
    LinkStatus.UNVERIFIED,
    LinkStatus.DISPUTED,
    LinkStatus.LAPSED,
    LinkStatus.WITHDRAWN,
)
"""From what says most to what says least; an importer makes no others."""
_LAPSED = _LESS.index(LinkStatus.LAPSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a record says at one time."""

    record: str
    """What it is a state of."""
    at: datetime
    step: int = 0
    """Which of several at the same time is later, where the source says so."""
    slot: str = ""
    """Begins the ids of its links: the place that one record at a time has. Empty: its own."""
    takes_place: bool = False
    """It holds, so it takes the place of older records of its slot."""
    replaces: tuple[str, ...] = ()
    """Slots of other records that it says it replaces, whenever those were."""
    links: tuple[Link, ...] = ()
    parties: tuple[Party, ...] = ()

    @property
    def when(self) -> tuple[datetime, int]:
        return self.at, self.step

    @property
    def day(self) -> date | None:
        """As links and rows have it; None if the source does not say."""
        return self.at.date() if self.at.date() >= EARLIEST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What all states of a file lead to, by id."""

    links: Mapping[str, Link]
    parties: Mapping[str, Party]
    newest: Mapping[str, State]
    """Of each record."""


def rows(read: Iterable[tuple[RowRead, State | None]], settled: Settled) -> Iterator[RowRead]:
    """Each row once, with what became of the things it names."""
    for row, state in read:
        if state is None:
            yield row
            continue
        links = tuple(settled.links[link.id] for link in state.links)
        stands = settled.newest[state.record] is state and (
            not links or any(link in links for link in state.links)
        )
        yield replace(
            row,
            parties=tuple(settled.parties[party.id] for party in state.parties),
            links=links,
            ahead=True,
            as_of=state.day,
            replaces=(state.slot, *state.replaces) if stands and state.takes_place else (),
        )


def settle(states: Sequence[State]) -> Settled:
    """Apply the rule above. Each link and party that any state names is in the result."""
    newest: dict[str, State] = {}
    slots: dict[str, list[State]] = defaultdict(list)
    for state in states:
        known = newest.get(state.record)
        if known is None or _order(state) > _order(known):
            newest[state.record] = state
        if state.takes_place and state.slot:
            slots[state.slot].append(state)
    replaced = {slot for state in states for slot in state.replaces}
    naming: dict[str, list[tuple[State, Link]]] = defaultdict(list)
    for state in states:
        for link in state.links:
            naming[link.id].append((state, link))
    links: dict[str, Link] = {}
    for id, named in sorted(naming.items()):
        state, link = max(named, key=lambda pair: (pair[0].when, _less(pair[1]), repr(pair[1])))
        gone = (
            all(each.id != id for each in newest[state.record].links)
            or state.slot in replaced
            or any(
                other.when > state.when and all(each.id != id for each in other.links)
                for other in slots[state.slot]
            )
        )
        links[id] = _lapsed(link) if gone else link
    return Settled(links=links, parties=_parties(states), newest=newest)


def _order(state: State) -> tuple[tuple[datetime, int], int, str]:
    """Later, saying less, and then any order that is always the same."""
    less = max((_less(link) for link in state.links), default=0)
    return state.when, less, repr(state.links)


def _less(link: Link) -> int:
    return _LESS.index(link.status)


def _lapsed(link: Link) -> Link:
    return link if _less(link) >= _LAPSED else replace(link, status=LinkStatus.LAPSED)


def _parties(states: Iterable[State]) -> dict[str, Party]:
    """Each as its newest state has it, with the names it bore before as aliases."""
    naming: dict[str, list[tuple[State, Party]]] = defaultdict(list)
    for state in states:
        for party in state.parties:
            naming[party.id].append((state, party))
    found: dict[str, Party] = {}
    for id, named in sorted(naming.items()):
        _, newest = max(named, key=lambda pair: (pair[0].when, repr(pair[1])))
        names = {name for _, party in named for name in (party.name, *party.aliases)}
        found[id] = replace(newest, aliases=tuple(sorted(names - {newest.name})))
    return found
