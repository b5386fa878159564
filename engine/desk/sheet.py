"""What one transaction knows, and what it will write. A unit works on a fork of it."""

from collections import ChainMap
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from engine.case.around import ToldNear
from engine.case.commands import RaiseIncident
from engine.case.state import Case
from engine.store import canaries as stored_canaries
from engine.store.inbox import Entry
from engine.store.project import Decided
from engine.store.stopping import Stop
from engine.store.writing import Batch
from schemas.codes import FieldName
from schemas.facts import Fact
from schemas.plan import Closure
from schemas.safeguards import Consent

SituationKey = tuple[str, str]


class Unread(Exception):
    """Thinking met something the read had no reason to fetch: the unit runs again, alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """What an arriving event has in common with other cases."""

    keys: tuple[str, ...]
    told: ToldNear | None = None
    """The newest outward notice of another case about the same."""
    touched: tuple[str, ...] = ()
    """Cases that freeze if this is a suspected reprisal; by id, as they are locked."""
    likeness: tuple[str, ...] = ()
    """Keys by which a later report of the same is found."""
    alike: tuple[str, ...] = ()
    """References of other publishers' cases that are found by them."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """Working copies. Every mapping of a fork falls through to the sheet it was forked from."""

    cases: MutableMapping[str, Case] = field(default_factory=dict)
    situations: MutableMapping[SituationKey, tuple[int, str]] = field(default_factory=dict)
    inbox: MutableMapping[tuple[str, str], Entry] = field(default_factory=dict)
    consents: MutableMapping[str, tuple[int, Consent]] = field(default_factory=dict)
    subjects: MutableMapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Cases that a pseudonym's consent concerns."""
    closures: MutableMapping[str, Closure] = field(default_factory=dict)
    """The stored closure of each case."""
    ends: MutableMapping[str, str] = field(default_factory=dict)
    """State of messages whose end this very batch decided: their rows were read before."""
    batch: Batch = field(default_factory=Batch)
    follow_ups: list[RaiseIncident] = field(default_factory=list)
    # What only whole batches know; forks share it.
    alerts: dict[str, str] = field(default_factory=dict)
    """Case of each alert that somebody answers."""
    due: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Cases whose stored state cannot be read."""
    notices: dict[str, Row[Any]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """Case of each message that was asked for and exists."""
    named: dict[tuple[str, str], str] = field(default_factory=dict)
    """(channel, the provider's name for a message) -> key."""
    claimable: list[tuple[str, str]] = field(default_factory=list)
    """(key, case) of notifications that may be claimed, in their order."""
    case_events: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    """(row id, body) of the events of cases that are judged over the registry as it is now."""
    shown: dict[str, tuple[FieldName, ...]] = field(default_factory=dict)
    """What the page of an alert has shown; only of alerts that left the house."""
    linked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The cases that each is linked with, as it looked before they were locked."""
    beside: dict[str, Closure] = field(default_factory=dict)
    """Stored closures by digest, as cases name them of those that they are linked with."""
    acts: dict[str, list[tuple[str, datetime]]] = field(default_factory=dict)
    """(row id, when it came) of the acts of cases that somebody links."""
    told_at: dict[str, list[datetime]] = field(default_factory=dict)
    """When those told somebody outward."""
    near: dict[str, Near] = field(default_factory=dict)
    """What each event that arrives has in common with other cases, by its row id."""
    stop: Stop = field(default_factory=Stop)
    """Stop outgoing, as read where something is claimed or the switch is pressed."""
    stop_read: bool = False
    beats: dict[str, datetime] = field(default_factory=dict)
    """When each engine last said that it is alive; read with the switch."""
    stale: bool = False
    """Whether another process put another world into force: nothing outward is claimed on ours."""
    held_elsewhere: bool = False
    """Whether another process holds some of what is due."""
    canaries: stored_canaries.Rows = field(default_factory=stored_canaries.Rows)

    def fork(self) -> "Sheet":
        """A copy to think on; what happens to it touches this one only through `join`."""
        return Sheet(
            cases=ChainMap({}, self.cases),
            situations=ChainMap({}, self.situations),
            inbox=ChainMap({}, self.inbox),
            consents=ChainMap({}, self.consents),
            subjects=ChainMap({}, self.subjects),
            closures=ChainMap({}, self.closures),
            ends=ChainMap({}, self.ends),
            alerts=self.alerts,
            due=self.due,
            broken=self.broken,
            notices=self.notices,
            owners=self.owners,
            named=self.named,
            claimable=self.claimable,
            case_events=self.case_events,
            linked=self.linked,
            beside=self.beside,
            acts=self.acts,
            told_at=self.told_at,
            near=self.near,
            shown=self.shown,
            stop=self.stop,
            stop_read=self.stop_read,
            beats=self.beats,
            stale=self.stale,
            held_elsewhere=self.held_elsewhere,
            canaries=self.canaries,
        )

    def join(self, fork: "Sheet") -> None:
        """Take over what a fork came to."""
        for mine, theirs in (
            (self.cases, fork.cases),
            (self.situations, fork.situations),
            (self.inbox, fork.inbox),
            (self.consents, fork.consents),
            (self.subjects, fork.subjects),
            (self.closures, fork.closures),
            (self.ends, fork.ends),
        ):
            if isinstance(theirs, ChainMap):
                mine.update(theirs.maps[0])
        _extend(self.batch, fork.batch)
        self.follow_ups.extend(fork.follow_ups)
        self.stop = fork.stop

    @property
    def stopped(self) -> bool:
        """Whether everything outgoing is stopped."""
        return self.stop.on

    def case(self, id: str) -> Case:
        """The case as it stands. Raises Unread for one that was not locked."""
        found = self.cases.get(id)
        if found is None:
            raise Unread(id)
        return found

    def decide(self, before: Case, after: Case, facts: Sequence[Fact]) -> None:
        """Note what a command did to a case."""
        if facts:
            self.batch.decided.append(Decided(before=before, after=after, facts=tuple(facts)))
            self.cases[after.id] = after
            if after.closure_digest != before.closure_digest:
                self.closures[after.id] = after.around.closure


def _extend(mine: Batch, theirs: Batch) -> None:
    for each in fields(Batch):
        added: Any = getattr(theirs, each.name)
        if added:
            kept = getattr(mine, each.name)
            if isinstance(kept, list):
                kept.extend(added)
            else:
                kept.update(added)
