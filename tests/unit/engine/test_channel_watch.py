"""When a channel counts as failing, and that somebody hears of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.channel_watch import FOR_SECONDS, IN_A_ROW, ChannelWatch
from notifiers.outcome import Outcome, OutcomeReason, OutcomeState
from schemas.codes import IncidentCode


def saw(watch: ChannelWatch, *reasons: OutcomeReason, every: float = FOR_SECONDS) -> list[str]:
    """What is raised over these outcomes of one channel, so many seconds apart."""
    found = (
        watch.saw("sms", Outcome.of(reason), at=every * n) for n, reason in enumerate(reasons, 1)
    )
    return [f"{incident.code}:{incident.key}" for incident in found if incident is not None]


FAILING = f"{IncidentCode.CHANNEL_FAILING}:sms"


def test_a_gateway_that_is_away_is_told_once_after_a_while() -> None:
    assert saw(ChannelWatch(), *[OutcomeReason.UNREACHABLE] * 3 * IN_A_ROW) == [FAILING]


def test_a_short_gap_is_nobodys_business() -> None:
    seconds = FOR_SECONDS / (2 * IN_A_ROW)

    assert saw(ChannelWatch(), *[OutcomeReason.TIMEOUT] * IN_A_ROW, every=seconds) == []


def test_a_wrong_password_is_told_at_once() -> None:
    assert saw(ChannelWatch(), *[OutcomeReason.AUTH_ERROR] * IN_A_ROW, every=0.1) == [FAILING]


@pytest.mark.parametrize("reason", [r for r in OutcomeReason if r.answered])
def test_whoever_answers_shows_that_the_channel_works(reason: OutcomeReason) -> None:
    almost = [OutcomeReason.UNREACHABLE] * (IN_A_ROW - 1)

    assert saw(ChannelWatch(), *almost, reason, *almost) == []


@pytest.mark.parametrize(
    "reason",
    [OutcomeReason.BAD_ADDRESS, OutcomeReason.UNSAFE_MESSAGE, OutcomeReason.PRIVATE_ADDRESS],
)
def test_what_we_kept_back_ourselves_does_not_speak_for_the_channel(reason: OutcomeReason) -> None:
    """One number mistyped in the registry, tried in between, once hid a gateway that was away."""
    mixed = [OutcomeReason.UNREACHABLE, reason] * IN_A_ROW

    assert saw(ChannelWatch(), *mixed) == [FAILING]
    assert saw(ChannelWatch(), *[reason] * 3 * IN_A_ROW) == []


@given(st.lists(st.sampled_from(OutcomeReason), max_size=60))
def test_a_run_without_an_answer_is_told_and_one_with_none_missing_is_not(
    reasons: list[OutcomeReason],
) -> None:
    """The same, counted from the end instead of from the beginning."""
    since = [*reasons]
    while any(reason.answered for reason in since):
        since.pop(0)
    ours = (OutcomeReason.CALLED_OFF, OutcomeReason.CUT_OFF)
    failures = [
        reason
        for reason in since
        if reason not in ours and reason.state is not OutcomeState.FAILED_PERMANENT
    ]
    watch = ChannelWatch()

    told_before = saw(watch, *reasons[: len(reasons) - len(since)])
    told = saw(watch, *since)

    assert told == ([FAILING] if len(failures) >= IN_A_ROW else [])
    assert set(told_before) <= {FAILING}
