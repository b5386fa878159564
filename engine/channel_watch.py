"""Tells when a channel as a whole fails, so that a person is paged on the others; and when it works
again, so that nobody waits any longer for what it kept back.

One process counts what it tried itself.
"""

from dataclasses import dataclass

from engine.case.commands import RaiseIncident
from notifiers.outcome import Outcome, OutcomeReason, OutcomeState
from schemas.codes import IncidentCode

IN_A_ROW = 5
"""Failures without a success between them."""
FOR_SECONDS = 60.0
"""So long must they go on, unless the fault is the channel's own."""
AGAIN_AFTER = 60.0
"""Seconds between two times that a channel is said to work again: what fails whatever the channel
does, a number that a gateway cannot serve, is not tried at every success of another."""


@dataclass(slots=True)
class _Run:
    """Failures in a row on one channel."""

    since: float
    count: int = 0
    own: int = 0
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksAgain:
    """Something got through on this channel: the first since it failed, or since we started."""

    channel: str


class ChannelWatch:
    """Counts outcomes per channel. One incident per run of failures."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._works_since: dict[str, float] = {}

    def saw(
        self, channel: str, outcome: Outcome, *, begun: float, at: float
    ) -> RaiseIncident | WorksAgain | None:
        """Take an outcome; return what is to be done about its channel. Times: monotonic."""
        if outcome.reason.answered:
            return self._works(channel, at)
        ours = outcome.reason in (OutcomeReason.CALLED_OFF, OutcomeReason.CUT_OFF)
        if ours or (
            outcome.state is OutcomeState.FAILED_PERMANENT and not outcome.reason.channel_wide
        ):
            return None  # nothing was sent: it says nothing of the channel
        if outcome.reason.way_was_shut and begun < self._works_since.get(channel, begun):
            return WorksAgain(channel=channel)  # it hung while another got through
        run = self._runs.setdefault(channel, _Run(since=at))
        run.count += 1
        run.own += int(outcome.reason.channel_wide)
        long_enough = run.count >= IN_A_ROW and at - run.since >= FOR_SECONDS
        if run.told or not (long_enough or run.own >= IN_A_ROW):
            return None
        run.told = True
        return RaiseIncident(code=IncidentCode.CHANNEL_FAILING, key=channel)

    def not_told(self, channel: str) -> None:
        """The incident could not be stored: the next failure raises it again."""
        run = self._runs.get(channel)
        if run is not None:
            run.told = False

    def _works(self, channel: str, at: float) -> WorksAgain | None:
        run = self._runs.pop(channel, None)
        since = self._works_since.get(channel)
        if since is not None:
            short = run is None or run.count < IN_A_ROW
            if short or at - since < AGAIN_AFTER:
                return None
        self._works_since[channel] = at
        return WorksAgain(channel=channel)
