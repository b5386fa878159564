"""The deployment's own keys, one per purpose, all derived from one master secret file."""

import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.entropy import Entropy
from engine.vault.files import UnsafeFileError, read_private, write_private
from engine.vault.secret import Secret

MASTER = "master.key"
MASTER_BYTES = 32
_LEAST_DISTINCT = 8  # of 32 random bytes, fewer than 8 different ones never happen


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentKeys:
    """What this deployment derives, hashes and seals with. Each is 32 bytes."""

    reference: Secret
    """References of cases and alerts, `engine.case.ids`."""
    answer: Secret
    """Codes that open answer pages."""
    pepper: Secret
    """Secrets of source keys are stored as HMAC under it."""
    totp: Secret
    """Seals the shared secrets of the second factor."""
    receipt: Secret
    """Receipts handed to publishers."""
    throttle: Secret
    """Names that nobody here bears, remembered only as a keyed hash."""
    vault: Secret
    """Wraps the keys of single cases."""

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Derive the keys. Raises UnsafeFileError when the master is missing, open or weak."""
        path = directory / MASTER
        try:
            master = bytes.fromhex(read_private(path).decode("ascii").strip())
        except ValueError:
            raise UnsafeFileError(
                f"{path} is not a key: 64 hexadecimal digits are expected. Restore it from backup;"
                " a new one makes every reference, source key and second factor invalid."
            ) from None
        return cls.derive(master, where=str(path))

    @classmethod
    def derive(cls, master: bytes, *, where: str = "the master secret") -> Self:
        """Derive the keys from bytes. Raises UnsafeFileError when these are too few or weak."""
        if len(master) < MASTER_BYTES or len(set(master)) < _LEAST_DISTINCT:
            raise UnsafeFileError(
                f"{where} is weak: it needs {MASTER_BYTES} random bytes."
                " Make one with `tocsin init` in an empty directory."
            )
        return cls(**{name: Secret(_derived(master, name)) for name in cls.__slots__})


def init_master(directory: Path, entropy: Entropy) -> None:
    """Write a new master secret unless there is one."""
    path = directory / MASTER
    if not path.exists():
        write_private(path, entropy.token(MASTER_BYTES).hex().encode("ascii") + b"\n")


def keyed(key: Secret, *parts: str) -> bytes:
    """HMAC-SHA256 over the parts, each with its length before it."""
    mac = hmac.new(key.reveal(), digestmod="sha256")
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        mac.update(len(encoded).to_bytes(4, "big") + encoded)
    return mac.digest()


def _derived(master: bytes, purpose: str) -> bytes:
    label = f"tocsin/v1/{purpose}".encode("ascii")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(master)
