"""The second factor: time-based one-time codes (RFC 6238), each good for one login only."""

import base64
import hmac
from datetime import datetime

import pyotp
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from engine.entropy import Entropy
from engine.vault.secret import Secret

STEP = 30  # seconds
WINDOW = 1  # steps before and after: clocks of phones
_SECRET_BYTES = 20  # as RFC 4226 recommends


class SecondFactor:
    """Makes, seals and checks the shared secrets of people's authenticators."""

    def __init__(self, key: Secret, entropy: Entropy) -> None:
        self._box = SecretBox(key.reveal())
        self._entropy = entropy

    def new_secret(self) -> Secret:
        """Return a new shared secret, in the base32 that authenticators read."""
        return Secret(base64.b32encode(self._entropy.token(_SECRET_BYTES)))

    def sealed(self, secret: Secret) -> bytes:
        """Return the secret as it may be stored."""
        return bytes(self._box.encrypt(secret.reveal(), self._entropy.token(SecretBox.NONCE_SIZE)))

    def address(self, secret: Secret, *, person: str) -> str:
        """Return the `otpauth://` address to show once, as a code to scan. Secret: never log it."""
        label = person.partition(":")[2] or person
        return pyotp.TOTP(secret.reveal().decode("ascii")).provisioning_uri(label, "Tocsin")

    def step_of(self, sealed: bytes | None, code: str, *, now: datetime) -> int | None:
        """Return the time step whose code this is, or None. The caller accepts each step once.

        Looks at every step of the window whatever it finds, so that time tells nothing.
        """
        generator = pyotp.TOTP(self._opened(sealed))
        current = int(now.timestamp()) // STEP
        given = code.encode("utf-8", "replace")
        found: int | None = None
        for step in range(current - WINDOW, current + WINDOW + 1):
            if hmac.compare_digest(generator.generate_otp(step).encode("ascii"), given):
                found = step
        return found if sealed is not None else None

    def _opened(self, sealed: bytes | None) -> str:
        if sealed is None:
            return base64.b32encode(b"\0" * _SECRET_BYTES).decode("ascii")
        try:
            return self._box.decrypt(sealed).decode("ascii")
        except CryptoError:
            raise UnusableSecretError(
                "The second factor's secret cannot be opened with this deployment's keys."
                " Restore the master key that belongs to this database."
            ) from None


class UnusableSecretError(Exception):
    """A stored second factor belongs to other keys."""
