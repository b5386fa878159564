"""The vault: what only the desk may read, and the keys that make it so.

What lives here: the secret type, the deployment's own keys, the weekly intake keys, the keys of
single cases, sealing and opening. What may not: SQL, the decision who may open something, and
writing that it was opened: both are the caller's, in the same breath. `rules/` and `notifiers/`
cannot import this package.
"""

from engine.vault.boxes import CannotOpenError, Vault
from engine.vault.epochs import EpochKeys, init_keys, rotate
from engine.vault.files import UnsafeFileError
from engine.vault.keys import DeploymentKeys
from engine.vault.secret import Secret

__all__ = [
    "CannotOpenError",
    "DeploymentKeys",
    "EpochKeys",
    "Secret",
    "UnsafeFileError",
    "Vault",
    "init_keys",
    "rotate",
]
