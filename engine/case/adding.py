"""A person puts a party of the registry on a track that no rule had put it on."""

from engine.case import commands as c
from engine.case import ids, reprisals
from engine.case.arrival import ask_for_releases, wait_for_release
from engine.case.draft import Draft, Refusal
from engine.case.freezing import must_be_open
from engine.case.protect import WAITING_ONLY, judge_contact, judge_party
from engine.case.state import Alert
from rules import reaching
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Candidate, Reason, Remedy, Verdict
from schemas.reason import REMEDIES
from schemas.responses import RefusedBecause


def add(draft: Draft, command: c.AddRecipient) -> None:
    """Plan it, through the guard; the release of its track tells it, by as many people as ever.

    Whoever may not know is never added. The refusal names the reason and what would turn it.
    """
    must_be_open(draft.case)
    case, name, party = draft.case, command.track, command.party
    if name is TrackName.DUTY:
        raise Refusal(RefusedBecause.NO_SUCH_TRACK, "Duty's people are on the roster.")
    state = case.track(name)
    if state is None and (command.ladder is None or command.ladder.name is not name):
        raise Refusal(RefusedBecause.NO_SUCH_TRACK, "Neither the case nor the rulebook has it.")
    known = next((a for a in case.alerts if (a.track, a.party) == (name, party)), None)
    if known is not None and known.reason is not Reason.NOT_CHOSEN:
        raise Refusal(RefusedBecause.INCOMPLETE, "It stands on this track already.")
    mode = command.ladder.mode if state is None and command.ladder is not None else None
    verdict = judge_party(case, track=name, party=party, now=draft.now, mode=mode)
    if not verdict.allowed and verdict.reason not in WAITING_ONLY:
        raise _no(verdict.reason, verdict.remedy)
    alert = ids.alert_id(case.id, name, party)
    candidate = reaching.by_hand(
        case.around.registry,
        track=name,
        party=party,
        rank=1 + max((a.rank for a in case.alerts if a.track is name), default=-1),
        exercise=case.exercise,
    )
    if known is not None:
        draft.add(f.AlertWithheld(alert=alert, reason=Reason.GATE_CLOSED))
    else:
        _plan(draft, command, candidate, alert)
    draft.add(
        f.RecipientAdded(
            alert=alert,
            track=name,
            party=party,
            by=command.by,
            at=draft.now,
            why=command.why,
            note=command.note,
        )
    )
    _must_have_a_way(draft, draft.alert(alert))
    ask_for_releases(draft)


def _plan(draft: Draft, command: c.AddRecipient, candidate: Candidate, alert: str) -> None:
    case = draft.case
    ref = ids.alert_ref(case.around.ref_key, alert, extra=case.around.ref_extra)
    missing = case.track(command.track) is None and command.ladder is not None
    tracks = (command.ladder,) if missing and command.ladder is not None else ()
    draft.add(
        f.Planned(
            plan_no=case.plan_no + 1,
            world="",
            policy="",
            rules=(),
            at=draft.now,
            tracks=tracks,
            alerts=(f.PlannedAlert(alert=alert, ref=ref, candidate=candidate),),
        )
    )
    wait_for_release(draft, case, (alert,))
    reprisals.keep_frozen(draft, tuple(track.name for track in tracks))


def _must_have_a_way(draft: Draft, alert: Alert) -> None:
    """Raises Refusal when no contact of it may be told: nobody would ever hear of it."""
    first: Verdict | None = None
    for contact in alert.contacts:
        verdict = judge_contact(draft.case, alert, contact, now=draft.now)
        if verdict.allowed or verdict.reason in WAITING_ONLY:
            return
        first = first or verdict
    if first is None:
        raise _no(Reason.NO_ENDPOINT, None)
    raise _no(first.reason, first.remedy)


def _no(reason: Reason, remedy: Remedy | None) -> Refusal:
    return Refusal(RefusedBecause.GUARD, f"{reason.value}/{(remedy or REMEDIES[reason]).value}")
