"""A register's changes in whatever order: one result, and nobody becomes tellable by it."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.exclusion import closure
from schemas.link import Link, LinkStatus
from tests.unit.engine.registry.imports.files import TODAY
from tests.unit.engine.registry.imports.lei import (
    Record,
    entity,
    lei,
    links_of,
    one_after_another,
    registry_of,
    relationship,
    rows_of,
)
from tests.unit.rules.build import a_role, an_event

V, U, L, W = (
    LinkStatus.VERIFIED,
    LinkStatus.UNVERIFIED,
    LinkStatus.LAPSED,
    LinkStatus.WITHDRAWN,
)


def state(parent: int, day: int, what: str = "stands") -> Record:
    """One child's parent, as the register has it on a day of one month."""
    at = f"2024-03-{day:02d}T12:00:00Z"
    return {
        "stands": lambda: relationship(1, parent, at=at),
        "unchecked": lambda: relationship(1, parent, at=at, sources="ENTITY_SUPPLIED_ONLY"),
        "lapsed": lambda: relationship(1, parent, at=at, status="LAPSED"),
        "ended": lambda: relationship(1, parent, at=at, active="INACTIVE", status="RETIRED"),
        "deleted": lambda: relationship(1, parent, at="2024-03-01", deleted=at),
        "moved": lambda: relationship(1, parent, at=at, since="2021-05-05"),
    }[what]()


def statuses(links: dict[str, Link]) -> dict[int, LinkStatus]:
    """By the number of the parent."""
    return {
        number: link.status
        for link in links.values()
        for number in range(2, 6)
        if link.a == f"lei:{lei(number)}"
    }


def excluded(links: dict[str, Link]) -> set[str]:
    event = an_event(parties=[a_role(f"lei:{lei(1)}")])
    return {entry.party for entry in closure(registry_of(links.values()), event).entries}


CASES = [
    ([state(2, 5)], {2: V}),
    ([state(2, 5), state(2, 6, "lapsed")], {2: L}),
    ([state(2, 5), state(2, 6, "lapsed"), state(2, 7)], {2: V}),
    ([state(2, 5), state(2, 6, "deleted")], {2: W}),
    ([state(2, 5, "deleted"), state(2, 6)], {2: V}),
    ([state(2, 5), state(3, 6)], {2: L, 3: V}),
    ([state(2, 5), state(3, 6), state(3, 7, "deleted")], {2: V, 3: W}),
    ([state(2, 5), state(3, 6), state(3, 7, "ended")], {2: V, 3: L}),
    ([state(2, 5), state(3, 6), state(2, 7, "deleted")], {2: W, 3: V}),
    ([state(2, 5), state(3, 6), state(4, 7)], {2: L, 3: L, 4: V}),
    ([state(2, 5), state(3, 6, "unchecked")], {2: L, 3: U}),
    ([state(2, 5, "unchecked"), state(3, 6)], {2: U, 3: V}),
]


@pytest.mark.parametrize(("states", "documented"), CASES)
def test_any_order_in_one_file_and_any_order_of_files_gives_the_documented_result(
    states: list[Record], documented: dict[int, LinkStatus]
) -> None:
    together = links_of(states)
    assert statuses(together) == documented
    for order in permutations(states):
        assert links_of(order) == together
        assert one_after_another([[each] for each in order]).links == together


def test_of_one_moment_the_state_that_says_less_counts() -> None:
    for order in permutations([state(2, 5), state(2, 5, "lapsed")]):
        assert statuses(links_of(order)) == {2: L}


def test_what_was_taken_back_on_a_day_no_other_file_of_that_day_revives() -> None:
    for order in permutations([[state(2, 5)], [state(2, 5, "deleted")]]):
        assert statuses(one_after_another(order).links) == {2: W}


def test_a_newer_edition_of_the_same_day_is_taken() -> None:
    files = [[state(2, 5, "unchecked")], [state(2, 5)]]
    assert statuses(one_after_another(files).links) == {2: V}


def test_importing_again_changes_nothing_even_after_a_later_file() -> None:
    old, new = [state(2, 5), entity(2, "Old")], [state(3, 6), entity(2, "New", at="2024-03-06")]
    once = one_after_another([old, new])
    again = one_after_another([old, new, old, new, new])
    assert (again.links, again.parties) == (once.links, once.parties)
    assert (once.news, again.news) == (2, 2)


def test_a_name_from_an_old_file_is_no_news_and_is_not_lost() -> None:
    old, new = [entity(1, "Old", at="2024-01-01")], [entity(1, "New", at="2024-02-01")]
    for order in permutations([old, new]):
        (party,) = one_after_another(order).parties.values()
        assert (party.name, party.aliases) == ("New", ("Old",))


changes = st.lists(
    st.tuples(
        st.integers(2, 4),
        st.sampled_from(("stands", "unchecked", "lapsed", "ended", "deleted", "moved")),
    ),
    min_size=1,
    max_size=7,
).map(lambda said: [state(who, 2 + day, what) for day, (who, what) in enumerate(said)])


@settings(max_examples=40)
@given(changes, st.randoms(use_true_random=False), st.integers(1, 3))
def test_a_stream_of_changes_settles_the_same_in_any_order_and_any_parts(
    stream: list[Record], random: Any, size: int
) -> None:
    settled = links_of(stream)
    shuffled = list(stream)
    random.shuffle(shuffled)
    assert links_of(shuffled) == settled
    parts = [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
    assert one_after_another(parts).links == settled
    assert one_after_another([*parts, *reversed(parts)]).links == settled


@settings(max_examples=15)
@given(changes)
def test_whatever_the_register_says_next_the_excluded_do_not_become_fewer(
    stream: list[Record],
) -> None:
    before: set[str] = set()
    for number in range(1, len(stream) + 1):
        after = excluded(one_after_another([[each] for each in stream[:number]]).links)
        assert before <= after
        assert after == excluded(links_of(stream[:number]))
        before = after


@settings(max_examples=30)
@given(changes)
def test_of_several_parents_of_one_child_one_at_most_is_told_of(stream: list[Record]) -> None:
    told = [link for link in links_of(stream).values() if link.current(TODAY)]
    assert len(told) <= 1


@settings(max_examples=40)
@given(changes, st.lists(st.integers(0, 6), max_size=3))
def test_a_record_that_stands_in_a_file_twice_counts_once(
    stream: list[Record], again: list[int]
) -> None:
    repeated = [*stream, *(stream[at % len(stream)] for at in again)]
    assert links_of(repeated) == links_of(stream)
    for row in rows_of(repeated):
        assert row.links
