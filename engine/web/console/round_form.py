"""Who is kept informed of what the others promised and did: setting that, and ending it."""

from zoneinfo import ZoneInfo

from starlette.responses import Response

from engine.access import Permission
from engine.case import commands as c
from engine.case.rounds import RAREST, can_join, is_there, readable, too_quiet
from engine.case.state import Case
from engine.store.ledger import ledger_of
from engine.web.console.case_page import Loaded
from engine.web.console.fields import Errors, moment_in
from engine.web.console.one_form import OneForm, sent
from engine.web.console.present_rounds import next_words, often
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.rounds import round_lines
from engine.web.words.states import TRACK
from schemas.codes import TrackName

_PACES = (1, 2, 7, 14, 30, RAREST)
"""Days; whoever needs another takes the command line."""


class RoundForm(OneForm):
    """Who takes part, from when, how often, and what they read now."""

    PATH = "round"
    NEEDS = Permission.RELEASE
    TEMPLATE = "console/round.html"

    async def _take(
        self, found: Loaded, visitor: Visitor, form: Form, errors: Errors
    ) -> Response | None:
        case, by = found.file.case, visitor.person
        if form.get("end"):
            inbox = self._shell.inbox(visitor, form, about="end round")
            ended = c.EndRound(inbox=inbox, case=case.id, by=by)
            return await self._send(found, visitor, ended, did="round_ended")
        joining = {alert.id for alert in case.alerts if can_join(case, alert)}
        alerts = tuple(id for id in form.all("alert") if id in joining)
        if not alerts:
            errors["alert"] = "Choose at least one."
        every = form.get("every")
        if every not in {str(days) for days in _PACES}:
            errors["every"] = "Choose one."
        zone = self._shell.services.zone
        first = moment_in(form, "first", errors, zone=zone, missing="Say when.", end_of_day=False)
        if errors or first is None:
            return None
        command = c.SetRound(
            inbox=self._shell.inbox(visitor, form, about="round"),
            case=case.id,
            by=by,
            alerts=alerts,
            first_at=first,
            every_days=int(every),
        )
        return await self._send(found, visitor, command, did="round")

    def _fits(self, case: Case) -> bool:
        return case.status.unresolved and case.kind == "case"

    async def _shown(self, found: Loaded, visitor: Visitor, form: Form) -> dict[str, object]:
        case, names = found.file.case, found.names
        entries = await self._shell.services.reader.run(lambda conn: ledger_of(conn, case.id))
        joining = [alert for alert in case.alerts if can_join(case, alert)]
        part = [alert for alert in joining if alert.in_round]
        zone = ZoneInfo(self._shell.services.zone)

        def reads(by: TrackName) -> tuple[str, ...]:
            seen = readable(entries, of=part or joining, by=by)
            return round_lines(seen, own="", zone=zone)

        asked = sent(form, "every", "first_day", "first_time", many=("alert",))
        if case.round is not None and not form.all("alert"):
            asked |= {"alert": [a.id for a in part], "every": str(case.round.every.days)}
        return {
            "now": "" if case.round is None else next_words(case.round, names),
            "joining": [
                (alert.id, f"{names.party(alert.party).text} ({TRACK[alert.track]})")
                for alert in joining
            ],
            "quiet": sorted(
                {
                    TRACK[alert.track]
                    for alert in case.alerts
                    if is_there(alert) and too_quiet(case, alert.track)
                }
            ),
            "paces": [(str(days), often(days).capitalize()) for days in _PACES],
            "reads": reads(TrackName.MISSIONS),
            "companies": reads(TrackName.COMPANIES)
            if any(alert.track is TrackName.COMPANIES for alert in part or joining)
            else (),
            "sent": asked,
        }
