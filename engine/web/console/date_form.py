"""The dates ahead of a case: setting one, moving it, taking it away."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, choice, moment_in
from engine.web.console.present_dates import ahead
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import DATE, TRACK
from schemas.codes import DateKind, TrackName


class DateForm:
    """A page with the dates ahead, and a form for one more or another time."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """One page."""
        act = self._shell.acting(self.act, Permission.TAKE_TASKS)
        return [self._shell.route("/cases/{ref}/dates", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """What will be, and when?"""
        return await self._page(request, visitor, Errors(), Form())

    async def act(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Set a date, move one, or take one away."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        if form.get("remove"):
            inbox = self._shell.inbox(visitor, form, about=f"remove {form.get('remove')}")
            gone = c.RemoveDate(
                inbox=inbox, case=found.file.row.id, date=form.get("remove"), by=visitor.person
            )
            return await self._send(found, visitor, gone, did="date_removed")
        errors = Errors()
        zone = self._shell.services.zone
        on = moment_in(form, "on", errors, zone=zone, missing="Say when.", end_of_day=False)
        if form.get("date") in {each.id for each in found.file.case.dates}:
            if errors or on is None:
                return await self._page(request, visitor, errors, form, status=422)
            inbox = self._shell.inbox(visitor, form, about=f"move {form.get('date')}")
            moved = c.MoveDate(
                inbox=inbox,
                case=found.file.row.id,
                date=form.get("date"),
                on=on,
                by=visitor.person,
            )
            return await self._send(found, visitor, moved, did="date_moved")
        kind = choice(form.get("kind"), DateKind)
        if kind is None:
            errors["kind"] = "Choose one."
        if errors or on is None or kind is None:
            return await self._page(request, visitor, errors, form, status=422)
        planned = {state.track.name.value for state in found.file.case.tracks}
        added = c.AddDate(
            inbox=self._shell.inbox(visitor, form, about="add date"),
            case=found.file.row.id,
            date_kind=kind,
            on=on,
            by=visitor.person,
            tracks=tuple(TrackName(name) for name in form.all("track") if name in planned),
        )
        return await self._send(found, visitor, added, did="date_added")

    async def _send(
        self, found: Loaded, visitor: Visitor, command: c.Command, *, did: str
    ) -> Response:
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did=did)

    async def _page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None or not found.file.case.status.unresolved:
            return await self._shell.not_found(visitor)
        case, names = found.file.case, found.names
        outward = [s.track.name for s in case.tracks if s.track.name.outward]
        kinds = [kind for kind in DateKind if kind is not DateKind.CUSTODY]
        return await self._shell.render(
            "console/dates.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            dates=[(each.id, ahead(each, names)) for each in case.dates],
            moving=[("", "None of these: another date")]
            + [(each.id, f"{DATE[each.kind]}, {names.time(each.at)}") for each in case.dates],
            kinds=[(kind.value, DATE[kind]) for kind in kinds],
            tracks=[(name.value, TRACK[name]) for name in outward],
            zone_words=f"In {self._shell.services.zone} time.",
            errors=errors,
            sent={
                "kind": form.get("kind"),
                "date": form.get("date"),
                "track": form.all("track"),
                "on_day": form.get("on_day"),
                "on_time": form.get("on_time"),
            },
        )
