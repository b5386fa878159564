"""The ledger: who promised what by when, whether it came, and what it was worth."""

from collections.abc import Callable

import pytest

from engine.case import commands as c
from engine.case.ledger import KINDS, Entry, Standing, ledger
from schemas import facts as f
from schemas.codes import ActionKind, Effect, Proviso, TrackName
from schemas.facts import dump_fact, load_fact
from schemas.responses import AnswerClass, ResponseKind, Way, WithdrawnBecause
from tests.unit.engine.case.builders import Story, a_case, a_told_case, at
from tests.unit.engine.case.test_dates import a_moved_hearing

MISSIONS, COMPANIES = TrackName.MISSIONS, TrackName.COMPANIES
LETTER, VISIT, CALL = ActionKind.LETTER, ActionKind.VISIT, ActionKind.CALL


def _lea_told() -> Story:
    return a_case(now=at("Tue 09:00")).page_answered().release(MISSIONS).handed_off("lea")


def _one(story: Story) -> Entry:
    (entry,) = ledger(story.facts)
    return entry


def test_a_case_in_which_nobody_acted_has_an_empty_ledger() -> None:
    assert ledger(_lea_told().facts) == ()


def test_a_promise_says_who_what_by_when_and_how_it_reached_us() -> None:
    entry = _one(_lea_told().promises("lea", VISIT, due="Wed 14:00"))
    assert (entry.party, entry.track, entry.by, entry.way) == ("embassy", MISSIONS, "lea", "page")
    assert (entry.kind, entry.due_at, entry.at) == (VISIT, at("Wed 14:00"), at("Tue 09:00"))
    assert (entry.standing, entry.kept) == (Standing.PROMISED, None)


def test_a_kept_promise_is_done_with_its_effect() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Wed 11:50").acts("lea")
    entry = _one(story)
    assert (entry.standing, entry.kept, entry.late) == (Standing.DONE, True, False)
    assert (entry.effect, entry.over_at) == (Effect.POSITIVE, at("Wed 11:50"))


def test_a_promise_kept_late_is_kept_and_says_late() -> None:
    story = _lea_told().promises("lea", VISIT, due="Wed 14:00").when("Wed 18:20").acts("lea")
    assert (_one(story).kept, _one(story).late) == (True, True)


def test_a_promise_asked_for_is_still_open() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Wed 12:00")
    assert (_one(story).standing, _one(story).kept) == (Standing.ASKED, None)


def test_a_missed_promise_was_not_kept() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Wed 16:00")
    assert (_one(story).standing, _one(story).kept) == (Standing.MISSED, False)


def test_what_was_done_after_it_was_missed_stands_beside_it() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Wed 17:00").acts("lea")
    assert [entry.standing for entry in ledger(story.facts)] == [Standing.MISSED, Standing.DONE]


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        (WithdrawnBecause.BY_GIVER, False),
        (WithdrawnBecause.AT_OUR_REQUEST, None),
        (WithdrawnBecause.CONDITION_FAILED, None),
        (WithdrawnBecause.MISTAKE, None),
    ],
)
def test_a_promise_withdrawn_by_us_is_nobodys_broken_word(
    reason: WithdrawnBecause, kept: bool | None
) -> None:
    story = _lea_told().promises("lea", VISIT, due="Fri 12:00")
    story.send(
        c.WithdrawPromise(
            inbox=story.inbox(),
            case=story.case.id,
            alert=story.alert("embassy").id,
            by="ana",
            reason=reason,
        )
    )
    entry = _one(story)
    assert (entry.standing, entry.kept, entry.withdrawn) == (Standing.WITHDRAWN, kept, reason)


def test_a_promise_given_anew_for_a_date_that_was_moved_is_nobodys_broken_word() -> None:
    story = _lea_told().promises("lea", VISIT, due="Fri 12:00")
    (made,) = story.of(f.Promised)
    renewed = f.PromiseWithdrawn(
        alert=made.alert,
        action=made.action,
        by="lea",
        way="page",
        at=story.now,
        reason=WithdrawnBecause.RENEWED,
    )
    (entry,) = ledger([*story.facts, renewed])
    assert (entry.standing, entry.kept) == (Standing.WITHDRAWN, None)


def test_declining_takes_back_what_was_promised() -> None:
    story = _lea_told().promises("lea", VISIT, due="Fri 12:00")
    assert _one(story.answer("lea", ResponseKind.DECLINED)).kept is False


def test_what_is_open_when_the_case_is_resolved_is_neither_kept_nor_broken() -> None:
    story = _lea_told().promises("lea", VISIT, due="Fri 12:00").proposed().confirmed()
    assert (_one(story).standing, _one(story).kept) == (Standing.WITHDRAWN, None)


def test_an_act_without_a_promise_is_done_and_kept_nothing() -> None:
    entry = _one(_lea_told().acts("lea", action=CALL))
    assert (entry.standing, entry.kind, entry.kept) == (Standing.DONE, CALL, None)


def test_already_acting_is_under_way_until_something_is_done() -> None:
    story = _lea_told().answer("lea", ResponseKind.ALREADY_ACTING, action=CALL)
    assert (_one(story).standing, _one(story).kind) == (Standing.UNDERWAY, CALL)
    first, second = ledger(story.acts("lea", action=CALL).facts)
    assert (first.standing, second.standing) == (Standing.DONE, Standing.DONE)


def test_what_it_waits_for_and_what_it_was_worth_stand_beside_a_promise() -> None:
    story = _lea_told().answer(
        "lea",
        ResponseKind.COMMITTED,
        action=LETTER,
        due="Wed 12:00",
        condition=Proviso.TEXT_CLEARED,
    )
    assert _one(story).condition is Proviso.TEXT_CLEARED
    story.finish("promise_condition").acts("lea")
    story.send(
        c.ClassAnswer(
            inbox=story.inbox(),
            case=story.case.id,
            alert=story.alert("embassy").id,
            by="ana",
            answer_class=AnswerClass.TOKEN,
        )
    )
    entry = _one(story)
    assert (entry.condition_met, entry.answer_class) == (True, AnswerClass.TOKEN)


def test_what_many_are_to_do_together_is_proposed_and_then_cleared() -> None:
    story = a_told_case()
    story.send(
        c.ProposeJoint(
            inbox=story.inbox(),
            case=story.case.id,
            track=COMPANIES,
            action=LETTER,
            by="ana",
        )
    )
    assert (_one(story).standing, _one(story).kind, _one(story).by) == (
        Standing.PROPOSED,
        LETTER,
        "ana",
    )
    story.release(COMPANIES, by="ben")
    assert _one(story).standing is Standing.PROPOSED
    assert _one(story.release(COMPANIES, by="chi")).standing is Standing.CLEARED


def test_an_act_on_the_phone_counts_for_the_contact_in_the_ledger() -> None:
    story = _lea_told().acts("ana", alert=_lea_told().alert("embassy").id, way=Way.PHONE)
    assert (_one(story).by, _one(story).way) == ("lea", "phone")


def test_two_promises_of_one_party_are_two_lines_in_their_order() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00")
    story.promises("lea", VISIT, due="Fri 12:00").acts("lea", action=VISIT)
    first, second = ledger(story.facts)
    assert (first.kind, first.standing) == (LETTER, Standing.PROMISED)
    assert (second.kind, second.standing) == (VISIT, Standing.DONE)


def test_the_ledger_of_the_journals_bytes_is_the_same() -> None:
    story = _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Wed 17:00").acts("lea")
    again = ledger(load_fact(dump_fact(fact)) for fact in story.facts)
    assert again == ledger(story.facts)


def test_what_was_done_for_a_date_without_a_promise_stands_in_the_ledger_for_it() -> None:
    story = _lea_told().acts("lea", action=ActionKind.TRIAL_OBSERVATION, for_date="d1")
    assert _one(story).for_date == "d1"


def test_a_promise_stands_in_the_ledger_although_nobody_wrote_down_who_was_asked() -> None:
    story = _lea_told().promises("lea", VISIT, due="Wed 14:00")
    (entry,) = ledger(story.of(f.Promised))
    assert (entry.track, entry.party, entry.by) == (None, "", "lea")


def _asked() -> Story:
    return _lea_told().promises("lea", LETTER, due="Wed 12:00").when("Wed 12:00")


@pytest.mark.parametrize("story", [a_moved_hearing, _asked], ids=["moved", "asked"])
def test_a_ledger_read_of_a_long_journal_is_that_of_the_whole(story: Callable[[], Story]) -> None:
    """A promise that went along with its hearing stood there as due, and late, at the old time."""
    facts = story().facts
    assert ledger(fact for fact in facts if fact.kind in KINDS) == ledger(facts) != ()
