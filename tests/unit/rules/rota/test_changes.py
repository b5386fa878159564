"""What people enter at night: taken at once, refused where it is a mistake, never lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.roster import on_call
from rules.rota.changes import (
    KEPT,
    ChangeRefusedError,
    Withdrawal,
    carried_over,
    planned,
    trimmed,
)
from rules.rota.stints import stint_at
from schemas.roster import Absence, Cover, Layer, Role, Roster, Swap
from tests.unit.rules.rota import build as b

NOW = datetime(2026, 11, 23, 21, tzinfo=UTC)
MORNING = NOW + timedelta(hours=12)
HOUR = timedelta(hours=1)
LEAD = Layer(id="lead", role=Role.SHIFT_LEAD, people=("dia",))


def _roster() -> Roster:
    turns = b.by_turns("ana", "ben", "chi")
    return b.roster(**{**turns, "layers": (*turns["layers"], LEAD)})


def _away(person: str, **more: Any) -> Absence:
    given = {"id": f"d-{person}", "starts": NOW, "ends": MORNING, "by": "dia", **more}
    return Absence(person=person, **given)


def _handler(roster: Roster, at: datetime = NOW) -> str:
    return on_call(roster, Role.HANDLER, at)[0].person


def test_an_absence_shows_who_is_on_duty_by_it() -> None:
    on_now = _handler(_roster())

    found = planned(_roster(), _away(on_now), now=NOW)

    assert _handler(found.roster) != on_now
    assert found.empty == ()
    (first, *_) = found.differs
    assert (first.role, first.starts, first.people) == (
        Role.HANDLER,
        NOW,
        (_handler(found.roster),),
    )


def test_an_absence_after_which_nobody_is_left_says_when_and_who_is_woken_instead() -> None:
    found = planned(_roster(), _away("dia"), now=NOW)

    (gap,) = found.empty
    assert (gap.role, gap.starts, gap.ends) == (Role.SHIFT_LEAD, NOW, MORNING)
    assert gap.people == ("flo",)


def test_a_long_absence_is_looked_at_for_eight_weeks() -> None:
    found = planned(_roster(), _away("dia", ends=NOW + timedelta(days=300)), now=NOW)

    assert found.empty[-1].ends == NOW + timedelta(weeks=8)


def test_a_cover_over_the_gap_makes_the_absence_harmless() -> None:
    cover = Cover(
        id="c", person="ben", instead_of="dia", role=Role.SHIFT_LEAD, starts=NOW, ends=MORNING
    )
    covered = planned(_roster(), cover, now=NOW).roster

    assert planned(covered, _away("dia"), now=NOW).empty == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_away("nobody"), "'nobody' is not here"),
        (_away("ana", ends=NOW - HOUR), "ends before it begins"),
        (_away("ana", starts=NOW - 2 * HOUR, ends=NOW), "over already"),
        (_away("ana", ends=NOW + timedelta(days=400)), "longer than a year"),
        (Cover(person="ana", instead_of="ana", starts=NOW, ends=MORNING), "for themselves"),
        (Cover(person="ana", starts=NOW, ends=MORNING), "name the role"),
        (Cover(person="ana", role=Role.FLOOR, starts=NOW, ends=MORNING), "floor"),
        (
            Cover(person="dia", instead_of="ana", role=Role.DIRECTOR, starts=NOW, ends=MORNING),
            "Nothing would change",
        ),
        (Withdrawal(id="never entered"), "no such entry"),
        (Withdrawal(id=""), "no such entry"),
    ],
)
def test_a_mistake_is_refused_with_what_to_do(change: Any, said: str) -> None:
    with pytest.raises(ChangeRefusedError, match=said) as refused:
        planned(_roster(), change, now=NOW)

    assert refused.value.next_step


def test_what_is_taken_back_before_it_begins_is_as_if_it_never_was() -> None:
    ahead = _away("ana", starts=NOW + 24 * HOUR, ends=NOW + 48 * HOUR)
    entered = planned(_roster(), ahead, now=NOW).roster

    found = planned(entered, Withdrawal(id="d-ana"), now=NOW + HOUR)

    assert found.roster.absences == ()


def test_what_is_taken_back_while_it_runs_ends_now_and_the_night_before_stays_told() -> None:
    on_now = _handler(_roster())
    entered = planned(_roster(), _away(on_now), now=NOW).roster

    found = planned(entered, Withdrawal(id=f"d-{on_now}"), now=NOW + HOUR).roster

    assert _handler(found, NOW + HOUR) == on_now
    assert _handler(found, NOW) == _handler(entered, NOW) != on_now


def test_the_same_request_twice_is_one_entry() -> None:
    once = planned(_roster(), _away("ana"), now=NOW).roster

    assert planned(once, _away("ana"), now=NOW).roster.absences == once.absences


def test_half_of_a_swap_is_never_taken_back() -> None:
    monday, tuesday = NOW, NOW + 24 * HOUR
    roster = _roster()
    first = stint_at(roster, _handler(roster, monday), monday)
    second = stint_at(roster, _handler(roster, tuesday), tuesday)
    assert first is not None
    assert second is not None
    swapped = planned(roster, Swap(id="s", first=first, second=second, by="a"), now=NOW).roster
    assert _handler(swapped, tuesday) == first.person

    back = planned(swapped, Withdrawal(id="s"), now=NOW + HOUR).roster

    assert back.swaps == ()
    assert _handler(back, tuesday) == second.person


def test_a_file_that_is_imported_later_forgets_no_absence_of_tonight() -> None:
    entered = planned(_roster(), _away("ana"), now=NOW).roster
    file = replace(_roster(), absences=(_away("ben", id="", by=""),))

    found = carried_over(entered, file, now=NOW + HOUR)

    assert [each.person for each in found.absences] == ["ben", "ana"]


def test_a_file_takes_back_what_it_said_itself_and_what_is_over_or_of_people_who_left() -> None:
    before = replace(
        _roster(),
        absences=(_away("ana", by="", id=""), _away("ben", ends=NOW), _away("chi")),
    )
    file = b.roster("ana", "ben")

    assert carried_over(before, file, now=NOW).absences == ()


def test_what_people_entered_stays_a_month_after_its_end() -> None:
    roster = replace(_roster(), absences=(_away("ana"), _away("ben", by="")))

    assert trimmed(roster, now=MORNING + KEPT - HOUR) == roster
    assert [each.person for each in trimmed(roster, now=MORNING + KEPT).absences] == ["ben"]
