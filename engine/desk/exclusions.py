"""Closures as the desk needs them: decoded once, and over the registry as it is now."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from engine.store import closures
from rules import exclusion
from rules.graph import Registry
from schemas.event import ThreatEvent
from schemas.plan import Closure

KEPT_AT_MOST = 5_000
"""Entries of each cache; a full one is emptied, which costs a few reads."""


class Exclusions:
    """Two caches. Content-addressed or keyed by the registry's version, so nothing goes stale."""

    def __init__(self) -> None:
        self._stored: dict[str, Closure] = {"": Closure()}
        self._version = ""
        self._of_events: dict[str, Closure] = {}

    def read(self, conn: Connection, digests: Iterable[str]) -> Mapping[str, Closure]:
        """The stored closures of these digests."""
        missing = {digest for digest in digests if digest not in self._stored}
        if missing:
            if len(self._stored) > KEPT_AT_MOST:
                self._stored = {"": Closure()}
            self._stored.update(closures.read(conn, missing))
        return self._stored

    def now(
        self, stored: Closure, events: Iterable[tuple[str, bytes]], *, registry: Registry
    ) -> Closure:
        """The stored closure, joined with those of the case's events over the current registry.

        A party that became tied to a perpetrator since the case was planned is excluded by it.
        """
        if registry.version != self._version or len(self._of_events) > KEPT_AT_MOST:
            self._version, self._of_events = registry.version, {}
        joined = stored
        for id, body in events:
            closure = self._of_events.get(id)
            if closure is None:
                event = ThreatEvent.model_validate_json(body)
                closure = self._of_events[id] = exclusion.closure(registry, event)
            if closure.digest != joined.digest:
                joined = exclusion.join(joined, closure)
        return joined
