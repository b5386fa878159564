"""Clearing for one case, by two, whom an ended tie or an unknown perpetrator leaves out."""

from dataclasses import dataclass
from typing import cast, get_args

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.state import CaseStatus
from engine.store import board, closures
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors
from engine.web.console.names import Names
from engine.web.console.present_duty import WHY_CLEARED
from engine.web.console.present_path import tell_path
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.reasons import why
from engine.web.words.sentence import Said
from rules import exclusion
from schemas.event import ThreatEvent
from schemas.facts import WhyCleared
from schemas.plan import Closure, Excluded

SHOWN_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearable:
    """A party that two people may clear, with every way that leads to it."""

    party: str
    name: str
    why: str
    paths: tuple[tuple[Said, ...], ...]
    agreed: str
    """Who has agreed already; empty: nobody."""


class ClearForm:
    """A page with the parties that may be cleared, each with what leaves it out."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """One page to fill in."""
        act = self._shell.acting(self.clear, Permission.CLEAR_EXCLUSION)
        return [self._shell.route("/cases/{ref}/clear", show=self.ask, act=act)]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """Whom, and why?"""
        return await self._page(request, visitor, Errors(), Form())

    async def clear(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """One person's agreement."""
        found = await self._cases.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        parties = tuple(dict.fromkeys(form.all("party")))
        errors = {} if parties else {"party": "Choose at least one."}
        if form.get("why") not in get_args(WhyCleared):
            errors["why"] = "Choose one."
        if errors:
            return await self._page(request, visitor, Errors(errors), form, status=422)
        command = c.ClearExclusion(
            inbox=self._shell.inbox(visitor, form, about="clear"),
            case=found.file.row.id,
            parties=parties,
            by=visitor.person,
            why=cast(WhyCleared, form.get("why")),
            note=await self._shell.sealed(form),
        )
        back = f"/cases/{found.file.row.ref}"
        return await self._shell.send(visitor, command, to=back, did="clear", urgent=True)

    async def _page(
        self, request: Request, visitor: Visitor, errors: Errors, form: Form, status: int = 200
    ) -> Response:
        found = await self._cases.load(request)
        if found is None or found.file.case.status is not CaseStatus.OPEN:
            return await self._shell.not_found(visitor)
        closure = await self._shell.services.reader.run(lambda conn: _stored(conn, found))
        registry = self._shell.services.world.registry()
        events = (ThreatEvent.model_validate_json(row.body) for row in found.file.events)
        closure = exclusion.join(closure, *(exclusion.closure(registry, e) for e in events))
        entries = _clearable(found, closure)
        ids = {hop_end for each in entries for hop in each.path for hop_end in (hop.a, hop.b)}
        ids |= {each.party for each in entries}
        parties = await self._shell.services.reader.run(lambda conn: board.party_names(conn, ids))
        names = Names(parties=parties, people=found.names.people, zone=found.names.zone)
        return await self._shell.render(
            "console/clear.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            some=[_shown(found, closure, each, names) for each in entries],
            reasons=[
                (key, f"{words[:1].upper()}{words[1:]}") for key, words in WHY_CLEARED.items()
            ],
            errors=errors,
            sent={"party": form.all("party"), "why": form.get("why"), "note": form.get("note")},
        )


def _stored(conn: Connection, found: Loaded) -> Closure:
    digest = found.file.case.closure_digest
    return closures.read(conn, [digest]).get(digest, Closure()) if digest else Closure()


def _clearable(found: Loaded, closure: Closure) -> list[Excluded]:
    """Of those whom the plans left out: what nothing firm keeps out. Nearest first."""
    named = {out.party for plan in found.file.plans for out in plan.withheld}
    named |= {alert.party for alert in found.file.case.alerts}
    some = [entry for party in sorted(named) if (entry := closure.find(party)) is not None]
    some = [entry for entry in some if entry.tagged or entry.clearable]
    return sorted(some, key=lambda entry: (entry.distance, entry.party))[:SHOWN_MOST]


def _shown(found: Loaded, closure: Closure, entry: Excluded, names: Names) -> Clearable:
    agreed = next((x.by for x in found.file.case.clearings if x.party == entry.party), ())
    return Clearable(
        party=entry.party,
        name=names.party(entry.party).text,
        why=why(entry.reason),
        paths=tuple(tell_path(each.path, names) for each in closure.grounds(entry.party)),
        agreed=", ".join(names.person(person).text for person in agreed),
    )
