"""A protocol as planning hands it on: what one publisher may release by machine, until when."""

from dataclasses import dataclass
from datetime import datetime

from schemas.codes import TrackName


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Agreed beforehand by two people; it covers what it names and nothing else."""

    id: str
    publisher: str
    audiences: tuple[TrackName, ...]
    codes: tuple[str, ...]
    subject: str | None
    """Only this pseudonym, alone; None: anybody that this publisher reports on."""
    agreed_by: tuple[str, str]
    until: datetime
