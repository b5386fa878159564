"""What became of a try."""

import pytest

from notifiers.outcome import Outcome, OutcomeReason, OutcomeState


@pytest.mark.parametrize("reason", list(OutcomeReason))
def test_a_reason_means_one_state(reason: OutcomeReason) -> None:
    assert Outcome.of(reason).state is reason.state
    for state in set(OutcomeState) - {reason.state}:
        with pytest.raises(ValueError, match=str(reason.state)):
            Outcome(state=state, reason=reason)


@pytest.mark.parametrize("reason", [r for r in OutcomeReason if "after_data" in r.value])
def test_what_may_have_left_is_never_called_failed(reason: OutcomeReason) -> None:
    assert reason.state is OutcomeState.UNKNOWN


def test_a_fault_of_our_own_channel_gives_up_on_nobody() -> None:
    """A wrong password must not make every recipient of the house unreachable for good."""
    ours = [reason for reason in OutcomeReason if reason.channel_wide]

    assert OutcomeReason.AUTH_ERROR in ours
    assert all(reason.state is not OutcomeState.FAILED_PERMANENT for reason in ours)


def test_a_providers_id_brings_no_control_characters_along() -> None:
    outcome = Outcome.of(OutcomeReason.ACCEPTED, provider_id="a\r\nb\x1b[31mé" + "x" * 300)

    assert outcome.provider_id.isascii() and outcome.provider_id.isprintable()
    assert len(outcome.provider_id) <= 200


def test_codes_fit_where_they_are_stored() -> None:
    assert all(len(reason.value) <= 40 for reason in OutcomeReason)
