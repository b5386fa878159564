"""Kafka's request that sets or removes a password (SCRAM-SHA-512): aiokafka has none.

The broker never sees the password, only what proves it: it is salted and stretched here.
"""

import hashlib
from typing import Any

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

NO_SUCH_USER = 91
_KEY = 51
_SHA_512 = 2
_ITERATIONS = 8192
_NO_TAGS: dict[int, bytes] = {}


class _Answer(Response):  # type: ignore[misc]  # aiokafka carries no types
    API_KEY = _KEY
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _Struct(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    FLEXIBLE_VERSION = True
    API_KEY = _KEY
    API_VERSION = 0
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("tags", TaggedFields),
            ),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class ScramRequest(Request[_Struct]):  # type: ignore[misc]  # likewise
    """One user's password, set or removed."""

    API_KEY = _KEY

    def __init__(self, *, deletions: list[Any], upsertions: list[Any]) -> None:
        self._deletions = deletions
        self._upsertions = upsertions

    def build(self, request_struct_class: type[_Struct]) -> _Struct:
        """What goes over the wire."""
        return request_struct_class(self._deletions, self._upsertions, _NO_TAGS)


def password_set(user: str, secret: str, *, salt: bytes) -> ScramRequest:
    """Let this user in with this password from now on, new or not."""
    salted = hashlib.pbkdf2_hmac("sha512", secret.encode("utf-8"), salt, _ITERATIONS)
    entry = (user, _SHA_512, _ITERATIONS, salt, salted, _NO_TAGS)
    return ScramRequest(deletions=[], upsertions=[entry])


def password_removed(user: str) -> ScramRequest:
    """Let this user in no more. Answered with NO_SUCH_USER when there was no password."""
    return ScramRequest(deletions=[(user, _SHA_512, _NO_TAGS)], upsertions=[])
