"""Over random people and sequences: a gate stands open exactly when a plain reading says so."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.draft import Refusal
from engine.case.evolve import evolve
from engine.case.state import Case, dump_case, load_case
from schemas import facts as f
from schemas.codes import ActionKind, Severity, TrackName
from schemas.plan import Gate as Kind
from tests.harness.records import for_companies
from tests.unit.engine.case.builders import HALDANE, Story, outward
from tests.unit.engine.case.gate_reference import Gate, Need
from tests.unit.engine.case.test_necessity import a_case as a_need
from tests.unit.engine.case.test_necessity import decided, withdrawn

COMPANIES, PROTECTION = TrackName.COMPANIES, TrackName.PROTECTION
_WHO = st.sampled_from(("ana", "ben", "chi", "dia"))
_PAUSE = st.integers(0, 180).map(lambda minutes: timedelta(minutes=minutes))
_ENDS = st.one_of(st.none(), st.integers(-10, 240).map(lambda minutes: timedelta(minutes=minutes)))

_RELEASES = st.lists(
    st.one_of(
        st.tuples(st.just("release"), _WHO, _ENDS),
        st.tuples(st.just("joint"), _WHO, st.none()),
        st.tuples(st.just("wait"), st.none(), _PAUSE),
        st.tuples(st.just("bare"), _WHO, st.none()),
    ),
    max_size=12,
)
_NEEDS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("decide", "withdraw")), _WHO, st.none()),
        st.tuples(st.just("wait"), st.none(), _PAUSE),
    ),
    max_size=10,
)


def _taken(story: Story, command: Any) -> bool:
    try:
        story.send(command)
    except Refusal:
        return False
    return True


def _replayed(story: Story) -> Case:
    case = Case(id=story.case.id, around=story.case.around)
    for fact in story.facts:
        case = evolve(case, f.load_fact(f.dump_fact(fact)))
    return replace(case, around=story.case.around)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from((Kind.RELEASE, Kind.RELEASE_TWO, Kind.PROTOCOL)), steps=_RELEASES)
def test_a_gate_opens_on_exactly_what_it_demands_and_shuts_to_the_minute(
    kind: Kind, steps: list[tuple[str, Any, Any]]
) -> None:
    story = Story().report(tracks=(outward(COMPANIES, gate=kind),), candidates=(HALDANE,))
    plain = Gate(needs=2 if kind is Kind.RELEASE_TWO else 1)
    for step, who, what in steps:
        if step == "wait":
            story.until(story.now + what)
        elif step == "joint":
            story.send(
                c.ProposeJoint(
                    inbox=story.inbox(), case=story.case.id, track=COMPANIES,
                    action=ActionKind.LETTER, by=who,
                )
            )  # fmt: skip
            plain.joint(who)
        elif step == "bare":
            bare = replace(story.a_release(COMPANIES, by=who), record=_bare(story))
            assert not _taken(story, bare), "a record that lacks anything opens nothing"
        else:
            until = story.now + (timedelta(days=9) if what is None else what)
            record = for_companies(story.now) | {"expires_at": until}
            command = story.a_release(COMPANIES, by=who, **record)
            assert _taken(story, command) is plain.release(who, until, now=story.now)
        plain.pass_time(story.now)
        state = story.track(COMPANIES)
        assert state.open_at(story.now) is plain.opened
        assert state.release_until == plain.until
        assert story.told(last=True) == [] or plain.opened, "nobody is told through a shut gate"
    stored = load_case(dump_case(_replayed(story)))
    assert stored.tracks == story.case.tracks, "the journal gives the same gates"


def _bare(story: Story) -> c.ReleaseRecord:
    return c.ReleaseRecord(id="bare", why="leverage", reprisal_forecast="low", wishes_read=True)


@settings(max_examples=60, deadline=None)
@given(severity=st.sampled_from((Severity.CRITICAL, Severity.HIGH)), steps=_NEEDS)
def test_necessity_holds_exactly_while_one_waits_for_review_or_two_agreed(
    severity: Severity, steps: list[tuple[str, Any, Any]]
) -> None:
    story = a_need(severity)
    plain = Need(critical=severity is Severity.CRITICAL)
    for step, who, what in steps:
        if step == "wait":
            story.until(story.now + what)
            plain.pass_time(story.now)
        elif step == "decide":
            assert _taken(story, decided(story, by=who)) is plain.decide(who, story.now)
        else:
            assert _taken(story, withdrawn(story, by=who)) is plain.withdraw()
        known = story.case.necessity
        assert (known is not None and known.holds_at(story.now)) is plain.holds
        assert story.track(PROTECTION).open_at(story.now) is plain.holds
        told = [x for x in story.of(f.Told, last=True) if x.track.outward or x.track is PROTECTION]
        assert all(x.track is PROTECTION for x in told)
        assert plain.holds or all(x.purpose.value == "stand_down" for x in told)
    assert load_case(dump_case(_replayed(story))).necessity == story.case.necessity
