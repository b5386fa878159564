"""A record of consent: what each word of it means, and when it counts for whom."""

from datetime import UTC, datetime

import pytest

from schemas.codes import Mode, TrackName
from schemas.consent import (
    Basis,
    Community,
    Consent,
    ConsentDoor,
    Inability,
    Obtained,
    Scope,
    Wider,
)

pytestmark = pytest.mark.guard

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
EVERYBODY = (TrackName.DUTY, TrackName.PROTECTION, TrackName.MISSIONS, TrackName.COMPANIES)
WITHIN = (TrackName.DUTY, TrackName.PROTECTION)


def a_consent(basis: Basis = Basis.PERSON, **more: object) -> Consent:
    return Consent(
        id="k1",
        pseudonym="line/s1",
        audiences=EVERYBODY,
        mode=Mode.QUIET,
        basis=basis,
        given_at=NOON,
        **more,  # type: ignore[arg-type]
    )


def test_the_words_of_a_record_are_these_as_stored_and_as_publishers_write_them() -> None:
    """What was recorded under a word last year has to mean the same today."""
    assert [each.value for each in Basis] == [
        "person", "representative", "guardian", "community", "no_identifiable_person", "necessity",
    ]  # fmt: skip
    assert [each.value for each in Obtained] == [
        "written", "spoken", "gesture", "standing_agreement", "unknown",
    ]  # fmt: skip
    assert [each.value for each in Inability] == [
        "detained", "incommunicado", "disappeared", "in_hiding", "incapacitated", "child",
        "deceased", "unsafe_to_ask", "other",
    ]  # fmt: skip
    assert [each.value for each in ConsentDoor] == [
        "unknown", "event", "terminal", "console", "holder",
    ]  # fmt: skip
    assert (Basis.PERSON, Inability.CHILD, ConsentDoor.EVENT) == ("person", "child", "event")


def test_somebody_else_speaks_for_the_person_where_it_says_so_and_nowhere_else() -> None:
    assert [each for each in Basis if each.proxy] == [Basis.REPRESENTATIVE, Basis.GUARDIAN]


def test_a_person_of_ours_stands_behind_what_came_by_our_own_doors() -> None:
    personal = [each for each in ConsentDoor if each.personal]

    assert personal == [ConsentDoor.TERMINAL, ConsentDoor.CONSOLE]


def test_a_record_that_says_no_more_says_nothing_more() -> None:
    """What a release left unsaid is never read as leave."""
    known = a_consent()

    assert known.scope == Scope(
        audiences=EVERYBODY, mode=Mode.QUIET, basis=Basis.PERSON, fields=(), until=None,
        community=None,
    )  # fmt: skip
    assert (known.fields, known.until, known.community, known.agreed_by) == ((), None, None, ())
    assert (known.revoked, known.inability, known.wider) == (False, None, None)
    assert (known.recorded_at, known.obtained, known.door) == (
        None,
        Obtained.UNKNOWN,
        ConsentDoor.UNKNOWN,
    )
    assert (known.holder, known.witness, known.note, known.by) == ("", "", "", "")
    asked = Wider(scope=known.scope, given_at=NOON, asked_at=NOON, needs=2)
    assert (asked.agreed, asked.by, asked.holder, asked.witness, asked.note) == ((), "", "", "", "")
    assert (asked.door, asked.obtained, asked.inability) == (
        ConsentDoor.UNKNOWN,
        Obtained.UNKNOWN,
        None,
    )
    assert Scope(audiences=(), mode=Mode.QUIET, basis=Basis.PERSON) == Scope(
        audiences=(), mode=Mode.QUIET, basis=Basis.PERSON, fields=(), until=None, community=None
    )
    assert Community(needed=1, of=1).agreed == ()


@pytest.mark.parametrize(
    ("needed", "of", "agreed", "enough"),
    [
        (1, 1, ("a",), True),
        (2, 3, ("a", "b"), True),
        (2, 3, ("a", "b", "c"), True),
        (2, 2, ("a", "b"), True),
        (2, 3, ("a",), False),
        (2, 3, ("a", "a"), False),
        (0, 3, (), False),
        (0, 3, ("a",), False),
        (1, 1, ("a", "b"), False),  # more than there are: somebody is wrong
        (3, 2, ("a", "b"), False),
    ],
)
def test_so_many_different_people_of_a_community_agreed(
    needed: int, of: int, agreed: tuple[str, ...], enough: bool
) -> None:
    community = Community(needed=needed, of=of, agreed=agreed)

    assert community.enough is enough
    assert a_consent(Basis.COMMUNITY, community=community).given is enough


def test_a_community_that_nobody_counted_has_not_agreed_and_of_others_nobody_counts() -> None:
    assert a_consent(Basis.COMMUNITY).given is False
    none = Community(needed=2, of=3)
    assert all(a_consent(b, community=none).given for b in Basis if b is not Basis.COMMUNITY)


@pytest.mark.parametrize(
    ("agreed", "opens"),
    [((), WITHIN), (("a",), WITHIN), (("a", "a"), WITHIN), (("a", "b"), EVERYBODY)],
)
def test_that_nobody_can_be_recognised_counts_beyond_protection_once_two_looked(
    agreed: tuple[str, ...], opens: tuple[TrackName, ...]
) -> None:
    known = a_consent(Basis.NO_IDENTIFIABLE_PERSON, agreed_by=agreed)

    assert known.opens == opens
    assert known.stands is (opens == EVERYBODY)


@pytest.mark.parametrize("basis", [Basis.REPRESENTATIVE, Basis.GUARDIAN])
def test_a_proxy_counts_beyond_protection_once_it_is_said_why(basis: Basis) -> None:
    assert a_consent(basis).opens == WITHIN
    assert a_consent(basis, agreed_by=("a", "b")).stands is False
    assert a_consent(basis, inability=Inability.DETAINED).opens == EVERYBODY


@pytest.mark.parametrize("basis", [Basis.PERSON, Basis.COMMUNITY, Basis.NECESSITY])
def test_whoever_speaks_for_themselves_needs_nobody_else(basis: Basis) -> None:
    assert a_consent(basis).stands is True
    assert a_consent(basis).opens == EVERYBODY
