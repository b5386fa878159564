"""An answer and a step at one instant: what is written first decides, and neither is lost."""

from collections.abc import Callable

import pytest

from engine.case import commands as c
from engine.case.state import AlertStatus
from schemas import facts as f
from schemas.codes import ActionKind, TrackName
from schemas.projection import Purpose
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import Story, a_case, at

MISSIONS, INVESTORS = TrackName.MISSIONS, TrackName.INVESTORS


def _lea_told() -> Story:
    """Embassy told on Tuesday at 09:00: Lea alone; her answer is due on Wednesday at 09:00."""
    return a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS).handed_off("lea")


def _tick(story: Story) -> Story:
    return story.send(c.Tick())


def _twice(story: Story) -> list[str]:
    """Contacts told more than once at one instant: a tell too many."""
    told = [
        (fact.at, notice.contact)
        for fact in story.of(f.Told)
        if fact.track.outward and fact.purpose is Purpose.TELL
        for notice in fact.notices
    ]
    return [contact for at_, contact in told if told.count((at_, contact)) > 1]


ANSWERS: list[tuple[ResponseKind, dict[str, object]]] = [
    (ResponseKind.ACKNOWLEDGED, {}),
    (ResponseKind.COMMITTED, {"action": ActionKind.CALL, "due": "Thu 12:00"}),
    (ResponseKind.ACTED, {"action": ActionKind.CALL}),
    (ResponseKind.ASKS, {}),
    (ResponseKind.ALREADY_ACTING, {}),
    (ResponseKind.WARNS, {"due": "Wed 20:00"}),
]


@pytest.mark.parametrize(("kind", "said"), ANSWERS, ids=lambda x: getattr(x, "value", ""))
def test_an_answer_written_first_leaves_the_step_nothing_to_do(
    kind: ResponseKind, said: dict[str, object]
) -> None:
    story = _lea_told().by("Wed 09:00").answer("lea", kind, **said)  # type: ignore[arg-type]
    _tick(story)
    assert story.told(purpose=Purpose.TELL) == ["lea"]
    assert not story.of(f.ContactSilent)
    assert not _twice(story)


@pytest.mark.parametrize(("kind", "said"), ANSWERS, ids=lambda x: getattr(x, "value", ""))
def test_an_answer_written_second_still_counts_and_who_was_told_stays_told(
    kind: ResponseKind, said: dict[str, object]
) -> None:
    story = _tick(_lea_told().by("Wed 09:00"))
    story.answer("lea", kind, **said)  # type: ignore[arg-type]
    assert story.told(purpose=Purpose.TELL) == ["lea", "desk"]
    assert [fact for fact in story.last if isinstance(fact, f.Answered | f.Promised | f.Acted)]
    alert = story.alert("embassy")
    assert alert.status in (AlertStatus.ANSWERED, AlertStatus.PROMISED, AlertStatus.ACTED)
    assert not _twice(story)


def _decline(story: Story) -> Story:
    return story.answer("fjord-mail", ResponseKind.DECLINED)


@pytest.mark.parametrize("first", [_tick, _decline])
def test_a_decline_and_its_own_silence_bring_the_next_party_in_once(
    first: Callable[[Story], Story],
) -> None:
    story = a_case().page_answered().release(INVESTORS).handed_off("fjord-mail").by("Tue 22:00")
    second = _decline if first is _tick else _tick
    second(first(story))
    assert story.told().count("bright-mail") == 1
    assert story.case.declined == ("fjord",)


def test_kept_in_the_minute_it_is_asked_about_nobody_is_asked() -> None:
    story = _lea_told().promises("lea", ActionKind.LETTER, due="Wed 12:00").by("Wed 12:00")
    _tick(story.acts("lea"))
    assert not story.told(purpose=Purpose.ASK_OUTCOME)
    assert not story.owes("promise_overdue")


def test_asked_in_the_minute_it_is_kept_the_asking_is_called_off() -> None:
    story = _tick(_lea_told().promises("lea", ActionKind.LETTER, due="Wed 12:00").by("Wed 12:00"))
    story.acts("lea")
    (cancelled,) = story.of(f.NoticesCancelled, last=True)
    assert Purpose.ASK_OUTCOME in cancelled.purposes
    assert not story.owes("promise_overdue")


def test_kept_in_the_minute_it_is_given_up_the_act_stands_beside_the_missed_promise() -> None:
    story = _lea_told().promises("lea", ActionKind.LETTER, due="Wed 12:00").by("Wed 16:00")
    _tick(story).acts("lea")
    assert story.of(f.PromiseMissed)
    assert story.alert("embassy").status is AlertStatus.ACTED
    assert story.told(purpose=Purpose.TELL) == ["lea", "desk"]


def test_two_answers_of_one_contact_at_once_both_stand_and_the_stronger_holds() -> None:
    for order in ((0, 1), (1, 0)):
        story = _lea_told()
        answers = (
            story.an_answer("lea", ResponseKind.ACKNOWLEDGED),
            story.an_answer("lea", ResponseKind.COMMITTED, due="Thu 12:00"),
        )
        for index in order:
            story.send(answers[index])
        assert story.alert("embassy").status is AlertStatus.PROMISED
        assert len(story.of(f.Promised)) == 1
        assert len([x for x in story.of(f.Answered) if x.contact == "lea"]) == 1
