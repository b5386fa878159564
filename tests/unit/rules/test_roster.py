"""Who is woken when: somebody always, if there is anybody at all."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.roster import UPWARD, on_call
from schemas.roster import DutyPerson, Role, Roster, Shift
from tests.unit.rules.build import NOW


def _person(id: str, *endpoints: str) -> DutyPerson:
    return DutyPerson(id=f"person:{id}", label=id.title(), endpoints=endpoints or (f"sms:{id}",))


FLOOR = _person("floor", "sms:floor", "email:floor")
ANA, BEN, CHI, DIA = (_person(name) for name in ("ana", "ben", "chi", "dia"))


def _roster(*shifts: Shift, floor: DutyPerson | None = FLOOR) -> Roster:
    return Roster(version="1", people=(ANA, BEN, CHI, DIA), shifts=shifts, floor=floor)


def _shift(
    role: Role, person: DutyPerson, start: int | None = None, end: int | None = None
) -> Shift:
    """Bounds in hours from now."""
    return Shift(role=role, person=person.id, starts=_hour(start), ends=_hour(end))


def _hour(offset: int | None) -> datetime | None:
    return None if offset is None else NOW + timedelta(hours=offset)


EVERYBODY = (
    _shift(Role.HANDLER, ANA),
    _shift(Role.SECOND, BEN),
    _shift(Role.SHIFT_LEAD, CHI),
    _shift(Role.DIRECTOR, DIA),
)


def _who(roster: Roster, role: Role) -> list[str]:
    return [each.person for each in on_call(roster, role, NOW)]


def test_each_role_wakes_who_holds_it() -> None:
    roster = _roster(*EVERYBODY)

    assert [_who(roster, role) for role in UPWARD] == [[ANA.id], [BEN.id], [CHI.id], [DIA.id]]


def test_whoever_is_woken_is_reached_on_all_their_endpoints_and_named_for_the_role_asked() -> None:
    (found,) = on_call(_roster(), Role.HANDLER, NOW)

    assert (found.role, found.person, found.at) == ("handler", FLOOR.id, NOW)
    assert found.endpoints == ("sms:floor", "email:floor")


def test_two_handlers_on_shift_are_both_woken_once() -> None:
    shifts = (
        _shift(Role.HANDLER, ANA),
        _shift(Role.HANDLER, BEN),
        _shift(Role.HANDLER, ANA, -1, 1),
    )

    assert _who(_roster(*shifts), Role.HANDLER) == [ANA.id, BEN.id]


def test_when_nobody_is_on_shift_the_next_role_up_is_woken() -> None:
    roster = _roster(_shift(Role.SHIFT_LEAD, CHI))

    assert _who(roster, Role.HANDLER) == [CHI.id]
    assert _who(roster, Role.SECOND) == [CHI.id]
    assert _who(roster, Role.DIRECTOR) == [FLOOR.id]


def test_an_empty_roster_wakes_the_floor_contact() -> None:
    assert all(_who(_roster(), role) == [FLOOR.id] for role in Role)


def test_the_floor_itself_can_be_asked_for() -> None:
    assert _who(_roster(*EVERYBODY), Role.FLOOR) == [FLOOR.id]


def test_without_a_floor_nobody_is_invented() -> None:
    assert _who(_roster(floor=None), Role.DIRECTOR) == []


def test_somebody_who_has_left_or_cannot_be_reached_counts_as_nobody() -> None:
    gone = Shift(role=Role.HANDLER, person="person:gone")
    mute = DutyPerson(id="person:mute", label="Mute", endpoints=())
    roster = Roster(
        version="1",
        people=(BEN, mute),
        shifts=(gone, Shift(role=Role.HANDLER, person=mute.id), _shift(Role.SECOND, BEN)),
        floor=FLOOR,
    )

    assert _who(roster, Role.HANDLER) == [BEN.id]


@pytest.mark.parametrize(
    ("start", "end", "woken"),
    [(0, 8, True), (-8, 0, False), (-1, None, True), (None, 1, True), (1, 8, False)],
)
def test_a_shift_holds_from_its_first_instant_and_not_at_its_last(
    start: int | None, end: int | None, woken: bool
) -> None:
    roster = _roster(_shift(Role.HANDLER, ANA, start, end))

    assert (_who(roster, Role.HANDLER) == [ANA.id]) is woken


@given(
    shifts=st.lists(
        st.builds(
            _shift,
            st.sampled_from(UPWARD),
            st.sampled_from([ANA, BEN, CHI, DIA]),
            st.one_of(st.none(), st.integers(-5, 5)),
            st.one_of(st.none(), st.integers(-5, 5)),
        ),
        max_size=8,
    ),
    role=st.sampled_from(list(Role)),
)
def test_whatever_the_roster_looks_like_somebody_is_always_woken(
    shifts: list[Shift], role: Role
) -> None:
    assert on_call(_roster(*shifts), role, NOW)
