"""Please wait: a joint action is halted, and whoever was told of it may be about to act.

They are asked to do nothing until a stated time, and written to again when it goes on.
"""

from engine.case import telling, unheard
from engine.case.draft import Draft
from engine.case.protect import judge_stand_down
from engine.case.state import Alert, AlertStatus, TrackState
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import ContactRef, Reason
from schemas.projection import Purpose


def ask(draft: Draft, name: TrackName, *, before: TrackState | None, but: str) -> None:
    """Ask everybody whom a message of this track reached to wait until its freeze ends.

    `before`: the track before it was frozen, or frozen for longer. `but`: who warned knows already.
    """
    state = draft.case.track(name)
    if state is None:
        return
    held_longer = before is None or before.frozen_until != state.frozen_until
    for alert in draft.case.alerts:
        if alert.track is not name or not _may_act(alert):
            continue
        whom = tuple(
            ref
            for ref in alert.contacts
            if ref.id in alert.reached
            and ref.id not in (but, *alert.dropped_contacts)
            and (held_longer or ref.id not in alert.waits)
            and _can_hear(draft, alert, ref)
        )
        telling.tell(
            draft, draft.alert(alert.id), whom, purpose=Purpose.WAIT, answer_by=state.frozen_until
        )


def over(draft: Draft, name: TrackName) -> None:
    """It goes on: who was asked to wait hears so, as was promised to them."""
    for alert in draft.case.alerts:
        if alert.track is not name or not alert.waits:
            continue
        draft.add(
            f.NoticesCancelled(alerts=(alert.id,), purposes=(Purpose.WAIT,), reason="goes_on")
        )
        if not alert.live:
            continue  # What it did stands; nothing more is asked of it.
        for contact in alert.waits:
            due = next((p.due_at for p in alert.promises if p.by == contact), None)
            if due is not None:
                telling.tell_again(draft, alert.id, contact, purpose=Purpose.REMIND, answer_by=due)
            elif not alert.pledged:
                telling.tell_again(draft, alert.id, contact)


def _may_act(alert: Alert) -> bool:
    return alert.live or alert.status is AlertStatus.ACTED


def _can_hear(draft: Draft, alert: Alert, ref: ContactRef) -> bool:
    """Whether they may be asked; somebody whom no way reaches is phoned."""
    verdict = judge_stand_down(draft.case, alert, ref, now=draft.now)
    if verdict.reason is Reason.NO_ENDPOINT:
        unheard.phone(draft, alert, Purpose.WAIT)
    return verdict.allowed
