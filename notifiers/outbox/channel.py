"""The outbox channel: one file per message, whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from notifiers.channel import Capabilities, ChannelKind, Message, Outcome, OutcomeReason
from notifiers.outbox.config import OutboxSettings
from notifiers.render import plain
from schemas.contact import Endpoint


class OutboxChannel:
    """Writes files. The name of each is the notification's key, which says nothing."""

    def __init__(self, name: str, *, settings: OutboxSettings) -> None:
        """Raises ValueError when the folder cannot be made."""
        self._name = name
        self._folder = settings.folder
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ValueError(f"folder cannot be made: {type(error).__name__}") from None

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(kind=ChannelKind.OUTBOX, list_safe=True, concurrency=1)

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        """Write the message; the same key again replaces the file."""
        address = plain(endpoint.address).replace("\n", " ").strip()
        if not address:
            return Outcome.of(OutcomeReason.BAD_ADDRESS)
        head = f"To: {address}\nDate: {message.at.isoformat()}\nSubject: {message.subject}\n\n"
        path = self._folder / f"{message.key}.txt"
        draft = path.with_suffix(".part")
        try:
            _write(draft, f"{head}{message.body}\n")
            draft.replace(path)
        except (OSError, UnicodeError) as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            return Outcome.of(OutcomeReason.STORAGE_ERROR, detail=type(error).__name__)
        return Outcome.of(OutcomeReason.ACCEPTED, provider_id=path.name)

    async def aclose(self) -> None:
        """Nothing is kept open."""


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
