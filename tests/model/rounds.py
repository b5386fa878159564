"""What the model knows of rounds: who hears, at a steady pace, that there is news of the others."""

from datetime import datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

from tests.model.outward import LIVE, Outward

STALE = timedelta(hours=12)


class Rounds(Outward):
    """The same case, with those who are kept informed of each other."""

    round: Any = None

    def may_join(self, party: Any) -> bool:
        told = party.status in (*LIVE, "acted") and party.reached
        return bool(told and party.track != "protection" and not self.tracks[party.track].quiet)

    def says_how_openly(self, track: Any, *, quiet: bool) -> None:
        track.quiet = quiet
        if quiet:
            self.recheck()
        self.ask_releases()

    def opens_round(self, parties: list[str], first: datetime, days: int) -> None:
        self.call_off("round")
        self.round = Thing(parties=parties, next=first, every=timedelta(days=days))

    def ends_round(self) -> None:
        self.call_off("round")
        self.round = None
        self.done("round")

    def hold_round(self) -> None:
        late = self.now - self.round.next > STALE
        self.call_off("round")
        while self.round.next <= self.now:
            self.round.next += self.round.every
        for name in () if late else self.round.parties:
            party = self.parties[name]
            shut = not self.is_open(self.tracks[party.track]) or self.refusal(party)
            for who in () if shut or not self.may_join(party) else self.right_ones(party):
                if party.ways[who]:
                    self.tell(party, who, purpose="round")
        self.task("round", due=self.now + timedelta(hours=24))

    def right_ones(self, party: Any) -> list[str]:
        """Whom a message reached, and who did not say that they are the wrong one."""
        reached = (who for who in party.contacts if who in party.reached)
        return [who for who in reached if who not in party.dropped]
