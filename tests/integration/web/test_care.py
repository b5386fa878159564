"""On the board: how the person is, who speaks with them, whom a check-in heard, three clocks."""

from tests.integration.web.stage import Stage
from tests.integration.web.story import open_case, submit


def _case(desk: Stage) -> str:
    ref = open_case(desk)
    desk.log_in("ana")
    return ref


def _task(desk: Stage, ref: str, words: str) -> str:
    shown = desk.client.get(f"/cases/{ref}").text
    after = shown[shown.index('<ul class="rows">') :].split(words)[1]
    return after.split("/finish/")[1].split('"')[0]


def test_the_case_shows_its_three_clocks_and_how_the_person_is(desk: Stage) -> None:
    ref = _case(desk)
    shown = desk.client.get(f"/cases/{ref}").text
    assert "The person is detained. No remedy is sought so far." in shown
    for clock in ("Protect", "Respect", "Remedy"):
        assert f"<b>{clock}</b> " in shown


def test_worse_news_is_recorded_on_the_board_and_makes_the_case_critical(desk: Stage) -> None:
    ref = _case(desk)
    assert submit(desk, f"/cases/{ref}/status", {}).status_code == 422
    done = submit(desk, f"/cases/{ref}/status", {"status": "disappeared", "note": "since noon"})
    assert "Recorded. What is owed by now stands below." in done.text
    assert '<span class="tag critical">critical</span>' in done.text
    assert "noted: The person is disappeared" in done.text
    assert "since noon" not in done.text


def test_only_those_who_may_speak_with_the_person_finish_a_check_in(desk: Stage) -> None:
    ref = _case(desk)
    done = submit(desk, f"/cases/{ref}/contact", {"owner": "person:chi"})
    assert "Only <bdi>Chi</bdi> may speak with them." in done.text
    task = _task(desk, ref, "Speak to the source or the defender")
    refused = submit(desk, f"/cases/{ref}/finish/{task}", {"result": "done"})
    assert "The contact protocol leaves this talk to others." in refused.text


def test_a_check_in_asks_whom_it_heard_and_only_the_person_keeps_it(desk: Stage) -> None:
    ref = _case(desk)
    first = _task(desk, ref, "Speak to the source or the defender")
    submit(desk, f"/cases/{ref}/finish/{first}", {"result": "done"})
    task = _task(desk, ref, "Check in on the safe channel")
    path = f"/cases/{ref}/finish/{task}"
    asked = desk.client.get(path).text
    assert "the code phrase was right" in asked
    assert submit(desk, path, {"result": "done"}).status_code == 422
    done = submit(desk, path, {"result": "lawyer"})
    assert "finished a task: a relative or a lawyer spoke of the person" in done.text


def test_a_handler_lowers_the_severity_with_a_reason(desk: Stage) -> None:
    ref = _case(desk)
    submit(desk, f"/cases/{ref}/status", {"status": "free"})
    assert submit(desk, f"/cases/{ref}/lower", {"severity": "watch"}).status_code == 422
    done = submit(desk, f"/cases/{ref}/lower", {"severity": "watch", "why": "better_known"})
    assert "Lowered. What is owed already keeps its time." in done.text
    assert "lowered the case to watch: more is known now" in done.text
