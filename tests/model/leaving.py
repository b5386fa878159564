"""What the model knows of a message that leaves, may not leave any more, or arrives nowhere."""

from datetime import datetime, timedelta
from typing import Any

from tests.model.dates import Dates
from tests.model.duty import RUNGS
from tests.model.outward import LIVE

WAYS = ("sms", "email")
"""Of each of our own people."""
FLOOR_EVERY = timedelta(hours=1)
STALE = timedelta(hours=12)


class Leaving(Dates):
    """The same case, as the sender has its messages: in `pending` until they have left."""

    def __init__(self, now: datetime, severity: str, world: Any) -> None:
        self.dead: set[tuple[str, str]] = set()
        """Ways of our own people on which a message failed."""
        super().__init__(now, severity, world)

    def message(self, who: str, purpose: str, at: datetime) -> Any:
        """It, where it waits, and the party that it is to."""
        mine = (m for m in self.pending if (m[0], m[1], m[3]) == (who, purpose, at))
        found = next(mine, None)
        return found, self.parties.get(found[2]) if found else None

    def gone(self, who: str, purpose: str, at: datetime) -> Any:
        found, party = self.message(who, purpose, at)
        if found:
            self.pending.remove(found)
        return party

    def leaves(self, who: str, purpose: str, at: datetime) -> None:
        if party := self.gone(who, purpose, at):
            party.left = True
            told = purpose != "stand_down" and who not in party.reached
            party.reached += [who] if told else []
            if party.track != "protection":
                self.told_outward = self.now

    # --- the last look

    def kept_back(self, party: Any, purpose: str, at: datetime) -> str:
        """Why it may not leave; empty: it may."""
        if purpose == "stand_down":
            return "held" if self.held_until(party) else ""
        if purpose == "tell" and self.now - at > STALE:
            return "stale"
        return self.refusal(party) if self.is_open(self.tracks[party.track]) else "gate"

    def is_taken_up(self, who: str, purpose: str, at: datetime) -> None:
        found, party = self.message(who, purpose, at)
        why = self.kept_back(party, purpose, at) if party else ""
        if not why:
            return
        self.pending.remove(found)
        if purpose == "stand_down":
            return self.say_later(party)
        if purpose == "round":
            return
        party.told = [each for each in party.told if each != who]
        party.calls.pop(who, None)
        if not party.calls and not self.pledged(party) and party.status != "acted":
            party.status, party.why = "withheld", why
        if why == "stale":
            self.still_right(party.name)

    # --- what arrives nowhere

    def held_until(self, party: Any) -> list[datetime]:
        return [until for until, of in self.holds if of == party.name and until > self.now]

    def say_later(self, party: Any) -> None:
        self.task("stand_down_held", of=party.name, due=self.held_until(party)[0])

    def bounces(self, who: str, purpose: str, at: datetime, way: str) -> None:
        """This message to a party will not arrive this way, nor will any other."""
        party = self.gone(who, purpose, at)
        party.ways[who] = [each for each in party.ways[who] if each != way]
        if self.status == "closed":
            return
        grave = self.severity in ("critical", "high")
        self.task("dead_way", of=f"{party.name}/{way}")
        live, news = party.status in LIVE, purpose == "round" and party.status in (*LIVE, "acted")
        if party.ways[who] and (live or news or purpose == "stand_down"):
            # Its next way, in the same decision.
            self.pending.append((who, purpose, party.name, self.now))
        elif purpose == "stand_down" and self.held_until(party):
            self.say_later(party)
        elif purpose == "stand_down":
            self.task("unreachable", of=f"{party.name}/stand_down", critical=grave)
        elif news:
            self.task("unreachable", of=f"{party.name}/round", critical=grave)
        elif live:
            party.calls.pop(who, None)
            self.settle(party)
            if not self.settled(self.tracks[party.track]) and not self.tell_next(party):
                self.task("unreachable", of=f"{party.name}/", critical=grave)
                self.next_party(self.tracks[party.track])

    def fails(self, who: str, purpose: str, at: datetime, way: str, *, first: bool) -> None:
        """A message to one of our own people will not arrive this way, the first or another."""
        if first:
            self.gone(who, purpose, at)
        if self.status == "closed":
            return
        self.task("dead_way", of=f"{who}/{way}")
        self.dead.add((who, way))
        left = [each for each in WAYS if (who, each) not in self.dead]
        if who in self.floor or (left and self.reachable(who)):
            return
        if self.quiet and not self.about_a_task(who, purpose):
            return
        if self.floor_called is None or self.now - self.floor_called >= FLOOR_EVERY:
            self.floor_called = self.now
            for each in self.floor:
                self.send(each, "page")
        else:
            self.told_in_vain(who)

    def about_a_task(self, who: str, purpose: str) -> bool:
        """After an outage one message says all of it."""
        owes = any(task.owner == who and task.told for task in self.tasks)
        return purpose == "task" or (purpose == "overdue" and owes)

    def told_in_vain(self, who: str) -> None:
        if self.status != "monitored":
            self.wake() if self.quiet else None
        elif any(task.owner == who and task.told for task in self.tasks):
            self.page(RUNGS[self.severity], besides=True)
