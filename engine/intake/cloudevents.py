"""CloudEvents 1.0 as they travel: structured, binary and batched, over HTTP and Kafka.

Judged by the CloudEvents conformance features. Only JSON is taken, in events and around them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message as Headers
from enum import StrEnum
from typing import Any, Never
from urllib.parse import unquote

from schemas.limits import LIMITS, Limits, UnreadableJsonError, parse
from schemas.problem import Fault, Problem

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_JSON = "application/json"
_ATTRIBUTES_MOST = 64
_ATTRIBUTE_BYTES = 2_048


class Content(StrEnum):
    """How an HTTP body carries events."""

    ONE = "one"
    """One event in structured mode, or plain JSON of the same shape."""
    BINARY = "binary"
    """One event whose attributes are headers."""
    MANY = "many"
    """A batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event as it came: the exact bytes and, in binary mode, the attributes beside them."""

    body: bytes
    attributes: tuple[tuple[str, str], ...] | None = None
    """In binary mode, sorted by name; None in structured mode."""
    problem: Problem | None = None
    """Why the bytes could not even be told apart from their attributes."""

    @property
    def exact(self) -> bytes:
        """What is digested, and kept when unreadable: the body, or attributes and body."""
        if self.attributes is None:
            return self.body
        lines = "".join(f"{name}: {value}\n" for name, value in self.attributes)
        return lines.encode("utf-8", "surrogateescape") + b"\n" + self.body


def open_envelope(
    message: Message, *, limits: Limits = LIMITS
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return (attributes, data); data is None when the message has none.

    Raises UnreadableJsonError.
    """
    if message.problem is not None:
        raise UnreadableJsonError(message.problem)
    if message.attributes is None:
        attributes = parse(message.body, limits=limits)
        data = attributes.pop("data", None)
        if "data_base64" in attributes:
            _refuse(Fault.CONTENT_TYPE, "data_base64", "Send the data as a JSON object in `data`.")
        if data is not None and not isinstance(data, dict):
            _refuse(Fault.INVALID, "data", "Send a JSON object with the keys `event`, `sealed`.")
        return attributes, data
    attributes = dict(message.attributes)
    if any(_unsound(text) for pair in message.attributes for text in pair):
        _refuse(Fault.NOT_UTF8, "", "An attribute in the headers is not UTF-8. Encode it anew.")
    if len(attributes) != len(message.attributes):
        _refuse(Fault.DUPLICATE_KEY, "", "An attribute stands twice in the headers. Send it once.")
    if not message.body.strip():
        return attributes, None
    return attributes, parse(message.body, limits=limits)


def content_of(content_type: str, *, binary: bool) -> Content:
    """Say how a body of this media type carries events. Raises UnreadableJsonError.

    `binary` says whether attributes stand in the headers.
    """
    media, charset = _media_type(content_type)
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        _refuse(Fault.CONTENT_TYPE, "", "Send UTF-8.")
    if media == STRUCTURED:
        return Content.ONE
    if media == BATCH:
        return Content.MANY
    if _is_json(media):
        return Content.BINARY if binary else Content.ONE
    _refuse(Fault.CONTENT_TYPE, "", f"Send {STRUCTURED}, {BATCH} or {_JSON}.")


def from_http(headers: Mapping[str, str], body: bytes) -> Message:
    """Read one event of an HTTP request; header names in lower case. Raises UnreadableJsonError."""
    binary = any(name.startswith("ce-") for name in headers)
    content_type = headers.get("content-type", "")
    if content_of(content_type, binary=binary) is not Content.BINARY:
        return Message(body=body)
    found = [
        # The HTTP binding percent-encodes what headers cannot hold.
        (name.removeprefix("ce-"), unquote(value, errors="surrogateescape"))
        for name, value in headers.items()
        if name.startswith("ce-")
    ]
    return _binary(found, content_type, body)


def from_kafka(headers: Iterable[tuple[str, bytes]], body: bytes) -> Message:
    """Read one record of a topic. Without any header it is taken as structured JSON.

    Raises nothing: a record in no mode we know is a message with a problem.
    """
    try:
        return _from_kafka(headers, body)
    except UnreadableJsonError as error:
        return Message(body=body, problem=error.problem)


def _from_kafka(headers: Iterable[tuple[str, bytes]], body: bytes) -> Message:
    named = [(name.lower(), value.decode("utf-8", "surrogateescape")) for name, value in headers]
    content_type = next((value for name, value in named if name == "content-type"), _JSON)
    binary = any(name.startswith("ce_") for name, _ in named)
    content = content_of(content_type, binary=binary)
    if content is Content.MANY:
        _refuse(Fault.CONTENT_TYPE, "", "A record carries one event. Publish each on its own.")
    if content is Content.ONE:
        return Message(body=body)
    found = [(name.removeprefix("ce_"), value) for name, value in named if name.startswith("ce_")]
    return _binary(found, content_type, body)


def json_data(content_type: str) -> bool:
    """Whether an event's `datacontenttype` says JSON."""
    return _is_json(_media_type(content_type)[0])


def _binary(found: list[tuple[str, str]], content_type: str, body: bytes) -> Message:
    if len(found) > _ATTRIBUTES_MOST or any(len(value) > _ATTRIBUTE_BYTES for _, value in found):
        _refuse(
            Fault.TOO_LARGE,
            "",
            f"Send at most {_ATTRIBUTES_MOST} attributes of at most {_ATTRIBUTE_BYTES} characters.",
        )
    kept = [(name, value) for name, value in found if name != "datacontenttype"]
    return Message(body=body, attributes=tuple(sorted([*kept, ("datacontenttype", content_type)])))


def _unsound(text: str) -> bool:
    return any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)


def _media_type(value: str) -> tuple[str, str]:
    headers = Headers()
    headers["Content-Type"] = "".join(sign for sign in value if sign >= " ")
    charset = headers.get_param("charset", "")
    return headers.get_content_type(), charset.lower() if isinstance(charset, str) else "?"


def _is_json(media: str) -> bool:
    if media.startswith("application/cloudevents"):
        return False
    return media == _JSON or media.endswith("+json")


def _refuse(code: Fault, path: str, fix: str) -> Never:
    raise UnreadableJsonError(Problem(code=code, path=path, fix=fix))
