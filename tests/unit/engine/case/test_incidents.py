"""Incidents: something is wrong with Tocsin itself, and duty hears of it until two close it."""

from engine.case import commands as c
from engine.case import ids
from engine.case.state import Case, CaseStatus
from schemas import facts as f
from schemas.codes import IncidentCode, Severity
from schemas.projection import Purpose
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, a_case, at


def an_incident(*, severe: bool = True) -> Story:
    story = Story()
    around = story.case.around
    story.case = Case(id=ids.incident_case_id("quarantine", "k", 0), around=around)
    return story.send(c.RaiseIncident(code=IncidentCode.QUARANTINE, key="k", severe=severe))


def test_an_incident_pages_duty_as_one_with_its_code() -> None:
    story = an_incident()
    told = story.of(f.Told)[0]
    assert (told.party, told.purpose, told.detail) == ("ana", Purpose.INCIDENT, "quarantine")
    assert story.case.severity is Severity.CRITICAL
    assert story.case.incident == "quarantine"


def test_a_milder_incident_pages_as_high() -> None:
    assert an_incident(severe=False).case.severity is Severity.HIGH


def test_a_repeat_of_an_open_incident_does_not_bury_the_journal() -> None:
    story = an_incident().send(c.RaiseIncident(code=IncidentCode.QUARANTINE, key="k"))
    assert story.last == ()


def test_a_repeat_that_is_worse_pages_as_worse() -> None:
    story = an_incident(severe=False).page_answered()
    story.send(c.RaiseIncident(code=IncidentCode.QUARANTINE, key="k"))
    assert story.case.severity is Severity.CRITICAL
    assert story.paged(last=True) == ["ana"]


def test_an_incident_calls_until_somebody_takes_it_and_two_close_it() -> None:
    story = an_incident().when("Mon 22:15")
    assert story.paged() == ["ana", "ben"]
    story.page_answered("ben").when("Mon 22:59")
    assert story.paged() == ["ana", "ben"]
    story.when("Mon 23:00")
    assert story.paged(last=True) == ["ben"], "whoever took it is reminded first"
    story.when("Mon 23:15")
    assert story.paged(last=True) == ["ana"], "nothing came of it: it calls again"
    story.proposed("ana").confirmed("chi")
    assert story.case.status is CaseStatus.MONITORED


def test_an_incident_seen_again_after_closing_is_reopened() -> None:
    story = an_incident().proposed("ana").confirmed("chi").when("Tue 09:00")
    story.send(c.RaiseIncident(code=IncidentCode.QUARANTINE, key="k"))
    assert story.case.status is CaseStatus.OPEN
    assert story.paged(last=True) == ["ana"]


def test_an_archived_incident_takes_no_repeat() -> None:
    story = an_incident().proposed("ana").confirmed("chi").until(at("2 Apr 00:00"))
    refusal = story.refused(c.RaiseIncident(code=IncidentCode.QUARANTINE, key="k"))
    assert refusal.reason is RefusedBecause.NOT_OPEN


def test_an_incident_stands_on_the_board_from_its_opening_and_is_nobodys_yet() -> None:
    story = an_incident()
    task = story.task("incident")
    assert (task.owner, task.due_at) == ("", at("Mon 22:45"))
    assert story.when("Mon 23:00").paged().count("eve") == 0, "the ladder calls; it adds no page"


def test_whoever_takes_an_incident_owes_it_from_then_on_and_again_from_each_taking() -> None:
    story = an_incident().when("Mon 22:10").page_answered("ana")
    task = story.task("incident")
    assert (task.owner, task.due_at) == ("ana", at("Mon 22:55"))
    story.when("Mon 22:50").page_answered("ana")
    assert story.task("incident").due_at == at("Mon 23:35")
    assert "ben" not in story.when("Mon 23:34").paged()


def test_a_milder_incident_gives_whoever_took_it_six_hours() -> None:
    story = an_incident(severe=False).page_answered("ana")
    assert story.task("incident").due_at == at("Tue 04:00")


def test_an_incident_that_is_done_and_not_closed_calls_again() -> None:
    story = an_incident().page_answered("ana").finish("incident")
    assert not story.case.tasks
    assert story.when("Mon 22:30").paged(last=True) == ["ana"], "two people close it, no task"


def test_an_incident_that_comes_back_owes_its_task_anew() -> None:
    story = an_incident().proposed("ana").confirmed("chi").when("Tue 09:00")
    story.send(c.RaiseIncident(code=IncidentCode.QUARANTINE, key="k"))
    assert story.task("incident").due_at == at("Tue 09:45")


def test_a_case_that_is_taken_owes_no_incident() -> None:
    assert not a_case().page_answered().owes("incident")
