"""What the doctor says before closed cases are erased by themselves."""

from datetime import UTC, datetime

from engine.bootstrap.doctor import erasures

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
