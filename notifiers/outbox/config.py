"""Settings of an outbox."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from notifiers.settings import ChannelSettings


class OutboxSettings(ChannelSettings):
    """Where to write."""

    kind: Literal["outbox"] = "outbox"
    folder: Path = Field(
        title="Folder", description="One file per message; made when it does not exist"
    )
