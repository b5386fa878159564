"""Telling duty: never gated, never limited, never guarded away (design section 5.12)."""

from collections.abc import Iterable

from engine.case import ids, times
from engine.case.draft import Draft
from engine.case.protect import endpoint_id
from engine.case.state import AlertStatus, Case
from rules import roster as rota
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Oncall
from schemas.projection import Purpose
from schemas.roster import DutyPerson, Role


def page_roles(draft: Draft, roles: Iterable[str], *, besides: bool = False) -> bool:
    """Tell whoever is on duty in these roles now. False when there is nobody at all.

    `besides`: besides duty's ladder, which tells nobody twice in one decision.
    """
    oncall: dict[str, Oncall] = {}
    for role in roles:
        for person in _willing(draft, Role(role)):
            oncall.setdefault(person.person, person)
    for person in oncall.values():
        if besides and _paged_now(draft, person.person, {_purpose(draft)}):
            continue
        _page(
            draft, person.person, person.endpoints, purpose=_purpose(draft), detail=_detail(draft)
        )
    return bool(oncall)


def call_floor(draft: Draft, person: str) -> bool:
    """Tell duty's last resort, because no way to this person worked: once an hour is enough.

    Woken anew the case tells it anew, so that it never hears less than one page of each call.
    False: it was called within the hour.
    """
    called = draft.case.floor_called_at
    if called is not None and draft.now - called < times.FLOOR_EVERY:
        return False
    draft.add(f.FloorCalled(at=draft.now, person=person))
    page_floor(draft)
    return True


def page_floor(draft: Draft) -> None:
    """Tell duty's last resort now."""
    for person in rota.on_call(draft.case.around.roster, Role.FLOOR, draft.now):
        if not _ways(draft, person.endpoints):
            continue
        _page(
            draft, person.person, person.endpoints, purpose=_purpose(draft), detail=_detail(draft)
        )


def tell_person(draft: Draft, person: str, *, detail: str, critical: bool) -> bool:
    """Tell one of our own people that a task is due. False when there is no way to reach them.

    Somebody whom this very decision pages already is not told twice; nor of two tasks at once,
    unless the second is critical and has to be named.
    """
    purpose = Purpose.OVERDUE if draft.late else Purpose.TASK
    enough = {Purpose.PAGE, Purpose.INCIDENT, Purpose.OVERDUE}
    enough |= set() if critical else {Purpose.TASK}
    if _paged_now(draft, person, enough):
        return True
    known = _known(draft, person)
    if known is None or not _ways(draft, known.endpoints):
        return False
    _page(draft, known.id, known.endpoints, purpose=purpose, detail=detail)
    return True


def reachable(draft: Draft, person: str) -> bool:
    """Whether the roster has a way to this person."""
    known = _known(draft, person)
    return known is not None and bool(_ways(draft, known.endpoints))


def _known(draft: Draft, person: str) -> DutyPerson | None:
    roster = draft.case.around.roster
    everybody = (*roster.people, *((roster.floor,) if roster.floor is not None else ()))
    return next((p for p in everybody if p.id == person), None)


def _paged_now(draft: Draft, person: str, purposes: set[Purpose]) -> bool:
    """Whether this very decision tells this person already."""
    return any(
        isinstance(fact, f.Told)
        and (fact.track, fact.party) == (TrackName.DUTY, person)
        and fact.purpose in purposes
        for fact in draft.facts
    )


def _willing(draft: Draft, role: Role) -> tuple[Oncall, ...]:
    """On call in this role, with a way to them, and has not said no; else the next one up.

    Where everybody said no: the first of these groups all the same. Empty: no way to anybody.
    """
    roster, now = draft.case.around.roster, draft.now
    upward = rota.UPWARD[rota.UPWARD.index(role) :] if role in rota.UPWARD else (role,)
    groups = [
        tuple(p for p in rota.on_call(roster, each, now) if _ways(draft, p.endpoints))
        for each in (*upward, Role.FLOOR)
    ]
    willing = (tuple(p for p in group if not said_no(draft.case, p.person)) for group in groups)
    return next(filter(None, willing), next(filter(None, groups), ()))


def said_no(case: Case, person: str) -> bool:
    """Whether this person of ours declined the case, and neither answered otherwise nor was told
    of it anew."""
    alert = case.alert(ids.alert_id(case.id, TrackName.DUTY, person))
    return alert is not None and alert.status is AlertStatus.DECLINED


def _purpose(draft: Draft) -> Purpose:
    """After an outage everything overdue is said to a person in one message (design 5.3)."""
    if draft.case.kind == "incident":
        return Purpose.INCIDENT
    return Purpose.OVERDUE if draft.late else Purpose.PAGE


def _detail(draft: Draft) -> str:
    """What is wrong with Tocsin, or why duty's ladder just started again; empty: a new case."""
    if draft.case.incident:
        return draft.case.incident
    woken = (fact.reason for fact in reversed(draft.facts) if isinstance(fact, f.TrackWoken))
    return next(woken, "")


def _ways(draft: Draft, endpoints: tuple[str, ...]) -> tuple[str, ...]:
    """The ways of a drill in a drill, the real ones otherwise; one unknown to both stays."""
    found = ((e, draft.case.around.registry.endpoint(endpoint_id(e))) for e in endpoints)
    return tuple(e for e, known in found if known is None or known.exercise is draft.case.exercise)


def _page(
    draft: Draft, person: str, endpoints: tuple[str, ...], *, purpose: Purpose, detail: str
) -> None:
    case = draft.case
    alert_id = ids.alert_id(case.id, TrackName.DUTY, person)
    alert = case.alert(alert_id)
    tell_no = 1 if alert is None else alert.tell_no + 1
    ways = _ways(draft, endpoints)
    # A way that failed before is left out while another one is left; duty is never given up.
    usable = tuple(e for e in ways if alert is None or e not in alert.failed) or ways
    draft.add(
        f.Told(
            alert=alert_id,
            ref=ids.alert_ref(case.around.ref_key, alert_id, extra=case.around.ref_extra)
            if alert is None
            else alert.ref,
            track=TrackName.DUTY,
            party=person,
            tell_no=tell_no,
            purpose=purpose,
            at=draft.now,
            notices=tuple(
                f.Notice(
                    key=ids.notice_key(alert_id, tell_no, endpoint),
                    endpoint=endpoint,
                    contact=person,
                )
                for endpoint in dict.fromkeys(usable)
            ),
            detail=detail,
        )
    )
