"""What is wrong with something that reached us: a code, where, and what to do about it.

Nothing here ever carries a value that was sent: a problem is shown to publishers, written into
logs and kept beside quarantined bytes, and the value may be somebody's name.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why something could not be read. The publisher gets the code; a human is told of streams."""

    EMPTY = "empty"
    """Nothing was sent."""
    TOO_LARGE = "too_large"
    """More bytes than one event may have."""
    NOT_UTF8 = "not_utf8"
    """The bytes are not UTF-8."""
    BOM = "bom"
    """The bytes begin with a byte order mark."""
    NUL = "nul"
    """A NUL character, which some readers take for the end."""
    NOT_JSON = "not_json"
    """Not JSON as RFC 8259 has it."""
    TRUNCATED = "truncated"
    """JSON that ends before it is complete."""
    NOT_OBJECT = "not_object"
    """JSON, but not an object."""
    TOO_DEEP = "too_deep"
    """Nested deeper than any event needs."""
    TOO_MANY_KEYS = "too_many_keys"
    STRING_TOO_LONG = "string_too_long"
    NUMBER_NOT_FINITE = "number_not_finite"
    """NaN, Infinity, or a number too large for a double."""
    NUMBER_TOO_BIG = "number_too_big"
    """A whole number beyond 2^53: readers disagree about its value."""
    NEGATIVE_ZERO = "negative_zero"
    """-0: readers disagree about its value."""
    LONE_SURROGATE = "lone_surrogate"
    """Half a character."""
    DUPLICATE_KEY = "duplicate_key"
    """The same key twice in one object: nobody knows which one was meant."""
    MISSING = "missing"
    """A required field is not there."""
    INVALID = "invalid"
    """A field has a type or a value that is not allowed."""
    UNKNOWN_TYPE = "unknown_type"
    """A kind of message that this release does not know."""
    UNKNOWN_VERSION = "unknown_version"
    """A version of the envelope or of the event that this release does not know."""
    FOREIGN_SOURCE = "foreign_source"
    """The event names a source that this key may not speak for."""
    CONTRADICTION = "contradiction"
    """Two fields say opposite things, and guessing could cost somebody."""
    CONTENT_TYPE = "content_type"
    """A media type or content mode that is not understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, said so that whoever sent it can mend it."""

    code: Fault
    path: str
    """JSON field path such as `data.event.parties[2].role`; empty means the whole. Keys that are
    not ours appear as `*`, since a key can be a name."""
    fix: str
    """What is wrong and what to do, as a sentence without any value that was sent."""
    offset: int | None = None
    """Byte offset from the start of what was sent, where known."""

    def __str__(self) -> str:
        at = f" at byte {self.offset}" if self.offset is not None else ""
        return f"{self.code.value}{at} in {self.path or 'the whole message'}: {self.fix}"


def brief(problem: Problem) -> str:
    """Code and path alone: what quarantine, logs and counters may keep."""
    return f"{problem.code.value} {problem.path}".strip()
