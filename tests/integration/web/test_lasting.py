"""On the board: letting a case stand, linking it, documenting attempts, looking back."""

from datetime import timedelta

from tests.integration.web.stage import Stage
from tests.integration.web.story import open_case, submit


def test_two_people_let_a_case_stand_and_either_opens_it(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    path = f"/cases/{ref}/standing"
    assert "no more than 30 days ahead" in desk.client.get(path).text
    assert submit(desk, path, {"why": "sentence", "review": "soon"}).status_code == 422
    day = (desk.clock.now() + timedelta(days=20)).date().isoformat()
    done = submit(desk, path, {"why": "sentence", "review": day, "note": "four years"})
    assert "Proposed. Another person has to agree." in done.text
    assert "Agree: it stands" not in done.text
    assert "four years" not in done.text

    desk.log_in("chi")
    assert "Agree: it stands" in desk.client.get(f"/cases/{ref}").text
    done = submit(desk, f"/cases/{ref}", {"act": "stand"})
    assert "It stands, since the person serves a sentence." in done.text
    assert '<span class="tag">standing</span>' in done.text
    assert "Let it stand on…" in done.text

    done = submit(desk, f"/cases/{ref}", {"act": "open"})
    assert '<span class="tag">open</span>' in done.text


def test_a_case_is_linked_by_its_reference(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    path = f"/cases/{ref}/link"
    assert "Nobody is stood down" in desk.client.get(path).text
    wrong = submit(desk, path, {"other": "tc-zzzzz"})
    assert wrong.status_code == 422 and "No such case" in wrong.text
    own = submit(desk, path, {"other": ref})
    assert "not linked with itself" in own.text


def test_an_attempt_in_vain_is_documented(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    done = submit(desk, f"/cases/{ref}/attempt", {"way": "family"})
    assert "1 attempt to reach the person or who speaks for them" in done.text
    assert "tried to reach them through the family" in done.text


def test_a_resolved_case_is_looked_back_at_on_its_page(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    said = {"heard": "safe_channel", "outcome": "freed", "risk": "low", "remedy": "none_sought"}
    submit(desk, f"/cases/{ref}/resolve", said)
    desk.log_in("chi")
    submit(desk, f"/cases/{ref}", {"act": "confirm"})
    shown = desk.client.get(f"/cases/{ref}/review").text
    for words in ("Promises", "Resolved after", "not reviewed yet", "What is learned?"):
        assert words in shown
    hasty = submit(desk, f"/cases/{ref}/review", {"spill_over": "yes"})
    assert hasty.status_code == 422
    assert 'name="spill_over" value="yes" checked' in hasty.text
    said = {"lesson": "too_late", "spill_over": "yes", "note": "hammerstein"}
    done = submit(desk, f"/cases/{ref}/review", said)
    assert "others were moved as well" in done.text
    assert "looked back: help came too late" in done.text
    assert "hammerstein" not in done.text
    assert "What is learned?" not in desk.client.get(f"/cases/{ref}/review").text
