"""Every incident has words: on the board, and in the message that wakes somebody."""

import pytest

from engine.web.words.states import INCIDENT, incident
from notifiers.wording import wording
from schemas.codes import IncidentCode


@pytest.mark.parametrize("code", IncidentCode)
def test_whoever_is_woken_reads_what_is_wrong(code: IncidentCode) -> None:
    assert incident(code)
    assert code.value in wording("en").details["incident"]


def test_no_two_incidents_read_the_same_on_the_board() -> None:
    assert len(set(INCIDENT.values())) == len(IncidentCode)
