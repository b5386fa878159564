"""Whether a stream consumer may read along now: judged as its own messages are, as a party."""

from datetime import datetime

from engine.case.protect import EXCLUDED, judge_party, judge_stand_down
from engine.case.state import Alert, AlertStatus, Case
from schemas.plan import Reason, Verdict, refused
from schemas.projection import Purpose

_SAYS_NOTHING = (Purpose.STAND_DOWN, Purpose.WAIT)
_ENDED = (AlertStatus.CLOSED, AlertStatus.WITHHELD, AlertStatus.DECLINED)


def may_read(case: Case, alert: Alert, *, purpose: Purpose | None, now: datetime) -> Verdict:
    """Whether this alert's party may read a fact of its own. `purpose`: of a message that left.

    Only what people were told is told to machines: before the first message of an alert left the
    house its party's system hears nothing, or the desk would not know that it was told.
    """
    if not alert.handed_off:
        return refused(Reason.GATE_CLOSED, evidence=alert.track.value)
    if alert.reason in EXCLUDED:
        return refused(alert.reason, evidence=alert.party)
    party = case.around.registry.party(alert.party)
    if party is None or party.exercise is not case.exercise:
        return refused(Reason.EXERCISE if party else Reason.UNKNOWN_PARTY, evidence=alert.party)
    for ground in case.around.excluded.grounds(alert.party):
        if ground.reason is Reason.CONTROLLER_NEEDS_TWO:  # people opened a desk, not every machine
            return refused(ground.reason, evidence=alert.party)
    if purpose in _SAYS_NOTHING:
        return judge_stand_down(case, alert, None, now=now)
    if not case.status.unresolved:
        return refused(Reason.CASE_OVER)
    if alert.status in _ENDED:
        return refused(alert.reason or Reason.DECLINED, evidence=alert.party)
    state = case.track(alert.track)
    if state is None or not state.open_at(now):
        return refused(Reason.GATE_CLOSED, evidence=alert.track.value)
    return judge_party(case, track=alert.track, party=alert.party, now=now)
