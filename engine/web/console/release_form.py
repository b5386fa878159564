"""The record of a release: three questions for embassies, all of them for companies."""

from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.preflight import needs_all
from engine.case.state import AlertStatus, TrackState
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, moment_in
from engine.web.console.present_duty import FORECAST, WHY_RELEASE
from engine.web.console.record_view import record_of
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.gates import CHECK, HOW, RISK, TITLE, WHETHER, options
from engine.web.words.states import ACTION, GATE, TRACK
from schemas.codes import TrackName
from schemas.plan import Gate, Reason
from schemas.preflight import CODES, UNKNOWN, Check, Finding

_CHOOSE = "Choose one."
_UNKNOWN = "Somebody has to find this out before anybody outside is told."
_ASKED = tuple(check for check in Check if check is not Check.REPRISAL_POTENTIAL)
"""The forecast answers the last point: nobody is asked the same thing twice."""


class ReleaseForm:
    """One person's release of a track, with its record."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """The form and what it leads to."""
        act = self._shell.acting(self.release, Permission.RELEASE)
        return [self._shell.route("/cases/{ref}/release/{track}", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """The record, empty; or the first person's, to read and agree with."""
        return await self._page(request, visitor, Errors(), Form())

    async def release(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Release a track as one of those who have to."""
        found = await self._cases.load(request)
        state = track_of(found, request)
        if found is None or state is None:
            return await self._shell.not_found(visitor)
        errors, zone = Errors(), self._shell.services.zone
        until = moment_in(form, "until", errors, zone=zone)
        start = moment_in(form, "start", errors, zone=zone)
        errors |= _errors(form, state, whole=needs_all(found.file.case, state), until=until)
        if errors:
            return await self._page(request, visitor, errors, form, status=422)
        inbox = self._shell.inbox(visitor, form, about=f"release {state.track.name.value}")
        known = {party for party, _ in _controllers(found)}
        command = c.Release(
            inbox=inbox,
            case=found.file.row.id,
            track=state.track.name,
            by=visitor.person,
            record=c.ReleaseRecord(
                id=f"r{inbox.digest[:40]}{inbox.id[:16]}",
                why=form.get("why"),
                how=form.get("how") or "quiet_request",
                reprisal_forecast=form.get("forecast"),  # type: ignore[arg-type]  # checked above
                wishes_read=form.get("wishes") == "yes",
                local_partner=form.get("partner"),
                expires_at=until,
                starts_at=start,
                note=await self._shell.sealed(form),
                whether=form.get("whether"),  # type: ignore[arg-type]  # likewise
                risk_of_waiting=form.get("waiting"),  # type: ignore[arg-type]  # likewise
                preflight=await _findings(form, self._shell),
                agrees_with=form.get("agrees"),
            ),
            controllers=tuple(sorted(set(form.all("controllers")) & known)),
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="release", urgent=True)

    async def _page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        state = track_of(found, request)
        if found is None or state is None:
            return await self._shell.not_found(visitor)
        name, file = state.track.name, found.file
        first = record_of(file, state.record, names=found.names)
        parties = [
            found.names.party(alert.party).text
            for alert in file.case.alerts
            if alert.track is name and alert.status is AlertStatus.PLANNED
        ]
        return await self._shell.render(
            "console/release.html",
            visitor,
            status=status,
            ref=file.row.ref,
            track_words=TRACK[name],
            gate_words=_gate_words(state),
            parties=parties,
            first=first,
            whole=needs_all(file.case, state) and first is None,
            reasons=_worded(WHY_RELEASE),
            forecasts=_worded(FORECAST),
            whethers=_worded(WHETHER),
            hows=_worded(HOW),
            risks=_worded(RISK),
            checks=[(check.value, CHECK[check], options(check), TITLE[check]) for check in _ASKED],
            controllers=_controllers(found),
            zone_words=f"In {self._shell.services.zone} time.",
            errors=errors,
            sent={name: form.get(name) for name in _KEPT}
            | {"controllers": form.all("controllers")},
        )


_KEPT = (
    "why", "forecast", "wishes", "partner", "note", "whether", "how", "waiting", "until_day",
    "until_time", "start_day", "start_time", *(f"check_{check.value}" for check in _ASKED),
    *(f"note_{check.value}" for check in _ASKED),
)  # fmt: skip


def track_of(found: Loaded | None, request: Request) -> TrackState | None:
    """The track of the address; None for duty and for one that the case has not."""
    name = request.path_params["track"]
    if found is None or name not in set(TrackName) or name == TrackName.DUTY:
        return None
    return found.file.case.track(TrackName(name))


def _gate_words(state: TrackState) -> str:
    words = GATE[state.track.gate]
    if state.joint is not None:
        words = f"two people release it together, for {ACTION[state.joint]}"
    return f"{words[:1].upper()}{words[1:]}."


def _worded(table: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, f"{words[:1].upper()}{words[1:]}") for key, words in table.items()]


def _controllers(found: Loaded) -> list[tuple[str, str]]:
    """Parties that only two people may release by name, as options."""
    held = {
        out.party
        for plan in found.file.plans
        for out in plan.withheld
        if out.reason is Reason.CONTROLLER_NEEDS_TWO
    }
    return [(party, found.names.party(party).text) for party in sorted(held)]


async def _findings(form: Form, shell: Shell) -> tuple[Finding, ...]:
    found = [
        Finding(check=check, code=code, note=await shell.sealed(form, name=f"note_{check.value}"))
        for check in _ASKED
        if (code := form.get(f"check_{check.value}"))
    ]
    if found:
        found.append(Finding(check=Check.REPRISAL_POTENTIAL, code=form.get("forecast")))
    return tuple(found)


def _errors(form: Form, state: TrackState, *, whole: bool, until: datetime | None) -> Errors:
    """What is missing, field by field, so that nobody has to guess."""
    errors = Errors()
    agrees = bool(form.get("agrees"))
    if form.get("why") not in WHY_RELEASE and not agrees:
        errors["why"] = _CHOOSE
    if form.get("forecast") not in FORECAST:
        errors["forecast"] = _CHOOSE
    elif form.get("forecast") == UNKNOWN:
        errors["forecast"] = "Somebody has to judge this before anybody outside is told."
    elif whole and form.get("forecast") == "high":
        errors["forecast"] = "With strong reprisal expected, these are not told."
    if form.get("wishes") != "yes":
        errors["wishes"] = "Read the wishes first; they are sealed with the report."
    if whole and not agrees:
        errors |= _whole_errors(form, state, until=until)
    return errors


def _whole_errors(form: Form, state: TrackState, *, until: datetime | None) -> Errors:
    errors = Errors()
    if not form.get("partner"):
        two = state.joint is not None or state.track.gate is Gate.RELEASE_TWO
        who = "Two people release this track, so a" if two else "A"
        errors["partner"] = f"{who} local partner has to agree first."
    if form.get("whether") not in WHETHER:
        errors["whether"] = _CHOOSE
    if form.get("how") and form.get("how") not in HOW:
        errors["how"] = _CHOOSE
    if form.get("waiting") not in RISK:
        errors["waiting"] = _CHOOSE
    elif form.get("waiting") == UNKNOWN:
        errors["waiting"] = _UNKNOWN
    if until is None:
        errors["until"] = "Until when? The gate closes again then."
    for check in _ASKED:
        said = form.get(f"check_{check.value}")
        if said not in CODES[check]:
            errors[f"check_{check.value}"] = _CHOOSE
        elif said == UNKNOWN:
            errors[f"check_{check.value}"] = _UNKNOWN
    return errors
