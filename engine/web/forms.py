"""What a browser form sends, read within limits before anything is done with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

BYTES_MAX = 64 * 1024
FIELDS_MAX = 200


class FormRefusedError(Exception):
    """The body is no form of ours: too long, too many fields, another type, not UTF-8."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one form, in order. Repeated names are all kept."""

    fields: tuple[tuple[str, str], ...] = field(default=())

    def get(self, name: str) -> str:
        """The first value of this name without surrounding space; empty when absent."""
        return next((value.strip() for key, value in self.fields if key == name), "")

    def raw(self, name: str) -> str:
        """The first value exactly as sent; for passwords and words that are sealed."""
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of this name."""
        return tuple(value.strip() for key, value in self.fields if key == name)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)

    def __repr__(self) -> str:
        return f"Form({len(self.fields)} fields)"


async def read_form(request: Request) -> Form:
    """Read and parse the body. Raises FormRefusedError with the status and what to do."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FormRefusedError(415, "Send the form from the page itself.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BYTES_MAX:
            raise FormRefusedError(413, "This is too long. Send less text, or call.")
    try:
        pairs = parse_qsl(
            bytes(body).decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError as error:  # UnicodeDecodeError is one
        raise FormRefusedError(400, "The form arrived damaged. Send it again.") from error
    return Form(tuple((name, value.replace("\r\n", "\n")) for name, value in pairs))
