"""The token file: how a command finds the engine that runs on this machine, and proves itself."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from engine.vault.files import write_private

FILE = "engine.json"
"""In the data directory while an engine runs: where its door is, and the token that opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorFile:
    """Content of the token file."""

    port: int
    token: str = field(repr=False)
    process: int
    board: str = ""
    """Address of the board, where this engine serves it."""


def write_door_file(directory: Path, file: DoorFile) -> None:
    """Say where the door is, for the owner's eyes alone; an old file is replaced whole."""
    path = directory / FILE
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    write_private(
        fresh,
        orjson.dumps(
            {
                "port": file.port,
                "token": file.token,
                "process": file.process,
                "board": file.board,
            }
        ),
    )
    os.replace(fresh, path)


def remove_door_file(directory: Path) -> None:
    """The engine is about to stop."""
    (directory / FILE).unlink(missing_ok=True)
