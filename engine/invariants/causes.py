"""I9: whatever is called off or falls quiet has a cause beside it, of the same alert or person.

What is decided together bears one time. So the cause of a stop is a fact of that very instant.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from engine.invariants.history import History, Leaf
from engine.invariants.violation import Violation
from schemas import facts as f

_SAID = (f.Answered, f.AnswerClassed, f.Promised, f.Acted, f.ContactDropped)
_BY_SAYING = ("answered", "promised", "acted", "wrong_contact")
"""Reasons of calling off that only an answer of the very party gives."""
_READ_CODE = "A person has to read the journal of this case and mend the code that decided it."


def check(history: History) -> Iterator[Violation]:
    """Name each stop without a cause."""
    for _, together in groupby(history.leaves, key=_at):
        facts = [leaf.fact for leaf in together if leaf.fact is not None]
        said = {fact.alert for fact in facts if isinstance(fact, _SAID)}
        for fact in facts:
            if isinstance(fact, f.NoticesCancelled) and fact.reason in _BY_SAYING:
                for alert in sorted(set(fact.alerts) - said):
                    yield _of(history, f"Messages of alert {alert} were called off unanswered.")
            if isinstance(fact, f.Owned) and not any(
                fact.by in _by(other) for other in facts if other is not fact
            ):
                yield _of(history, f"{fact.by} counts as having it and did nothing.")


def _at(leaf: Leaf) -> datetime:
    return leaf.at


def _by(fact: Any) -> tuple[str, ...]:
    """Who did it."""
    by = getattr(fact, "by", ())
    return (by,) if isinstance(by, str) else tuple(by)


def _of(history: History, what: str) -> Violation:
    return Violation(invariant="I9", row=history.id, what=what, remedy=_READ_CODE)
