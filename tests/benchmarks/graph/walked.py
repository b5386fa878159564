"""The same questions as walks of the rulebook: path language in, explained finds out."""

from datetime import UTC, datetime
from datetime import time as time_of_day

from rules.graph import Registry
from rules.paths import compile_all
from rules.steps import Reach, Start, Walked
from tests.benchmarks.graph.questions import Asked
from tests.unit.rules.build import a_role, an_event

TEXTS = {
    "q1": "event.parties/^operates/^parent_of/^invests_in",
    "q2": "event.parties/(parent_of | ^parent_of | ^invests_in){0,3}",
    "q3": ("event.parties/(parent_of | ^parent_of | ^invests_in | buys_from | ^buys_from){0,3}"),
}
_AS_FAR_AS_IT_GOES = Reach(hops=16, parties=10**9, links=10**9)


class Walks:
    """The walks; an answer is what the planner gets, with those withheld and why."""

    name = "tocsin's walks"

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        made = compile_all(TEXTS)
        if made.problems:
            raise ValueError(f"The questions are no paths: {made.problems}")
        self._walks = made.walks

    def prepared(self, asked: Asked) -> Start:
        """The event that asks it."""
        at = datetime.combine(asked.on, time_of_day(12), tzinfo=UTC)
        event = an_event(parties=[a_role(self._registry.id_of(asked.start), "operator")], at=at)
        return Start(registry=self._registry, event=event, on=asked.on, reach=_AS_FAR_AS_IT_GOES)

    def answer(self, asked: Asked, start: Start) -> Walked:
        """Whom the walk finds and whom it withholds."""
        return self._walks[asked.question](start)

    def nodes(self, walked: Walked) -> set[int]:
        """The nodes of those found."""
        found = (self._registry.number(each.party) for each in walked.found)
        return {node for node in found if node is not None}
