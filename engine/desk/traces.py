"""Where an error came from, without the values it met: those never enter a log."""

import traceback
from pathlib import Path

FRAMES = 6


def where(error: BaseException) -> str:
    """The innermost frames as `file:line function`, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
