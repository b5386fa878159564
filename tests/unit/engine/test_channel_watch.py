"""When a channel as a whole fails, and when it works again."""

import pytest

from engine.case.commands import RaiseIncident
from engine.channel_watch import FOR_SECONDS, IN_A_ROW, ChannelWatch, WorksAgain
from notifiers.outcome import Outcome, OutcomeReason

SENT = Outcome.of(OutcomeReason.ACCEPTED)
AWAY = Outcome.of(OutcomeReason.UNREACHABLE)
SMS = WorksAgain(channel="sms")


@pytest.fixture
def watch() -> ChannelWatch:
    """One that has seen the channel work."""
    watch = ChannelWatch()
    watch.saw("sms", SENT, at=0.0)
    return watch


def test_the_first_message_after_a_start_hastens_what_the_engine_before_could_not_send() -> None:
    watch = ChannelWatch()
    assert watch.saw("sms", SENT, at=0.0) == SMS
    assert watch.saw("sms", SENT, at=1.0) is None
    assert watch.saw("email", SENT, at=1.0) == WorksAgain(channel="email")


def test_the_first_message_after_as_many_failures_as_make_a_run_hastens_the_others(
    watch: ChannelWatch,
) -> None:
    for n in range(IN_A_ROW):
        assert watch.saw("sms", AWAY, at=n) is None
    assert watch.saw("sms", SENT, at=9.0) == SMS
    assert watch.saw("sms", SENT, at=10.0) is None


def test_a_failure_now_and_then_hastens_nobody(watch: ChannelWatch) -> None:
    for n in range(3 * IN_A_ROW):
        for _ in range(IN_A_ROW - 1):
            watch.saw("sms", AWAY, at=float(n))
        assert watch.saw("sms", SENT, at=float(n)) is None


def test_a_message_that_nobody_will_take_says_as_well_that_the_channel_works(
    watch: ChannelWatch,
) -> None:
    for n in range(IN_A_ROW):
        watch.saw("sms", AWAY, at=n)
    assert watch.saw("sms", Outcome.of(OutcomeReason.REFUSED_ADDRESS), at=9.0) == SMS


def test_what_we_stopped_ourselves_says_nothing_of_the_channel(watch: ChannelWatch) -> None:
    ours = Outcome.of(OutcomeReason.CALLED_OFF)
    assert [watch.saw("sms", ours, at=float(n)) for n in range(99)] == [None] * 99
    assert watch.saw("sms", SENT, at=99.0) is None


def test_duty_is_called_once_for_each_run_of_failures(watch: ChannelWatch) -> None:
    for _ in range(2):
        found = [watch.saw("sms", AWAY, at=n * FOR_SECONDS / 4) for n in range(12)]
        incidents = [each for each in found if isinstance(each, RaiseIncident)]
        assert [each.key for each in incidents] == ["sms"]
        assert found.index(incidents[0]) == IN_A_ROW - 1
        watch.saw("sms", SENT, at=0.0)


def test_a_fault_of_the_channel_itself_is_told_without_waiting(watch: ChannelWatch) -> None:
    wrong = Outcome.of(OutcomeReason.AUTH_ERROR)
    found = [watch.saw("sms", wrong, at=0.1) for _ in range(IN_A_ROW)]
    assert [each is None for each in found] == [True] * (IN_A_ROW - 1) + [False]
