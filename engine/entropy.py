"""Chance, handed in: the only module that may toss a coin.

Ids are never random here; they are hashes of what they name. Chance is for what must not be
guessed: session and answer tokens, the code printed in a message, salts and keys.
"""

import hashlib
import secrets
from typing import Protocol


class Entropy(Protocol):
    """Gives values that nobody can guess."""

    def token(self, nbytes: int) -> bytes:
        """That many bytes. Raises ValueError below one."""
        ...

    def code(self, digits: int) -> str:
        """That many decimal digits, each equally likely, leading zeros kept.

        Raises ValueError below one.
        """
        ...


class SystemEntropy:
    """The operating system's own source."""

    def token(self, nbytes: int) -> bytes:
        return secrets.token_bytes(_at_least_one(nbytes, of="nbytes"))

    def code(self, digits: int) -> str:
        return f"{secrets.randbelow(10 ** _at_least_one(digits, of='digits')):0{digits}d}"


class SeededEntropy:
    """The same values in the same order for the same seed: for tests and simulation.

    Never in production: who knows the seed knows every token. Read from SHA-256 of the seed and a
    counter, so a seed gives the same run on every Python version.
    """

    def __init__(self, seed: int | str) -> None:
        self._seed = f"{seed}".encode()
        self._drawn = 0

    def token(self, nbytes: int) -> bytes:
        drawn = b""
        while len(drawn) < _at_least_one(nbytes, of="nbytes"):
            drawn += hashlib.sha256(b"%d:%b" % (self._drawn, self._seed)).digest()
            self._drawn += 1
        return drawn[:nbytes]

    def code(self, digits: int) -> str:
        # Eight bytes more than the digits need: the remainder favours no digit measurably.
        number = int.from_bytes(self.token(_at_least_one(digits, of="digits") + 8))
        return f"{number % 10**digits:0{digits}d}"


def _at_least_one(number: int, *, of: str) -> int:
    if number < 1:
        raise ValueError(f"{of} must be at least 1, not {number}")
    return number
