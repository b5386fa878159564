"""What the model knows of parties: whom a track tells, when, and what their silence leads to."""

from datetime import datetime, timedelta
from typing import Any

from tests.model import page
from tests.model.duty import ANY_OTHER, Duty

TRACKS = ("protection", "missions", "companies")
ANSWER_BY = {name: page.row("## Outward tracks", name) for name in TRACKS}
HOLDS = ANSWER_BY | {"protection": ANY_OTHER}
LIVE = ("waiting", "answered", "promised", "silent")
OUT = ("closed", "declined")
WAITS = ("frozen", "held")
PHONE = ("phone_them", "phone_at_opening")


class Outward(Duty):
    """The same case, as its parties live it: `tracks` and `parties`, as the test made them."""

    def __init__(self, now: datetime, severity: str, world: Any) -> None:
        super().__init__(now, severity, world)
        self.tracks, self.parties = world.tracks(), world.parties()
        self.open_at, self.next_opening = world.open_at, world.next_opening
        self.consent, self.refused = {*self.tracks}, False
        self.linked, self.unlinking = {*self.tracks}, ""
        """What the people of a case allow that this one is linked with; alone: everything."""
        self.necessity: Any = None
        self.told_outward: datetime | None = None
        self.by_hand = ""
        """A track that somebody released in this very decision."""

    def of(self, track: Any) -> list[Any]:
        return [party for party in self.parties.values() if party.track == track.name]

    # --- who may be told

    def refusal(self, party: Any) -> str:
        stands_in = party.track == "protection" and self.necessity and self.necessity.in_force
        for allowed, why in ((self.consent, "consent"), (self.linked, "linked")):
            if party.track not in allowed and not (stands_in and not self.refused):
                return why
        if party.no:
            return "no"
        held = any(of == party.name and until > self.now for until, of in self.holds)
        return "frozen" if self.tracks[party.track].frozen else "held" if held else ""

    def is_open(self, track: Any) -> bool:
        begun = track.anchor is not None and track.anchor <= self.now
        return bool(begun) and (track.ends is None or bool(self.now < track.ends))

    def rests(self, name: str) -> bool:
        return self.status == "standing" and name != "protection"

    def waits(self, party: Any) -> bool:
        withheld = party.status == "withheld" and party.why not in ("nobody", "not_found")
        return bool(withheld or party.status == "planned")

    def to_come(self, track: Any) -> bool:
        """Whether its first rung is still to come, and tells whoever waits."""
        return track.anchor is not None and not track.fired and track.rung < len(track.rungs)

    def has_it(self, track: Any, *, or_waits: bool = False) -> bool:
        having = (*LIVE, "acted", *(("held",) if or_waits else ()))
        return any(
            (p.why if p.status == "withheld" else p.status) in having for p in self.of(track)
        )

    # --- when a track is quiet

    def groups(self, track: Any) -> list[list[Any]]:
        left = [party for party in self.of(track) if party.status not in OUT]
        left = [party for party in left if party.why != "not_found"]
        kinds = dict.fromkeys(party.kind if track.per_kind else "" for party in left)
        return [[party for party in left if kind in ("", party.kind)] for kind in kinds]

    def did(self, track: Any, party: Any) -> bool:
        counts = track.until == "committed" or any(not act.worthless for act in party.acts)
        return party.status == "acted" or (party.status == "promised" and counts)

    def needs_nobody(self, track: Any) -> bool:
        groups = [
            [self.did(track, p) for p in group if track.enough or p.status != "withheld"]
            for group in self.groups(track)
        ]
        return bool(groups) and all(
            did and sum(did) >= (track.enough or len(did)) for did in groups
        )

    def settled(self, track: Any) -> bool:
        return bool(track.enough) and self.needs_nobody(track)

    def can_be_quiet(self, track: Any) -> bool:
        groups = self.groups(track)
        return bool(groups) and all(len(group) >= max(track.enough, 1) for group in groups)

    # --- rungs

    def moves(self, track: Any) -> Any:
        if self.rests(track.name):
            return None
        if track.frozen:
            return track.thaws
        return track.jumped or self.rung_at(track, track.rung)

    def rung_at(self, track: Any, rung: int) -> Any:
        on = track.anchor is not None and rung < len(track.rungs)
        return track.anchor + timedelta(minutes=track.rungs[rung]) if on else None

    def climb(self, track: Any) -> None:
        at = self.moves(track) or self.now
        track.rung, track.fired, track.jumped = track.rung + 1, True, None
        if self.needs_nobody(track):
            track.passed = True
        elif (self.rung_at(track, track.rung) or self.now + timedelta(1)) <= self.now:
            pass  # A later rung is due as well.
        elif self.now - at > timedelta(hours=12):
            self.still_right(track.name)
        else:
            for party in self.of(track) if track.rung == 1 else ():
                if party.status == "silent":
                    self.tell_next(party)
            told = self.tell_track(track, by_hand=self.by_hand == track.name)
            if not told and not self.has_it(track, or_waits=True):
                self.task("nobody_left", of=track.name)

    def catch_up(self) -> bool:
        """Fire one rung that was passed over and is needed now; whether there was one."""
        for track in self.tracks.values() if self.status == "open" else ():
            needed = track.passed and not track.frozen and self.is_open(track)
            if needed and not self.needs_nobody(track):
                track.passed = False
                if not (track.in_turn and self.has_it(track)):
                    self.tell_track(track)
                return True
        return False

    def tell_track(self, track: Any, *, by_hand: bool = False) -> bool:
        told = False
        for party in self.of(track) if not self.to_come(track) else ():
            if self.waits(party) and (by_hand or party.status == "planned" or party.why in WAITS):
                told = self.tell_next(party) or told
                if told and track.in_turn:
                    break
        return told

    def tell_next(self, party: Any) -> bool:
        if self.rests(party.track) or not self.is_open(self.tracks[party.track]):
            return False
        left = [who for who in party.contacts if who not in (*party.told, *party.dropped)]
        left = [who for who in left if party.ways[who]]
        why = self.refusal(party) or ("" if left or party.told else "nobody")
        if why and party.status in ("planned", "withheld"):
            party.status, party.why = "withheld", why
            if why == "nobody":
                grave = self.severity in ("critical", "high")
                self.task("unreachable", of=f"{party.name}/", critical=grave)
        if why or not left:
            return False
        there = [who for who in left if self.open_at(who, self.now)]
        if left[0] not in there and not there and self.severity in ("critical", "high"):
            at = self.next_opening(left[0], self.now)
            self.task("phone_at_opening", of=party.name, due=at)
        self.tell(party, *dict.fromkeys([left[0], *there[:1]]))
        return True

    def tell(self, party: Any, *whom: str, purpose: str = "tell") -> None:
        for who in whom:
            self.send(who, purpose, party.name)
            if purpose == "tell":
                party.told += [] if who in party.told else [who]
            did = party.status == "acted" and any(not act.worthless for act in party.acts)
            if purpose == "tell" and not did:
                party.calls[who] = (self.by(ANSWER_BY[party.track], self.gravest), False)
                party.status = "promised" if self.pledged(party) else "waiting"
                party.why = ""
            if purpose == "tell":
                track = self.tracks[party.track]
                by = self.by(ANSWER_BY[party.track], self.gravest)
                track.answer_due = track.answer_due or by
                if party.track != "protection":
                    self.told_outward = self.now

    def tell_again(self, party: Any, who: str, purpose: str = "tell") -> bool:
        shut = not self.is_open(self.tracks[party.track])
        shut = shut or (purpose == "tell" and self.rests(party.track))
        if shut or who in party.dropped or self.refusal(party) or not party.ways[who]:
            return False
        self.tell(party, who, purpose=purpose)
        return True

    # --- silence

    def pledged(self, party: Any) -> bool:
        return any(not promise.worthless for promise in party.promises)

    def go_on(self, party: Any) -> None:
        track = self.tracks[party.track]
        if self.settled(track) or self.tell_next(party):
            return
        if not self.is_open(track):
            return self.task("release", of=track.name)
        if party.status == "silent":
            self.task("phone_them", of=party.name)
        self.next_party(track)

    def next_party(self, track: Any) -> None:
        if not self.is_open(track) or track.frozen or self.settled(track):
            return
        if track.in_turn and self.tell_track(track):
            return
        if not self.has_it(track, or_waits=True) or not self.can_be_quiet(track):
            self.task("nobody_left", of=track.name)

    def stands(self, party: Any, *, acted: bool = True) -> None:
        """Where a party stands by what it promised, did and answered."""
        if party.status not in (*LIVE, "acted"):
            return
        did = acted and any(not act.worthless for act in party.acts)
        if self.pledged(party) or did:
            party.status, party.calls = "promised" if self.pledged(party) else "acted", {}
        else:
            said = any(answered for _, answered in party.calls.values())
            party.status = "answered" if said else "waiting" if party.calls else "silent"

    def settle(self, party: Any) -> None:
        if party.status in ("waiting", "answered"):
            self.stands(party, acted=False)

    def clocks(self, party: Any) -> dict[Any, datetime]:
        if self.tracks[party.track].frozen:
            return {}
        calls = {} if self.rests(party.track) else party.calls
        asked = {("promise", n): promise.ask for n, promise in enumerate(party.promises)}
        return asked | {("call", who): at for who, (at, _) in calls.items()}

    def clock(self, party: Any, kind: str, key: Any) -> None:
        held = [until for until, of in self.holds if of == party.name]
        if held and self.refusal(party) == "held":
            for promise in party.promises:
                promise.ask = max(promise.ask, *held)
            for who, (at, answered) in party.calls.items():
                party.calls[who] = (max(at, *held), answered)
            return
        if kind == "promise":
            return self.promise_due(party, party.promises[key])
        right = self.refusal(party) not in ("consent", "no")
        at, answered = party.calls.pop(key)
        self.settle(party)
        if not right:
            self.next_party(self.tracks[party.track])
        elif self.settled(self.tracks[party.track]):
            pass
        elif self.now - at > timedelta(hours=12):
            self.still_right(party.name)
        elif not (answered and self.tell_again(party, key)):
            self.go_on(party)

    def ask_sooner(self) -> None:
        """Whoever owes an answer owes it no later than the graver severity asks for, from now."""
        if page.SEVERITIES.index(self.severity) >= page.SEVERITIES.index(self.gravest):
            return
        self.gravest = self.severity
        for party in self.parties.values():
            latest = self.by(ANSWER_BY[party.track], self.gravest)
            for who, (at, answered) in party.calls.items():
                party.calls[who] = (at if answered else min(at, latest), answered)

    def promise_due(self, party: Any, promise: Any) -> None:
        late = self.now - promise.ask > timedelta(hours=12)
        right = self.refusal(party) not in ("consent", "no")
        if not promise.asked:
            promise.asked, promise.ask = True, self.now + timedelta(hours=4)
            if right and not late:
                self.tell_again(party, promise.by, "ask_outcome")
            return self.task("promise_overdue", of=party.name, critical=True)
        party.promises.remove(promise)
        if promise.worthless:
            return
        self.stands(party, acted=False)
        if self.pledged(party) or not right:
            return
        if late:
            self.still_right(party.name)
        else:
            self.go_on(party)
