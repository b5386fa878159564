"""Invented rosters, and the hours in which clocks were and will be put forward and back."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from schemas.roster import (
    Absence,
    Calendar,
    Cover,
    DutyPerson,
    Layer,
    Role,
    Roster,
    Rotation,
    Shift,
    Stint,
    Swap,
)

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
)
FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
PEOPLE = ("ana", "ben", "chi", "dia")
ROLES = (Role.HANDLER, Role.SECOND, Role.SHIFT_LEAD)
FLOOR = DutyPerson(id="flo", label="Flo", endpoints=("sms:flo", "email:flo"))


def jumps(zone: str) -> list[datetime]:
    """The hours of two years after which the clocks of a zone differ from what they were."""
    tz, count = ZoneInfo(zone), int((UNTIL - FROM) / timedelta(hours=1))
    hours = [FROM + timedelta(hours=n) for n in range(count)]
    return [
        before
        for before, after in pairwise(hours)
        if before.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset()
    ]


def person(id: str, *ways: str) -> DutyPerson:
    """One of ours, with a phone unless other ways are given."""
    return DutyPerson(id=id, label=id.title(), endpoints=ways or (f"sms:{id}",))


def roster(*names: str, **more: Any) -> Roster:
    """A roster of these people, with a floor contact."""
    people = tuple(person(name) for name in names or PEOPLE)
    return Roster(**{"version": "1", "people": people, "floor": FLOOR, **more})


def rotation(*people: str, **more: Any) -> Rotation:
    """Daily turns at nine in Berlin from 2 November 2026, a Monday, unless said otherwise."""
    given: dict[str, Any] = {
        "id": "turns",
        "every": "daily",
        "starts": date(2026, 11, 2),
        "at": "09:00",
        "zone": "Europe/Berlin",
    }
    return Rotation(people=people, **{**given, **more})


def by_turns(*people: str, role: Role = Role.HANDLER, **more: Any) -> dict[str, Any]:
    """The fields of a roster in which these take turns."""
    layer = Layer(id="first", role=role, rotation="turns")
    return {"rotations": (rotation(*people, **more),), "layers": (layer,)}


def shift(person: str, role: Role = Role.HANDLER) -> Shift:
    """A duty at all hours."""
    return Shift(role=role, person=person)


_clock = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from((0, 1, 30, 59)))
_people = st.lists(st.sampled_from((*PEOPLE, "nobody-knows")), min_size=1, max_size=4, unique=True)
_person = st.sampled_from(PEOPLE)


@st.composite
def windows(draw: st.DrawFn, zones: Iterable[str] = ZONES) -> tuple[str, datetime, datetime]:
    """A zone, and a day and a half there: around a jump of its clocks, if it has any."""
    zone = draw(st.sampled_from(tuple(zones)))
    near = jumps(zone) or [FROM + timedelta(days=300)]
    middle = draw(st.sampled_from(near))
    starts = middle - timedelta(minutes=draw(st.integers(60, 1_200)))
    return zone, starts, starts + timedelta(hours=36)


@st.composite
def rosters(draw: st.DrawFn, zone: str, starts: datetime) -> Roster:
    """Any roster that an import would take, with changes around `starts`."""
    zones = st.sampled_from((zone, "UTC", "America/New_York"))
    rotations = draw(
        st.lists(
            st.builds(
                Rotation,
                id=st.uuids().map(str),
                people=_people.map(tuple),
                every=st.sampled_from(
                    ("daily", "weekly", "3 days", "12 hours", "8 hours", "1 hours", "2 weeks")
                ),
                starts=st.integers(-1, 500).map(lambda n: starts.date() - timedelta(days=n)),
                at=_clock,
                zone=zones,
            ),
            max_size=3,
        )
    )
    calendar = Calendar(
        id="days", zone=zone, dates=tuple(starts.date() + timedelta(days=n) for n in (0, 2))
    )
    hours = st.one_of(
        st.just(""),
        st.builds(
            "{} {}-{} {}".format, st.sampled_from(("daily", "Mon-Fri")), _clock, _clock, zones
        ),
    )
    layers = st.builds(
        Layer,
        id=st.uuids().map(str),
        role=st.sampled_from(ROLES),
        people=_people.map(tuple),
        hours=hours,
        except_holidays=st.sampled_from(("", "", "days")),
        only_holidays=st.sampled_from(("", "", "days")),
    )
    if rotations:
        turns = st.builds(
            Layer,
            id=st.uuids().map(str),
            role=st.sampled_from(ROLES),
            rotation=st.sampled_from([each.id for each in rotations]),
            hours=hours,
        )
        layers = st.one_of(turns, layers)
    moment = st.integers(-120, 2_280).map(lambda n: starts + timedelta(minutes=n))
    role = st.sampled_from(ROLES)
    stint = st.builds(Stint, person=_person, role=role, starts=moment, ends=moment)
    some = {"max_size": 3}
    return roster(
        rotations=tuple(rotations),
        calendars=(calendar,),
        layers=tuple(draw(st.lists(layers, max_size=4))),
        shifts=tuple(draw(st.lists(st.builds(Shift, role=role, person=_person), max_size=1))),
        absences=tuple(
            draw(st.lists(st.builds(Absence, person=_person, starts=moment, ends=moment), **some))
        ),
        covers=tuple(
            draw(
                st.lists(
                    st.builds(
                        Cover,
                        person=_person,
                        starts=moment,
                        ends=moment,
                        role=role,
                        instead_of=st.sampled_from(("", *PEOPLE)),
                    ),
                    **some,
                )
            )
        ),
        swaps=tuple(draw(st.lists(st.builds(Swap, first=stint, second=stint), max_size=2))),
    )
