"""Telling duty: never gated, never limited, never guarded away (design section 5.12)."""

from engine.case import ids
from engine.case.draft import Draft
from rules import roster as rota
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Oncall, Reason
from schemas.projection import Purpose
from schemas.roster import Role


def page_roles(draft: Draft, roles: tuple[str, ...], *, step: int) -> None:
    """Tell whoever is on duty in these roles now; with nobody at all, say so and keep trying."""
    oncall: dict[str, Oncall] = {}
    for role in roles:
        for person in rota.on_call(draft.case.around.roster, Role(role), draft.now):
            oncall.setdefault(person.person, person)
    if not oncall:
        draft.add(f.StepSkipped(track=TrackName.DUTY, step=step, reason=Reason.NO_ENDPOINT))
        return
    for person in oncall.values():
        _page(
            draft, person.person, person.endpoints, purpose=_purpose(draft), detail=_detail(draft)
        )


def page_floor(draft: Draft) -> None:
    """Tell duty's last resort, because no way to somebody on shift worked."""
    for person in rota.on_call(draft.case.around.roster, Role.FLOOR, draft.now):
        _page(
            draft, person.person, person.endpoints, purpose=_purpose(draft), detail=_detail(draft)
        )


def tell_person(draft: Draft, person: str, *, detail: str) -> bool:
    """Tell one of our own people that a task is due. False when there is no way to reach them."""
    known = next((p for p in draft.case.around.roster.people if p.id == person), None)
    if known is None or not known.endpoints:
        return False
    _page(draft, known.id, known.endpoints, purpose=Purpose.TASK, detail=detail)
    return True


def _purpose(draft: Draft) -> Purpose:
    return Purpose.INCIDENT if draft.case.kind == "incident" else Purpose.PAGE


def _detail(draft: Draft) -> str:
    return draft.case.incident


def _page(
    draft: Draft, person: str, endpoints: tuple[str, ...], *, purpose: Purpose, detail: str
) -> None:
    case = draft.case
    alert_id = ids.alert_id(case.id, TrackName.DUTY, person)
    alert = case.alert(alert_id)
    tell_no = 1 if alert is None else alert.tell_no + 1
    # A way that failed before is left out while another one is left; duty is never given up.
    usable = tuple(e for e in endpoints if alert is None or e not in alert.failed) or endpoints
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
                for endpoint in usable
            ),
            detail=detail,
        )
    )
