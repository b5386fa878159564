"""Who must not know, read plainly: `exclusion_reference` over all that was ever known.

Ends of links are looked up instead of searched for, or a replay would take a day.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind
from schemas.party import Party
from schemas.plan import Reason
from tests.replay_harm.ledger import Edition
from tests.unit.rules import exclusion_reference as reference
from tests.unit.rules.exclusion_reference import Out

Outs = Mapping[str, tuple[Out, ...]]
_PARTS = frozenset({"code", "parties", "countries", "reprisal_of", "occurred"})
"""Of an event, what says who is behind it."""


class _World(reference._World):
    """The same reading with an index."""

    def __init__(
        self, parties: list[Party], links: list[Link], event: ThreatEvent, ids: set[str]
    ) -> None:
        self._ahead: defaultdict[tuple[LinkKind, str], set[str]] = defaultdict(set)
        self._back: defaultdict[tuple[LinkKind, str], set[str]] = defaultdict(set)
        self._below: defaultdict[str, set[str]] = defaultdict(set)
        self._above: defaultdict[str, set[str]] = defaultdict(set)
        for link in links:
            self._ahead[link.kind, link.a].add(link.b)
            self._back[link.kind, link.b].add(link.a)
            if reference._controls(link):
                self._below[link.a].add(link.b)
                self._above[link.b].add(link.a)
        super().__init__(parties, links, event, ids)

    def ends(self, id: str, kind: LinkKind, forward: bool) -> set[str]:
        return (self._ahead if forward else self._back).get((kind, id), set())

    def down(self, id: str) -> set[str]:
        return self._below.get(id, set()) | self.ends(id, LinkKind.CHAPTER_OF, False)

    def owners(self, id: str) -> set[str]:
        return self._above.get(id, set())


class Closures:
    """Answers of one replay, each found once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[Outs, frozenset[str]]] = {}

    def of(self, event: ThreatEvent, edition: Edition) -> tuple[Outs, frozenset[str]]:
        """Everything said of each excluded party, and the codes of excluded states.

        What a party was before is read as well: once with each earlier record in its place.
        """
        key = (
            json.dumps(event.model_dump(mode="json", include=set(_PARTS)), sort_keys=True),
            edition.n,
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _over(event, edition)
        return found


def _over(event: ThreatEvent, edition: Edition) -> tuple[Outs, frozenset[str]]:
    outs: defaultdict[str, list[Out]] = defaultdict(list)
    codes: set[str] = set()
    for parties in (
        edition.parties,
        *({**edition.parties, each.id: each} for each in edition.once),
    ):
        found, states = _excluded(parties.values(), edition, event)
        codes |= states
        for id, out in found.items():
            outs[id].append(out)
        for each in parties.values():
            if each.state in states and reference._speaks(each) and each.id not in found:
                outs[each.id].append(Out(Reason.STATE_OF_PERPETRATOR, False, False, 1))
    return {id: tuple(some) for id, some in outs.items()}, frozenset(codes)


def _excluded(
    parties: Iterable[Party], edition: Edition, event: ThreatEvent
) -> tuple[dict[str, Out], set[str]]:
    """`exclusion_reference.excluded` over the indexed reading.

    A tie that is no control is firm only as the files name it now.
    """
    parties, links = list(parties), list(edition.links)
    ids = {*(party.id for party in parties), *(end for link in links for end in (link.a, link.b))}
    every = _World(parties, links, event, ids)
    lasting = [
        link
        for link in links
        if not reference._soft(link, event) and (_lasts(link) or link in edition.current)
    ]
    firm = _World(parties, lasting, event, ids)
    found: dict[str, Out] = {}
    for one, other in zip(every.grounds, firm.grounds, strict=True):
        reason, tagged, far = one
        for id, at in far.items():
            out = Out(reason, tagged, id not in other[2], other[2].get(id, at))
            if id not in found or out.hardness < found[id].hardness:
                found[id] = out
    return found, firm.codes


def _lasts(link: Link) -> bool:
    return reference._controls(link) or link.kind is LinkKind.BODY_OF
