"""Stop outgoing as it is stored: since when, by whom, who agreed to go on, who sees a file."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.store import meta

_ON = "stopped"
_SINCE = "stopped_at"
_BY = "stopped_by"
_AGREED = "stopped_lift"
_FILE = "stop_file."

BY_FILE = "file"
"""Who stopped, where somebody laid the file."""
BY_RESTORE = "restore"
"""Who stopped, where the database went back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Whether everything outgoing is stopped. Duty never is."""

    on: bool = False
    since: datetime | None = None
    by: str = ""
    """A person's id, `BY_FILE` or `BY_RESTORE`."""
    agreed: str = ""
    """Who agreed that it goes on; a second person is needed."""
    files: tuple[str, ...] = ()
    """Engines that see the file; while one of them runs, nobody can switch on again."""


def read(conn: Connection) -> Stop:
    """As it stands in this transaction."""
    return of(meta.read_all(conn))


def of(known: Mapping[str, str]) -> Stop:
    """The same of values that were read already."""
    since = known.get(_SINCE, "")
    return Stop(
        on=known.get(_ON, "") == "1",
        since=datetime.fromisoformat(since) if since else None,
        by=known.get(_BY, ""),
        agreed=known.get(_AGREED, ""),
        files=tuple(sorted(v for k, v in known.items() if k.startswith(_FILE) and v)),
    )


def values(stop: Stop) -> dict[str, str]:
    """What to write for it; files are noted by `seen`."""
    return {
        _ON: "1" if stop.on else "",
        _SINCE: stop.since.isoformat() if stop.since is not None else "",
        _BY: stop.by,
        _AGREED: stop.agreed,
    }


def seen(place: str, *, there: bool) -> dict[str, str]:
    """What to write of the file as one engine sees it."""
    short = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return {f"{_FILE}{short}": place[:200] if there else ""}
