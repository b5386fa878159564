"""What the crash oracle asks of answers: it finds what is planted, and nothing in a good night."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.crash.answers import Answer, Answers, Deed
from tests.crash.heard import Heard

CASE, REF, PAGED, ASKED = "c1", "TC-MAWYG", "a1", "a2"
ANA, INES = "person:ana", "ines"
START = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)
SAID = START + timedelta(seconds=5)
"""When everybody was told that it is done."""


def told(track: str, *, by: str, alert: str, ref: str, purpose: str, key: str) -> dict[str, Any]:
    notices = [{"key": key, "contact": by}]
    return {
        "kind": "told",
        "track": track,
        "party": by,
        "alert": alert,
        "ref": ref,
        "purpose": purpose,
        "notices": notices,
        "at": str(START),
    }


def page(key: str = "page-1", *, who: str = ANA, purpose: str = "page") -> dict[str, Any]:
    return told("duty", by=who, alert=PAGED, ref="P-1", purpose=purpose, key=key)


def tell(key: str = "tell-1", *, purpose: str = "tell") -> dict[str, Any]:
    return told("missions", by=INES, alert=ASKED, ref="R-1", purpose=purpose, key=key)


def woken(reason: str) -> dict[str, Any]:
    return {"kind": "track_woken", "track": "duty", "reason": reason}


OPENED = {"kind": "case_opened", "ref": REF}
JOINED = {"kind": "event_joined"}
TAKEN = {"kind": "answered", "by": ANA, "alert": PAGED}
RELEASED = {"kind": "release_given", "by": ANA}
DECLINED = {"kind": "declined", "by": INES, "alert": ASKED}
NIGHT = [OPENED, JOINED, page(), TAKEN, RELEASED, tell(), DECLINED]


def answers() -> Answers:
    made = Answers()
    for each in (
        Answer(id="take", deed=Deed.TAKE, by=ANA, ref=REF),
        Answer(id="release", deed=Deed.RELEASE, by=ANA, ref=REF),
        Answer(id="reply", deed=Deed.REPLY, by=INES, ref="R-1", kind="declined"),
    ):
        made.given[each.id] = each
        made.acknowledged[each.id] = SAID.timestamp()
    return made


def complaints(
    facts: list[dict[str, Any]],
    *,
    given: Answers | None = None,
    begun: dict[str, list[datetime]] | None = None,
    arrived: tuple[str, ...] = ("page-1", "tell-1"),
) -> dict[str, list[str]]:
    heard = Heard(given or answers(), {CASE: facts})
    found = {
        "lost": list(heard.lost()),
        "twice": list(heard.applied_twice()),
        "wrong": list(heard.not_meant(begun or {})),
        "missing": list(heard.unheard(set(arrived))),
    }
    return {name: what for name, what in found.items() if what}


def test_where_every_answer_is_done_once_and_meant_it_finds_nothing() -> None:
    assert complaints(NIGHT, begun={"page-1": [START]}) == {}


@pytest.mark.parametrize("gone", [TAKEN, RELEASED, DECLINED])
def test_an_answer_that_was_said_to_be_done_and_is_not_there_is_lost(gone: dict[str, Any]) -> None:
    found = complaints([fact for fact in NIGHT if fact is not gone])

    assert len(found.pop("lost")) == 1
    assert found == {}


@pytest.mark.parametrize("again", [TAKEN, RELEASED, DECLINED])
def test_an_answer_that_was_sent_again_and_counts_twice_was_applied_twice(
    again: dict[str, Any],
) -> None:
    assert set(complaints([*NIGHT, again])) == {"twice"}


def test_an_answer_that_nobody_gave_was_applied() -> None:
    stranger = {"kind": "promised", "by": "capital-qs", "alert": ASKED}

    assert complaints([*NIGHT, stranger]) == {"twice": ["4 answers are stored, and 3 were given"]}


def test_an_answer_of_which_nobody_was_told_that_it_is_done_may_be_missing() -> None:
    given = answers()
    given.acknowledged.clear()

    assert complaints([OPENED, JOINED, page()], given=given) == {}


def test_an_answer_that_was_refused_is_lost() -> None:
    given = answers()
    given.refused["take: nobody knows why"] += 1

    assert list(complaints(NIGHT, given=given)) == ["lost"]


def test_a_page_that_is_said_to_be_closed_has_been_closed() -> None:
    given = answers()
    given.closed.add("reply")
    del given.acknowledged["reply"]
    night = [fact for fact in NIGHT if fact is not DECLINED]
    withheld = {"kind": "alert_withheld", "alert": ASKED}

    assert list(complaints(night, given=given)) == ["lost"]
    assert complaints([*night, withheld], given=given) == {}


@pytest.mark.parametrize("purpose", ["page", "overdue"])
def test_a_page_after_somebody_took_the_case_is_found(purpose: str) -> None:
    found = complaints([*NIGHT, page("page-2", who="person:ben", purpose=purpose)])

    assert found == {"wrong": [f"{CASE}: person:ben was called after somebody had taken it"]}


@pytest.mark.parametrize("reason", ["new_act", "severity_raised"])
def test_news_may_wake_the_ladder_again_and_no_news_may_not(reason: str) -> None:
    again = [woken(reason), page("page-2"), page("page-3", who="person:ben")]

    assert complaints([*NIGHT, JOINED, *again]) == {}
    assert list(complaints([*NIGHT, *again])) == ["wrong"]


def test_what_is_owed_later_may_call_duty_again_and_a_task_is_no_page() -> None:
    assert complaints([*NIGHT, woken("hold_expired"), page("page-2")]) == {}
    assert complaints([*NIGHT, page("task-1", purpose="task")]) == {}


def test_after_the_second_taking_the_ladder_is_quiet_again() -> None:
    given = answers()
    ben = Answer(id="again", deed=Deed.TAKE, by="person:ben", ref=REF)
    given.given[ben.id] = ben
    given.acknowledged[ben.id] = SAID.timestamp()
    taken = {"kind": "answered", "by": "person:ben", "alert": "a3"}
    night = [*NIGHT, JOINED, woken("new_act"), page("page-2"), taken]

    assert complaints(night, given=given) == {}
    assert list(complaints([*night, page("page-3")], given=given)) == ["wrong"]


@pytest.mark.parametrize(("late", "wrong"), [(-1.0, False), (0.0, False), (1.0, True)])
def test_a_page_that_was_first_tried_after_the_case_was_taken_is_found(
    late: float, wrong: bool
) -> None:
    begun = {"page-1": [START, SAID + timedelta(seconds=late)]}

    assert ("wrong" in complaints(NIGHT, begun=begun)) is wrong


def test_a_recipient_who_answered_and_is_asked_the_same_again_is_found() -> None:
    assert list(complaints([*NIGHT, tell("tell-2")])) == ["wrong"]
    assert complaints([*NIGHT, tell("stand-down", purpose="stand_down")]) == {}


def test_a_release_of_which_nobody_outside_ever_heard_is_missing() -> None:
    assert list(complaints(NIGHT, arrived=("page-1",))) == ["missing"]


def test_a_release_after_which_nobody_is_to_be_told_or_all_stood_still_is_not() -> None:
    given = answers()
    given.told_nobody.add("release")

    assert complaints(NIGHT, given=given, arrived=("page-1",)) == {}
    for kind in ("track_frozen", "alert_withheld"):
        assert complaints([*NIGHT, {"kind": kind}], arrived=("page-1",)) == {}
