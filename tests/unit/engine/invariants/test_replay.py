"""A sound history breaks nothing; each planted breach is found by its own name."""

from dataclasses import replace
from datetime import timedelta

from engine.case import commands as c
from engine.invariants.history import Leaf
from engine.invariants.replay import replay
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason
from schemas.responses import ResponseKind
from tests.unit.engine.invariants.lives import (
    MONDAY,
    Life,
    answer,
    changed,
    released,
    twice,
    without,
)

HOUR = timedelta(hours=1)


def _broken(life: Life, leaves: list[Leaf] | None = None) -> set[str]:
    return {violation.invariant for violation in replay(life.history(leaves))}


def _a_whole_night() -> Life:
    life = released(Life().arrested())
    life.do(answer(life, "embassy-qn", ResponseKind.ACKNOWLEDGED, by="lea"), after=HOUR)
    for _ in range(30):
        life.do(c.Tick(), after=HOUR)
    return life


def test_a_night_as_the_core_decides_it_breaks_no_promise() -> None:
    life = _a_whole_night()

    assert not list(replay(life.history()))
    assert any(isinstance(leaf.fact, f.AnswerExpired) for leaf in life.leaves)


def test_a_lost_leaf_is_noticed() -> None:
    life = _a_whole_night()

    assert _broken(life, life.leaves[:5] + life.leaves[6:]) == {"I14"}


def test_a_state_that_its_facts_do_not_lead_to_is_noticed() -> None:
    life = Life().arrested()
    history = replace(life.history(), state=replace(life.case, owner="person:nobody"))

    assert {v.invariant for v in replay(history)} == {"I19"}


def test_a_due_time_that_is_not_what_the_case_owes_is_noticed() -> None:
    life = Life().arrested()

    assert {v.invariant for v in replay(replace(life.history(), due_at=None))} == {"I7"}


def test_a_page_that_went_out_before_its_time_is_noticed() -> None:
    life = Life().arrested().do(c.Tick(), after=HOUR)
    second = [leaf for leaf in life.leaves if isinstance(leaf.fact, f.StepFired)][1]
    early = [
        replace(leaf, at=leaf.at - timedelta(minutes=10)) if leaf is second else leaf
        for leaf in life.leaves
    ]

    assert "I5" in _broken(life, early)


def test_a_step_that_fired_twice_is_noticed() -> None:
    life = Life().arrested()

    assert "I6" in _broken(life, twice(life.leaves, f.StepFired))


def test_the_same_round_told_twice_is_noticed() -> None:
    life = Life().arrested()

    assert "I6" in _broken(life, twice(life.leaves, f.Told))


def test_a_rung_that_was_passed_over_in_silence_is_noticed() -> None:
    life = Life().arrested()

    assert "I7" in _broken(life, changed(life.leaves, f.StepFired, step=1))


def test_telling_somebody_outside_before_a_person_released_it_is_noticed() -> None:
    life = released(Life().arrested())

    assert "I17" in _broken(life, without(life.leaves, f.TrackReleased))


def test_telling_a_party_whose_page_was_closed_is_noticed() -> None:
    life = released(Life().arrested())
    told = next(
        leaf
        for leaf in life.leaves
        if isinstance(leaf.fact, f.Told) and leaf.fact.track is TrackName.MISSIONS
    )
    closed = replace(told, fact=f.AlertClosed(alert=told.fact.alert, reason=Reason.CONFLICT))  # type: ignore[union-attr]
    at = life.leaves.index(told)
    leaves = [*life.leaves[:at], closed, *life.leaves[at:]]

    assert "I8" in _broken(life, [replace(leaf, n=n) for n, leaf in enumerate(leaves, 1)])


def test_an_answer_that_calls_off_messages_to_others_is_noticed() -> None:
    life = released(Life().arrested())
    life.do(answer(life, "embassy-qn", ResponseKind.ACKNOWLEDGED, by="lea"))
    alerts = tuple(alert.id for alert in life.case.alerts)

    assert "I9" in _broken(life, changed(life.leaves, f.NoticesCancelled, alerts=alerts))


def test_an_answer_that_holds_for_ever_is_noticed() -> None:
    life = _a_whole_night()
    alert = life.alert_of("embassy-qn")
    forgotten = [
        leaf
        for leaf in life.leaves
        if not (isinstance(leaf.fact, f.AnswerExpired) and leaf.fact.alert == alert)
    ]

    assert _broken(life, [replace(leaf, n=n) for n, leaf in enumerate(forgotten, 1)])


def test_a_case_closed_by_one_person_alone_is_noticed() -> None:
    life = Life().arrested()
    life.do(
        c.ProposeResolution(
            inbox=c.Inbox(source="test", id="p", digest=""),
            case=life.case.id,
            by="person:ana",
            outcome="freed",
            residual_risk="low",
            remedy="none_sought",
            heard="safe_channel",
        ),
        after=HOUR,
    ).do(
        c.ConfirmResolution(
            inbox=c.Inbox(source="test", id="c", digest=""), case=life.case.id, by="person:chi"
        )
    )

    assert not _broken(life)
    assert "I15" in _broken(life, changed(life.leaves, f.ResolutionProposed, by="person:chi"))


def test_an_open_case_without_a_ladder_for_duty_is_noticed() -> None:
    life = Life().arrested()
    planned = next(leaf for leaf in life.leaves if isinstance(leaf.fact, f.Planned))
    assert isinstance(planned.fact, f.Planned)
    outward = tuple(t for t in planned.fact.tracks if t.name is not TrackName.DUTY)
    leaves = changed(life.leaves, f.Planned, tracks=outward, at=MONDAY)

    assert "I23" in _broken(life, leaves)


def test_a_freeze_at_whose_end_nobody_looks_is_noticed() -> None:
    life = released(Life().arrested())
    until = life.now + 2 * HOUR
    freeze = c.Freeze(
        inbox=c.Inbox(source="desk", id="freeze", digest="0" * 64),
        case=life.case.id,
        tracks=(TrackName.MISSIONS,),
        by="person:ana",
        until=until,
    )
    life.do(freeze)

    assert not list(replay(life.history()))
    late = {v.what for v in replay(replace(life.history(), due_at=until + HOUR))}
    assert "Nobody looks when the freeze of missions ends." in late


def test_a_quiet_made_longer_while_nobody_has_what_is_owed_is_noticed() -> None:
    life = Life().arrested()
    longer = f.HoldExtended(track=TrackName.DUTY, until=life.now + HOUR)

    assert any(not task.owner for task in life.case.tasks)
    assert "I10" in _broken(
        life, [*life.leaves, Leaf(n=len(life.leaves) + 1, at=life.now, fact=longer)]
    )
