"""When a channel as a whole fails, and when it works again."""

import pytest

from engine.case.commands import RaiseIncident
from engine.channel_watch import AGAIN_AFTER, FOR_SECONDS, IN_A_ROW, ChannelWatch, WorksAgain
from notifiers.outcome import Outcome, OutcomeReason

SENT = Outcome.of(OutcomeReason.ACCEPTED)
AWAY = Outcome.of(OutcomeReason.UNREACHABLE)
SMS = WorksAgain(channel="sms")


def see(watch: ChannelWatch, outcome: Outcome, *, at: float) -> RaiseIncident | WorksAgain | None:
    """A try that was over as soon as it had begun."""
    return watch.saw("sms", outcome, begun=at, at=at)


@pytest.fixture
def watch() -> ChannelWatch:
    """One that has seen the channel work."""
    watch = ChannelWatch()
    see(watch, SENT, at=-AGAIN_AFTER)
    return watch


def test_the_first_message_after_a_start_hastens_what_the_engine_before_could_not_send() -> None:
    watch = ChannelWatch()
    assert see(watch, SENT, at=0.0) == SMS
    assert see(watch, SENT, at=1.0) is None
    found = watch.saw("email", SENT, begun=1.0, at=1.0)
    assert found == WorksAgain(channel="email")


def test_the_first_message_after_as_many_failures_as_make_a_run_hastens_the_others(
    watch: ChannelWatch,
) -> None:
    for n in range(IN_A_ROW):
        assert see(watch, AWAY, at=n) is None
    assert see(watch, SENT, at=9.0) == SMS
    assert see(watch, SENT, at=10.0) is None


def test_a_failure_now_and_then_hastens_nobody(watch: ChannelWatch) -> None:
    for n in range(3 * IN_A_ROW):
        for _ in range(IN_A_ROW - 1):
            see(watch, AWAY, at=float(n))
        assert see(watch, SENT, at=float(n)) is None


def test_a_message_that_nobody_will_take_says_as_well_that_the_channel_works(
    watch: ChannelWatch,
) -> None:
    for n in range(IN_A_ROW):
        see(watch, AWAY, at=n)
    assert see(watch, Outcome.of(OutcomeReason.REFUSED_ADDRESS), at=9.0) == SMS


@pytest.mark.parametrize(
    "reason",
    [OutcomeReason.CALLED_OFF, OutcomeReason.CUT_OFF, OutcomeReason.BAD_ADDRESS,
     OutcomeReason.UNSAFE_MESSAGE, OutcomeReason.PRIVATE_ADDRESS],
)  # fmt: skip
def test_what_was_never_sent_says_nothing_of_the_channel(
    watch: ChannelWatch, reason: OutcomeReason
) -> None:
    """One address missing from the registry once said that a dead gateway works."""
    nothing = Outcome.of(reason)
    assert [see(watch, nothing, at=float(n)) for n in range(99)] == [None] * 99
    for n in range(IN_A_ROW):
        see(watch, AWAY, at=100.0 + n)
        assert see(watch, nothing, at=100.0 + n) is None
    assert see(watch, SENT, at=110.0) == SMS, "and the run of failures went on"


def test_what_hung_while_another_got_through_is_hastened_as_well(watch: ChannelWatch) -> None:
    """Such a try failed after the others had been hastened, and waited five minutes alone."""
    for n in range(IN_A_ROW):
        see(watch, AWAY, at=n)
    assert see(watch, SENT, at=9.0) == SMS
    hung = Outcome.of(OutcomeReason.TIMEOUT)
    assert watch.saw("sms", hung, begun=8.0, at=38.0) == SMS
    assert watch.saw("sms", hung, begun=10.0, at=40.0) is None


def test_numbers_that_a_gateway_never_serves_are_not_tried_at_every_success_of_another(
    watch: ChannelWatch,
) -> None:
    broken = Outcome.of(OutcomeReason.SERVER_ERROR)
    hastened = 0
    for second in range(600):
        for _ in range(IN_A_ROW):
            see(watch, broken, at=float(second))
        hastened += see(watch, SENT, at=float(second)) == SMS
    assert hastened == 600 / AGAIN_AFTER


def test_an_incident_that_could_not_be_stored_is_raised_by_the_next_failure(
    watch: ChannelWatch,
) -> None:
    wrong = Outcome.of(OutcomeReason.AUTH_ERROR)
    for _ in range(IN_A_ROW):
        found = see(watch, wrong, at=1.0)
    assert isinstance(found, RaiseIncident)
    assert see(watch, wrong, at=2.0) is None
    watch.not_told("sms")
    assert see(watch, wrong, at=3.0) == found


def test_duty_is_called_once_for_each_run_of_failures(watch: ChannelWatch) -> None:
    for _ in range(2):
        found = [see(watch, AWAY, at=n * FOR_SECONDS / 4) for n in range(12)]
        incidents = [each for each in found if isinstance(each, RaiseIncident)]
        assert [each.key for each in incidents] == ["sms"]
        assert found.index(incidents[0]) == IN_A_ROW - 1
        see(watch, SENT, at=0.0)


def test_a_fault_of_the_channel_itself_is_told_without_waiting(watch: ChannelWatch) -> None:
    wrong = Outcome.of(OutcomeReason.AUTH_ERROR)
    found = [see(watch, wrong, at=0.1) for _ in range(IN_A_ROW)]
    assert [each is None for each in found] == [True] * (IN_A_ROW - 1) + [False]
