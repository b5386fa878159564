"""The ledger of actions: who promised what by when, whether it came, and what it was worth.

Made of the facts of a case alone, in their order; nothing here decides anything (row P18).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from schemas import facts as f
from schemas.codes import ActionKind, Effect, Proviso, TrackName
from schemas.responses import AnswerClass, WithdrawnBecause


class Standing(StrEnum):
    """Where an action stands; it only moves forward."""

    PROPOSED = "proposed"
    """One of ours proposed it as something to be done together."""
    CLEARED = "cleared"
    """Everybody who had to agree to it did."""
    PROMISED = "promised"
    ASKED = "asked"
    """It was due, and its giver was asked how it went."""
    DONE = "done"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    UNDERWAY = "underway"
    """Somebody said that they act already."""

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self in (Standing.DONE, Standing.MISSED, Standing.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger."""

    action: str
    """Id of the action; empty for one that was proposed, or is said to be under way."""
    kind: ActionKind
    standing: Standing
    track: TrackName | None = None
    alert: str = ""
    party: str = ""
    """Who promised or did it; empty for what many are to do together."""
    by: str = ""
    """Contact, or who of ours typed it in; a person of ours for what was proposed."""
    way: str = ""
    at: datetime
    """When it was proposed, promised, or done without a promise."""
    due_at: datetime | None = None
    over_at: datetime | None = None
    """When it was done, missed or withdrawn, as far as a fact says."""
    late: bool = False
    """Done after it was due."""
    condition: Proviso | None = None
    condition_met: bool = False
    effect: Effect | None = None
    answer_class: AnswerClass | None = None
    """What a person judged it to be worth; None: nobody did."""
    withdrawn: WithdrawnBecause | None = None
    for_date: str = ""

    @property
    def kept(self) -> bool | None:
        """Whether a promise was kept; None while that is open, or where nothing was promised."""
        if self.due_at is None or not self.standing.over:
            return None
        if self.standing is Standing.WITHDRAWN:
            return None if self.withdrawn in _NOT_THEIRS else False
        return self.standing is Standing.DONE


KINDS: tuple[str, ...] = (
    "planned",
    "told",
    "joint_proposed",
    "track_released",
    "answered",
    "promised",
    "promise_moved",
    "promise_asked",
    "promise_missed",
    "promise_withdrawn",
    "condition_met",
    "acted",
    "answer_classed",
    "declined",
    "conflict_declared",
    "alert_closed",
    "alert_withheld",
    "resolved",
)
"""Facts that say something of actions: all that has to be read of a long journal."""

_NOT_THEIRS = (
    WithdrawnBecause.AT_OUR_REQUEST,
    WithdrawnBecause.CONDITION_FAILED,
    WithdrawnBecause.RENEWED,
    WithdrawnBecause.MISTAKE,
)


def ledger(facts: Iterable[f.Fact]) -> tuple[Entry, ...]:
    """Return the actions of a case, in the order in which they were first heard of."""
    book = _Book()
    for fact in facts:
        book.read(fact)
    return tuple(book.entries.values())


class _Book:
    """The ledger while the facts are read."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self._alerts: dict[str, tuple[TrackName, str]] = {}

    def read(self, fact: f.Fact) -> None:
        match fact:
            case f.Planned():
                for planned in fact.alerts:
                    candidate = planned.candidate
                    self._alerts[planned.alert] = (candidate.track, candidate.party)
            case f.Told():
                self._alerts.setdefault(fact.alert, (fact.track, fact.party))
            case f.JointProposed():
                self._open(
                    f"joint {fact.track.value}",
                    Entry(
                        action="",
                        kind=fact.action,
                        standing=Standing.PROPOSED,
                        track=fact.track,
                        by=fact.by,
                        at=fact.at,
                    ),
                )
            case f.TrackReleased():
                self._change(f"joint {fact.track.value}", standing=Standing.CLEARED)
            case f.Promised() | f.Acted() | f.Answered():
                self._answered(fact)
            case f.PromiseMoved():
                self._change(fact.action, due_at=fact.due_at)
            case f.PromiseAsked():
                self._change(fact.action, standing=Standing.ASKED)
            case f.PromiseMissed():
                self._change(fact.action, standing=Standing.MISSED)
            case f.ConditionMet():
                self._change(fact.action, condition_met=True)
            case f.PromiseWithdrawn():
                self._change(
                    fact.action,
                    standing=Standing.WITHDRAWN,
                    over_at=fact.at,
                    withdrawn=fact.reason,
                )
            case f.AnswerClassed():
                key = fact.action or f"underway {fact.alert}"
                self._change(key, answer_class=fact.answer_class)
            case f.Declined():
                self._give_up(fact.alert, at=fact.at, because=WithdrawnBecause.BY_GIVER)
            case f.ConflictDeclared():
                self._give_up(fact.alert, at=fact.at, because=WithdrawnBecause.BY_GIVER)
            case f.AlertClosed() | f.AlertWithheld():
                self._give_up(fact.alert, at=None, because=WithdrawnBecause.AT_OUR_REQUEST)
            case f.Resolved():
                for alert in {entry.alert for entry in self.entries.values() if entry.alert}:
                    self._give_up(alert, at=fact.at, because=WithdrawnBecause.AT_OUR_REQUEST)
            case _:
                pass

    def _answered(self, fact: f.Promised | f.Acted | f.Answered) -> None:
        if isinstance(fact, f.Answered):
            if fact.answer == "already_acting":
                kind = fact.action_kind or ActionKind.OTHER
                entry = self._entry(fact, action="", kind=kind, standing=Standing.UNDERWAY)
                self._open(f"underway {fact.alert}", entry)
            return
        kind = fact.action_kind
        if isinstance(fact, f.Promised):
            entry = self._entry(fact, action=fact.action, kind=kind, standing=Standing.PROMISED)
            self._open(
                fact.action,
                replace(
                    entry,
                    due_at=fact.due_at,
                    condition=fact.condition,
                    for_date=fact.for_date,
                ),
            )
            return
        if fact.action not in self.entries:
            entry = self._entry(fact, action=fact.action, kind=kind, standing=Standing.DONE)
            self._open(fact.action, replace(entry, for_date=fact.for_date))
        due = self.entries[fact.action].due_at
        self._change(
            fact.action,
            standing=Standing.DONE,
            over_at=fact.at,
            effect=fact.effect,
            late=due is not None and fact.at > due,
        )
        self._change(f"underway {fact.alert}", standing=Standing.DONE, over_at=fact.at)

    def _entry(
        self,
        fact: f.Promised | f.Acted | f.Answered,
        *,
        action: str,
        kind: ActionKind,
        standing: Standing,
    ) -> Entry:
        track, party = self._alerts.get(fact.alert, (None, ""))
        return Entry(
            action=action,
            kind=kind,
            standing=standing,
            track=track,
            alert=fact.alert,
            party=party,
            by=fact.contact or fact.by,
            way=fact.way,
            at=fact.at,
        )

    def _open(self, key: str, entry: Entry) -> None:
        self.entries[key] = entry

    def _change(self, key: str, **changes: object) -> None:
        known = self.entries.get(key)
        if known is not None:
            self.entries[key] = replace(known, **changes)  # type: ignore[arg-type]  # its fields

    def _give_up(self, alert: str, *, at: datetime | None, because: WithdrawnBecause) -> None:
        """What is still open of a party that is asked nothing more."""
        for key, entry in self.entries.items():
            if entry.alert == alert and not entry.standing.over:
                self.entries[key] = replace(
                    entry, standing=Standing.WITHDRAWN, over_at=at, withdrawn=because
                )
