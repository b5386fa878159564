"""Gates on the board: a whole record for companies, agreeing with it, certainty, modes."""

import pytest

from tests.harness.reports import report
from tests.integration.web.stage import Stage
from tests.integration.web.story import WHOLE, open_case, submit, value_of


def _a_company_case(desk: Stage) -> str:
    event = report(
        "death_threat", id="e2", situation="s2", parties={"police-qm": "alleged_perpetrator"},
        consents=["companies", "missions"], subject="other",
    )  # fmt: skip
    ref = open_case(desk, event)
    desk.log_in("ana")
    return ref


@pytest.mark.parametrize("field", ["until_day", "check_context"])
def test_a_company_record_that_lacks_a_point_comes_back_with_it_marked(
    desk: Stage, field: str
) -> None:
    ref = _a_company_case(desk)

    shown = submit(desk, f"/cases/{ref}/release/companies", WHOLE | {field: ""})

    assert shown.status_code == 422
    assert shown.text.count('class="error"') == 1
    assert "kept words" in submit(
        desk, f"/cases/{ref}/release/companies", WHOLE | {field: "", "note": "kept words"}
    ).text  # fmt: skip


def test_the_second_person_reads_the_record_and_answers_two_questions(desk: Stage) -> None:
    ref = _a_company_case(desk)
    path = f"/cases/{ref}/release/companies"
    submit(desk, path, dict(WHOLE))
    desk.log_in("chi")
    shown = desk.client.get(path)

    assert "They are linked to it by their business" in shown.text
    assert 'name="whether"' not in shown.text and 'name="check_context"' not in shown.text
    agrees = value_of(shown.text, "agrees")
    done = submit(desk, path, {"agrees": agrees, "forecast": "low", "wishes": "yes"})

    assert "Recorded" in done.text and "The gate closes again" in done.text
    assert "Agreed with the first record" in done.text


def test_how_sure_we_are_is_said_on_the_board_and_shown(desk: Stage) -> None:
    ref = _a_company_case(desk)

    nothing = submit(desk, f"/cases/{ref}/certainty", {"certainty": "possible"})
    done = submit(desk, f"/cases/{ref}/certainty", {"certainty": "possible", "why": "doubts"})
    heard = submit(
        desk, f"/cases/{ref}/heard", {"source": "clinic", "reliability": "highly_reliable"}
    )

    assert nothing.status_code == 422 and "Choose one." in nothing.text
    assert "It is possible, not confirmed, as Ana judged" in done.text
    assert "heard of it from somebody else too" in heard.text


def test_a_quieter_way_holds_at_once_and_public_says_what_it_would_need(desk: Stage) -> None:
    ref = _a_company_case(desk)

    done = submit(desk, f"/cases/{ref}/mode", {"mode": "quiet", "track": ""})
    public = submit(desk, f"/cases/{ref}/mode", {"mode": "public", "track": ""})

    assert "at most quiet" in done.text
    assert public.status_code == 409
    assert "local partner" in public.text and "no public channel" in public.text


def test_necessity_says_on_the_board_why_it_cannot_be_decided(desk: Stage) -> None:
    ref = _a_company_case(desk)

    nothing = submit(desk, f"/cases/{ref}/necessity", {})
    refused = submit(desk, f"/cases/{ref}/necessity", {"why": "life_at_stake"})

    assert nothing.status_code == 422 and "Choose one." in nothing.text
    assert refused.status_code == 409 and "The plan has no such track." in refused.text


def test_whoever_proposed_acting_together_is_not_asked_to_release_it(desk: Stage) -> None:
    ref = _a_company_case(desk)

    done = submit(desk, f"/cases/{ref}/together/companies", {"action": "letter"})

    assert "proposed a letter together; two others release it" in done.text
    assert f"/cases/{ref}/release/companies" not in done.text
    alone = submit(desk, f"/cases/{ref}/release/companies", dict(WHOLE))
    assert alone.status_code == 409 and "two others release it" in alone.text


def test_two_people_say_on_the_board_that_a_case_may_go_further(desk: Stage) -> None:
    ref = _a_company_case(desk)
    path = f"/cases/{ref}/sharing"
    wider = {"what": "representative", "why": "person_agreed"}

    nothing = submit(desk, path, {"what": "representative"})
    first = submit(desk, path, wider)
    again = submit(desk, path, wider)
    desk.log_in("chi")
    shown = desk.client.get(path)
    second = submit(desk, path, wider)

    assert nothing.status_code == 422 and "Choose one." in nothing.text
    assert "A second person has to agree" in first.text and '/sharing">Look…' in first.text
    assert again.status_code == 409
    assert "Ana asks for: to speak to whoever represents the person" in shown.text
    assert "they may speak to whoever represents the person" in second.text
    assert '/sharing">Look…' not in second.text


def test_a_label_is_made_stricter_at_once_and_stands_on_the_case(desk: Stage) -> None:
    ref = _a_company_case(desk)

    done = submit(desk, f"/cases/{ref}/sharing", {"what": "TLP:RED", "why": "caution"})

    assert "labelled TLP:RED: the reader alone" in done.text


def test_words_on_a_point_of_the_record_are_sealed_and_can_be_opened(desk: Stage) -> None:
    ref = _a_company_case(desk)

    done = submit(desk, f"/cases/{ref}/release/companies",
                  WHOLE | {"note_context": "zebrafinch speaks with us"})  # fmt: skip

    assert "Place and moment: open what was written" in done.text
    assert "zebrafinch" not in done.text
