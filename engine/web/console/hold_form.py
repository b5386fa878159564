"""Asking to wait for somebody, and ending that early by two."""

from starlette.responses import Response

from engine.access import Permission, may
from engine.case import commands as c
from engine.case.state import Case, CaseStatus
from engine.web.console.case_page import Loaded
from engine.web.console.fields import Errors, choice, moment_in
from engine.web.console.one_form import OneForm, sent
from engine.web.console.present_holding import WHY_HELD, in_force
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import TRACK
from schemas.codes import TrackName
from schemas.safeguards import Hold, HoldReason


class HoldForm(OneForm):
    """The holds in force, and a form for one more."""

    PATH = "hold"
    NEEDS = Permission.FREEZE
    TEMPLATE = "console/hold.html"

    async def _take(
        self, found: Loaded, visitor: Visitor, form: Form, errors: Errors
    ) -> Response | None:
        if form.get("lift"):
            return await self._lift(found, visitor, form)
        reason = choice(form.get("reason"), HoldReason)
        if reason is None:
            errors["reason"] = "Choose one."
        known = {party for party, _ in _parties(found)}
        parties = tuple(sorted(set(form.all("party")) & known))
        tracks = tuple(TrackName(name) for name in form.all("track") if name in set(TrackName))
        if not parties and not tracks:
            errors["party"] = "Choose whom, or a whole track below."
        missing = "Say until when. It ends by itself then."
        zone = self._shell.services.zone
        until = moment_in(form, "until", errors, zone=zone, missing=missing)
        if errors or until is None or reason is None:
            return None
        inbox = self._shell.inbox(visitor, form, about="hold")
        hold = Hold(
            id=f"h{inbox.digest[:12]}{inbox.id[:8]}",
            until=until,
            by=visitor.person,
            reason=reason,
            parties=parties,
            tracks=tracks,
        )
        command = c.PlaceHold(inbox=inbox, case=found.file.row.id, hold=hold)
        return await self._send(found, visitor, command, did="hold", urgent=True)

    async def _lift(self, found: Loaded, visitor: Visitor, form: Form) -> Response:
        if not may(visitor.role, Permission.LIFT):
            return await self._shell.not_yours(visitor)
        command = c.LiftHold(
            inbox=self._shell.inbox(visitor, form, about=f"lift {form.get('lift')}"),
            case=found.file.row.id,
            hold=form.get("lift"),
            by=visitor.person,
        )
        return await self._send(found, visitor, command, did="lift_hold", urgent=True)

    def _fits(self, case: Case) -> bool:
        return case.status is CaseStatus.OPEN

    async def _shown(self, found: Loaded, visitor: Visitor, form: Form) -> dict[str, object]:
        case, names = found.file.case, found.names
        tracks = [s.track.name for s in case.tracks if s.track.name is not TrackName.DUTY]
        return {
            "holds": [
                (
                    each.hold.id,
                    in_force(each.hold, each.lifted_by, names),
                    visitor.person not in each.lifted_by,
                )
                for each in case.holds
            ],
            "parties": _parties(found),
            "tracks": [(name.value, TRACK[name]) for name in tracks],
            "reasons": [(key.value, f"{w[:1].upper()}{w[1:]}") for key, w in WHY_HELD.items()],
            "sent": sent(form, "reason", "until_day", "until_time", many=("party", "track")),
        }


def _parties(found: Loaded) -> list[tuple[str, str]]:
    """Whom the case may tell, each once."""
    outward = {a.party for a in found.file.case.alerts if a.track is not TrackName.DUTY}
    return [(party, found.names.party(party).text) for party in sorted(outward)]
