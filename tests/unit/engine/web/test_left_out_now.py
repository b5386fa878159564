"""Why somebody is not told, as it is now: what a plan said of consent is soon untrue."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.around import Beside
from engine.case.protect import judge_party
from engine.store.told import Given
from engine.web.holder.english import PROMISE_OVER, answer
from engine.web.told import BY_CONSENT, NotTold, as_it_is_now, not_told
from schemas import facts as f
from schemas.codes import Mode, TrackName
from schemas.consent import Consent
from schemas.linked import Strictures
from schemas.plan import Reason
from schemas.responses import WithdrawnBecause
from tests.unit.engine.case.builders import OUTWARD, Story, a_consent, at

MISSIONS = TrackName.MISSIONS
THEIRS = "hotline-two/s2"
NOW = "Tue 22:00"

audiences = st.lists(st.sampled_from((*OUTWARD, TrackName.DUTY)), min_size=1, unique=True)
ends = st.sampled_from((None, timedelta(hours=-1), timedelta(days=1)))


@st.composite
def consents(draw: st.DrawFn) -> Consent:
    """Whatever somebody may have said by now."""
    end = draw(ends)
    return a_consent(
        *draw(audiences),
        mode=draw(st.sampled_from(Mode)),
        until=None if end is None else at(NOW) + end,
        revoked=draw(st.booleans()),
    )


def _unasked() -> Story:
    """A case whose parties were planned before anybody was asked."""
    return Story(consents=()).report().when(NOW)


def _linked(story: Story, *theirs: Consent) -> Story:
    """Linked with a case whose person said this; with one that was not asked, where nothing is."""
    story.around(linked=(Beside(case="other", consents=theirs),))
    asks = Strictures(subjects=(THEIRS,), mode_ceiling=Mode.PRIVATE)
    return story.send(
        c.BeLinked(case=story.case.id, other="other", ref="REF-other", by="ana", strictures=asks)
    )


def _left_out(story: Story) -> list[NotTold]:
    return list(not_told(story.case, story.of(f.Planned)))


def _shown(story: Story) -> dict[str, Reason]:
    now = (as_it_is_now(out, story.case, story.now) for out in _left_out(story))
    return {out.party: out.reason for out in now if out is not None}


@given(mine=consents(), theirs=st.none() | st.just(()) | st.tuples(consents()))
def test_the_reason_shown_is_what_the_guard_would_answer_now(
    mine: Consent, theirs: tuple[Consent, ...] | None
) -> None:
    story = _unasked().consent("revoked" if mine.revoked else "granted", mine)
    if theirs is not None:
        _linked(story, *theirs)

    for out in _left_out(story):
        assert out.track is not None
        shown = as_it_is_now(out, story.case, story.now)
        verdict = judge_party(story.case, track=out.track, party=out.party, now=story.now)
        if out.reason not in BY_CONSENT:
            assert shown is out
        elif shown is not None:
            assert shown.reason is verdict.reason, out
        else:
            assert verdict.allowed or verdict.reason not in {*BY_CONSENT, Reason.CONSENT_REVOKED}


def test_whom_the_other_of_two_linked_cases_forbids_stays_on_the_list() -> None:
    """The person allowed embassies; the person of the linked case was not asked: they vanished."""
    story = _unasked().consent("granted", a_consent(MISSIONS))
    assert "embassy" not in _shown(story)

    _linked(story)

    assert _shown(story)["embassy"] is Reason.LINKED


def test_a_track_that_a_person_made_louder_is_judged_by_what_it_is_now() -> None:
    story = _unasked().consent("granted", a_consent(MISSIONS, mode=Mode.QUIET))
    assert "embassy" not in _shown(story)

    louder = c.RaiseMode(
        inbox=story.inbox(), case=story.case.id, mode=Mode.PRIVATE, by="ana", track=MISSIONS
    )
    story.send(louder)

    assert _shown(story)["embassy"] is Reason.CONSENT_MODE


def test_whoever_was_told_is_not_said_to_be_left_out_for_want_of_consent() -> None:
    """An embassy was told on Friday, and read out as one that nobody had allowed to tell."""
    story = _unasked().consent("granted", a_consent(MISSIONS)).release(MISSIONS)
    assert story.alert("embassy").tell_no

    left = {out.party for out in _left_out(story)}

    assert "embassy" not in left and "haldane" in left


@pytest.mark.parametrize("reason", WithdrawnBecause)
def test_whoever_holds_the_consent_reads_why_a_promise_is_none_any_more(
    reason: WithdrawnBecause,
) -> None:
    """The visit had been called off, and they were read that it was promised."""
    over = f.PromiseWithdrawn(alert="a1", action="p1", by="ana", way="", at=at(NOW), reason=reason)

    said = answer(Given(at=at(NOW), fact=over), zone=ZoneInfo("UTC"))

    assert said == f"Tue 2 March, 22:00: {PROMISE_OVER[reason]}."
