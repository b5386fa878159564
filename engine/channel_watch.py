"""Tells when a channel as a whole fails, so that a person is paged on the others."""

from dataclasses import dataclass

from engine.case.commands import RaiseIncident
from notifiers.outcome import Outcome, OutcomeReason, OutcomeState
from schemas.codes import IncidentCode

IN_A_ROW = 5
"""Failures without a success between them."""
FOR_SECONDS = 60.0
"""So long must they go on, unless the fault is the channel's own."""


@dataclass(slots=True)
class _Run:
    """Failures in a row on one channel."""

    since: float
    count: int = 0
    own: int = 0
    told: bool = False


class ChannelWatch:
    """Counts outcomes per channel. One incident per run of failures."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}

    def saw(self, channel: str, outcome: Outcome, *, at: float) -> RaiseIncident | None:
        """Take an outcome, at this monotonic time; return the incident to raise, if it is time."""
        reason = outcome.reason
        if reason in (OutcomeReason.CALLED_OFF, OutcomeReason.CUT_OFF):
            return None  # that was us
        if reason.answered:
            self._runs.pop(channel, None)  # the channel works; one address may not
            return None
        if outcome.state is OutcomeState.FAILED_PERMANENT:
            return None  # nothing was sent, for a reason of this message's own
        run = self._runs.setdefault(channel, _Run(since=at))
        run.count += 1
        run.own += int(reason.channel_wide)
        long_enough = run.count >= IN_A_ROW and at - run.since >= FOR_SECONDS
        if run.told or not (long_enough or run.own >= IN_A_ROW):
            return None
        run.told = True
        return RaiseIncident(code=IncidentCode.CHANNEL_FAILING, key=channel)
