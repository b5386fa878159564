"""Drills: they reach the ways made for drills, and a real night never uses those."""

from rules.graph import Registry
from schemas import facts as f
from schemas.contact import Contact, Endpoint, Level
from schemas.party import Party, PartyKind
from schemas.plan import Reason
from schemas.roster import DutyPerson, Role, Roster, Shift
from tests.unit.engine.case.builders import LINKS, PARTIES, Story, an_event

REAL, DRILL = "sms:ana-real", "sms:ana-drill"


def _registry() -> Registry:
    ways = (
        Endpoint(id="ana-real", channel="sms", address="+00 1"),
        Endpoint(id="ana-drill", channel="sms", address="+00 2", exercise=True),
    )
    desk = Party(id="desk-itself", kind=PartyKind.NGO, name="Desk")
    ana = Contact(id="ana", party="desk-itself", label="Ana", level=Level.DUTY_LINE, endpoints=ways)
    return Registry((*PARTIES, desk), links=LINKS, contacts=(ana,))


def _roster(*ways: str) -> Roster:
    ana = DutyPerson(id="ana", label="Ana", endpoints=ways)
    return Roster(
        version="drill", people=(ana,), shifts=(Shift(role=Role.HANDLER, person="ana"),), floor=ana
    )


def _story(*ways: str, exercise: bool) -> Story:
    story = Story(registry=_registry(), roster=_roster(*ways))
    return story.report(an_event(exercise=exercise))


def _ways_used(story: Story) -> set[str]:
    return {notice.endpoint for told in story.of(f.Told) for notice in told.notices}


def test_a_drill_rings_the_phones_made_for_drills_and_no_other() -> None:
    assert _ways_used(_story(REAL, DRILL, exercise=True)) == {DRILL}


def test_a_real_night_never_uses_a_way_made_for_drills() -> None:
    assert _ways_used(_story(REAL, DRILL, exercise=False)) == {REAL}


def test_a_drill_with_no_way_of_its_own_rings_nobody_and_says_so() -> None:
    story = _story(REAL, exercise=True)

    assert _ways_used(story) == set()
    assert story.of(f.StepSkipped)[0].reason is Reason.EXERCISE


def test_what_a_drill_that_reaches_nobody_owes_rings_no_real_phone_either() -> None:
    story = _story(REAL, exercise=True).after(days=3)

    assert story.owes("nobody_left", detail="duty")
    assert _ways_used(story) == set()


def test_with_ways_for_drills_alone_on_shift_the_next_role_is_paged_in_a_real_night() -> None:
    """Somebody on shift whom nobody can reach counted as reached, and the rung called nobody."""
    ana = DutyPerson(id="ana", label="Ana", endpoints=(DRILL,))
    ben = DutyPerson(id="ben", label="Ben", endpoints=(REAL,))
    handler, second = Shift(role=Role.HANDLER, person="ana"), Shift(role=Role.SECOND, person="ben")
    roster = Roster(version="drill", people=(ana, ben), shifts=(handler, second))
    story = Story(registry=_registry(), roster=roster).report(an_event())

    assert story.paged() == ["ben"]
    assert not story.of(f.StepSkipped)
    drill = Story(registry=_registry(), roster=roster).report(an_event(exercise=True))
    assert drill.paged() == ["ana"]


def test_who_said_no_is_asked_again_rather_than_somebody_whom_nobody_can_reach() -> None:
    ana = DutyPerson(id="ana", label="Ana", endpoints=(DRILL,))
    ben = DutyPerson(id="ben", label="Ben", endpoints=(REAL,))
    handler, second = Shift(role=Role.HANDLER, person="ana"), Shift(role=Role.SECOND, person="ben")
    roster = Roster(version="drill", people=(ana, ben), shifts=(handler, second))
    story = Story(registry=_registry(), roster=roster).report(an_event())

    story.page_answered("ben", "declined")

    assert story.paged() == ["ben", "ben"]
