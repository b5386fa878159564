"""Bytes that must not be printed, logged, pickled or compared in variable time."""

import hmac
from typing import NoReturn


class Secret:
    """A secret value. Prints as `***`; only `reveal` hands the bytes out."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """Return the bytes. Write the call where they are used, and nowhere before."""
        return self._value

    def matches(self, other: bytes) -> bool:
        """Whether the bytes are equal, in time that does not depend on where they differ."""
        return hmac.compare_digest(self._value, other)

    def __repr__(self) -> str:
        return "***"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.matches(other.reveal())

    __hash__ = None  # type: ignore[assignment]  # never a dictionary key: those get printed

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
