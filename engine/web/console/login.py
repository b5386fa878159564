"""Logging in and out. Wrong, locked and unknown look the same from outside."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from engine.web.console.shell import Shell
from engine.web.forms import Form, FormRefusedError, read_form
from engine.web.pages import page
from engine.web.services import Visitor

_REFUSED = (
    "That did not match. Check all three and wait for the next six digits: each works once. "
    "After several wrong tries you have to wait a while."
)


class Login:
    """The two doors of the board."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """Log in without a session, log out with one."""
        return [
            Route("/login", self.login, methods=["GET", "POST"]),
            self._shell.route("/logout", act=self.logout),
        ]

    async def login(self, request: Request) -> Response:
        """Ask for person, password and code; a right answer leads where one wanted to go."""
        if request.method != "POST":
            return self._ask(to=_inside(request.query_params.get("to", "/")))
        try:
            form = await read_form(request)
        except FormRefusedError as error:
            return self._ask(to="/", error=error.sentence, status=error.status)
        to = _inside(form.get("to"))
        token = await self._shell.services.people.log_in(
            person=form.get("person")[:64],
            password=form.raw("password"),
            code=form.get("code").replace(" ", "")[:8],
        )
        if token is None:
            return self._ask(to=to, error=_REFUSED, person=form.get("person"), status=401)
        response = RedirectResponse(to, status_code=303)
        response.set_cookie(
            self._shell.cookie,
            token,
            path="/",
            secure=self._shell.services.secure,
            httponly=True,
            samesite="strict",
        )
        return response

    async def logout(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """End the session and have the browser forget what it holds of us."""
        await self._shell.services.sessions.end(request.cookies[self._shell.cookie])
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(
            self._shell.cookie,
            path="/",
            secure=self._shell.services.secure,
            httponly=True,
            samesite="strict",
        )
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response

    def _ask(self, *, to: str, error: str = "", person: str = "", status: int = 200) -> Response:
        return page(
            "console/login.html",
            status=status,
            to=to,
            error=error,
            person=person,
            phone=self._shell.services.phone,
        )


def _inside(to: str) -> str:
    """Only a path of ours; anything else leads to the board."""
    plain = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isascii()
    return to if plain and not any(c.isspace() or ord(c) < 0x20 for c in to) else "/"
