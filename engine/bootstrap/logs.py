"""What is logged, and how: one JSON object a line on standard error, nothing personal in it."""

import io
import logging
import os
import sys
from typing import Any

import structlog

from engine.outlet import Outlet


def configure_logs(*, level: int = logging.INFO) -> None:
    """Send our own log and that of libraries to standard error, waiting for nobody there."""
    stream = _outlet()
    logging.basicConfig(level=logging.WARNING, stream=stream, force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )


def _outlet() -> Any:
    """Standard error, where it is a file of the system; else whatever was put in its place."""
    try:
        return Outlet(sys.stderr.fileno())
    except io.UnsupportedOperation:
        return sys.stderr
    except (AttributeError, OSError, ValueError):  # there is none, or it was closed
        return Outlet(os.open(os.devnull, os.O_WRONLY))
