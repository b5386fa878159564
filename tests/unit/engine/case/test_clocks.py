"""Three clocks side by side: what is owed next to protect, to respect, and for remedy."""

from engine.case import commands as c
from engine.case.clocks import Clock, Owed, Pillar, What, clocks, pillar_of
from schemas.codes import ActionKind, TrackName
from tests.unit.engine.case.builders import Story, a_case, a_told_case, at

PROTECT, RESPECT, REMEDY = Pillar


def clock(story: Story, pillar: Pillar) -> Clock:
    return next(each for each in clocks(story.case) if each.pillar is pillar)


def owed_next(story: Story, pillar: Pillar) -> Owed:
    found = clock(story, pillar).next
    assert found is not None
    return found


def test_every_track_runs_on_one_clock() -> None:
    assert [pillar_of(name) for name in (TrackName.DUTY, TrackName.MISSIONS)] == [PROTECT] * 2
    assert pillar_of(TrackName.COMPANIES) is RESPECT
    assert pillar_of(TrackName.NHRIS) is REMEDY
    assert {pillar_of(name) for name in TrackName} == set(Pillar)


def test_at_first_duty_is_called_again_and_the_other_two_wait_for_a_release() -> None:
    story = a_case()
    assert owed_next(story, PROTECT).what is What.CALL
    assert owed_next(story, PROTECT).due_at == at("Mon 23:00")
    assert clock(story, RESPECT).waits == (TrackName.COMPANIES, TrackName.INVESTORS)
    assert clock(story, REMEDY).waits == (TrackName.NHRIS,)


def test_a_release_that_is_owed_stands_on_the_clock_of_its_track() -> None:
    story = a_case().page_answered()
    owed = owed_next(story, RESPECT)
    assert (owed.what, owed.code, owed.who) == (What.TASK, "release", "ana")
    assert clock(story, RESPECT).more == 1


def test_the_earliest_of_each_is_shown_with_whoever_owes_it() -> None:
    story = a_told_case(TrackName.MISSIONS).finish("first_contact")
    story.promises("lea", ActionKind.VISIT, due="Tue 14:00")
    assert owed_next(story, PROTECT).what is What.PROMISE
    assert owed_next(story, PROTECT).who == "lea"
    assert owed_next(story, PROTECT).due_at == at("Tue 14:00")


def test_whoever_was_told_owes_an_answer_on_their_own_clock() -> None:
    story = a_told_case(TrackName.NHRIS)
    assert owed_next(story, REMEDY).code == "phone_at_opening"
    story.finish("phone_at_opening")
    owed = owed_next(story, REMEDY)
    assert (owed.what, owed.who, owed.due_at) == (What.ANSWER, "nhri-mail", at("Tue 22:30"))


def test_a_remedy_that_is_sought_stands_on_its_clock_when_all_else_is_done() -> None:
    story = a_told_case()
    story.send(c.NoteRemedy(inbox=story.inbox(), case=story.case.id, state="sought", by="ana"))
    story.finish("release", detail="nhris")
    assert owed_next(story, REMEDY).code == "remedy"
    story.proposed(remedy="sought").confirmed()
    assert owed_next(story, REMEDY).due_at == story.case.monitored_until
    assert clock(story, RESPECT).next is None
