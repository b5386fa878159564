"""That something was put aside, for whoever keeps publishers and logs in order: never what."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

SET_ASIDE_TYPE = "org.tocsin.report.set_aside.v1"
SET_ASIDE_TOPIC = "tocsin.quarantine"


class SetAside(BaseModel):
    """Bytes that lie in quarantine. The same bytes again are told again, under the same id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["set_aside"] = "set_aside"
    v: Literal[1] = 1
    id: str
    """Of the quarantine's row: a hash of source and content."""
    at: datetime
    source: str
    """Who sent it, where that could be read and is one of ours; else empty."""
    reason: str
    """Code and path of the first thing that is wrong."""
    digest: str
    """SHA-256 of the exact bytes, for a publisher to find them by."""
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
