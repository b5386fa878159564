"""The small invented world in which the engine and its model live through the same."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

from rules import reaching
from rules.graph import Registry
from rules.rulebook import Rulebook
from schemas.codes import Severity, TrackName
from schemas.party import Party, PartyKind
from schemas.plan import Candidate, Gate, Protocol, Track, Until
from schemas.roster import DutyPerson, Role, Roster, Shift
from schemas.rulebook import TellShape
from tests.unit.engine.case import builders
from tests.unit.engine.case.builders import found
from tests.unit.rules.build import the_default_pack

SECOND_RUNG = 120
"""Minutes after its release: the missions of these tests have a second rung."""
PARTIES: dict[str, dict[str, tuple[str, ...]]] = {
    "missions": {"embassy": ("lea", "desk"), "nhri-qn": ("nhri-mail",)},
    "companies": {"haldane": ("noor", "omar")},
    "protection": {"fjord": ("fjord-mail",), "bright": ("bright-mail", "bright-deputy")},
}
KINDS = {"embassy": PartyKind.MISSION, "consul": PartyKind.MISSION, "nhri-qn": PartyKind.NHRI}
WAYS = {"lea": ("email", "sms"), "noor": ("email", "sms")}
"""To whom more than one way leads, the first one first; to everybody else by mail."""
ADDED = "consul"
"""Found by nobody; a person may add it to the missions."""
UNTIL = {
    "acted": (Until.ACTED, 0, False),
    "one acted": (Until.ACTED, 1, False),
    "two promised": (Until.COMMITTED, 2, False),
    "one promised of each kind": (Until.COMMITTED, 1, True),
}
"""When the missions are quiet: what, of how many (0: each), of each kind of party or of all."""
PEOPLE = ("ana", "ben", "chi", "dia")


class World:
    """What both know: who there is, who is on shift, when somebody is there."""

    def __init__(self, until: str = "acted") -> None:
        self.until = UNTIL[until]
        self.roster: dict[str, tuple[str, ...]] = {
            "handler": ("ana",),
            "second": ("ben",),
            "shift_lead": ("chi",),
            "director": ("dia",),
        }
        self.floor: tuple[str, ...] = ("eve",)

    # --- as the model knows it

    def tracks(self) -> dict[str, Any]:
        """Each track at its beginning: behind its gate."""
        made = {
            name: Thing(
                name=name,
                two=name == "companies",
                in_turn=name == "protection",
                until="committed" if name == "protection" else "acted",
                enough=int(name == "protection"),
                per_kind=False,
                quiet=name == "missions",
                rungs=(0, SECOND_RUNG) if name == "missions" else (0,),
                anchor=None,
                ends=None,
                given_start=None,
                given_ends=None,
                rung=0,
                fired=False,
                passed=False,
                protocol=False,
                answer_due=None,
                jumped=None,
                by=[],
                frozen=False,
                thaws=None,
                lifted=[],
            )
            for name in PARTIES
        }
        missions, (until, enough, per_kind) = made["missions"], self.until
        missions.until, missions.enough, missions.per_kind = until.value, enough, per_kind
        return made

    def parties(self) -> dict[str, Any]:
        """Each party at its beginning: planned."""
        return {
            name: self.party(name, track, contacts)
            for track, parties in PARTIES.items()
            for name, contacts in parties.items()
        }

    def party(self, name: str, track: str, contacts: tuple[str, ...]) -> Any:
        """A party at its beginning."""
        return Thing(
            name=name,
            track=track,
            kind=KINDS.get(name, ""),
            contacts=contacts,
            status="planned",
            why="",
            by_hand=False,
            by_report=name != ADDED,
            no=False,
            left=False,
            told=[],
            dropped=[],
            ways={who: list(WAYS.get(who, ("email",))) for who in contacts},
            reached=[],
            calls={},
            promises=[],
            acts=[],
        )

    def missions(self, names: tuple[str, ...]) -> list[Any]:
        """These missions, at their beginning."""
        contacts = {**PARTIES["missions"], ADDED: ("consul-mail",)}
        return [self.party(name, "missions", contacts[name]) for name in names]

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

    def planned(
        self, severity: Severity, pack: Rulebook, *, second: int = SECOND_RUNG
    ) -> tuple[Track, ...]:
        """The shipped tracks of this severity, and duty's; when the second missions are due."""
        tracks = [pack.duty_track(severity)]
        for name in PARTIES:
            shape = TellShape(track=TrackName(name), walk="msis")
            track = pack.track("default", shape, severity)
            if name == "missions":
                rung = replace(track.steps[0], offset=second * 60)
                until, enough, per_kind = self.until
                track = replace(
                    track,
                    gate=Gate.PROTOCOL,
                    steps=(*track.steps, rung),
                    until=until,
                    enough=enough,
                    per_kind=per_kind,
                )
            tracks.append(track)
        return tuple(tracks)

    def candidates(self) -> tuple[Candidate, ...]:
        """Each party as a walk finds it, nearest first."""
        return tuple(
            replace(found(party, TrackName(track), rank=rank), kind=KINDS.get(party))
            for track, parties in PARTIES.items()
            for rank, party in enumerate(parties)
        )

    def found_today(self, names: tuple[str, ...]) -> tuple[Candidate, ...]:
        """The candidates when the missions found are these; the other tracks as ever."""
        known = tuple(
            each
            for each in self.candidates()
            if each.track is not TrackName.MISSIONS or each.party in names
        )
        if ADDED not in names:
            return known
        consul = reaching.by_hand(
            self.registry(), track=TrackName.MISSIONS, party=ADDED, rank=2, exercise=False
        )
        return (*known, consul)

    def registry(self) -> Registry:
        """The world of these tests; those asked to protect may be asked without consent."""
        vetted = PARTIES["protection"]
        parties = (
            replace(party, kind=PartyKind.PROTECTION) if party.id in vetted else party
            for party in builders.PARTIES
        )
        consul = Party(id=ADDED, kind=PartyKind.MISSION, name="Consul QN", state="QN")
        mail = replace(
            next(each for each in builders.CONTACTS if each.id == "desk"),
            id="consul-mail",
            party=ADDED,
        )
        return Registry(
            (*parties, consul), links=builders.LINKS, contacts=(*builders.CONTACTS, mail)
        )

    def protocol(self, until: datetime) -> Protocol:
        """What two people agreed: a report that brings consent releases the missions."""
        return Protocol(
            id="line",
            publisher="hotline",
            audiences=(TrackName.MISSIONS,),
            codes=("enrichment", "surveillance"),
            subject=None,
            agreed_by=("ana", "chi"),
            until=until,
        )

    def on_shift(self) -> Roster:
        """The roster: who is in which role just now, at all hours."""
        return Roster(
            version=repr((self.roster, self.floor)),
            people=tuple(_person(who) for who in PEOPLE),
            shifts=tuple(
                Shift(role=Role(role), person=who)
                for role, people in self.roster.items()
                for who in people
            ),
            floor=next(map(_person, self.floor), None),
        )


def _person(who: str) -> DutyPerson:
    return DutyPerson(id=who, label=who.title(), endpoints=(f"sms:{who}-sms", f"email:{who}-mail"))


PACK = the_default_pack()
