"""Planning anew: the difference is shown first, and only what has not happened changes."""

from dataclasses import replace

import pytest

from engine.case import commands as c
from engine.case.replanning import Difference, difference
from engine.case.state import AlertStatus
from rules import exclusion
from rules.candidates import GATE_STRENGTH
from schemas import facts as f
from schemas.codes import Mode, TrackName
from schemas.plan import Candidate, Candidates, Gate, Reason, Step, Track
from schemas.responses import RefusedBecause, ResponseKind
from tests.unit.engine.case.builders import (
    EMBASSY,
    HALDANE,
    HOUR,
    NHRI,
    Story,
    a_consent,
    an_event,
    at,
    found,
    outward,
)

MISSIONS, NHRIS, COMPANIES = TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES


def today(
    story: Story, *tracks: Track, candidates: tuple[Candidate, ...] = (EMBASSY,)
) -> Candidates:
    """What rulebook and registry say today."""
    return Candidates(
        world="w2",
        severity=story.case.severity,
        policy="default",
        rules=("arrest",),
        tracks=tracks or (outward(MISSIONS),),
        candidates=candidates,
        closure=exclusion.closure(story.case.around.registry, an_event()),
    )


def shown(story: Story, candidates: Candidates) -> Difference:
    return difference(story.case, candidates)


def replan(story: Story, candidates: Candidates, digest: str = "") -> c.Replan:
    return c.Replan(
        inbox=story.inbox(),
        case=story.case.id,
        by="ana",
        candidates=candidates,
        difference=digest or shown(story, candidates).digest,
    )


def planned(*steps: Step) -> Story:
    track = replace(outward(MISSIONS), steps=steps or (Step(offset=0),))
    return Story().report(tracks=(track,), candidates=(EMBASSY,))


def test_nothing_new_is_no_difference_and_nothing_is_applied() -> None:
    story = planned()
    same = today(story)
    assert shown(story, same).empty
    assert story.refused(replan(story, same)).reason is RefusedBecause.INCOMPLETE


def test_a_party_that_the_registry_has_now_is_shown_then_planned_then_released() -> None:
    story = planned().release(MISSIONS)
    now = today(story, outward(MISSIONS), outward(NHRIS), candidates=(EMBASSY, NHRI))
    assert shown(story, now).parties == ((NHRIS, "nhri-qn"),)
    assert [track.name for track in shown(story, now).tracks] == [NHRIS]
    before = story.told()
    story.send(replan(story, now))
    assert story.told() == before, "a re-plan tells nobody"
    assert story.owes("release", detail="nhris")
    assert story.release(NHRIS, id="rec-2").told(last=True) == ["nhri-mail"]


def test_what_fired_stays_and_what_is_ahead_is_as_today() -> None:
    story = planned(Step(offset=0), Step(offset=24 * HOUR)).release(MISSIONS)
    new = replace(outward(MISSIONS), steps=(Step(offset=0, contacts=2), Step(offset=6 * HOUR)))
    now = today(story, new)
    (changed,) = shown(story, now).changed
    assert changed.removed == (Step(offset=24 * HOUR),)
    assert changed.added == (Step(offset=6 * HOUR),)
    story.send(replan(story, now))
    fired = [x.step for x in story.of(f.StepFired) if x.track is MISSIONS]
    assert fired == [0]
    state = story.case.track(MISSIONS)
    assert state is not None and state.next_at == story.now.replace(day=2, hour=4)
    story.when("Tue 04:00")
    fired = [x.step for x in story.of(f.StepFired) if x.track is MISSIONS]
    assert fired == [0, 1]


def test_those_told_hear_nothing_of_a_re_plan() -> None:
    story = planned().release(MISSIONS)
    told = len(story.of(f.Told))
    new = replace(outward(MISSIONS), answer_by=HOUR, ask="observe")
    story.send(replan(story, today(story, new)))
    assert len(story.of(f.Told)) == told


def test_a_re_plan_opens_no_gate_and_makes_nothing_louder() -> None:
    story = Story().report(
        tracks=(outward(COMPANIES, gate=Gate.RELEASE_TWO),), candidates=(HALDANE,)
    )
    weaker = outward(COMPANIES, gate=Gate.RELEASE, mode=Mode.PRIVATE)
    now = today(story, replace(weaker, ask="listen"), candidates=(HALDANE,))
    story.send(replan(story, now))
    state = story.case.track(COMPANIES)
    assert state is not None
    assert (state.track.gate, state.track.mode) == (Gate.RELEASE_TWO, Mode.QUIET)
    assert story.release(COMPANIES, by="ana").told() == []


def test_whoever_nothing_finds_any_more_and_was_never_told_is_left_out() -> None:
    story = Story().report(tracks=(outward(MISSIONS), outward(NHRIS)), candidates=(EMBASSY, NHRI))
    now = today(story, outward(MISSIONS), outward(NHRIS))
    assert len(shown(story, now).left_out) == 1
    story.send(replan(story, now)).release(NHRIS)
    assert story.told() == []
    back = today(story, outward(MISSIONS), outward(NHRIS), candidates=(EMBASSY, NHRI))
    story.send(replan(story, back))
    assert story.release(NHRIS, id="rec-2").told() == ["nhri-mail"], "found again, it may be asked"


def test_whoever_was_left_out_stays_so_when_consent_is_narrowed_and_widened_again() -> None:
    story = Story().report(tracks=(outward(MISSIONS), outward(NHRIS)), candidates=(EMBASSY, NHRI))
    story.consent("narrowed", a_consent(MISSIONS))
    story.send(replan(story, today(story, outward(MISSIONS), outward(NHRIS))))

    story.consent("granted", a_consent(MISSIONS, NHRIS))

    assert story.alert("nhri-qn").reason is Reason.NOT_CHOSEN
    assert story.release(NHRIS).told() == [], "nothing finds them any more"


def test_who_is_left_out_may_be_added_by_a_person_though_consent_came_and_went() -> None:
    story = Story().report(tracks=(outward(MISSIONS), outward(NHRIS)), candidates=(EMBASSY, NHRI))
    story.send(replan(story, today(story, outward(MISSIONS), outward(NHRIS))))
    story.consent("narrowed", a_consent(MISSIONS)).consent("granted", a_consent(MISSIONS, NHRIS))

    story.send(
        c.AddRecipient(
            inbox=story.inbox(),
            case=story.case.id,
            track=NHRIS,
            party="nhri-qn",
            by="ana",
            why="new_facts",
        )
    )

    assert story.release(NHRIS).told() == ["nhri-mail"]


def test_whoever_counts_as_not_told_again_is_left_out_too() -> None:
    """Their message was called off with the release, and the next one told them all the same,
    though nothing finds them any more."""
    story = planned().release(MISSIONS, expires_at=at("Tue 03:00")).when("Tue 04:00")
    assert story.alert("embassy").status is AlertStatus.WITHHELD
    told = len(story.told())

    now = today(story, outward(MISSIONS), outward(NHRIS), candidates=(NHRI,))
    assert shown(story, now).left_out == (story.alert("embassy").id,)
    story.send(replan(story, now)).release(MISSIONS, id="rec-2")

    assert len(story.told()) == told
    assert story.alert("embassy").reason is Reason.NOT_CHOSEN


def test_whoever_was_reached_before_the_release_ended_is_not_left_out() -> None:
    story = planned().release(MISSIONS, expires_at=at("Tue 03:00"))
    story.settled("lea", "handed_off").when("Tue 04:00")

    now = today(story, outward(MISSIONS), outward(NHRIS), candidates=(NHRI,))

    assert shown(story, now).left_out == ()


def test_whoever_was_told_stays_though_nothing_finds_them_any_more() -> None:
    story = planned().release(MISSIONS)
    now = today(story, outward(MISSIONS), outward(NHRIS), candidates=(NHRI,))
    assert shown(story, now).left_out == ()
    assert len(shown(story, now).told_all_the_same) == 1
    story.send(replan(story, now))
    assert story.alert_of_contact("lea").status is AlertStatus.WAITING


def test_whom_a_person_added_no_re_plan_leaves_out() -> None:
    story = Story().report(tracks=(outward(MISSIONS),), candidates=())
    story.send(
        c.AddRecipient(
            inbox=story.inbox(), case=story.case.id, track=MISSIONS, party="embassy", by="ana",
            why="new_facts",
        )
    )  # fmt: skip
    assert shown(story, today(story, outward(MISSIONS), candidates=())).left_out == ()


def test_a_difference_that_is_not_the_one_shown_is_refused() -> None:
    story = planned().release(MISSIONS)
    now = today(story, outward(MISSIONS), outward(NHRIS), candidates=(EMBASSY, NHRI))
    command = replan(story, now)
    story.answer("lea", ResponseKind.ACKNOWLEDGED)
    assert story.refused(command).reason is RefusedBecause.STALE, "somebody answered meanwhile"
    story.send(replan(story, now))


def test_a_release_or_another_re_plan_makes_a_difference_stale() -> None:
    story = planned()
    now = today(story, outward(MISSIONS), outward(NHRIS), candidates=(EMBASSY, NHRI))
    command, other = replan(story, now), replan(story, now)
    story.send(command)
    assert story.refused(other).reason is RefusedBecause.STALE
    third = replan(story, today(story, replace(outward(MISSIONS), ask="observe")))
    story.release(MISSIONS)
    assert story.refused(third).reason is RefusedBecause.STALE


def test_whoever_is_excluded_is_not_planned_by_a_re_plan_either() -> None:
    story = planned()
    now = today(
        story,
        outward(MISSIONS),
        outward(COMPANIES),
        candidates=(EMBASSY, found("guardia", COMPANIES)),
    )
    story.send(replan(story, now))
    assert "guardia" not in {alert.party for alert in story.case.alerts}


def test_a_difference_names_where_the_case_stood() -> None:
    story = planned()
    digest = shown(story, today(story)).digest
    assert shown(story, today(story)).severity is story.case.severity
    assert digest == shown(story, today(story)).digest
    story.release(MISSIONS)
    assert digest != shown(story, today(story)).digest


@pytest.mark.parametrize("old", GATE_STRENGTH)
@pytest.mark.parametrize("new", GATE_STRENGTH)
def test_of_two_gates_the_one_that_asks_more_of_people_stays(old: Gate, new: Gate) -> None:
    story = Story().report(tracks=(outward(MISSIONS, gate=old),), candidates=())
    now = today(story, replace(outward(MISSIONS), gate=new, ask="observe"), candidates=())
    story.send(replan(story, now))
    stays = max(GATE_STRENGTH.index(old), GATE_STRENGTH.index(new))
    assert story.track(MISSIONS).track.gate is GATE_STRENGTH[stays]


def test_a_track_that_runs_gets_no_louder_by_a_re_plan() -> None:
    story = planned().release(MISSIONS)
    louder = replace(outward(MISSIONS, mode=Mode.PUBLIC), ask="observe")
    story.send(replan(story, today(story, louder)))
    assert story.track(MISSIONS).track.mode is Mode.QUIET


def test_whom_a_re_plan_left_out_a_person_may_add_again() -> None:
    story = Story().report(tracks=(outward(MISSIONS), outward(NHRIS)), candidates=(EMBASSY, NHRI))
    story.send(replan(story, today(story, outward(MISSIONS), outward(NHRIS))))
    story.send(
        c.AddRecipient(
            inbox=story.inbox(), case=story.case.id, track=NHRIS, party="nhri-qn", by="ana",
            why="new_facts",
        )
    )  # fmt: skip
    assert story.release(NHRIS, id="rec-2").told() == ["nhri-mail"]
