"""How two words of one subject go together, and how many of us it takes to widen to one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.granting import (
    EVERYTHING,
    NOTHING,
    counting,
    digest,
    narrowest,
    people_needed,
    within,
)
from schemas.codes import Audience, FieldName, Mode, TrackName
from schemas.consent import Basis, Community, Consent, Inability, Scope

pytestmark = pytest.mark.guard

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
MISSIONS, NHRIS, COMPANIES = TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES
PROTECTION = TrackName.PROTECTION
NOBODY = Basis.NO_IDENTIFIABLE_PERSON


def a_scope(*audiences: TrackName, **more: Any) -> Scope:
    return Scope(audiences=audiences, mode=Mode.QUIET, basis=Basis.PERSON, **more)


def known(*audiences: TrackName, basis: Basis = Basis.PERSON, **more: Any) -> Consent:
    return Consent(
        id="k1", pseudonym="line/s1", audiences=audiences, mode=Mode.QUIET, basis=basis,
        given_at=NOON, **more,
    )  # fmt: skip


def test_nothing_is_within_everything_and_everything_narrows_nothing() -> None:
    some = Scope(
        audiences=(NHRIS, MISSIONS), mode=Mode.PRIVATE, basis=Basis.PERSON,
        fields=(FieldName.COUNTRY,), until=NOON,
    )  # fmt: skip

    assert EVERYTHING == Scope(audiences=tuple(Audience), mode=Mode.PUBLIC, basis=NOBODY)
    assert NOTHING == Scope(audiences=(), mode=Mode.QUIET, basis=Basis.PERSON)
    assert narrowest(some, EVERYTHING) == some
    assert narrowest(EVERYTHING, some).audiences == (MISSIONS, NHRIS)
    assert within(some, EVERYTHING) and within(NOTHING, some) and not within(some, NOTHING)


def test_what_counts_is_the_record_as_it_stands() -> None:
    assert counting(None) is NOTHING
    assert counting(known(MISSIONS, revoked=True)) is NOTHING
    assert counting(known(MISSIONS)) == a_scope(MISSIONS)
    both = known(PROTECTION, MISSIONS, basis=NOBODY)
    assert counting(both).audiences == (PROTECTION,) and counting(both).basis is NOBODY
    assert counting(replace(both, agreed_by=("a", "b"))).audiences == (PROTECTION, MISSIONS)


@pytest.mark.parametrize(
    ("one", "other", "basis"),
    [
        (Basis.PERSON, Basis.COMMUNITY, Basis.COMMUNITY),
        (Basis.COMMUNITY, Basis.NECESSITY, Basis.NECESSITY),
        (Basis.NO_IDENTIFIABLE_PERSON, Basis.PERSON, Basis.PERSON),
        (Basis.NO_IDENTIFIABLE_PERSON, Basis.GUARDIAN, Basis.GUARDIAN),
        (Basis.NO_IDENTIFIABLE_PERSON, Basis.REPRESENTATIVE, Basis.REPRESENTATIVE),
        (Basis.PERSON, Basis.REPRESENTATIVE, Basis.PERSON),
        (Basis.GUARDIAN, Basis.PERSON, Basis.PERSON),
        (Basis.GUARDIAN, Basis.REPRESENTATIVE, Basis.GUARDIAN),
        (Basis.REPRESENTATIVE, Basis.GUARDIAN, Basis.REPRESENTATIVE),
    ],
)
def test_of_two_bases_the_stricter_counts_then_their_own_and_of_equal_ones_the_first(
    one: Basis, other: Basis, basis: Basis
) -> None:
    first, second = (replace(a_scope(MISSIONS), basis=each) for each in (one, other))

    assert narrowest(first, second).basis is basis


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [(None, None, None), (NOON, None, NOON), (None, NOON, NOON),
     (NOON, NOON + timedelta(hours=1), NOON), (NOON + timedelta(hours=1), NOON, NOON)],
)  # fmt: skip
def test_the_earlier_end_counts(
    one: datetime | None, other: datetime | None, both: datetime | None
) -> None:
    found = narrowest(a_scope(MISSIONS, until=one), a_scope(MISSIONS, until=other))

    assert found.until == both


@pytest.mark.parametrize(
    ("one", "other", "mode"),
    [(Mode.QUIET, Mode.PUBLIC, Mode.QUIET), (Mode.PUBLIC, Mode.PRIVATE, Mode.PRIVATE),
     (Mode.PRIVATE, Mode.PRIVATE, Mode.PRIVATE)],
)  # fmt: skip
def test_the_quieter_mode_counts(one: Mode, other: Mode, mode: Mode) -> None:
    first, second = (replace(a_scope(MISSIONS), mode=each) for each in (one, other))

    assert narrowest(first, second).mode is mode


COUNTRY, ACT, ASK, BY = FieldName.COUNTRY, FieldName.ACT, FieldName.ASK, FieldName.ANSWER_BY


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ((), (), ()),
        ((COUNTRY,), (), (COUNTRY,)),
        ((), (COUNTRY,), (COUNTRY,)),
        ((ACT, COUNTRY), (COUNTRY, ACT), (ACT, COUNTRY)),
        ((COUNTRY,), (ACT,), (ASK, BY)),
        ((COUNTRY, ACT), (ACT,), (ACT, ASK, BY)),
    ],
)
def test_fields_that_both_name_stay_and_what_is_ours_with_them(
    one: tuple[FieldName, ...], other: tuple[FieldName, ...], both: tuple[FieldName, ...]
) -> None:
    found = narrowest(a_scope(MISSIONS, fields=one), a_scope(MISSIONS, fields=other)).fields

    assert (set(found), len(found)) == (set(both), len(both))


def of_village(*agreed: str, needed: int = 2, of: int = 3) -> Scope:
    community = Community(needed=needed, of=of, agreed=agreed)
    return replace(a_scope(MISSIONS, community=community), basis=Basis.COMMUNITY)


def test_of_two_words_of_a_community_the_harder_count_and_those_whom_both_name() -> None:
    found = narrowest(of_village("a", "b", needed=1, of=4), of_village("b", "c"))

    assert found.community == Community(needed=2, of=3, agreed=("b",))
    assert narrowest(of_village("a"), a_scope(MISSIONS)).community == of_village("a").community
    uncounted = replace(of_village(), community=None)
    assert narrowest(of_village("a"), uncounted).community is None
    necessary = replace(a_scope(MISSIONS), basis=Basis.NECESSITY)
    assert narrowest(of_village("a"), necessary).community is None


@pytest.mark.parametrize(
    "less",
    [
        a_scope(MISSIONS),
        a_scope(MISSIONS, NHRIS, until=NOON),
        a_scope(MISSIONS, NHRIS, fields=(COUNTRY,)),
        replace(of_village("a"), audiences=(MISSIONS, NHRIS)),
    ],
)
def test_less_is_within_more_and_more_is_not_within_less(less: Scope) -> None:
    more = a_scope(NHRIS, MISSIONS)

    assert within(less, more) and not within(more, less)
    assert within(more, replace(more, mode=Mode.PRIVATE))
    assert not within(replace(more, mode=Mode.PRIVATE), more)


def test_whose_word_it_is_makes_no_difference_where_nothing_hangs_on_it() -> None:
    guardian = replace(a_scope(MISSIONS), basis=Basis.GUARDIAN)

    assert within(guardian, a_scope(MISSIONS)) and within(a_scope(MISSIONS), guardian)
    assert within(replace(NOTHING, mode=Mode.PUBLIC), a_scope(MISSIONS)), "nobody hears it louder"
    assert not within(replace(guardian, basis=NOBODY), a_scope(MISSIONS))


def test_fields_of_ours_widen_nothing() -> None:
    assert within(a_scope(MISSIONS, fields=(COUNTRY, ASK)), a_scope(MISSIONS, fields=(COUNTRY,)))


@pytest.mark.parametrize(
    ("record", "said", "people"),
    [
        (known(MISSIONS), a_scope(MISSIONS), 0),
        (known(MISSIONS, NHRIS), a_scope(NHRIS), 0),
        (None, NOTHING, 0),
        (None, a_scope(MISSIONS), 1),
        (known(MISSIONS), a_scope(MISSIONS, NHRIS), 1),
        (known(COMPANIES), a_scope(COMPANIES, MISSIONS), 1),
        (None, a_scope(COMPANIES), 2),
        (known(MISSIONS), a_scope(MISSIONS, COMPANIES), 2),
        (known(COMPANIES, until=NOON), a_scope(COMPANIES), 2),
        (known(COMPANIES, MISSIONS, revoked=True), a_scope(MISSIONS), 1),
        (known(MISSIONS), replace(a_scope(MISSIONS), mode=Mode.PRIVATE), 1),
        (known(MISSIONS), replace(a_scope(MISSIONS), mode=Mode.PUBLIC), 2),
        (known(MISSIONS), replace(a_scope(MISSIONS), basis=NOBODY), 2),
        (None, replace(a_scope(MISSIONS), basis=NOBODY), 2),
        (known(MISSIONS, basis=NOBODY, agreed_by=("a", "b")),
         replace(a_scope(MISSIONS, NHRIS), basis=NOBODY), 2),
        (known(MISSIONS), replace(a_scope(MISSIONS, NHRIS), basis=Basis.GUARDIAN), 2),
        (known(MISSIONS, basis=Basis.GUARDIAN, inability=Inability.CHILD),
         replace(a_scope(MISSIONS, NHRIS), basis=Basis.GUARDIAN), 1),
        (None, replace(a_scope(MISSIONS), basis=Basis.GUARDIAN), 1),
    ],
)  # fmt: skip
def test_it_takes_so_many_people_of_ours(record: Consent | None, said: Scope, people: int) -> None:
    assert people_needed(record, said) == people


def test_a_scope_is_named_by_all_it_says_and_by_nothing_else() -> None:
    some = a_scope(MISSIONS, NHRIS, fields=(COUNTRY, ACT), until=NOON)
    same = a_scope(NHRIS, MISSIONS, MISSIONS, fields=(ACT, COUNTRY, ASK), until=NOON)
    others = (
        a_scope(MISSIONS, fields=(COUNTRY, ACT), until=NOON),
        replace(some, mode=Mode.PRIVATE),
        replace(some, basis=Basis.GUARDIAN),
        replace(some, fields=(COUNTRY,)),
        replace(some, fields=()),
        replace(some, until=None),
        replace(some, until=NOON + timedelta(seconds=1)),
        replace(some, community=Community(needed=1, of=2, agreed=("a",))),
    )

    assert digest(some) == digest(same)
    assert len({digest(each) for each in (some, *others)}) == 1 + len(others)
    one, two = of_village("a", "b"), of_village("b", "a", "a")
    assert digest(one) == digest(two) != digest(of_village("a", "b", of=4))
    assert digest(one) != digest(of_village("a", "b", needed=1)) != digest(of_village("a"))


def test_a_name_is_stored_so_it_never_changes() -> None:
    assert digest(a_scope(MISSIONS)) == "b2ee8bd10611b901"
