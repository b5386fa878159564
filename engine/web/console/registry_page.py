"""Standing for the registry, on a page: what goes outward waits for it when nobody has for long."""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from engine.access import Permission
from engine.registry.standing_for import Trust
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.times import day, short_moment


class RegistryPage:
    """`/registry`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """One page with one button."""
        act = self._shell.acting(self.look, Permission.VERIFY_LINKS)
        return [self._shell.route("/registry", show=self.show, act=act)]

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Who belongs to whom: since when has anybody stood for it?"""
        standing = self._shell.services.registry
        if standing is None:
            return await self._shell.not_found(visitor)
        trust, zone = standing.trust(), ZoneInfo(self._shell.services.zone)
        return await self._shell.render(
            "console/registry.html",
            visitor,
            looked_at="" if trust.looked_at is None else short_moment(trust.looked_at, zone=zone),
            until="" if trust.until is None else short_moment(trust.until, zone=zone),
            old=trust.old,
        )

    async def look(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """A person says that it is still right."""
        standing = self._shell.services.registry
        if standing is None:
            return await self._shell.not_found(visitor)
        await standing.look(by=visitor.person)
        return RedirectResponse("/registry", status_code=303)


def registry_words(trust: Trust, *, zone: ZoneInfo) -> str:
    """What the first screen says of it: before nobody is told by it any more, and from then on."""
    if trust.looked_at is None or trust.until is None or not (trust.old or trust.soon):
        return ""
    since, until = day(trust.looked_at, zone=zone), short_moment(trust.until, zone=zone)
    if trust.old:
        return (
            "Nobody outside is told for now, but those who protect people: nobody has stood for "
            f"the registry since {since}."
        )
    return (
        f"Nobody has stood for the registry since {since}. From {until} on, what would tell "
        "anybody outside waits, but for those who protect people."
    )
