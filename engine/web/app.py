"""The web application: the recipients' page, the board, the programs' doors, one style sheet."""

from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from engine.desk import Busy, CommandFailed
from engine.web.answer.page import AnswerPage
from engine.web.api.answers import refusal
from engine.web.calendar_feed import CalendarFeed
from engine.web.console.routes import routes as console_routes
from engine.web.headers import SecurityHeaders
from engine.web.holder.page import HolderPage
from engine.web.pages import page
from engine.web.services import Services

STYLE = Path(__file__).parent / "static" / "style.css"
STYLE_AGE = 86_400
"""Seconds a browser may keep the style sheet; its address changes with its content."""


def create_app(services: Services) -> FastAPI:
    """Put the routes together. No documentation page: it would load foreign assets.

    Order matters only for `/`: the board's own paths come last.
    """

    async def not_now(request: Request, error: Exception) -> Response:
        """The store takes nothing at this moment: say so, and that sending again is safe."""
        response = page(
            "error.html",
            status=503,
            heading="This could not be stored just now",
            sentences=(
                "Go back and send it again in a moment; sent twice, it counts once.",
                f"If it is urgent, call {services.phone}.",
            ),
        )
        response.headers["Retry-After"] = "5"
        return response

    app = FastAPI(
        title="Tocsin",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={
            404: _plain_error,
            405: _plain_error,
            Busy: not_now,
            CommandFailed: not_now,
            Exception: _fault,
        },
    )
    app.router.routes.extend(services.api)
    app.router.routes.append(Route("/static/style.css", _style))
    app.router.routes.append(Route("/favicon.ico", _nothing))
    app.router.routes.extend(AnswerPage(services).routes())
    app.router.routes.extend(HolderPage(services).routes())
    app.router.routes.extend(CalendarFeed(services).routes())
    app.router.routes.extend(console_routes(services))
    return app


async def _style(request: Request) -> Response:
    return FileResponse(
        STYLE, media_type="text/css", headers={"Cache-Control": f"public, max-age={STYLE_AGE}"}
    )


async def _nothing(request: Request) -> Response:
    return Response(status_code=204)


async def _plain_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    allowed = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if request.url.path.startswith("/v1/"):  # a program: the one shape of its answers
        fix = "Send it with POST." if status == 405 else "There is nothing here."
        return refusal(status, "unknown", fix, headers=allowed)
    answer = page(
        "error.html",
        status=status,
        heading="There is nothing here",
        sentences=("The address may be spelt wrong, or the page is over.",),
    )
    answer.headers.update(allowed)
    return answer


async def _fault(request: Request, error: Exception) -> Response:
    """What somebody sees when a page fails: no traceback, and what to do now."""
    return page(
        "error.html",
        status=500,
        heading="This did not work",
        sentences=(
            "The fault is ours. Nothing you sent is lost if you send it again.",
            "If it is urgent, call.",
        ),
    )
