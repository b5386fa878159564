"""Keeps the intake keys of the week: makes the next one in time, destroys what is over."""

from pathlib import Path

import structlog

from engine.clock import Clock
from engine.entropy import Entropy
from engine.vault.boxes import Vault
from engine.vault.epochs import rotate
from engine.vault.files import UnsafeFileError

LOOK_EVERY = 3_600.0  # seconds; a key is made a week ahead, so nothing hangs on the minute

log = structlog.get_logger()


class KeyKeeper:
    """A loop of its own. One per deployment directory."""

    def __init__(self, vault: Vault, directory: Path, *, clock: Clock, entropy: Entropy) -> None:
        self._vault = vault
        self._directory = directory
        self._clock = clock
        self._entropy = entropy

    def look(self) -> None:
        """Do what is due now. Raises UnsafeFileError, OSError."""
        self._vault.renew(rotate(self._directory, self._entropy, self._clock.now()))

    async def run(self) -> None:
        """Look every hour until cancelled; keys that cannot be renewed are used on."""
        while True:
            try:
                self.look()
            except (UnsafeFileError, OSError) as error:
                log.error("vault.keys_not_renewed", error=type(error).__name__)
            await self._clock.sleep(LOOK_EVERY)
