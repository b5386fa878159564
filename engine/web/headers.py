"""What every answer of ours tells the browser: keep nothing, load nothing, tell nobody."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", POLICY),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow, noarchive"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
_SAFE = ("GET", "HEAD", "OPTIONS")


class SecurityHeaders:
    """Puts the headers on every response, and refuses forms that another site sends.

    Browsers say where a form came from (`Sec-Fetch-Site`); programs say nothing and hold keys.
    This comes on top of the tokens in the forms, which are checked by the pages.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] not in _SAFE and _from_elsewhere(scope):
            await _refuse(send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def _from_elsewhere(scope: Scope) -> bool:
    site = next((value for name, value in scope["headers"] if name == b"sec-fetch-site"), None)
    return site not in (None, b"same-origin", b"none")


async def _refuse(send: Send) -> None:
    body = b"This form came from another site. Open the page itself and send it from there.\n"
    start: Message = {
        "type": "http.response.start",
        "status": 403,
        "headers": [(b"content-type", b"text/plain; charset=utf-8")],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body})
