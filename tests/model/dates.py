"""What the model knows of a date: one hearing at a time, and who sees to it."""

from datetime import datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

from tests.model.outward import LIVE
from tests.model.rounds import Rounds

CHECKS = (timedelta(days=14), timedelta(hours=72), timedelta(hours=24))
OVER = timedelta(hours=4)


class Dates(Rounds):
    """The same case, as its date draws near."""

    date: Any = None

    def concerned(self) -> list[Any]:
        tracks = (track for track in self.tracks.values() if track.name != "protection")
        return [track for track in tracks if track.anchor is not None]

    def is_for_it(self, promise: Any) -> bool:
        return bool(promise.due >= self.date.at - timedelta(hours=72))

    def promised_for_it(self, party: Any) -> Any:
        found = (p for p in party.promises if self.is_for_it(p) and not p.worthless)
        return next(found, None)

    def covers(self, party: Any) -> bool:
        did = party.status in ("acted", "promised") and party.name in self.date.acted
        did = did and any(not act.worthless for act in party.acts)
        return bool(did or self.promised_for_it(party))

    def covered(self) -> bool:
        tracks = self.concerned()
        return bool(tracks) and all(any(map(self.covers, self.of(track))) for track in tracks)

    def looks(self) -> list[datetime]:
        """The checks that lie ahead, and the time at which it is over."""
        looks = [self.date.at - check for check in CHECKS] + [self.date.at + OVER]
        return [look for look in looks if look > self.now]

    def add_date(self, id: str, at: datetime) -> None:
        self.date = Thing(id=id, at=at, acted=set())
        self.date.next = self.looks()[0]
        self.say_if_near()

    def say_if_near(self) -> None:
        if len(self.looks()) == 1 and not self.covered():
            self.task("date_check", of=self.date.id, due=self.date.at, critical=True)

    def remove_date(self) -> None:
        promised = any(self.covers(party) for party in self.parties.values())
        for party in self.parties.values():
            if party.track != "protection" and (party.promises or party.name in self.date.acted):
                self.call_off("remind", party=party.name)
        self.done("date_check", of=self.date.id)
        self.date = None
        if promised:
            self.task("date_off", of="hearing")

    def look(self) -> None:
        date, due = self.date, self.date.next
        if due == date.at + OVER:
            return self.date_passes()
        checks = [date.at - check for check in CHECKS]
        later = next((check for check in checks if check > due), None)
        date.next = later or date.at + OVER
        if date.next <= self.now:
            return
        early, last = due == checks[0], due == checks[-1]
        lacking = [
            track
            for track in self.concerned()
            if not any(map(self.covers, self.of(track)))
            and not (early and (track.answer_due is None or track.answer_due > self.now))
        ]
        satisfied = not lacking if self.concerned() else early
        late = self.now - due > timedelta(hours=12)
        self.done("date_check", of=date.id)
        if self.status == "open":
            self.ask_further(lacking, late=late)
        heard = not last or self.remind_of_it(late=late)
        if not satisfied:
            until = max(later or date.at, self.now)
            self.task("date_check", of=date.id, due=until, critical=not heard)

    def ask_further(self, lacking: list[Any], *, late: bool) -> None:
        for track in lacking:
            for party in self.of(track) if not track.frozen else ():
                if party.status not in LIVE or self.covers(party):
                    continue
                if late:
                    self.still_right(party.name)
                elif self.refusal(party) not in ("consent", "no"):
                    self.tell_next(party)

    def remind_of_it(self, *, late: bool) -> bool:
        """A day before: whoever sees to it, and whoever of us has the case."""
        names = [track.name for track in self.concerned()]
        for party in self.parties.values() if self.status == "open" and not late else ():
            if party.track in names and self.covers(party):
                promise = self.promised_for_it(party)
                who = promise.by if promise else party.acts[-1].by
                if self.refusal(party) not in ("consent", "no"):
                    self.tell_again(party, who, "remind")
        ours = [self.owner] if self.owner else self.from_here_up("handler")[0][:1]
        ours = [who for who in ours if self.reachable(who)]
        for who in ours:
            if not {"page", "overdue"} & self.said(who):
                self.send(who, "task")
        return bool(ours)

    def date_passes(self) -> None:
        parties = [p for p in self.parties.values() if p.track != "protection"]
        asked = any(self.promised_for_it(party) for party in parties)
        self.done("date_check", of=self.date.id)
        self.date = None
        if not asked:
            self.task("date_passed", of="hearing")

    def answer_of_a_date(self, party: Any, before: Any, *, acted: bool) -> None:
        """What an answer means for the date; `before`: the party as it was."""
        if not self.date or party.track == "protection":
            return
        if acted and self.date.at > self.now:
            if not before.promises or self.is_for_it(before.promises[0]):
                self.date.acted.add(party.name)
        if self.covered():
            self.done("date_check", of=self.date.id)
        self.lost(before)

    def lost(self, before: Any) -> None:
        if self.date and self.date.at > self.now and self.covers(before):
            self.say_if_near()

    def reopen_date(self) -> None:
        if self.date:
            looks = self.looks()
            self.date = self.date if looks else None
            if looks:
                self.date.next = looks[0]
