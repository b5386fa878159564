"""The small invented world in which the engine and its model live through the same."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

from rules.rulebook import Rulebook
from schemas.codes import Severity, TrackName
from schemas.plan import Candidate, Step, Track
from schemas.roster import DutyPerson, Role, Roster, Shift
from schemas.rulebook import TellShape
from tests.unit.engine.case.builders import found
from tests.unit.rules.build import the_default_pack

SECOND_RUNG = 120
"""Minutes after its release: the missions of these tests have a second rung."""
PARTIES = {
    "missions": {"embassy": ("lea", "desk"), "nhri-qn": ("nhri-mail",)},
    "companies": {"haldane": ("noor", "omar")},
    "protection": {"fjord": ("fjord-mail",), "bright": ("bright-mail", "bright-deputy")},
}
PEOPLE = ("ana", "ben", "chi", "dia")


class World:
    """What both know: who there is, who is on shift, when somebody is there."""

    def __init__(self) -> None:
        self.roster = {
            "handler": ("ana",),
            "second": ("ben",),
            "shift_lead": ("chi",),
            "director": ("dia",),
        }

    # --- as the model knows it

    def tracks(self) -> dict[str, Any]:
        """Each track at its beginning: behind its gate."""
        return {
            name: Thing(
                name=name,
                two=name == "companies",
                in_turn=name == "protection",
                committed=name == "protection",
                rungs=(0, SECOND_RUNG) if name == "missions" else (0,),
                anchor=None,
                rung=0,
                fired=False,
                by=[],
                frozen=False,
                thaws=None,
                lifted=[],
            )
            for name in PARTIES
        }

    def parties(self) -> dict[str, Any]:
        """Each party at its beginning: planned."""
        return {
            name: Thing(
                name=name,
                track=track,
                contacts=contacts,
                status="planned",
                why="",
                no=False,
                told=[],
                dropped=[],
                reached=[],
                calls={},
                promises=[],
            )
            for track, parties in PARTIES.items()
            for name, contacts in parties.items()
        }

    def open_at(self, who: str, now: datetime) -> bool:
        """Lea keeps office hours, the institution's mailbox is read by day; others are there."""
        if who == "lea":
            return now.weekday() < 5 and 8 <= now.hour < 16
        return who != "nhri-mail" or 10 <= now.hour < 18

    def next_opening(self, who: str, now: datetime) -> datetime:
        """The full hour at which they are there next."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        while not self.open_at(who, hour) or hour < now:
            hour += timedelta(hours=1)
        return hour

    # --- as the engine does

    def planned(self, severity: Severity, pack: Rulebook) -> tuple[Track, ...]:
        """The shipped tracks of this severity, and duty's."""
        tracks = [pack.duty_track(severity)]
        for name in PARTIES:
            shape = TellShape(track=TrackName(name), walk="msis")
            track = pack.track("default", shape, severity)
            if name == "missions":
                rung = replace(track.steps[0], offset=SECOND_RUNG * 60)
                track = replace(track, steps=(*track.steps, rung))
            tracks.append(track)
        return tuple(tracks)

    def candidates(self) -> tuple[Candidate, ...]:
        """Each party as a walk finds it, nearest first."""
        return tuple(
            found(party, TrackName(track), rank=rank)
            for track, parties in PARTIES.items()
            for rank, party in enumerate(parties)
        )

    def on_shift(self) -> Roster:
        """The roster: who is in which role just now, at all hours."""
        return Roster(
            version=repr(self.roster),
            people=tuple(_person(who) for who in PEOPLE),
            shifts=tuple(
                Shift(role=Role(role), person=who)
                for role, people in self.roster.items()
                for who in people
            ),
            floor=_person("eve"),
        )


def _person(who: str) -> DutyPerson:
    return DutyPerson(id=who, label=who.title(), endpoints=(f"sms:{who}-sms", f"email:{who}-mail"))


PACK = the_default_pack()
__all__ = ["PACK", "PARTIES", "PEOPLE", "SECOND_RUNG", "Step", "World"]
