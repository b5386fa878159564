"""The judge of what left: told although excluded, told without consent, told after it was revoked.

It reads the ledger and nothing of what the engine thought. What a message was allowed by is asked
as of the commit that handed it out, since from then on nobody could hold it back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from schemas.plan import Reason
from tests.replay_harm.closure import Closures
from tests.replay_harm.ledger import Allowed, Cleared, Edition, Ledger, Released, Stopped, of_case
from tests.unit.rules.exclusion_reference import Out

_MODES = ("quiet", "private", "public")
_NEVER_BY_MACHINE = frozenset({"site", "country_office", "client_team", "commercial", "sourcing"})
_SHUT_OF_A_CONTROLLER = _NEVER_BY_MACHINE | {"legal"}
_SAYS_NOTHING = frozenset({"stand_down", "wait"})
_WISHES = {"no_company_contact": "companies", "no_mission_contact": "missions"}

TOLD_EXCLUDED = "told_excluded"
TOLD_WITHOUT_CONSENT = "told_without_consent"
AFTER_REVOCATION = "after_revocation"
AFTER_STOP = "after_stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Something that left, to one endpoint of one party."""

    at: datetime
    n: int
    """The commit by which it was allowed to."""
    case: str
    track: str
    mode: str
    endpoint: str
    purpose: str
    fields: frozenset[str] = frozenset()
    """Of the event, where a page showed some."""
    maybe_told: bool = False
    """Something went out to it before whose outcome nobody knows: the process died meanwhile."""


@dataclass(slots=True)
class Oracle:
    """Judges send by send; says of each fault what it was."""

    ledger: Ledger
    closures: Closures = field(default_factory=Closures)
    faults: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    """(case, party) that was told something of the case."""

    def judge(self, send: Send) -> tuple[str, ...]:
        """The names of what is wrong with it."""
        wrong = tuple(dict.fromkeys(name for name, _ in self._wrong(send)))
        self.faults.update(wrong)
        self.said += [f"{name}: {why} ({send})" for name, why in self._wrong(send)]
        if send.purpose not in _SAYS_NOTHING:
            self.told.add((send.case, self._party(send)))
        return wrong

    def _party(self, send: Send) -> str:
        return self.ledger.contacts[send.endpoint].party

    def _wrong(self, send: Send) -> Iterator[tuple[str, str]]:
        for why in self._excluded(send):
            yield TOLD_EXCLUDED, why
        blank = send.purpose == "page" and not send.fields  # opened, and nothing of the case shown
        if not blank and any(saying.on for saying in self._last(send)):
            yield AFTER_STOP, "everything outgoing was stopped"
        if send.purpose not in _SAYS_NOTHING and self._is_frozen(send):
            yield AFTER_STOP, "the track was frozen"  # those told may still hear to do nothing
        if send.purpose not in _SAYS_NOTHING:
            yield from self._unallowed(send)
        elif not send.maybe_told and (send.case, self._party(send)) not in self.told:
            yield TOLD_WITHOUT_CONSENT, "stood down although it was never told"

    # Exclusion

    def _excluded(self, send: Send) -> Iterator[str]:
        contact = self.ledger.contacts[send.endpoint]
        edition = self._edition(send.n)
        if contact.level.value in _NEVER_BY_MACHINE:
            yield f"{contact.level} is never told by machine"
        for n, published in self.ledger.events[send.case]:
            if n > send.n:
                continue
            outs, _ = self.closures.of(published.event, edition)
            for out in outs.get(contact.party, ()):
                if not self._lifted(send, contact.party, contact.level.value, out):
                    yield f"{out.reason} at {out.distance}, {published.shape}"

    def _lifted(self, send: Send, party: str, level: str, out: Out) -> bool:
        """Whether two people of ours let it be asked in this case, by name."""
        if out.tagged or out.clearable:
            return len(self._who(self.ledger.cleared, send, party)) >= 2
        if out.reason is not Reason.CONTROLLER_NEEDS_TWO or level in _SHUT_OF_A_CONTROLLER:
            return False
        return len(self._who(self.ledger.released, send, party)) >= 2

    def _who(
        self, said: Iterable[tuple[int, Cleared | Released]], send: Send, party: str
    ) -> set[str]:
        return {
            each.by
            for n, each in said
            if n <= send.n
            and each.case == send.case
            and party in (each.parties if isinstance(each, Cleared) else each.controllers)
        }

    def _edition(self, n: int) -> Edition:
        return [each for each in self.ledger.editions if each.n <= n][-1]

    # Consent

    def _unallowed(self, send: Send) -> Iterator[tuple[str, str]]:
        events = [said for n, said in self.ledger.events[send.case] if n <= send.n]
        subjects = {
            f"{said.source}/{each.pseudonym}"
            for said in events
            for each in said.event.subjects
            if each.pseudonym
        }
        for whose in sorted(subjects) or [of_case(send.case)]:
            words = self._words(whose, send.n)
            against = [_against(layers, send, nobody=not subjects) for layers in words]
            if not against:
                yield TOLD_WITHOUT_CONSENT, f"{whose} allowed nothing"
            elif all(against):
                revoked = any(each.revoked for each in words[-1])
                name = AFTER_REVOCATION if revoked else TOLD_WITHOUT_CONSENT
                yield name, f"{whose}: {against[-1]}"
        for said in events:
            for wish in said.event.wishes:
                if _WISHES.get(wish) == send.track:
                    yield TOLD_WITHOUT_CONSENT, f"the wish was {wish}"

    def _words(self, pseudonym: str, n: int) -> list[tuple[Allowed, ...]]:
        """What may count: each a set of words that all have to allow something.

        A publisher's word is one more of them; a person's begins another set, as if a second one
        had agreed at once.
        """
        words: list[tuple[Allowed, ...]] = []
        for at, allowed in self.ledger.allowed.get(pseudonym, ()):
            if at > n:
                break
            if allowed.by_person or not words:
                words.append((allowed,))
            else:
                words = [(*layers, allowed) for layers in words]
        return words

    # Stops

    def _last(self, send: Send) -> list[Stopped]:
        return [said for n, said in self.ledger.stopped if n <= send.n][-1:]

    def _is_frozen(self, send: Send) -> bool:
        frozen = False
        for n, said in self.ledger.frozen:
            if n <= send.n and said.case == send.case and said.track == send.track:
                frozen = said.on
        return frozen


def _against(layers: Iterable[Allowed], send: Send, *, nobody: bool) -> str:
    """What the first of these words has against it; empty when all allow it."""
    return next(filter(None, (_uncovered(each, send, nobody=nobody) for each in layers)), "")


def _uncovered(allowed: Allowed, send: Send, *, nobody: bool) -> str:
    if allowed.revoked:
        return "it was taken back"
    if allowed.until is not None and allowed.until <= send.at:
        return "it had run out"
    if send.track not in allowed.audiences:
        return f"not for {send.track}"
    if _MODES.index(send.mode) > _MODES.index(allowed.mode):
        return f"{send.mode} is louder than {allowed.mode}"
    if nobody and allowed.basis != "no_identifiable_person":
        return "nobody said that no one can be identified"
    if allowed.fields and send.fields - allowed.fields:
        return f"shown too much: {sorted(send.fields - allowed.fields)}"
    return ""
