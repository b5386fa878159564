"""Several states of one record in one file: which of them counts, whatever order they come in.

A register publishes a record anew with each change, and takes it back by publishing it once more.
The rule, the same for every source that does so:

1. Of the states of one record the newest counts: the one with the latest time, and of two at the
   same time the one that says less (withdrawn before lapsed before unverified before verified).
2. A link that an older state of the record named and the newest does not, lapses.
3. Of rivals (two direct parents of one child) the later holds; a verified one from before lapses,
   and holds again if the later one is taken back: its register never took it back.
4. What lapsed or was withdrawn is not dropped. It goes on excluding.

The result depends on the set of states alone. So no order of updates and deletions, and no repeat,
shrinks what is excluded: `settle` never loses a link that any state named. Files that come one
after another lead to the same (`engine.registry.imports.order`), to the day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.registry.checks import EARLIEST
from engine.registry.rows import RowRead
from schemas.link import Link, LinkStatus
from schemas.party import Party

OPEN = frozenset({LinkStatus.VERIFIED, LinkStatus.UNVERIFIED})
"""What its source says holds."""
_LESS = (
    LinkStatus.VERIFIED,
    LinkStatus.UNVERIFIED,
    LinkStatus.DISPUTED,
    LinkStatus.LAPSED,
    LinkStatus.WITHDRAWN,
)
"""From what says most to what says least; an importer makes no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a record says at one time."""

    record: str
    """What it is a state of."""
    at: datetime
    step: int = 0
    """Which of several at the same time is later, where the source says so."""
    slot: str = ""
    """Begins the ids of this record's links alone."""
    replaces: tuple[str, ...] = ()
    """Slots of other records that it says it takes the place of, whenever those were."""
    rivals: str = ""
    """Begins the ids of links of which one at a time holds."""
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


def settle(states: Sequence[State]) -> Settled:
    """Apply the rule above. Each link and party that any state names is in the result."""
    newest: dict[str, State] = {}
    naming: dict[str, list[tuple[State, Link]]] = defaultdict(list)
    for state in states:
        known = newest.get(state.record)
        if known is None or _order(state) > _order(known):
            newest[state.record] = state
        for link in state.links:
            naming[link.id].append((state, link))
    replaced = {slot for state in states for slot in state.replaces}
    links: dict[str, Link] = {}
    rivals: dict[str, list[str]] = defaultdict(list)
    for id, named in sorted(naming.items()):
        state, link = max(named, key=lambda pair: (pair[0].when, less(pair[1]), repr(pair[1])))
        over = state.slot in replaced or all(each.id != id for each in newest[state.record].links)
        links[id] = lapsed(link) if over else link
        if state.rivals:
            rivals[state.rivals].append(id)
    for ids in rivals.values():
        links.update((link.id, link) for link in one_holds([links[id] for id in ids]))
    return Settled(links=links, parties=_parties(states), newest=newest)


def rows(read: Iterable[tuple[RowRead, State | None]], settled: Settled) -> Iterator[RowRead]:
    """Each row once, with what became of the things it names."""
    for row, state in read:
        if state is None:
            yield row
            continue
        stands = bool(state.slot) and settled.newest[state.record] is state
        yield replace(
            row,
            parties=tuple(settled.parties[party.id] for party in state.parties),
            links=tuple(settled.links[link.id] for link in state.links),
            ahead=True,
            as_of=state.day,
            replaces=(state.slot, *state.replaces) if stands else (),
            rivals=state.rivals,
        )


def one_holds(links: Sequence[Link]) -> Iterator[Link]:
    """Rivals as they stand to one another. What is unverified includes nobody and stays as it is;
    two of one day both hold."""
    own = [_unlapsed(link) for link in links]
    for link in own:
        later = any(
            other.status in OPEN and (other.as_of or date.min) > (link.as_of or date.min)
            for other in own
        )
        yield lapsed(link) if later and link.status is LinkStatus.VERIFIED else link


def less(link: Link) -> int:
    """How little its source says: the larger, the less."""
    return _LESS.index(link.status)


def lapsed(link: Link) -> Link:
    """The same link, if it said more, as lapsed."""
    return replace(link, status=LinkStatus.LAPSED) if less(link) < _LAPSED else link


_LAPSED = _LESS.index(LinkStatus.LAPSED)


def _unlapsed(link: Link) -> Link:
    """As it was before a rival: one that lapsed of itself has nobody who stands for it."""
    overtaken = link.status is LinkStatus.LAPSED and link.verified_by
    return replace(link, status=LinkStatus.VERIFIED) if overtaken else link


def _order(state: State) -> tuple[tuple[datetime, int], int, str]:
    """Later, saying less, and then any order that is always the same."""
    return state.when, max(map(less, state.links), default=0), repr(state.links)


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
