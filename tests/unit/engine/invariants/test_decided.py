"""A message ends by a refusal for good, or by as many unclear tries as there may be."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.case import commands as c
from engine.invariants import decided, delivering
from engine.invariants.delivering import TRIES_AT_MOST
from engine.invariants.history import Leaf
from engine.invariants.messages import Message, Try
from schemas import facts as f
from schemas.codes import TrackName
from schemas.responses import ResponseKind
from tests.unit.engine.invariants.lives import MONDAY, Life, answer, released

A_MINUTE = timedelta(minutes=1)


def _first(life: Life) -> tuple[f.Told, f.Notice]:
    told = next(leaf.fact for leaf in life.leaves if isinstance(leaf.fact, f.Told))
    return told, told.notices[0]


def _message(life: Life, state: str, tries: list[tuple[str, datetime]]) -> Message:
    """The first page of duty in this state, after these tries at these times."""
    told, notice = _first(life)
    return Message(
        key=notice.key,
        alert=told.alert,
        tell_no=told.tell_no,
        decided_no=told.tell_no,
        purpose=told.purpose.value,
        party=told.party,
        contact=notice.contact,
        lane=0,
        decided_at=MONDAY,
        state=state,
        next_at=None,
        unknowns=0,
        settled_at=life.now,
        tries=tuple(
            Try(no=n, at=at, state=each, reason="", settled_at=at)
            for n, (each, at) in enumerate(tries, start=1)
        ),
    )


def _ended(state: c.Ending, tries: list[str]) -> list[str]:
    """What is wrong with a page of duty that came to this end after these tries."""
    life = Life().arrested()
    told, notice = _first(life)
    settled = c.Settled(
        key=notice.key,
        alert=told.alert,
        tell_no=told.tell_no,
        purpose=told.purpose.value,
        contact=notice.contact,
        endpoint=notice.endpoint,
        state=state,
    )
    life.do(settled, after=timedelta(hours=1))
    message = _message(life, "failed_permanent", [(each, MONDAY) for each in tries])
    found = decided.check(life.history(), {notice.key: message})
    return [violation.what for violation in found if violation.row == notice.key]


@pytest.mark.parametrize(
    ("state", "tries"),
    [
        ("failed_permanent", ["failed_temporary", "failed_permanent"]),
        ("unknown_exhausted", ["unknown"] * TRIES_AT_MOST),
        ("failed_permanent", []),
    ],
)
def test_what_was_refused_or_tried_long_enough_may_end(state: c.Ending, tries: list[str]) -> None:
    assert not _ended(state, tries)


def test_a_try_of_which_nobody_knows_whether_it_left_is_no_refusal() -> None:
    assert _ended("failed_permanent", ["unknown"]) == [
        "It counts as refused, and no try of it was."
    ]


def test_three_tries_are_no_reason_to_give_up() -> None:
    assert _ended("unknown_exhausted", ["unknown", "failed_temporary", "unknown"]) == [
        "It was given up after 2 tries of unknown outcome."
    ]


@pytest.mark.parametrize("answered", [True, False])
def test_a_provider_that_says_undelivered_after_the_answer_calls_nobody(answered: bool) -> None:
    """The engine died while it sent: no fact says that the message was handed on."""
    life = released(Life().arrested())
    told, notice = next(
        (leaf.fact, leaf.fact.notices[0])
        for leaf in life.leaves
        if isinstance(leaf.fact, f.Told) and leaf.fact.track is TrackName.MISSIONS
    )
    if answered:
        life.do(
            answer(life, told.party, ResponseKind.ACKNOWLEDGED, by=notice.contact), after=A_MINUTE
        )
    failed = f.DeliveryFailed(
        key=notice.key,
        alert=told.alert,
        contact=notice.contact,
        endpoint=notice.endpoint,
        reason="not_delivered",
        at=life.now + A_MINUTE,
    )
    leaves = [*life.leaves, Leaf(n=len(life.leaves) + 1, at=failed.at, fact=failed)]
    found = decided.check(life.history(leaves), {})
    said = [violation.what for violation in found if violation.row == notice.key]
    assert ("It failed for good and nothing else was tried." in said) is not answered


def _called_off(tried: timedelta, *, ended: timedelta | None = None) -> list[str]:
    """What is wrong with a page that was called off by an answer, and tried so long after it.

    `ended`: how long after it that try ended; None: at once.
    """
    life = Life().arrested()
    told, notice = _first(life)
    life.do(answer(life, told.party, ResponseKind.ACKNOWLEDGED, by=told.party), after=A_MINUTE)
    message = _message(life, "cancelled", [("failed_temporary", life.now + tried)])
    settled_at = life.now + (tried if ended is None else ended)
    tries = tuple(replace(each, settled_at=settled_at) for each in message.tries)
    messages = {notice.key: replace(message, tries=tries)}
    found = [*decided.check(life.history(), messages), *delivering.check(messages, now=life.now)]
    return [violation.what for violation in found if violation.invariant == "I8"]


@pytest.mark.parametrize("tried", [timedelta(0), timedelta(seconds=0.8), -A_MINUTE])
def test_a_try_under_way_on_a_machine_whose_clock_is_ahead_calls_nobody(tried: timedelta) -> None:
    """Its claim bears a later time than the answer that came after it."""
    assert not _called_off(tried)


def test_a_clock_that_was_set_back_during_a_try_before_an_answer_calls_nobody() -> None:
    """Claimed half an hour ahead; by the clock that was set back it ended, and was called off."""
    assert not _called_off(30 * A_MINUTE, ended=-timedelta(seconds=1))


def test_a_try_that_ended_after_its_message_was_called_off_is_found_all_the_same() -> None:
    assert _called_off(A_MINUTE, ended=A_MINUTE / 2)


@pytest.mark.parametrize("tried", [timedelta(seconds=1.1), A_MINUTE])
def test_a_try_begun_after_a_message_was_called_off_is_found(tried: timedelta) -> None:
    wrong = "It was tried after it had been called off."
    assert _called_off(tried) == [wrong, wrong], "by its journal, and by its own row"
