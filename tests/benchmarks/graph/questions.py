"""The three questions that everybody answers, and our own answers to them."""

from dataclasses import dataclass
from datetime import date

from rules.graph import Registry
from rules.reach import through, within
from rules.snapshot import Ways
from schemas.link import LinkKind

_NONE: frozenset[LinkKind] = frozenset()
_OWNED, _BOUGHT = frozenset({LinkKind.PARENT_OF}), frozenset({LinkKind.BUYS_FROM})
_HELD, _RUN = frozenset({LinkKind.INVESTS_IN}), frozenset({LinkKind.OPERATES})

CHAIN: tuple[Ways, ...] = ((_NONE, _RUN), (_NONE, _OWNED), (_NONE, _HELD))
"""Q1, from a site: who operates it, who is the parent, who invests."""
GROUP: Ways = (_OWNED, _OWNED | _HELD)
"""Q2, from a company: parents, children and investors, three hops at most."""
TRADE: Ways = (_OWNED | _BOUGHT, _OWNED | _BOUGHT | _HELD)
"""Q3: the same, and suppliers and buyers."""
HOPS = 3
QUESTIONS = ("q1", "q2", "q3")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: from which node, on which day links must hold."""

    question: str
    start: int
    on: date


def ways_of(question: str) -> tuple[Ways, ...]:
    """The one way of a question that repeats it, or the chain."""
    return {"q1": CHAIN, "q2": (GROUP,), "q3": (TRADE,)}[question]


class Ours:
    """The registry."""

    name = "tocsin"

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._ways = {question: ways_of(question)[0] for question in QUESTIONS}

    def answer(self, asked: Asked) -> set[int]:
        """The nodes found, of Q2 and Q3 the start included."""
        if asked.question == "q1":
            return through(self.registry, [asked.start], CHAIN, on=asked.on)
        ways = self._ways[asked.question]
        return within(self.registry, [asked.start], ways, hops=HOPS, on=asked.on)
