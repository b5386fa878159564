"""The exclusion closure of a case: everybody who must not know of it, each with the reason."""

import bisect
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from schemas.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One link on the path that explains why a party was found."""

    kind: str
    """A `LinkKind`, `event` for the part the event itself says, or `seat` for a party's state."""
    a: str
    b: str
    link: str = ""


Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """One party that must not know, with the path from the seed to it."""

    party: str
    reason: Reason
    path: Path = ()
    tagged: bool = False
    """Only because the perpetrator is unknown: two people may lift it for a case."""
    levels: tuple[str, ...] = ()
    """Empty: all of it. Otherwise only these levels (of a controller)."""
    clearable: bool = False
    """Rests on an ended or unverified link that is no control: two may clear it for a case."""
    distance: int = 0
    """Links from the seed; what lies within two is explained on the board."""

    @property
    def liftable(self) -> bool:
        """Whether two people may turn it for a case, at least at headquarters."""
        return self.tagged or self.clearable or self.reason is Reason.CONTROLLER_NEEDS_TWO

    @property
    def ground(self) -> str:
        """Names what leaves it out, 16 hex characters: what two people cleared, and no more.

        Of the liftable set of an unknown perpetrator it is whose group it is; of a tie every link
        on the way. Another operator, another link: another ground.
        """
        if self.tagged and not self.clearable:
            said: object = (self.reason.value, [hop.b for hop in self.path[:1]])
        else:
            links = [[hop.kind, hop.a, hop.b, hop.link] for hop in self.path]
            said = (self.reason.value, self.tagged, links)
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


class Findings(Protocol):
    """What a closure rests on while nobody has asked for all of it."""

    def find(self, party: str) -> Excluded | None:
        """The exclusion of this party, or None."""

    def grounds(self, party: str) -> tuple[Excluded, ...]:
        """All that excludes this party, hardest first."""

    def entries(self) -> tuple[Excluded, ...]:
        """Every exclusion, sorted by party, each party once."""

    @property
    def weight(self) -> int:
        """About how many exclusions are held in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    digest: str = ""
    entries: tuple[Excluded, ...] = ()
    states: tuple[str, ...] = ()


class Closure:
    """Everybody excluded by the events of a case. Sorted by party, found by bisection. A value.

    `rules.exclusion` makes it from findings: entries and digest are then worked out when somebody
    asks for them. The guard asks about a few parties only, and a closure may hold thousands.
    """

    __slots__ = ("_digest", "_entries", "_findings", "states")

    states: tuple[str, ...]
    """ISO codes of excluded states: their missions and bodies are out, listed or not."""

    def __init__(
        self,
        *,
        digest: str = "",
        entries: tuple[Excluded, ...] = (),
        states: tuple[str, ...] = (),
    ) -> None:
        self._digest: str | None = digest
        self._entries: tuple[Excluded, ...] | None = entries
        self._findings: Findings | None = None
        self.states = states

    @classmethod
    def of(cls, findings: Findings, *, states: Iterable[str]) -> "Closure":
        """The closure that these findings amount to."""
        made = cls(states=tuple(sorted(states)))
        made._digest = made._entries = None
        made._findings = findings
        return made

    @property
    def entries(self) -> tuple[Excluded, ...]:
        """Every exclusion, sorted by party."""
        if self._entries is None and self._findings is not None:
            self._entries = self._findings.entries()
        return self._entries or ()

    @property
    def digest(self) -> str:
        """Names the content, 32 hex characters; empty for nobody."""
        if self._digest is None:
            self._digest = digest_of(self.entries, self.states)
        return self._digest

    @property
    def weight(self) -> int:
        """About how many exclusions are held in memory: what a cache has to count."""
        findings, entries = self._findings, self._entries or ()
        return len(entries) + (0 if findings is None else findings.weight)

    def find(self, party: str) -> Excluded | None:
        """The exclusion of this party, or None."""
        if self._entries is None and self._findings is not None:
            return self._findings.find(party)
        entries = self.entries
        at = bisect.bisect_left(entries, party, key=lambda entry: entry.party)
        if at < len(entries) and entries[at].party == party:
            return entries[at]
        return None

    def grounds(self, party: str) -> tuple[Excluded, ...]:
        """All that excludes this party, hardest first; of what was stored, only the hardest."""
        if self._findings is not None:
            return self._findings.grounds(party)
        entry = self.find(party)
        return () if entry is None else (entry,)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Closure):
            return NotImplemented
        return self is other or (self.states, self.entries, self.digest) == (
            other.states,
            other.entries,
            other.digest,
        )

    def __hash__(self) -> int:
        return hash((self.digest, self.states))

    def __repr__(self) -> str:
        return f"Closure(digest={self.digest!r}, entries={self.entries!r}, states={self.states!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        stored = handler.generate_schema(_Stored)
        read = core_schema.no_info_after_validator_function(_of_stored, stored)
        return core_schema.json_or_python_schema(
            json_schema=read,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), read]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _stored, return_schema=stored
            ),
        )


def _of_stored(stored: _Stored) -> Closure:
    return Closure(digest=stored.digest, entries=stored.entries, states=stored.states)


def _stored(closure: Closure) -> _Stored:
    return _Stored(digest=closure.digest, entries=closure.entries, states=closure.states)


def digest_of(entries: tuple[Excluded, ...], states: tuple[str, ...]) -> str:
    """32 hex characters over the content: the same for equal entries, whichever release made them.

    Hashed is the JSON text of the first release, its keys in the order of the alphabet; put
    together here from pieces, since entries share most of their hops.
    """
    if not entries and not states:
        return ""
    hops: dict[int, str] = {}
    texts = ", ".join(_text(entry, hops) for entry in entries)
    whole = f"[[{texts}], {json.dumps(states)}]"
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _text(entry: Excluded, hops: dict[int, str]) -> str:
    """JSON of an entry. `hops`: texts of hops already met, by identity; the entries hold them."""
    for hop in entry.path:
        if id(hop) not in hops:
            hops[id(hop)] = (
                f'{{"a": {_quoted(hop.a)}, "b": {_quoted(hop.b)}, '
                f'"kind": {_quoted(hop.kind)}, "link": {_quoted(hop.link)}}}'
            )
    path = ", ".join([hops[id(hop)] for hop in entry.path])
    return (
        f'{{"clearable": {_YES_NO[entry.clearable]}, "distance": {entry.distance}, '
        f'"levels": {json.dumps(entry.levels)}, "party": {_quoted(entry.party)}, '
        f'"path": [{path}], "reason": {_quoted(entry.reason.value)}, '
        f'"tagged": {_YES_NO[entry.tagged]}}}'
    )


_quoted = json.encoder.encode_basestring_ascii
_YES_NO = ("false", "true")
