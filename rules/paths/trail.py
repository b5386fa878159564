"""How a walk came to where it is: items that each know the one before, and the path in hops.

A node is the number of a party in the registry; below zero it is a place in `Nodes`: a state by
its code, or a party that the event names and the registry has never heard of.
"""

from typing import Any

from rules.columns import KINDS
from rules.graph import Registry
from rules.snapshot import NOBODY
from schemas.party import Party, PartyKind
from schemas.plan import Hop, Path

SEAT = -1
"""Instead of a link number: from a party to the state where it has its seat."""
SEATED = -2
"""From a state to a party that has its seat there."""

Item = tuple[Any, Any, int, int]
"""(the item before or None, the hop: a link number, SEAT, SEATED or the first Hop, node, place)"""


class Nodes:
    """The nodes of one walk: the registry's, and states and strangers below zero."""

    __slots__ = ("_codes", "_extra", "_hops", "registry")

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._extra: list[str] = []
        self._codes: dict[str, int] = {}
        self._hops: dict[int, Hop] = {}

    def party_node(self, id: str) -> int:
        """The node of a party id, known to the registry or not."""
        number = self.registry.number(id)
        return self._new(id) if number is None else number

    def state_node(self, code: str) -> int:
        """The node of a state, by its code."""
        if code not in self._codes:
            self._codes[code] = self._new(code)
        return self._codes[code]

    def id(self, node: int) -> str:
        """Its id, or the state's code."""
        return self._extra[-1 - node] if node < 0 else self.registry.ids[node]

    def is_state(self, node: int) -> bool:
        """Whether it stands for a state by its code."""
        return node < 0 and self._codes.get(self._extra[-1 - node]) == node

    def party(self, node: int) -> Party | None:
        """The party there; of a state without a record of its own, one made of its code."""
        if not self.is_state(node):
            return self.registry.party(self.id(node))
        code = self.id(node)
        records = self.records(code)
        made = Party(id=code, kind=PartyKind.STATE, name=code, state=code)
        return records[0] if records else made

    def parties(self, node: int) -> tuple[tuple[str, bool], ...]:
        """The ids that stand for a node in a result, and whether the registry knows each.

        A state is the parties that are its record; without any it is its code.
        """
        if node >= 0:
            registry = self.registry
            return ((registry.ids[node], registry.kinds[node] != NOBODY),)
        id = self.id(node)
        if not self.is_state(node):
            return ((id, False),)
        return tuple((party.id, True) for party in self.records(id)) or ((id, False),)

    def records(self, code: str) -> tuple[Party, ...]:
        """The parties that stand for a state."""
        of_state = self.registry.of_state(code)
        return tuple(party for party in of_state if party.kind is PartyKind.STATE)

    def sources(self, node: int) -> tuple[int, ...]:
        """The nodes whose links are this node's: of a state those of its records and its code."""
        if node >= 0:
            return (node,)
        if not self.is_state(node):
            return ()
        code = self.id(node)
        ids = (*(party.id for party in self.records(code)), code)
        return tuple(
            number for number in map(self.registry.number, dict.fromkeys(ids)) if number is not None
        )

    def path(self, item: Item) -> Path:
        """The hops that lead to an item, from what the event says."""
        hops: list[Hop] = []
        at: Item | None = item
        while at is not None:
            before, hop, node, _ = at
            if isinstance(hop, Hop):
                hops.append(hop)
            elif hop == SEAT:
                hops.append(Hop(kind="seat", a=self.id(before[2]), b=self.id(node)))
            elif hop == SEATED:
                hops.append(Hop(kind="seat", a=self.id(node), b=self.id(before[2])))
            else:
                hops.append(self._link(hop))
            at = before
        return tuple(reversed(hops))

    def _link(self, number: int) -> Hop:
        hop = self._hops.get(number)
        if hop is None:
            columns = self.registry.columns
            hop = self._hops[number] = Hop(
                kind=KINDS[columns.kind[number]].value,
                a=self.registry.id_of(columns.a[number]),
                b=self.registry.id_of(columns.b[number]),
                link=columns.ids[number],
            )
        return hop

    def _new(self, text: str) -> int:
        self._extra.append(text)
        return -len(self._extra)
