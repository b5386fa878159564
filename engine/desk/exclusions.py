"""Closures as the desk needs them: decoded once, and over the registry as it is now."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from engine.store import closures
from rules import exclusion
from rules.graph import Registry
from rules.grounds import Grounds
from schemas.event import ThreatEvent
from schemas.plan import Closure

KEPT_AT_MOST = 100_000
"""Exclusions held by each cache, some hundred bytes each; a fuller one is emptied."""


class Exclusions:
    """Caches. Content-addressed or of one version of the registry, so nothing goes stale."""

    def __init__(self) -> None:
        self._stored: dict[str, Closure] = {}
        self._stored_weight = 0
        self._grounds: dict[str, Grounds] = {}
        self._version = ""
        self._now: dict[Grounds, Closure] = {}
        self._now_weight = 0

    def read(self, conn: Connection, digests: Iterable[str]) -> Mapping[str, Closure]:
        """The stored closures of these digests."""
        wanted = set(digests) - {""}
        if self._stored_weight > KEPT_AT_MOST:
            self._stored, self._stored_weight = {}, 0
        missing = wanted - self._stored.keys()
        if missing:
            fresh = closures.read(conn, missing)
            self._stored.update(fresh)
            self._stored_weight += sum(1 + closure.weight for closure in fresh.values())
        return {"": Closure(), **{digest: self._stored[digest] for digest in wanted}}

    def now(
        self, stored: Closure, events: Iterable[tuple[str, bytes]], *, registry: Registry
    ) -> Closure:
        """The stored closure, joined with those of the case's events over the current registry.

        A party that became tied to a perpetrator since the case was planned is excluded by it.
        Thousands of cases about the same perpetrator are searched once, and only the parties that
        somebody asks about are looked up.
        """
        if registry.version != self._version or self._now_weight > KEPT_AT_MOST:
            self._version, self._now, self._now_weight = registry.version, {}, 0
        if len(self._grounds) > KEPT_AT_MOST:
            self._grounds = {}
        return exclusion.join(stored, *(self._of(*event, registry) for event in events))

    def _of(self, id: str, body: bytes, registry: Registry) -> Closure:
        grounds = self._grounds.get(id)
        if grounds is None:
            grounds = self._grounds[id] = Grounds.of(ThreatEvent.model_validate_json(body))
        closure = self._now.get(grounds)
        if closure is None:
            closure = self._now[grounds] = exclusion.closure_on(registry, grounds)
            self._now_weight += 1 + closure.weight
        return closure
