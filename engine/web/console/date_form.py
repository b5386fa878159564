"""The dates ahead of a case: setting one, moving it, taking it away."""

from starlette.responses import Response

from engine.access import Permission
from engine.case import commands as c
from engine.case.state import Case
from engine.web.console.case_page import Loaded
from engine.web.console.fields import Errors, choice, moment_in
from engine.web.console.one_form import OneForm, sent
from engine.web.console.present_dates import ahead
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import DATE, TRACK
from schemas.codes import DateKind, TrackName


class DateForm(OneForm):
    """The dates ahead, and a form for one more or another time."""

    PATH = "dates"
    NEEDS = Permission.TAKE_TASKS
    TEMPLATE = "console/dates.html"

    async def _take(
        self, found: Loaded, visitor: Visitor, form: Form, errors: Errors
    ) -> Response | None:
        case, by = found.file.row.id, visitor.person
        if form.get("remove"):
            inbox = self._shell.inbox(visitor, form, about=f"remove {form.get('remove')}")
            gone = c.RemoveDate(inbox=inbox, case=case, date=form.get("remove"), by=by)
            return await self._send(found, visitor, gone, did="date_removed")
        zone = self._shell.services.zone
        on = moment_in(form, "on", errors, zone=zone, missing="Say when.", end_of_day=False)
        if form.get("date") in {each.id for each in found.file.case.dates}:
            if errors or on is None:
                return None
            inbox = self._shell.inbox(visitor, form, about=f"move {form.get('date')}")
            moved = c.MoveDate(inbox=inbox, case=case, date=form.get("date"), on=on, by=by)
            return await self._send(found, visitor, moved, did="date_moved")
        kind = choice(form.get("kind"), DateKind)
        if kind is None:
            errors["kind"] = "Choose one."
        if errors or on is None or kind is None:
            return None
        planned = {state.track.name.value for state in found.file.case.tracks}
        added = c.AddDate(
            inbox=self._shell.inbox(visitor, form, about="add date"),
            case=case,
            date_kind=kind,
            on=on,
            by=by,
            tracks=tuple(TrackName(name) for name in form.all("track") if name in planned),
        )
        return await self._send(found, visitor, added, did="date_added")

    def _fits(self, case: Case) -> bool:
        return case.status.unresolved

    async def _shown(self, found: Loaded, visitor: Visitor, form: Form) -> dict[str, object]:
        case, names = found.file.case, found.names
        outward = [s.track.name for s in case.tracks if s.track.name.outward]
        kinds = [kind for kind in DateKind if kind is not DateKind.CUSTODY]
        return {
            "dates": [(each.id, ahead(each, names)) for each in case.dates],
            "moving": [
                ("", "None of these: another date"),
                *((each.id, f"{DATE[each.kind]}, {names.time(each.at)}") for each in case.dates),
            ],
            "kinds": [(kind.value, DATE[kind]) for kind in kinds],
            "tracks": [(name.value, TRACK[name]) for name in outward],
            "sent": sent(form, "kind", "date", "on_day", "on_time", many=("track",)),
        }
