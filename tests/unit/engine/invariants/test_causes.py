"""Whatever is called off or falls quiet has a cause; a stop without one is found."""

from dataclasses import replace
from datetime import timedelta

from engine.case import commands as c
from engine.invariants import causes
from engine.invariants.history import Leaf
from schemas import facts as f
from schemas.responses import ResponseKind
from tests.unit.engine.invariants.lives import Life, answer, released

HOUR = timedelta(hours=1)


def _found(life: Life, leaves: list[Leaf] | None = None) -> list[str]:
    return [violation.what for violation in causes.check(life.history(leaves))]


def _answered() -> Life:
    life = released(Life().arrested())
    life.do(answer(life, "embassy-qn", ResponseKind.ACKNOWLEDGED, by="lea"), after=HOUR)
    return life.do(c.Tick(), after=HOUR)


def _then(life: Life, fact: f.Fact) -> list[Leaf]:
    """Its leaves, and one more that nobody's word led to."""
    return [*life.leaves, Leaf(n=len(life.leaves) + 1, at=life.now + HOUR, fact=fact)]


def test_whoever_answers_is_the_cause_of_what_is_called_off() -> None:
    life = _answered()

    assert not _found(life)
    assert any(isinstance(leaf.fact, f.NoticesCancelled) for leaf in life.leaves)


def test_what_one_party_answered_calls_off_nothing_of_another() -> None:
    life = _answered()
    said = next(leaf for leaf in life.leaves if isinstance(leaf.fact, f.NoticesCancelled))
    assert isinstance(said.fact, f.NoticesCancelled)
    of_another = replace(said.fact, alerts=("another",))

    assert _found(life, [*life.leaves, Leaf(n=99, at=said.at, fact=of_another)]) == [
        "Messages of alert another were called off unanswered."
    ]


def test_nobody_has_a_case_because_a_message_arrived() -> None:
    life = _answered()
    owned = f.Owned(by="person:ana", at=life.now + HOUR, hold_until=life.now + 2 * HOUR)

    assert _found(life, _then(life, owned)) == ["person:ana counts as having it and did nothing."]
