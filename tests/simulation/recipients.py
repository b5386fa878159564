"""Whom outside a released track must have told, recomputed from the facts of its case.

A party that the track tells is told; whoever does not answer in the time that the plan gives is
counted as silent and the party's next contact is told; one that asks its parties in turn goes on
to the next; a promise is asked after. Written from docs/reference/escalation.md, and naive: what
ends a clock is looked at, what the engine thinks of a party is not.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

EARLY = timedelta(seconds=1)
ENDS = ("resolved", "archived", "reopened")
"""After these nobody is owed a word until a track is released anew."""
SAYS_NO = ("declined", "conflict_declared", "alert_closed")
WHILE_IT_RESTS = ("ask_outcome", "confirm", "round")
"""What is said in a standing case as well: promises and rounds go on while it rests."""
PARTED = ("linked", "represents", "small_cell")
"""What forbids to tell, and a release may follow: what is said in another case, or how few it
concerns."""
PHONE = ("phone_them", "unreachable")

Fact = dict[str, Any]
Owed = tuple[datetime, str]


@dataclass(slots=True, kw_only=True)
class Track:
    """One track outside: from when it moves, and whether it asks its parties in turn."""

    in_turn: bool
    answer_by: timedelta
    released: datetime | None = None
    lifted: datetime | None = None
    """When it went on after a freeze, or when its case stood no more."""
    frozen: bool = False
    rests: bool = False
    """Its case stands: nobody further is told."""

    @property
    def since(self) -> datetime | None:
        """From when on it tells people; None while it does not."""
        if self.released is None or self.frozen or self.rests:
            return None
        return max(self.released, self.lifted or self.released)


@dataclass(slots=True, kw_only=True)
class Party:
    """One that a track tells, and what its contacts still owe or are owed."""

    track: str
    planned: datetime
    ways: dict[str, set[str]]
    """Of each contact, nearest first, those that have not failed."""
    heard: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    """Of those who heard, whoever is not to be told again."""
    clocks: dict[str, datetime] = field(default_factory=dict)
    """Contact -> by when they answer."""
    holds: dict[str, datetime] = field(default_factory=dict)
    """Contact -> until when their answer holds."""
    promises: dict[str, datetime] = field(default_factory=dict)
    """Promise -> when it is asked after."""
    givers: dict[str, str] = field(default_factory=dict)
    """Promise -> whose it is."""
    lost: set[str] = field(default_factory=set)
    """Who gave a promise, and whom no way reaches to ask what came of it."""
    freed: datetime | None = None
    """When the last of its clocks ended, or a message to it was called off."""
    phoned: bool = False
    out: bool = False
    no: bool = False
    """Out, and nothing comes of it: where parties are asked in turn, the next one is."""

    @property
    def has_it(self) -> bool:
        """Whether nobody further need be told for it just now."""
        return self.out or self.pledged or bool(self.clocks or self.holds)

    @property
    def pledged(self) -> bool:
        """Whether a promise stands whose giver can be asked what came of it."""
        return any(self.givers[each] not in self.lost for each in self.promises)

    @property
    def untold(self) -> list[str]:
        return [who for who, ways in self.ways.items() if ways and who not in self.told]

    def forget(self) -> None:
        """All of it is to be told anew, but to those who said no and by ways that failed."""
        self.told, self.clocks, self.holds, self.promises = set(), {}, {}, {}
        self.out = self.no  # whoever has acted may be asked for more


class Recipients:
    """Those outside whom one case may tell, as its facts go by."""

    def __init__(self, never: Collection[str], *, may_go: Collection[str] = ()) -> None:
        """`never`: endpoints of whom no release by one person lets anybody tell.

        `may_go`: contacts whom the registry may have lost by their turn: a person phones instead.
        """
        self.tracks: dict[str, Track] = {}
        self.parties: dict[str, Party] = {}
        self._never = never
        self._may_go = frozenset(may_go)

    def owed(self) -> Iterator[Owed]:
        """What is to happen, and when it was due at the earliest."""
        for id, party in self.parties.items():
            track = self.tracks[party.track]
            since = track.since
            if since is None or track.released is None or party.out:
                continue
            for who, at in (party.clocks | party.holds).items():
                yield max(at, since), f"{id}: {who} was silent, which is noted nowhere"
            for promise, at in party.promises.items():
                yield max(at, since), f"{id}: {promise} was asked after by nobody"
            if party.planned > track.released or party.has_it:
                continue
            due = max(since, party.freed or since)
            chased = party.phoned or party.promises  # Of one that is overdue a person knows.
            if party.told and not party.untold and not chased:
                yield due, f"{id}: nobody is left to be told, and nobody is asked to phone"
            elif party.untold and (party.told or not track.in_turn):
                yield due, f"{id}: {party.untold[0]} is to be told and was not"
            elif party.untold and (turn := self._turn(party.track)) is not None:
                yield max(since, turn), f"{id}: it is their turn, and {party.untold} heard nothing"

    def _turn(self, track: str) -> datetime | None:
        """Since when whoever is next may be told; None where somebody has it."""
        mine = [each for each in self.parties.values() if each.track == track]
        if any(each.has_it and each.heard and not each.no for each in mine):
            return None
        return max(each.freed or each.planned for each in mine)

    def wrong(self, fact: Fact, at: datetime) -> Iterator[str]:
        """What this fact may not say, as things stand before it."""
        party = self.parties.get(fact.get("alert", ""))
        if party is None:
            return
        kind = fact["kind"]
        if kind in ("contact_silent", "answer_expired"):
            of = party.clocks if kind == "contact_silent" else party.holds
            due = of.get(fact["contact"])
            if party.ways.get(fact["contact"]) and (due is None or at < due - EARLY):
                yield f"{fact['contact']} counts as silent at {at}, and has until {due}"
        if kind != "told" or fact["purpose"] == "stand_down":
            return
        rests = self.tracks[party.track].rests and fact["purpose"] in WHILE_IT_RESTS
        if self.tracks[party.track].since is None and not rests:
            yield f"{party.track} told somebody at {at}, and may tell nobody"
        new = {notice["contact"] for notice in fact["notices"]} - party.heard
        if fact["purpose"] == "tell" and party.out:
            yield f"{party.track} told a party at {at} that has acted, or said no"
        elif fact["purpose"] == "tell" and new and party.has_it:
            yield f"{sorted(new)} were told at {at}, and another contact has it"

    def take(self, fact: Fact, at: datetime) -> None:
        """Go on by one fact."""
        kind = fact["kind"]
        if kind == "planned":
            self._plan(fact, at)
        elif kind in ("standing_set", "standing_ended"):
            for track in self.tracks.values():
                track.rests, track.lifted = kind == "standing_set", at
        elif kind in ENDS:
            for track in self.tracks.values():
                track.released, track.rests = None, False
            for each in self.parties.values():
                each.forget()
        elif kind == "track_frozen":
            for name in fact["tracks"]:
                self.tracks[name].frozen = True
        elif fact.get("track") in self.tracks:
            self._move(self.tracks[fact["track"]], fact, at)
        if (party := self.parties.get(fact.get("alert", ""))) is not None:
            self._answer(party, fact, at)
            self._message(party, fact, at)

    def _plan(self, fact: Fact, at: datetime) -> None:
        for said in fact["tracks"]:
            if said["name"] != "duty":
                in_turn = any(step["spread"] == "next" for step in said["steps"])
                by = timedelta(seconds=said["answer_by"])
                self.tracks.setdefault(said["name"], Track(in_turn=in_turn, answer_by=by))
        for alert in fact["alerts"]:
            candidate = alert["candidate"]
            ways = {each["id"]: set(each["endpoints"]) for each in candidate["contacts"]}
            every = {way.partition(":")[2] for some in ways.values() for way in some}
            if not every <= set(self._never):
                of = candidate["track"]
                self.parties[alert["alert"]] = Party(track=of, planned=at, ways=ways)

    def _move(self, track: Track, fact: Fact, at: datetime) -> None:
        match fact["kind"]:
            case "track_released":
                track.released = at
            case "release_expired" | "release_withdrawn":
                track.released = None
            case "track_lifted":
                track.frozen, track.lifted = False, at
            case "track_hastened":
                track.answer_by = timedelta(seconds=fact["answer_by"])
                for party in self.parties.values():
                    if self.tracks[party.track] is track:
                        soon = at + track.answer_by
                        party.clocks = {who: min(by, soon) for who, by in party.clocks.items()}

    def _answer(self, party: Party, fact: Fact, at: datetime) -> None:
        """What somebody said, or did not say."""
        who = fact.get("contact") or fact.get("by", "")
        match fact["kind"]:
            case "contact_silent":
                self._ends(party, who, at)
                party.lost.add(who)
            case "answer_expired":
                self._ends(party, who, at)
                party.told.discard(who)
            case "answered" if not party.promises or who in party.clocks:
                self._ends(party, who, at)
                party.heard.add(who)  # Of what they were told, a backup may know nothing.
                party.holds[who] = datetime.fromisoformat(fact["hold_until"])
            case "promised":
                party.told -= set(party.clocks) - {who}
                party.clocks, party.holds = {}, {}
                party.promises[fact["action"]] = datetime.fromisoformat(fact["ask_at"])
                party.givers[fact["action"]] = who
                party.lost.discard(who)
            case "promise_asked":
                party.promises[fact["action"]] = datetime.fromisoformat(fact["next_at"])
            case "promise_withdrawn" | "promise_missed":
                party.promises.pop(fact["action"], None)
                party.freed = at
                if fact.get("hold_until") and not party.promises:
                    party.holds[who] = datetime.fromisoformat(fact["hold_until"])
            case "contact_dropped":
                self._ends(party, who, at)
                party.ways.pop(who, None)
            case "acted":
                party.out = True
            case "alert_withheld" if fact["reason"] in PARTED:
                party.planned = at + timedelta.resolution  # It waits for a release after this.
            case kind if kind in SAYS_NO:
                party.out = party.no = True
                party.freed = at

    def _message(self, party: Party, fact: Fact, at: datetime) -> None:
        """What was sent to somebody, or to nobody, and what became of it."""
        who, kind = fact.get("contact", ""), fact["kind"]
        if kind in ("told", "rerouted") and fact["purpose"] == "tell":
            for notice in fact["notices"]:
                party.told.add(notice["contact"])
                party.heard.add(notice["contact"])
                if not party.pledged and kind == "told":
                    party.holds.pop(notice["contact"], None)
                    party.clocks[notice["contact"]] = at + self.tracks[party.track].answer_by
        elif kind == "task_raised" and fact["task_kind"] in PHONE:
            party.phoned = True
            party.told |= self._may_go & party.ways.keys()
        elif kind == "delivery_failed":
            party.ways.get(who, set()).discard(fact["endpoint"])
            read = fact["reason"] == "not_delivered" and who in party.holds
            if not party.ways.get(who) and not read:  # whoever has answered has it all the same
                self._ends(party, who, at)
        elif kind == "tell_refused":
            for each in fact["contacts"]:
                self._ends(party, each, at)
                party.told.discard(each)

    def _ends(self, party: Party, who: str, at: datetime) -> None:
        party.clocks.pop(who, None)
        party.holds.pop(who, None)
        party.freed = at
