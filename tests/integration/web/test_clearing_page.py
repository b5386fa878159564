"""Clearing by two on the board: what is shown, who may, and what the refusal says."""

from tests.harness.reports import report
from tests.integration.web.stage import Stage
from tests.integration.web.story import open_case, submit

WHOM = {"party": "nordstein", "why": "operator_not_involved"}


def _nobody_knows_who_did_it(desk: Stage) -> str:
    event = report(
        "death_threat", id="e2", situation="s2",
        parties={"cerro-minera": "operator", "nordstein": "buyer"},
        consents=["companies", "missions"], subject="other",
    )  # fmt: skip
    ref = open_case(desk, event)
    desk.log_in("ana")
    return ref


def test_two_people_clear_the_operators_group_on_the_board(desk: Stage) -> None:
    ref = _nobody_knows_who_did_it(desk)
    path = f"/cases/{ref}/clear"

    page = desk.client.get(path).text
    assert "A link of control is never cleared" in page
    assert 'value="nordstein"' in page
    first = submit(desk, path, dict(WHOM))
    assert "Once two people agreed" in first.text
    assert "would let" in first.text
    again = submit(desk, path, dict(WHOM))
    assert again.status_code == 409
    desk.log_in("ben")
    assert "Agreed:" in desk.client.get(path).text
    second = submit(desk, path, dict(WHOM))

    assert "may be asked in this case, cleared by" in second.text


def test_half_a_form_comes_back_with_what_is_missing(desk: Stage) -> None:
    ref = _nobody_knows_who_did_it(desk)

    shown = submit(desk, f"/cases/{ref}/clear", {"why": "tie_ended", "note": "kept words"})

    assert shown.status_code == 422
    assert "Choose at least one." in shown.text
    assert "kept words" in shown.text
