"""Which stored cases have a date is seen without loading them, however they are stored."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.case.marked import CaseDate
from engine.case.state import Case, dump_case
from engine.store.dates import may_have_some
from schemas.codes import DateKind
from tests.unit.engine.case.builders import a_case, a_told_case

HEARING = CaseDate(
    id="d1", kind=DateKind.HEARING, at=datetime(2027, 3, 20, 8, tzinfo=UTC), by="ana"
)


@pytest.mark.parametrize("case", [Case(id="c1"), a_case().case, a_told_case().case])
def test_a_date_is_never_overlooked_and_none_is_seen_where_there_is_none(case: Case) -> None:
    assert may_have_some(dump_case(replace(case, dates=(HEARING,))))
    assert not may_have_some(dump_case(replace(case, dates=())))


def test_some_of_these_are_stored_compressed_and_some_are_not() -> None:
    stored = [dump_case(each) for each in (Case(id="c1"), a_told_case().case)]
    assert [body.startswith(b"{") for body in stored] == [True, False]
