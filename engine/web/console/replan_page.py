"""Planning a case anew: the difference first, then one press that applies exactly that."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.case.replanning import difference
from engine.case.state import CaseStatus
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.planning import planned_now
from engine.web.services import Visitor
from engine.web.words.steering import differences
from schemas.plan import Candidates


class ReplanPage:
    """A page that says what would change, and a button where something would."""

    def __init__(self, shell: Shell, case_page: CasePage) -> None:
        self._shell = shell
        self._cases = case_page

    def routes(self) -> list[Route]:
        """One page."""
        act = self._shell.acting(self.apply, Permission.RELEASE)
        return [self._shell.route("/cases/{ref}/replan", show=self.show, act=act)]

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """What the rules and registry of today would change."""
        found, now = await self._read(request)
        if found is None:
            return await self._shell.not_found(visitor)
        lines: tuple[str, ...] = ()
        digest = ""
        if now is not None:
            shown = difference(found.file.case, now)
            registry = self._shell.services.world.registry()
            lines = tuple(differences(shown, found.file.case, registry))
            digest = "" if shown.empty else shown.digest
        return await self._shell.render(
            "console/replan.html", visitor, ref=found.file.row.ref, lines=lines, digest=digest
        )

    async def apply(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Apply what was shown; another difference by now is refused."""
        found, now = await self._read(request)
        if found is None or now is None:
            return await self._shell.not_found(visitor)
        back = f"/cases/{found.file.row.ref}"
        command = c.Replan(
            inbox=self._shell.inbox(visitor, form, about=f"{back} replan"),
            case=found.file.row.id,
            by=visitor.person,
            candidates=now,
            difference=form.get("difference"),
        )
        return await self._shell.send(visitor, command, to=back, did="replan", urgent=True)

    async def _read(self, request: Request) -> tuple[Loaded | None, Candidates | None]:
        found = await self._cases.load(request)
        if found is None or found.file.case.status is not CaseStatus.OPEN:
            return None, None
        services = self._shell.services
        world = services.world.rules()
        if world is None:
            return found, None
        return found, await planned_now(services, world, found.file.case)
