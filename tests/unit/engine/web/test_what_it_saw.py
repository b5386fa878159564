"""What somebody saw before they were excluded, in the words of the board and of `case told`."""

import pytest

from engine.web.console.names import Names
from engine.web.console.present import tell_fact
from engine.web.words.fields import field_words
from engine.web.words.sentence import plain
from schemas.codes import FieldName
from schemas.facts import ToldBeforeExcluded
from schemas.plan import Reason

NAMES = Names(parties={"fjord": "Fjord Pension"}, contacts={"desk": "focal point"})


def _said(**more: object) -> str:
    fact = ToldBeforeExcluded(
        alert="a1",
        party="fjord",
        reason=Reason.OFFICER_OF,
        tells=1,
        **more,  # type: ignore[arg-type]
    )
    line = tell_fact(fact, NAMES)
    assert line.tone == "alarm"
    return f"{plain(line.said)} {plain(line.more)}"


def test_who_read_nothing_is_said_to_have_read_nothing() -> None:
    said = _said(handed_off=1, contacts=("desk",))
    assert "Fjord Pension had been told once and must not know." in said
    assert "One message left. Nothing of the case was read on its page. To: focal point." in said


def test_what_the_page_showed_and_what_arrived_is_named() -> None:
    said = _said(handed_off=3, delivered=2, shown=(FieldName.COUNTRY, FieldName.COMPANY))
    assert "3 messages left; 2 reported as arrived." in said
    assert "opened with the code and showed: the country, the company." in said


def test_a_fact_of_the_first_release_is_told_without_guessing() -> None:
    assert "0 messages left" not in _said()


@pytest.mark.parametrize("field", FieldName)
def test_every_field_has_words(field: FieldName) -> None:
    assert field_words(field)
    assert "_" not in field_words(field)
