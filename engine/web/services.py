"""Everything the pages need, handed in by the one place that wires (`engine.bootstrap`)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.routing import BaseRoute

from engine.access import People, Session, Sessions
from engine.answer_tokens import AnswerTokens
from engine.case.commands import Command
from engine.clock import Clock
from engine.duty.keeping import Duty
from engine.entropy import Entropy
from engine.ports import Reader, Writer
from engine.registry.standing_for import StandingFor
from engine.signs import Sign
from engine.vault import Secret
from rules import candidates
from rules.graph import Registry
from schemas.codes import FieldName, Severity, TrackName
from schemas.plan import Track
from schemas.responses import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a report sent with the form."""

    reference: str = ""
    """The door's receipt; empty when nothing new was taken."""
    problems: tuple[str, ...] = ()
    """Field path and what to do, one sentence each; empty when it was taken."""


Visitor = Session
"""A person of ours who is logged in."""


class Desk(Protocol):
    """The only writer, as a page sees it."""

    async def urgent(self, command: Command) -> Result:
        """Submit on the lane that goes before all other work: answers, stops, releases."""
        ...

    async def submit(self, command: Command) -> Result:
        """Submit on the normal lane."""
        ...


class Reports(Protocol):
    """The same door as every other report."""

    async def take(self, raw: bytes, *, by: str) -> Taken:
        """Accept one CloudEvents JSON event from the form; durable when this returns."""
        ...


class Sealing(Protocol):
    """Words into the vault, and out again for somebody who may, with a reason."""

    async def keep(self, words: str, *, kind: str) -> str:
        """Seal these words and return the id of the vault's row; durable when this returns."""
        ...

    async def reveal(self, vault_id: str, *, by: str, reason: str) -> str | None:
        """Journal who opened it and why, then return what was sealed; None when its key is gone."""
        ...


class World(Protocol):
    """What the guard must know beside the case."""

    def registry(self) -> Registry:
        """The newest snapshot."""
        ...

    def rules(self) -> candidates.World | None:
        """Rulebook and registry as they are now; None without a rulebook."""
        ...

    def overtaken(self, newest: tuple[str, ...]) -> bool:
        """Whether the store has another one in force by now, under these names."""
        ...

    def field_class(self, audience: TrackName) -> frozenset[FieldName]:
        """What an audience may ever be shown."""
        ...

    def duty_track(self, severity: Severity) -> Track | None:
        """The rulebook's ladder for our own people; None without a rulebook."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One instance per running engine."""

    clock: Clock
    entropy: Entropy
    reader: Reader
    writer: Writer
    desk: Desk
    people: People
    sessions: Sessions
    reports: Reports
    sealing: Sealing
    world: World
    tokens: AnswerTokens
    answer_key: Secret
    """Signs the state that an answer page carries from stage to stage."""
    phone: str
    """The duty line, as printed: `+00 …`."""
    public_url: str = ""
    """Where the pages are for people outside, without a slash at its end."""
    zone: str = "UTC"
    """IANA zone in which the board shows times."""
    secure: bool = True
    """Whether the board is served over TLS; only a trial on one's own machine is not."""
    api: Sequence[BaseRoute] = field(default_factory=tuple)
    """Routes of the programs' doors (`engine.web.api`), when that role runs."""
    signs: Callable[[], Awaitable[tuple[Sign, ...]]] | None = None
    """How the engine is; the board says in a line what is amiss."""
    registry: StandingFor | None = None
    """Since when nobody has stood for the registry, and standing for it."""
    duty: Duty | None = None
    """Who is on duty, and changing it."""
    extras: dict[str, Any] = field(default_factory=dict)
