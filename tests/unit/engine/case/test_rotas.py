"""A night over which people hand over, fall ill and swap: each page goes to whoever is there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from engine.case.replacing import replace as copied
from rules.roster import on_call
from schemas.codes import Severity
from schemas.roster import Absence, Cover, Layer, Role, Rotation, Stint, Swap
from tests.unit.engine.case.builders import ROSTER, a_case, at

HAND_OVER = Rotation(
    id="turns",
    people=("ana", "dia"),
    every="daily",
    starts=date(2020, 1, 1),
    at="23:00",
    zone="UTC",
)
BY_TURNS = replace(
    ROSTER,
    rotations=(HAND_OVER,),
    layers=(Layer(id="first", role=Role.HANDLER, rotation="turns"),),
    shifts=ROSTER.shifts[1:],
)
NOW = next(each.person for each in on_call(BY_TURNS, Role.HANDLER, at("Mon 22:00")))
NEXT = "dia" if NOW == "ana" else "ana"
"""Whose turn begins at 23:00."""


def test_a_page_at_the_minute_of_hand_over_goes_to_whoever_comes() -> None:
    layers = (Layer(id="second", role=Role.SECOND, rotation="turns"),)
    story = a_case(roster=replace(BY_TURNS, layers=layers, shifts=ROSTER.shifts[:1]))

    story.when("Mon 23:00")

    assert story.pages()[-1] == ("Mon 23:00", NEXT)


def test_a_page_a_moment_before_the_hand_over_goes_to_whoever_is_still_there() -> None:
    for moment, person in (
        (at("Mon 23:00") - timedelta(microseconds=1), NOW),
        (at("Mon 23:00"), NEXT),
    ):
        assert [each.person for each in on_call(BY_TURNS, Role.HANDLER, moment)] == [person]


def test_an_absence_typed_in_at_night_is_used_by_the_next_rung() -> None:
    story = a_case(Severity.CRITICAL).when("Mon 22:10")
    assert story.pages() == [("Mon 22:00", "ana")]
    away = Absence(person="ben", starts=at("Mon 22:10"), ends=at("Tue 08:00"))

    story.around(roster=replace(ROSTER, version="r2", absences=(away,))).when("Mon 22:15")

    assert story.pages()[-1] == ("Mon 22:15", "chi"), "the second rung goes past Ben, who is ill"


def test_a_cover_typed_in_at_night_is_used_by_the_next_rung() -> None:
    story = a_case(Severity.CRITICAL).when("Mon 22:10")
    cover = Cover(person="dia", instead_of="ben", starts=at("Mon 22:10"), ends=at("Tue 08:00"))

    story.around(roster=replace(ROSTER, version="r2", covers=(cover,))).when("Mon 22:15")

    assert story.pages()[-1] == ("Mon 22:15", "dia")


def test_a_night_that_was_swapped_pages_the_other_one() -> None:
    night, next_night = (
        Stint(
            person=person,
            role=Role.HANDLER,
            starts=at("Mon 23:00") + timedelta(days=days - 1),
            ends=at("Mon 23:00") + timedelta(days=days),
        )
        for person, days in ((NOW, 0), (NEXT, 1))
    )
    swapped = replace(BY_TURNS, swaps=(Swap(first=night, second=next_night),))

    assert a_case(roster=swapped).pages() == [("Mon 22:00", NEXT)]


def test_a_copy_of_a_roster_remembers_nothing_of_the_one_it_was_copied_from() -> None:
    asked = replace(ROSTER)
    moment = datetime(2027, 3, 1, tzinfo=UTC)
    assert [each.person for each in on_call(asked, Role.HANDLER, moment)] == ["ana"]

    empty = copied(asked, shifts=())

    assert [each.person for each in on_call(empty, Role.HANDLER, moment)] == ["eve"]
