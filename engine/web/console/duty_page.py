"""Who is on duty, who next, whom no page reaches; and changing it at any hour."""

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from engine.access import Permission
from engine.duty import feed
from engine.duty.editions import editions
from engine.duty.keeping import Duty
from engine.web.console.fields import Errors, choice, moment_of
from engine.web.console.present_duty_page import (
    OutOfReach,
    RoleLine,
    entry_line,
    lost_line,
    role_line,
    watch_line,
)
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from rules.roster import UPWARD, Watch
from rules.rota.changes import ChangeRefusedError, Entry, Withdrawal
from rules.rota.stints import stint_at
from schemas.roster import Absence, Cover, Role, Roster, Swap

_DID = {"entered": "Entered. The next page goes by it.", "withdrawn": "Taken back."}


class _Missing(Exception):
    """A field of the form that has to be mended first."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field
        self.what = what


class DutyPage:
    """One page: the rota of now, and the three things people change."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """One page."""
        act = self._shell.acting(self.act, Permission.CHANGE_DUTY)
        return [self._shell.route("/duty", show=self.show, act=act)]

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Who is on, who next, who is away, whom no page reaches."""
        return await self._page(request, visitor, Errors(), Form())

    async def act(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Enter an absence, a cover or a swap, or take one back."""
        duty = self._shell.services.duty
        if duty is None:
            return await self._shell.not_found(visitor)
        errors = Errors()
        try:
            change = self._change(duty, visitor, form)
            changed = await duty.change(
                change, by=visitor.person, confirmed=form.get("confirm") == "yes"
            )
        except _Missing as missing:
            errors[missing.field] = missing.what
            return await self._page(request, visitor, errors, form, status=422)
        except ChangeRefusedError as error:
            return await self._shell.say(
                visitor,
                "Not carried out; nothing changed",
                (error.what[:1].upper() + error.what[1:], _step(error)),
                status=409,
                back="/duty",
                back_words="Back",
            )
        if not changed.done:
            return await self._page(
                request, visitor, errors, form, status=409, empty=changed.planned.empty
            )
        did = "withdrawn" if isinstance(change, Withdrawal) else "entered"
        return RedirectResponse(f"/duty?did={did}", status_code=303)

    def _change(self, duty: Duty, visitor: Visitor, form: Form) -> Entry | Withdrawal:
        """What the form asks for. Raises _Missing."""
        roster, kind = duty.roster(), form.get("kind")
        if kind == "withdraw":
            return Withdrawal(id=form.get("entry"))
        id = f"d{self._shell.inbox(visitor, form, about='duty').id[-11:]}"
        person = _known(roster, form, f"{kind}_person")
        if kind == "swap":
            other = _known(roster, form, "swap_other")
            first = stint_at(roster, person, self._moment(form, "swap_mine"))
            second = stint_at(roster, other, self._moment(form, "swap_theirs"))
            if first is None:
                raise _Missing("swap_mine", "There is no shift then that could be exchanged.")
            if second is None:
                raise _Missing("swap_theirs", "There is no shift then that could be exchanged.")
            return Swap(id=id, first=first, second=second, by=visitor.person)
        starts = self._moment(form, f"{kind}_from", default=self._shell.services.clock.now())
        ends = self._moment(form, f"{kind}_until")
        if kind == "cover":
            place = form.get("cover_place")
            role = choice(place, Role)
            return Cover(
                id=id,
                person=person,
                instead_of="" if role else _known(roster, form, "cover_place"),
                role=role,
                starts=starts,
                ends=ends,
                by=visitor.person,
            )
        return Absence(id=id, person=person, starts=starts, ends=ends, by=visitor.person)

    def _moment(self, form: Form, name: str, *, default: datetime | None = None) -> datetime:
        zone = self._shell.services.zone
        try:
            given = moment_of(form.get(f"{name}_day"), form.get(f"{name}_time"), zone=zone)
        except ValueError:
            raise _Missing(name, "This is not a date and a time.") from None
        found = given or default
        if found is None:
            raise _Missing(name, "Say which day, and at what time.")
        return found

    async def _calendars(self, visitor: Visitor, roster: Roster) -> list[tuple[str, str, str]]:
        """Id, words and address of what a phone may subscribe to. The address is the secret."""
        services = self._shell.services
        known = await services.reader.run(editions)
        return [
            (
                id,
                words,
                f"{services.public_url}/calendar/"
                f"{feed.secret(services.answer_key, whose, edition=known.get(whose, ''))}.ics",
            )
            for id, whose, words in (
                ("mine", visitor.person, "Your shifts"),
                ("all", feed.EVERYBODY, "Everybody's shifts"),
                ("dates", feed.DATES, "Dates that need somebody"),
            )
            if id != "mine" or whose in {each.id for each in roster.people}
        ]

    async def _page(
        self,
        request: Request,
        visitor: Visitor,
        errors: Errors,
        form: Form,
        *,
        status: int = 200,
        empty: tuple[Watch, ...] = (),
    ) -> Response:
        duty = self._shell.services.duty
        if duty is None:
            return await self._shell.not_found(visitor)
        found, roster = await duty.standing(), duty.roster()
        zone = ZoneInfo(self._shell.services.zone)
        labels = found.labels
        lines: list[RoleLine] = [role_line(each, labels, zone) for each in found.roles]
        lost: list[OutOfReach] = [lost_line(each) for each in found.out_of_reach]
        people = [(each.id, each.label) for each in roster.people]
        roles = [(r.value, f"The whole role: {r.value.replace('_', ' ')}") for r in UPWARD]
        return await self._shell.render(
            "console/duty.html",
            visitor,
            status=status,
            did=_DID.get(request.query_params.get("did", ""), ""),
            roles=lines,
            lost=lost,
            calendars=await self._calendars(visitor, roster),
            entries=[(each.id, entry_line(each, labels, zone)) for each in found.changes],
            people=people,
            places=[*people, *roles],
            zone_words=f"In {self._shell.services.zone} time.",
            empty=[watch_line(each, labels, zone) for each in empty],
            again=[(k, v) for k, v in form if k not in ("csrf", "nonce", "confirm")],
            errors=errors,
            sent={key: form.get(key) for key in _FIELDS},
        )


_FIELDS = (
    "away_person", "away_from_day", "away_from_time", "away_until_day", "away_until_time",
    "cover_person", "cover_place", "cover_from_day", "cover_from_time", "cover_until_day",
    "cover_until_time", "swap_person", "swap_other", "swap_mine_day", "swap_mine_time",
    "swap_theirs_day", "swap_theirs_time",
)  # fmt: skip


def _known(roster: Roster, form: Form, name: str) -> str:
    given = form.get(name)
    if given not in {each.id for each in roster.people}:
        raise _Missing(name, "Choose one.")
    return given


def _step(error: ChangeRefusedError) -> str:
    return "Choose another time or person." if "tocsin" in error.next_step else error.next_step
