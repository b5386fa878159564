"""Asking to wait for somebody, and ending that early by two."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission, may
from engine.case import commands as c
from engine.case.state import CaseStatus
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, choice, moment_in
from engine.web.console.present_holding import WHY_HELD, in_force
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import TRACK
from schemas.codes import TrackName
from schemas.safeguards import Hold, HoldReason


class HoldForm:
    """A page with the holds in force, and a form for one more."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """One page."""
        act = self._shell.acting(self.act, Permission.FREEZE)
        return [self._shell.route("/cases/{ref}/hold", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """Whom, until when, and why?"""
        return await self._page(request, visitor, Errors(), Form())

    async def act(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Place one, or agree to lift one."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        if form.get("lift"):
            return await self._lift(found, visitor, form)
        errors = Errors()
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
            return await self._page(request, visitor, errors, form, status=422)
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
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="hold", urgent=True)

    async def _lift(self, found: Loaded, visitor: Visitor, form: Form) -> Response:
        if not may(visitor.role, Permission.LIFT):
            return await self._shell.not_yours(visitor)
        command = c.LiftHold(
            inbox=self._shell.inbox(visitor, form, about=f"lift {form.get('lift')}"),
            case=found.file.row.id,
            hold=form.get("lift"),
            by=visitor.person,
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="lift_hold", urgent=True)

    async def _page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None or found.file.case.status is not CaseStatus.OPEN:
            return await self._shell.not_found(visitor)
        case, names = found.file.case, found.names
        tracks = [s.track.name for s in case.tracks if s.track.name is not TrackName.DUTY]
        return await self._shell.render(
            "console/hold.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            holds=[
                (
                    each.hold.id,
                    in_force(each.hold, each.lifted_by, names),
                    visitor.person not in each.lifted_by,
                )
                for each in case.holds
            ],
            parties=_parties(found),
            tracks=[(name.value, TRACK[name]) for name in tracks],
            reasons=[(key.value, f"{w[:1].upper()}{w[1:]}") for key, w in WHY_HELD.items()],
            zone_words=f"In {self._shell.services.zone} time.",
            errors=errors,
            sent={
                "party": form.all("party"),
                "track": form.all("track"),
                "reason": form.get("reason"),
                "until_day": form.get("until_day"),
                "until_time": form.get("until_time"),
            },
        )


def _parties(found: Loaded) -> list[tuple[str, str]]:
    """Whom the case may tell, each once."""
    outward = {a.party for a in found.file.case.alerts if a.track is not TrackName.DUTY}
    return [(party, found.names.party(party).text) for party in sorted(outward)]
