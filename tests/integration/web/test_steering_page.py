"""Steering a case on the board: what is not possible says why, and what happened is told."""

from dataclasses import replace

from engine.registry.world import WorldHolder
from tests.harness.towns import EVERYTHING, rulebook
from tests.integration.web.stage import Stage
from tests.integration.web.story import RELEASE, open_case, release, submit, value_of


def test_a_case_is_steered_on_the_board(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    release(desk, ref)

    back = submit(desk, f"/cases/{ref}/steer/missions", {"what": "back", "why": "wish"})
    assert "took the release of" in back.text and "The person wishes it so." in back.text
    nothing = submit(desk, f"/cases/{ref}/steer/missions", {"what": "back"})
    assert nothing.status_code == 422
    called = submit(desk, f"/cases/{ref}/call", {"step": "1"})
    assert "Duty is called now" in called.text and "somebody asked for it" in called.text


def test_whoever_may_not_know_is_not_added_and_the_page_says_why(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")

    refused = submit(
        desk, f"/cases/{ref}/add", {"party": "nobody", "track": "missions", "why": "new_facts"}
    )
    assert refused.status_code == 409
    assert "Not in the registry" in refused.text and "Find out who it is" in refused.text


def test_a_re_plan_shows_what_would_change_before_it_does(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    assert "Nothing would change." in desk.client.get(f"/cases/{ref}/replan").text
    held = desk.services.world
    assert isinstance(held, WorldHolder)
    held.swap(replace(held.current, rulebook=rulebook(EVERYTHING)))
    path = f"/cases/{ref}/replan"
    shown = desk.client.get(path)
    assert "New: " in shown.text and "Apply exactly this" in shown.text

    digest = value_of(shown.text, "difference")
    stale = submit(desk, path, {"difference": "0" * 32})
    assert stale.status_code == 409 and "moved since" in stale.text
    done = submit(desk, path, {"difference": digest})
    assert "planned the case anew" in done.text
    assert "Nothing would change." in desk.client.get(path).text


def test_a_release_on_the_board_can_start_later(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    later = {"start_day": "2027-03-20", "start_time": "10:00"}
    done = submit(desk, f"/cases/{ref}/release/missions", RELEASE | later)
    assert "Released; it starts" in done.text
    assert {job.track.value for job in desk.deliver()} <= {"duty"}
