"""The judge of what left: told although excluded, told without consent, told after it was revoked.

It reads the ledger and nothing of what the engine thought. What a message was allowed by is asked
as of the commit that handed it out, since from then on nobody could hold it back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from schemas.codes import Label
from schemas.party import Party
from schemas.plan import Reason
from tests.replay_harm import brakes, gates
from tests.replay_harm.allowances import standing
from tests.replay_harm.bonds import beside
from tests.replay_harm.closure import Closures
from tests.replay_harm.harm import (
    AFTER_NO,
    AFTER_REVOCATION,
    AFTER_STOP,
    TOLD_EXCLUDED,
    TOLD_WITHOUT_CONSENT,
    TOO_OPEN,
    UNRELEASED,
    WHILE_HELD,
    Send,
)
from tests.replay_harm.ledger import Edition, Ledger, of_case
from tests.replay_harm.sayings import Allowed, Answered, Cleared, Published, Released
from tests.unit.rules.exclusion_reference import Out

_NEVER_BY_MACHINE = frozenset({"site", "country_office", "client_team", "commercial", "sourcing"})
_SHUT_OF_A_CONTROLLER = _NEVER_BY_MACHINE | {"legal"}
_SAYS_NOTHING = frozenset({"stand_down", "wait"})
_WISHES = {"no_company_contact": "companies", "no_mission_contact": "missions"}
_BEHIND_A_GATE = frozenset({"tell", "stream"})
_ACT = frozenset({"protection", "missions", "nhris", "mechanisms", "legal", "sports", "unions"})
SHOWN_TO = {
    "act": _ACT,
    "sector": frozenset({"missions", "nhris", "msis", "investors", "companies", "unions"}),
    "company": frozenset({"missions", "nhris", "msis", "investors", "legal", "unions"}),
}
"""Of what a page can be seen to show: who may ever be shown it (`what-recipients-see.md`)."""
_NECESSARY = frozenset({"country"})


@dataclass(slots=True)
class Oracle:
    """Judges send by send; says of each fault what it was."""

    ledger: Ledger
    closures: Closures = field(default_factory=Closures)
    faults: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    """What it had to judge that is rare."""
    said: list[str] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    """(case, party) that was told something of the case."""
    messaged: set[tuple[str, str, int]] = field(default_factory=set)
    """(case, party, commit) of every message that reached somebody."""

    def judge(self, send: Send) -> tuple[str, ...]:
        """The names of what is wrong with it."""
        found = tuple(self._wrong(send))
        wrong = tuple(dict.fromkeys(name for name, _ in found))
        self.faults.update(wrong)
        self.said += [f"{name}: {why} ({send})" for name, why in found]
        if send.purpose not in _SAYS_NOTHING:
            self.told.add((send.case, self._party(send)))
        if send.endpoint and send.purpose != "page":
            self.messaged.add((send.case, self._party(send), self.ledger.commits))
        return wrong

    def blame(self, name: str, why: str) -> None:
        """Note harm that somebody else saw."""
        self.faults[name] += 1
        self.said.append(f"{name}: {why}")

    def _party(self, send: Send) -> str:
        return send.reader or self.ledger.contacts[send.endpoint].party

    def _at(self, send: Send) -> datetime:
        """When it was allowed to: a message when it was handed out, anything else as it left."""
        began = self.ledger.began
        return send.at if send.purpose in ("page", "stream") else began.get(send.n, send.at)

    def _record(self, send: Send) -> Party | None:
        return self._edition(send.n).parties.get(self._party(send))

    def _wrong(self, send: Send) -> Iterator[tuple[str, str]]:
        for why in self._excluded(send):
            yield TOLD_EXCLUDED, why
        yield from self._braked(send)
        for why in self._refused(send):
            yield AFTER_NO, why
        if send.purpose not in _SAYS_NOTHING:
            yield from self._unallowed(send)
            yield from self._too_open(send)
        elif not send.maybe_told and (send.case, self._party(send)) not in self.told:
            yield TOLD_WITHOUT_CONSENT, "stood down although it was never told"
        if send.purpose in _BEHIND_A_GATE and not self._released(send):
            yield UNRELEASED, f"not as many let {send.track} go as it takes"

    def _group(self, send: Send) -> tuple[str, ...]:
        """The case and those that it is linked with: the strictest of them counts."""
        return (send.case, *beside(self.ledger, send.case, send.n))

    # Exclusion

    def _excluded(self, send: Send) -> Iterator[str]:
        contact = self.ledger.contacts.get(send.endpoint)
        level = "" if contact is None else contact.level.value
        if level in _NEVER_BY_MACHINE:
            yield f"{level} is never told by machine"
        party = self._party(send)
        for case in self._group(send):
            for published in self._events(case, send.n):
                for out in self._outs(published, party, send.n):
                    if not self._lifted(send, party, level, out):
                        linked = "" if case == send.case else ", by a linked case"
                        yield f"{out.reason} at {out.distance}, {published.shape}{linked}"

    def _events(self, case: str, n: int) -> list[Published]:
        return [published for at, published in self.ledger.events[case] if at <= n]

    def _outs(self, published: Published, party: str, n: int) -> tuple[Out, ...]:
        outs, _ = self.closures.of(published.event, self._edition(n))
        return outs.get(party, ())

    def _lifted(self, send: Send, party: str, level: str, out: Out) -> bool:
        """Whether two people of ours let it be asked in this case, by name."""
        acts = [act for _, act in gates.since_opened(self.ledger.in_case(send.case, send.n))]
        if out.tagged or out.clearable:
            cleared = (act for act in acts if isinstance(act, Cleared))
            return len({act.by for act in cleared if party in act.parties}) >= 2
        if out.reason is not Reason.CONTROLLER_NEEDS_TWO or level in _SHUT_OF_A_CONTROLLER:
            return False
        released = (act for act in acts if isinstance(act, Released))
        return len({act.by for act in released if party in act.controllers}) >= 2

    def _edition(self, n: int) -> Edition:
        return [each for each in self.ledger.editions if each.n <= n][-1]

    def shut_out(self, parties: Iterable[str]) -> int:
        """In how many cases one of these must not know, by the registry as it is now."""
        n = self.ledger.commits
        return sum(
            any(self._outs(published, party, n) for published in self._events(case, n))
            for party in parties
            for case in list(self.ledger.events)
        )

    # Consent

    def _unallowed(self, send: Send) -> Iterator[tuple[str, str]]:
        mode = gates.mode_of(self.ledger, send.case, send.track, send.n, otherwise=send.mode)
        for case in self._group(send):
            events = self._events(case, send.n)
            subjects = {
                f"{said.source}/{each.pseudonym}"
                for said in events
                for each in said.event.subjects
                if each.pseudonym
            }
            for whose in sorted(subjects) or [of_case(case)]:
                yield from self._unallowed_by(whose, send, mode=mode, nobody=not subjects)
            for said in events:
                for wish in said.event.wishes:
                    if _WISHES.get(wish) == send.track:
                        yield TOLD_WITHOUT_CONSENT, f"the wish was {wish}"

    def _unallowed_by(
        self, whose: str, send: Send, *, mode: str, nobody: bool
    ) -> Iterator[tuple[str, str]]:
        words = self.ledger.allowed.get(whose, ())
        layers = standing(words, send.n, began=self.ledger.began.__getitem__)
        revoked = any(each.revoked for each in layers)
        why = against(layers, send, mode=mode, nobody=nobody)
        if not why and send.track != "protection" and self._only_from_inside(layers, send):
            why = "only a line run for whoever is accused says so"
        if why and not revoked and self._needed(send):
            self.happened["told_by_necessity"] += 1
            why = f"more than is needed: {sorted(send.fields)}" if send.fields - _NECESSARY else ""
        if why:
            yield AFTER_REVOCATION if revoked else TOLD_WITHOUT_CONSENT, f"{whose}: {why}"

    def _only_from_inside(self, layers: tuple[Allowed, ...], send: Send) -> bool:
        """Whether nobody else says so than a publisher that must not know of the case."""
        events = self._events(send.case, send.n)
        return all(
            word.source
            and any(
                not self._lifted(send, word.source, "", out)
                for said in events
                for out in self._outs(said, word.source, send.n)
            )
            for word in layers
        )

    def _needed(self, send: Send) -> bool:
        """Whether necessity stands in for a consent that nobody gave: for vetted protection."""
        record = self._record(send)
        vetted = record is not None and record.kind.value == "protection"
        needed = gates.is_necessary(self.ledger, send.case, send.n, at=self._at(send))
        return send.track == "protection" and vetted and needed

    # What people opened and closed

    def _released(self, send: Send) -> bool:
        return gates.is_released(self.ledger, send.case, send.track, send.n) or self._needed(send)

    def _braked(self, send: Send) -> Iterator[tuple[str, str]]:
        blank = send.purpose == "page" and not send.fields  # opened, and nothing of the case shown
        if not blank and brakes.is_stopped(self.ledger, send.n):
            yield AFTER_STOP, "everything outgoing was stopped"
        if send.purpose not in _SAYS_NOTHING and brakes.is_frozen(
            self.ledger,
            send.case,
            send.track,
            send.n,
            at=self._at(send),
            inside=self._inside,
        ):  # those told may still hear to do nothing
            yield AFTER_STOP, "the track was frozen"
        record = self._record(send)
        if record is not None:
            hold = brakes.held_by(
                self.ledger, send.case, send.track, record, send.n, at=self._at(send)
            )
            if hold:
                yield WHILE_HELD, f"somebody asked to wait: {hold}"

    def _too_open(self, send: Send) -> Iterator[tuple[str, str]]:
        ledger, n = self.ledger, send.n
        mode = gates.mode_of(ledger, send.case, send.track, n, otherwise=send.mode)
        group = self._group(send)
        for case in group:
            most = gates.ceiling_of(ledger, case, n)
            if gates.MODES.index(mode) > gates.MODES.index(most):
                yield TOO_OPEN, f"{mode} is louder than {most}"
        if send.asked_mode and gates.MODES.index(send.asked_mode) > gates.MODES.index(mode):
            yield TOO_OPEN, f"asked to act {send.asked_mode}, agreed was {mode}"
        events = [said.event for case in group for said in self._events(case, n)]
        least = [event.label for event in events if event.label is not None]
        if any(event.code != "pattern" for event in events):
            least.append(Label.AMBER_STRICT)
        for label in sorted(send.labels):
            if Label(label).rank < max((each.rank for each in least), default=0):
                yield TOO_OPEN, f"{label}, though a report said {max(least, key=_rank)}"
        for name in sorted(send.fields):
            if send.track not in SHOWN_TO[name]:
                yield TOO_OPEN, f"{name} is not for {send.track}"
        if send.purpose == "page" and send.fields and not send.labels:
            yield TOO_OPEN, "shown without a label"

    # What they said themselves

    def _refused(self, send: Send) -> Iterator[str]:
        """Why it was not to be asked any more, by what somebody of it had answered."""
        party = self._party(send)
        contact = self.ledger.contacts.get(send.endpoint)
        for case in self._group(send):
            for at, act in self.ledger.in_case(case, send.n):
                if not isinstance(act, Answered) or act.party != party:
                    continue
                if act.kind == "conflict":
                    yield "it had declared a conflict"
                if case != send.case:
                    continue
                if act.kind == "declined" and send.purpose not in _SAYS_NOTHING:
                    yield "it had declined"
                if act.track != send.track:
                    continue
                if act.kind == "wrong_contact" and contact and contact.id == act.contact:
                    yield "this contact had said that it is the wrong one"
                if act.kind == "passed_on" and self._inside(act, at):
                    yield f"it had passed it on to {act.to}"

    def _inside(self, act: Answered, n: int) -> bool:
        """Whether whoever it was passed on to must not know of the case."""
        edition = self._edition(n)
        of = {contact.id: contact.party for contact in self.ledger.contacts.values()}
        to = of.get(act.to, act.to)
        return (
            to != act.party
            and to in edition.parties
            and any(
                self._outs(published, to, n)
                for case in (act.case, *beside(self.ledger, act.case, n))
                for published in self._events(case, n)
            )
        )


def against(layers: Iterable[Allowed], send: Send, *, mode: str, nobody: bool) -> str:
    """What the first of these words has against it; empty when all allow it."""
    layers = tuple(layers)
    if not layers:
        return "nothing was allowed"
    each = (_uncovered(word, send, mode=mode, nobody=nobody) for word in layers)
    why = next(filter(None, each), "")
    if not why and nobody and send.track != "protection" and not any(word.by for word in layers):
        return "only a publisher says that no one can be identified"
    return why


def _uncovered(allowed: Allowed, send: Send, *, mode: str, nobody: bool) -> str:
    if allowed.revoked:
        return "it was taken back"
    if allowed.until is not None and allowed.until <= send.at:
        return "it had run out"
    if send.track not in allowed.audiences:
        return f"not for {send.track}"
    if gates.MODES.index(mode) > gates.MODES.index(allowed.mode):
        return f"{mode} is louder than {allowed.mode}"
    if nobody and allowed.basis != "no_identifiable_person":
        return "nobody said that no one can be identified"
    if allowed.fields and send.fields - allowed.fields:
        return f"shown too much: {sorted(send.fields - allowed.fields)}"
    return ""


def _rank(label: Label) -> int:
    return label.rank
