"""Sealing to the intake key of the week, and opening again for somebody who may."""

import hashlib

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from engine.case import commands as c
from engine.entropy import Entropy
from engine.vault.epochs import EpochKeys
from engine.vault.secret import Secret


class CannotOpenError(Exception):
    """The key of this box is gone, or the box is damaged."""


class Vault:
    """Seals with the public key of the week; opens while the private half still exists."""

    def __init__(self, keys: EpochKeys, *, entropy: Entropy) -> None:
        self._keys = keys
        self._entropy = entropy

    def renew(self, keys: EpochKeys) -> None:
        """Go on with the keys after a rotation."""
        self._keys = keys

    @property
    def intake_key(self) -> tuple[str, bytes]:
        """Id and public half of the key that publishers should seal to now."""
        return self._keys.current, self._keys.public[self._keys.current]

    @property
    def openable(self) -> tuple[str, ...]:
        """Ids of the intake keys whose private halves still exist."""
        return tuple(sorted(self._keys.private))

    def seal(self, plaintext: bytes) -> c.SealedBox:
        """Return a NaCl sealed box, which any libsodium opens, to the key of the week.

        Its one-time key comes from the entropy handed in; otherwise it is `crypto_box_seal`.
        """
        name, public = self.intake_key
        once = PrivateKey(self._entropy.token(32))
        sender = bytes(once.public_key)
        nonce = hashlib.blake2b(sender + public, digest_size=24).digest()
        sealed = bindings.crypto_box(plaintext, nonce, public, bytes(once))
        return c.SealedBox(key_id=name, ciphertext=sender + sealed)

    def open_box(self, box: c.SealedBox) -> Secret:
        """Return what was sealed. The caller has authorised it and journals it with a reason.

        Raises CannotOpenError.
        """
        private = self._keys.private.get(box.key_id)
        if private is None:
            raise CannotOpenError(
                f"The key {box.key_id[:40]!r} is not here: intake keys are destroyed 35 days after"
                " their week, and foreign ones never were here."
            )
        try:
            return Secret(SealedBox(PrivateKey(private.reveal())).decrypt(box.ciphertext))
        except (CryptoError, ValueError):
            raise CannotOpenError("The box is damaged, or sealed to another key.") from None
