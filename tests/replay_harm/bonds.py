"""Which cases are about the same: linked by one person, parted by two."""

from collections import defaultdict

from tests.replay_harm.ledger import Ledger
from tests.replay_harm.sayings import Linked, Parted


def beside(ledger: Ledger, case: str, n: int) -> tuple[str, ...]:
    """The cases that this one was linked with at that commit, without itself, sorted.

    Whoever joins one of a group joins all of it. A case leaves its group when two different people
    have said so since anything about that group last changed.
    """
    groups: dict[str, frozenset[str]] = {}
    leaving: defaultdict[str, set[str]] = defaultdict(set)
    for at, act in ledger.acts:
        if at > n:
            break
        if isinstance(act, Linked):
            joined = groups.get(act.case, frozenset({act.case})) | groups.get(
                act.other, frozenset({act.other})
            )
            for each in joined:
                groups[each] = joined
                leaving[each].clear()
        elif isinstance(act, Parted) and act.case in groups:
            leaving[act.case].add(act.by)
            if len(leaving[act.case]) >= 2:
                rest = groups.pop(act.case) - {act.case}
                leaving[act.case].clear()
                for each in rest:
                    groups[each] = rest
                    leaving[each].clear()
    return tuple(sorted(groups.get(case, frozenset()) - {case}))
