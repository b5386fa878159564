"""Gates: who lets a track tell anybody, on what record, and until when."""

from datetime import timedelta

from engine.case import commands as c
from engine.case import modes, preflight, tasks, telling, times
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal
from engine.case.evolve_gates import earlier, later, releasers
from engine.case.freezing import must_be_open, track_of
from engine.case.state import AlertStatus, TrackState
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason, Spread
from schemas.projection import CALLED_OFF
from schemas.responses import RefusedBecause


def release(draft: Draft, command: c.Release) -> None:
    """A person allows a track; when everybody needed has, its parties are told in this decision.

    Releasing a running track again tells the parties that were found or consented to since; it
    takes as many people as the first time. A record may name when it starts: nobody is told before,
    and released again before then it starts as that record says.
    """
    must_be_open(draft.case)
    expire(draft, track_of(draft.case, command.track))
    state = track_of(draft.case, command.track)
    record = command.record
    preflight.sound(record, state, now=draft.now)
    running = state.anchor_at is not None
    agreed = state.again_by if running else state.released_by
    if command.by == state.joint_by:
        raise Refusal(
            RefusedBecause.SAME_PERSON,
            "You proposed this joint action; two others release it.",
        )
    if command.by in agreed:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to release this track.")
    if record.agrees_with and record.agrees_with != state.record:
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            "agrees_with: the record that waits is another one; read it, then agree with it.",
        )
    lacks = preflight.missing(draft.case, state, record)
    if lacks:
        raise Refusal(RefusedBecause.INCOMPLETE, "preflight: " + ", ".join(lacks))
    until = earlier(state.given_until, record.expires_at)
    starts_at = later(state.given_start, record.starts_at)
    begun = state.anchor_at is not None and state.anchor_at <= draft.now
    draft.add(_given(draft, command))
    if len(agreed) + 1 < releasers(state):
        return
    if running and begun:
        spread = Spread.NEXT if telling.one_at_a_time(draft.case, command.track) else Spread.ALL
        telling.tell_track(draft, command.track, spread=spread, by_hand=True)
    else:
        by = (*agreed, command.by)
        later_on = starts_at is not None and starts_at > draft.now
        draft.add(
            f.TrackReleased(
                track=command.track,
                at=draft.now,
                by=by,
                until=until
                or (state.release_until if running else None)
                or preflight.latest_end(state, starts_at, now=draft.now),
                starts_at=starts_at if later_on else None,
                frees=telling.released_with(draft.case, command.track) if later_on else (),
            )
        )
        tasks.drop_tasks(draft, "triage")
    tasks.drop_tasks(draft, "release", detail=command.track.value)
    if until is not None:  # Of an end that nobody chose, its own time reminds: it is asked anew.
        remind(draft, command.track)


def propose_joint(draft: Draft, command: c.ProposeJoint) -> None:
    """A person proposes joint action: the gate closes until two others release it, on a record.

    That only tightens, so it holds at once; what was released so far was released for each alone.
    """
    must_be_open(draft.case)
    state = track_of(draft.case, command.track)
    if not command.track.outward:
        raise Refusal(RefusedBecause.NO_SUCH_TRACK, "Only outward tracks act jointly.")
    if not modes.allowed(draft.case, command.action, on=command.track):
        raise Refusal(
            RefusedBecause.GUARD,
            "mode: this action is public by its nature, and louder than the case allows.",
        )
    draft.add(
        f.JointProposed(track=command.track, by=command.by, at=draft.now, action=command.action)
    )
    if state.anchor_at is not None:
        _call_off(draft, command.track, reason="joint_proposed")
    tasks.drop_tasks(draft, "release_ends", detail=command.track.value)
    ask_for_releases(draft)


def withdraw(draft: Draft, command: c.WithdrawRelease) -> None:
    """A person takes a release back, at once: whatever has not left stays.

    Nobody is asked to release it again until something new comes: it was just decided.
    """
    must_be_open(draft.case)
    state = track_of(draft.case, command.track)
    if state.anchor_at is None and not state.released_by:
        raise Refusal(RefusedBecause.NOT_PROPOSED, "Nobody has released this track.")
    draft.add(
        f.ReleaseWithdrawn(
            track=command.track, by=command.by, at=draft.now, why=command.why, note=command.note
        )
    )
    _call_off(draft, command.track, reason="release_withdrawn")
    for kind in ("release_ends", "still_right", "release", "nobody_left", "protocol_over"):
        tasks.drop_tasks(draft, kind, detail=command.track.value)


def expire(draft: Draft, state: TrackState) -> bool:
    """Close a gate whose release has run out by now; whether anything ran out."""
    name = state.track.name
    if state.release_until is not None and state.release_until <= draft.now:
        draft.add(f.ReleaseExpired(track=name, at=draft.now))
        _call_off(draft, name, reason="release_expired")
        tasks.drop_tasks(draft, "release_ends", detail=name.value)
        if state.protocol:
            tasks.raise_task(draft, "protocol_over", detail=name.value)
        ask_for_releases(draft)
        return True
    if state.given_until is not None and state.given_until <= draft.now:
        draft.add(f.ReleaseExpired(track=name, at=draft.now, pending=True))
        return True
    return False


def remind(draft: Draft, name: TrackName) -> None:
    """Ask a person in good time whether a release that runs out is given again."""
    state = track_of(draft.case, name)
    tasks.drop_tasks(draft, "release_ends", detail=name.value)
    if state.release_until is None:
        return
    left = state.release_until - draft.now
    ahead: timedelta = min(times.ANSWER_WITHIN[draft.case.severity], left / 2)
    tasks.raise_task(draft, "release_ends", detail=name.value, due_at=state.release_until - ahead)


def _given(draft: Draft, command: c.Release) -> f.ReleaseGiven:
    record = command.record
    return f.ReleaseGiven(
        track=command.track,
        by=command.by,
        at=draft.now,
        record=record.id,
        why=record.why,
        how=record.how,
        reprisal_forecast=record.reprisal_forecast,
        wishes_read=record.wishes_read,
        local_partner=record.local_partner,
        expires_at=record.expires_at,
        controllers=command.controllers,
        note=record.note,
        whether=record.whether,
        risk_of_waiting=record.risk_of_waiting,
        preflight=record.preflight,
        agrees_with=record.agrees_with,
        starts_at=record.starts_at,
    )


def _call_off(draft: Draft, name: TrackName, *, reason: str) -> None:
    """Nothing of this track leaves any more; whoever was told already is asked nothing by this."""
    mine = [alert for alert in draft.case.alerts if alert.track is name]
    draft.add(
        f.NoticesCancelled(
            alerts=tuple(alert.id for alert in mine), purposes=CALLED_OFF, reason=reason
        )
    )
    for alert in mine:
        if alert.status is AlertStatus.WAITING and not alert.handed_off:
            draft.add(
                f.AlertWithheld(alert=alert.id, reason=Reason.GATE_CLOSED, untold=alert.untold)
            )
