"""Keys of single cases: what is sealed under one is gone for good when the key is destroyed.

A case key is 32 random bytes. It lies in the database, wrapped by a key of the deployment, so that
neither a copy of the database alone nor the key files alone open anything (security, S7).
"""

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from engine.case.commands import SealedBox
from engine.entropy import Entropy
from engine.vault.boxes import CannotOpenError
from engine.vault.secret import Secret

PREFIX = "case:"
"""Begins the key id of everything that lies under the key of a case."""
KEY_BYTES = 32
_BOX = "tocsin/v1/box"
_WRAP = "tocsin/v1/case-key"


def case_key_id(case: str) -> str:
    """The key id under which content of this case is stored."""
    return f"{PREFIX}{case}"


def new_case_key(entropy: Entropy) -> Secret:
    """Return a fresh key."""
    return Secret(entropy.token(KEY_BYTES))


def wrap(key: Secret, *, case: str, under: Secret, entropy: Entropy) -> bytes:
    """Return the key of a case as it is stored: XChaCha20-Poly1305, bound to its case."""
    return _encrypted(key.reveal(), key=under, bound_to=(_WRAP, case), entropy=entropy)


def unwrap(wrapped: bytes, *, case: str, under: Secret) -> Secret:
    """Return the key of a case.

    Raises CannotOpenError when it was wrapped for another case or by another deployment.
    """
    return _decrypted(wrapped, key=under, bound_to=(_WRAP, case))


def seal_for_case(
    plaintext: Secret, *, key: Secret, case: str, row: str, entropy: Entropy
) -> SealedBox:
    """Seal for one row of the vault; put into another row it does not open."""
    ciphertext = _encrypted(
        plaintext.reveal(), key=key, bound_to=(_BOX, case, row), entropy=entropy
    )
    return SealedBox(key_id=case_key_id(case), ciphertext=ciphertext)


def open_for_case(box: SealedBox, *, key: Secret, case: str, row: str) -> Secret:
    """Return what was sealed for this row. Raises CannotOpenError."""
    return _decrypted(box.ciphertext, key=key, bound_to=(_BOX, case, row))


def _encrypted(
    plaintext: bytes, *, key: Secret, bound_to: tuple[str, ...], entropy: Entropy
) -> bytes:
    nonce = entropy.token(Aead.NONCE_SIZE)
    return bytes(Aead(key.reveal()).encrypt(plaintext, _bound(bound_to), nonce))


def _decrypted(ciphertext: bytes, *, key: Secret, bound_to: tuple[str, ...]) -> Secret:
    try:
        return Secret(Aead(key.reveal()).decrypt(ciphertext, _bound(bound_to)))
    except (CryptoError, ValueError):
        raise CannotOpenError("The content is damaged, or belongs to another key.") from None


def _bound(parts: tuple[str, ...]) -> bytes:
    """No part can be read as the end of the one before it."""
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
