"""Incidents: something is wrong with Tocsin itself, and duty hears of it until two close it."""

from engine.case import commands as c
from engine.case import ids
from engine.case.state import Case, CaseStatus
from schemas import facts as f
from schemas.codes import IncidentCode, Severity
from schemas.projection import Purpose
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import Story, at


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
    story.page_answered("ben").when("Mon 22:44")
    assert story.paged() == ["ana", "ben"]
    story.when("Mon 22:45")
    assert story.paged(last=True) == ["ana"], "nothing else is owed: it calls again"
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
