"""The story as the journal has it: each new fact in the words of the board."""

import asyncio
from datetime import datetime
from typing import get_args

from engine.demo.narrator import Narrator, Tone
from engine.ports import Reader
from engine.store import board
from engine.store.following import NewFact, new_facts
from engine.web.console.names import Names
from engine.web.console.present import tell_fact
from engine.web.words.reasons import why
from engine.web.words.sentence import plain
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import Reason
from schemas.projection import Purpose

_QUIET = (
    f.TaskRaised,
    f.TaskTaken,
    f.TaskReminded,
    f.TaskDone,
    f.HandedOff,
    f.Delivered,
    f.StepFired,
    f.HoldExtended,
    f.ExclusionsJoined,
    f.AnswerExpired,
    f.TrackReleased,
    f.AlertClosed,
)
"""Of use on the board; in a story they would drown the rest."""
_PAGES = {Purpose.PAGE: "Paged", Purpose.TASK: "Reminded", Purpose.INCIDENT: "Paged, incident"}
_WAYS = {"sms": "SMS", "email": "e-mail"}
_QUIET_CANCELS = ("acknowledged", "answered", "promised", "acted", "declined", "resolved")
_TELLING = frozenset(
    {Reason.PERPETRATOR_CLOSURE, Reason.UNKNOWN_PERPETRATOR_GROUP, Reason.CONTROLLER_NEEDS_TWO,
     Reason.REPRESENTS, Reason.OFFICER_OF, Reason.STATE_OF_PERPETRATOR, Reason.CERTAINTY,
     Reason.REQUESTING_STATE, Reason.TRANSIT_STATE}
)  # fmt: skip
_TONES: dict[str, Tone] = {tone: tone for tone in get_args(Tone)}


class Follower:
    """Reads what is new and hands it to the narrator."""

    def __init__(
        self, reader: Reader, narrator: Narrator, *, after: "Follower | None" = None
    ) -> None:
        """`after`: who followed until now, where an engine that was away has started again."""
        self._reader = reader
        self._narrator = narrator
        self._one_at_a_time = asyncio.Lock()
        self._seen: dict[str, int] = {} if after is None else after._seen
        self._alerts: dict[str, tuple[str, TrackName]] = {} if after is None else after._alerts

    async def look(self) -> int:
        """Tell what is new; return how many facts there were."""
        async with self._one_at_a_time:
            return await self._look()

    async def _look(self) -> int:
        seen = dict(self._seen)
        fresh = await self._reader.run(lambda conn: new_facts(conn, seen=seen))
        for new in fresh:
            self._seen[new.case] = self._seen.get(new.case, 0) + 1
            if isinstance(new.fact, f.Planned):
                for alert in new.fact.alerts:
                    place = alert.candidate
                    self._alerts[alert.alert] = (place.party, place.track)
            if isinstance(new.fact, (f.Told, f.Rerouted)):
                self._alerts.setdefault(new.fact.alert, (new.fact.party, new.fact.track))
        if fresh:
            names = await self._names(fresh)
            for new in fresh:
                self._tell(new, names)
            self._called(fresh, names)
        return len(fresh)

    def _called(self, fresh: tuple[NewFact, ...], names: Names) -> None:
        """Duty, called at one moment about one case, in one line."""
        calls: dict[tuple[str, datetime], list[f.Told]] = {}
        for new in fresh:
            if isinstance(new.fact, f.Told) and new.fact.track is TrackName.DUTY:
                calls.setdefault((new.ref, new.at), []).append(new.fact)
        for (ref, at), told in calls.items():
            who = ", ".join(names.person(fact.party).text for fact in told)
            purpose = _PAGES.get(told[0].purpose, "Called")
            again = f", round {told[0].tell_no}" if told[0].tell_no > 1 else ""
            ways = sorted({n.endpoint.partition(":")[0] for fact in told for n in fact.notices})
            by = " and ".join(_WAYS.get(way, way) for way in reversed(ways))
            self._narrator.tell(at, ref, f"{purpose}: {who} by {by}{again}.")

    def _tell(self, new: NewFact, names: Names) -> None:
        fact = new.fact
        if isinstance(fact, f.Planned):
            self._left_out(new, fact, names)
            return
        if isinstance(fact, _QUIET) or (isinstance(fact, f.Told) and fact.track is TrackName.DUTY):
            return
        if isinstance(fact, f.AlertWithheld) and fact.reason in _TELLING:
            return  # said when the case was planned
        if isinstance(fact, f.NoticesCancelled) and fact.reason in _QUIET_CANCELS:
            return
        line = tell_fact(fact, names)
        self._narrator.tell(new.at, new.ref, plain(line.said), tone=_TONES.get(line.tone, "plain"))

    def _left_out(self, new: NewFact, fact: f.Planned, names: Names) -> None:
        """Who must not know, each with the reason."""
        by_reason: dict[Reason, list[str]] = {}
        for out in fact.withheld:
            if out.reason in _TELLING and not out.contact:
                by_reason.setdefault(out.reason, []).append(names.party(out.party).text)
        for reason, who in by_reason.items():
            self._narrator.tell(
                new.at, new.ref, f"Left out: {', '.join(who)}. {why(reason)}", tone="warm"
            )

    async def _names(self, fresh: tuple[NewFact, ...]) -> Names:
        ids: set[str] = {party for party, _ in self._alerts.values()}
        for new in fresh:
            ids |= {str(v) for v in _values(new.fact)}
            if isinstance(new.fact, f.Planned):
                ids |= {out.party for out in new.fact.withheld}
            if isinstance(new.fact, (f.Told, f.Rerouted)):
                ids |= {notice.contact for notice in new.fact.notices}
        wanted, alerts = sorted(filter(None, ids)), dict(self._alerts)
        return await self._reader.run(
            lambda conn: Names(
                parties=board.party_names(conn, wanted),
                contacts=board.contact_labels(conn, wanted),
                people=board.head(conn).people,
                alerts=alerts,
                zone="UTC",
            )
        )


def _values(fact: f.Fact) -> list[str]:
    found = [getattr(fact, name, "") for name in ("party", "contact", "by", "to", "owner")]
    flat: list[str] = []
    for value in found:
        flat.extend(value if isinstance(value, tuple) else [str(value)])
    return flat
