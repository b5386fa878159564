"""Passwords: Argon2id, and no cheaper answer for a name that does not exist."""

import base64

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.entropy import Entropy

LENGTH_LEAST = 12
LENGTH_MOST = 1_024  # characters; hashing a megabyte is an attack
_DISTINCT_LEAST = 5
_SALT_BYTES = 16
_DIGEST_BYTES = 32


class WeakPasswordError(ValueError):
    """The password is too short or too plain. The message says what is asked for."""


class Passwords:
    """Hashes and checks. The defaults are RFC 9106's second choice: 64 MiB, 3 passes."""

    def __init__(
        self, entropy: Entropy, *, memory_kib: int = 65_536, passes: int = 3, lanes: int = 1
    ) -> None:
        self._entropy = entropy
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        # Whose password nobody knows: comparing with it costs what every comparison costs.
        salt, digest = (_plain64(entropy.token(n)) for n in (_SALT_BYTES, _DIGEST_BYTES))
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${digest}"

    def hash(self, password: str) -> str:
        """Return the Argon2id hash to store. Raises WeakPasswordError."""
        if len(password) < LENGTH_LEAST or len(set(password)) < _DISTINCT_LEAST:
            raise WeakPasswordError(
                f"Choose at least {LENGTH_LEAST} characters, {_DISTINCT_LEAST} of them different."
                " Four random words do well."
            )
        if len(password) > LENGTH_MOST:
            raise WeakPasswordError(f"Choose at most {LENGTH_MOST} characters.")
        return self._hasher.hash(password, salt=self._entropy.token(_SALT_BYTES))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one of this hash. Without a hash: no, after the same work."""
        try:
            self._hasher.verify(stored or self._nobody, password[:LENGTH_MOST])
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None and len(password) <= LENGTH_MOST


def _plain64(value: bytes) -> str:
    return base64.b64encode(value).rstrip(b"=").decode("ascii")
