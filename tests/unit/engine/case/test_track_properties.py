"""Whatever people do to a ladder: no rung fires early, each once, none is lost, replay agrees."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.draft import Refusal
from engine.case.evolve import evolve
from engine.case.quiet import EACH, counts, enough, quiet
from engine.case.replanning import difference
from engine.case.state import AlertStatus, Case
from schemas import facts as f
from schemas.codes import ActionKind, Severity, TrackName
from schemas.party import PartyKind
from schemas.plan import Candidates, Spread, Step, Until
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import BRIGHT, FJORD, HOUR, Story, an_event, outward

INVESTORS = TrackName.INVESTORS
BOTH = (replace(FJORD, kind=PartyKind.INVESTOR), replace(BRIGHT, kind=PartyKind.BANK))
RUNGS = st.builds(
    Step,
    offset=st.integers(0, 72).map(lambda hours: hours * HOUR),
    spread=st.sampled_from(Spread),
    only=st.sampled_from(((), (PartyKind.INVESTOR,), (PartyKind.BANK,))),
    severities=st.sampled_from(((), (Severity.CRITICAL,), (Severity.HIGH,))),
    contacts=st.integers(1, 2),
)
LADDERS = st.builds(
    lambda rungs, until, enough, per_kind: replace(
        outward(INVESTORS),
        steps=tuple(sorted(rungs, key=lambda rung: rung.offset)),
        until=until,
        enough=enough,
        per_kind=per_kind,
    ),
    st.lists(RUNGS, min_size=1, max_size=4),
    st.sampled_from((Until.ACTED, Until.COMMITTED)),
    st.sampled_from((None, 0, 1, 2)),
    st.booleans(),
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ("wait", "wait", "jump", "skip", "acts", "promises", "declines", "graver", "replan",
             "freeze", "outage")
        ),
        st.integers(0, 30),
        st.sampled_from(("fjord-mail", "bright-mail")),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(ladder=LADDERS, acts=ACTS, replanned=LADDERS)
def test_each_rung_comes_once_and_never_early(ladder, acts, replanned) -> None:  # type: ignore[no-untyped-def]
    story = Story().report(tracks=(ladder,), candidates=BOTH)
    released = story.now
    _release(story)
    jumped: dict[int, datetime] = {}
    for act, number, who in acts:
        _carry_out(story, act, number, who, replanned, jumped)
    story.after(days=5)
    _no_rung_early(story, released, jumped)
    _each_rung_once(story)
    _replays(story)


@settings(max_examples=15, deadline=None)
@given(ladder=LADDERS, acts=ACTS)
def test_a_track_is_quiet_exactly_when_so_many_did_it(ladder, acts) -> None:  # type: ignore[no-untyped-def]
    story = Story().report(tracks=(ladder,), candidates=BOTH)
    _release(story)
    for act, number, who in acts:
        if act not in ("replan",):
            _carry_out(story, act, number, who, ladder, {})
        state = story.case.track(INVESTORS)
        assert state is not None
        mine = [a for a in story.case.alerts if a.track is INVESTORS]
        left = [a for a in mine if a.status not in (AlertStatus.CLOSED, AlertStatus.DECLINED)]
        if enough(state) != EACH and not ladder.per_kind:
            did = sum(counts(state, alert) for alert in left)
            assert quiet(story.case, INVESTORS) is (did >= enough(state))
        elif quiet(story.case, INVESTORS):
            assert any(counts(state, alert) for alert in left)


def _release(story: Story) -> None:
    from tests.harness.records import for_companies

    record = for_companies(story.now, partner="p")
    record.pop("local_partner", None)
    story.release(
        INVESTORS, local_partner="p", **(record | {"expires_at": story.now + timedelta(days=90)})
    )


def _carry_out(story, act, number, who, other, jumped) -> None:  # type: ignore[no-untyped-def]
    case = story.case
    state = case.track(INVESTORS)
    try:
        if act == "wait":
            story.after(hours=number)
        elif act == "outage":
            story.outage(hours=number)
        elif act == "jump":
            step = state.step + number % 3
            jumped.setdefault(step, story.now)
            story.send(
                c.JumpStep(inbox=story.inbox(), case=case.id, track=INVESTORS, step=step,
                           by="ana", why="faster")
            )  # fmt: skip
        elif act == "skip":
            story.send(
                c.SkipStep(inbox=story.inbox(), case=case.id, track=INVESTORS, step=state.step,
                           by="ana", why="wish")
            )  # fmt: skip
        elif act == "acts":
            story.acts(who)
        elif act == "promises":
            due = story.now + timedelta(hours=number + 1)
            story.promises(who, ActionKind.LETTER, due=due)
        elif act == "declines":
            story.answer(who, ResponseKind.DECLINED)
        elif act == "freeze":
            story.freeze(INVESTORS).lifted(INVESTORS)
        elif act == "graver":
            story.report(
                an_event("early_warning"), severity=Severity.CRITICAL, tracks=(), candidates=()
            )
        elif act == "replan":
            found = Candidates(world="w2", severity=case.severity, tracks=(other,), candidates=BOTH)
            digest = difference(case, found).digest
            story.send(
                c.Replan(inbox=story.inbox(), case=case.id, by="ana", candidates=found,
                         difference=digest)
            )  # fmt: skip
    except Refusal:
        jumped.pop(-1, None)


def _no_rung_early(story: Story, released: datetime, jumped: dict[int, datetime]) -> None:
    case = Case()
    for fact in story.facts:
        if isinstance(fact, f.StepFired) and fact.track is INVESTORS:
            state = case.track(INVESTORS)
            assert state is not None
            planned = released + timedelta(seconds=state.track.steps[fact.step].offset)
            assert fact.due_at >= min(planned, jumped.get(fact.step, planned))
        case = evolve(case, fact)


def _each_rung_once(story: Story) -> None:
    """Fired, gave way, or was left out by a person: one of them, and in the end each of them."""
    state = story.case.track(INVESTORS)
    assert state is not None
    ended = Counter(
        fact.step
        for fact in story.facts
        if isinstance(fact, f.StepFired | f.StepSuperseded | f.StepLeftOut)
        and fact.track is INVESTORS
    )
    assert all(count == 1 for count in ended.values()), ended
    if not state.frozen:
        assert sorted(ended) == list(range(len(state.track.steps))), "none is lost"


def _replays(story: Story) -> None:
    again = Case()
    for fact in story.facts:
        again = evolve(again, f.load_fact(f.dump_fact(fact)))
    assert again == replace(story.case, around=again.around)
