"""Reading a request's body without believing what it says about itself."""

import asyncio

from starlette.requests import ClientDisconnect, Request

WITHIN = 30.0  # seconds for a whole body; a slower one is a slow-loris


class BodyRefusedError(Exception):
    """The body is not read any further: `status`, `code` and what to do."""

    def __init__(self, status: int, code: str, fix: str) -> None:
        super().__init__(fix)
        self.status = status
        self.code = code
        self.fix = fix


async def read_body(request: Request, *, most: int, within: float = WITHIN) -> bytes:
    """Return the body. Raises BodyRefusedError as soon as it is too long, too slow or packed."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise BodyRefusedError(
            415, "content_encoding", "Send the body as it is, without Content-Encoding."
        )
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(within):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise BodyRefusedError(
            408, "too_slow", f"The body took over {within:g} s. Send it again, faster."
        ) from None
    except ClientDisconnect:
        raise BodyRefusedError(400, "cut_off", "The body ended early. Send it again.") from None
    return bytes(body)


def _too_large(most: int) -> BodyRefusedError:
    return BodyRefusedError(
        413, "too_large", f"At most {most} bytes are taken. Send less, or several requests."
    )
