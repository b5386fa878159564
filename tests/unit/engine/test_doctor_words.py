"""What the doctor says before something ends by itself: what is sealed, trust in the registry."""

from datetime import UTC, datetime, timedelta

from engine.bootstrap.doctor import erasures, trusted
from engine.registry.standing_for import Trust

FIRST = datetime(2027, 5, 14, 8, tzinfo=UTC)


def test_the_first_day_is_said_and_how_to_keep_a_case() -> None:
    (found,) = erasures([(FIRST, "TC-4F2M9"), (FIRST, "TC-7K3QP")])
    assert found.level == "warning"
    assert "2 closed cases" in found.what and "TC-4F2M9 on 2027-05-14" in found.what
    assert "tocsin case keep" in found.next_step
    (one,) = erasures([(FIRST, "TC-4F2M9")])
    assert "of 1 closed case will" in one.what


def test_where_nothing_ends_soon_nothing_is_said() -> None:
    assert list(erasures([])) == []


def test_it_says_from_when_nobody_outside_is_told_and_what_prevents_it() -> None:
    soon = Trust(looked_at=FIRST - timedelta(days=80), until=FIRST, old=False, soon=True)
    (found,) = trusted(soon)
    assert found.level == "warning"
    assert found.what == (
        "From 2027-05-14 08:00 UTC on, what would tell anybody outside waits: nobody has stood for "
        "the registry since 2027-02-23."
    )
    assert "tocsin registry look" in found.next_step


def test_that_nobody_outside_is_told_any_more_is_no_mere_warning() -> None:
    (found,) = trusted(Trust(looked_at=FIRST - timedelta(days=91), until=FIRST, old=True))
    assert found.level == "bad"
    assert found.what.startswith("What would tell anybody outside waits: nobody has stood for")


def test_while_the_registry_is_good_for_long_nothing_is_said_of_it() -> None:
    assert list(trusted(Trust(looked_at=FIRST, until=FIRST + timedelta(days=90), old=False))) == []
    assert list(trusted(Trust(looked_at=None, until=None, old=False))) == []
