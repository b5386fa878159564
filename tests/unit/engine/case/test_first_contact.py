"""The first talk with the person or the source: due by a clock of its own, whatever happens."""

from datetime import timedelta

import pytest

from schemas import facts as f
from schemas.codes import Severity
from tests.unit.engine.case.builders import a_case, at

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WITHIN = {
    Severity.CRITICAL: 60 * MINUTE,
    Severity.HIGH: 2 * HOUR,
    Severity.ELEVATED: 24 * HOUR,
}


@pytest.mark.parametrize(("severity", "within"), WITHIN.items())
def test_it_is_due_so_long_after_the_case_was_opened(severity: Severity, within: timedelta) -> None:
    assert a_case(severity).task("first_contact").due_at == at("Mon 22:00") + within


@pytest.mark.parametrize(("severity", "within"), WITHIN.items())
def test_neither_taking_the_case_nor_triage_moves_it(severity: Severity, within: timedelta) -> None:
    story = a_case(severity).after(minutes=5).page_answered().finish("triage")

    assert story.task("first_contact").due_at == at("Mon 22:00") + within


@pytest.mark.parametrize(("severity", "within"), WITHIN.items())
def test_missed_it_pages_its_owner_though_duty_is_quiet(
    severity: Severity, within: timedelta
) -> None:
    due = at("Mon 22:00") + within
    story = a_case(severity).after(minutes=1).page_answered().finish("triage")
    story.until(due - MINUTE)
    before = len(story.pages())

    story.until(due)

    told = [fact for fact in story.of(f.Told) if fact.party == "ana" and fact.at == due]
    assert told, "its owner hears of it at its minute"
    assert len(story.pages()) > before
