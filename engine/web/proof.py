"""What one party was told, as a receipt to hand out, and whether the journal still says so. Pure.

It names that party and nobody else: no contact, nobody of ours, no word of what happened. Each line
rests on places of the case's journal, which it gives by number and hash; so whoever holds it can
tell later whether we changed what we wrote.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from engine.store.proofs import Head, Leaf
from engine.store.told import ToldCase
from engine.web.told import Fate, ToldParty, fate, told_parties
from rules.graph import Registry
from schemas import facts as f
from schemas.codes import FieldName
from schemas.facts import Fact
from schemas.party import Mark, PartyKind
from schemas.responses import ResponseKind, WithdrawnBecause

KINDS = (
    "told", "rerouted", "handed_off", "delivered", "delivery_failed", "answered", "promised",
    "promise_withdrawn", "acted", "declined", "conflict_declared", "contact_dropped", "passed_on",
)  # fmt: skip
"""Facts that say that somebody was told, or what they answered. That somebody must not know, or
what we think of an answer, is none of them."""
MEANS = (
    "It fixes what the journal of the desk that made it said on that day. By itself it proves "
    "nothing to a stranger; whoever holds it can hold the desk to it. Handed on is not delivered, "
    "and delivered is not read."
)
_N_MOST = 2**31 - 1

Place = Annotated[int, Field(ge=1, le=_N_MOST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """One message that was decided, and how far it got."""

    ref: str
    """The only reference that the message carried."""
    purpose: str
    channel: str
    decided_at: datetime
    state: str
    """Handed on is not delivered, delivered is not read."""
    leaves: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Showed:
    """A class of content that its page has shown to whoever entered the code."""

    content: FieldName
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gave:
    """An answer: which kind and when, neither by whom nor in which words."""

    kind: ResponseKind
    at: datetime
    leaf: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The receipt as a whole."""

    v: Literal[1] = 1
    made_at: datetime
    party: str
    name: str
    exercise: bool
    state: str
    """ISO code of the state it belongs to; empty: none is known."""
    knowledge_binds: bool
    """Whether that state holds, as far as the registry knows, that what was told binds."""
    notices: tuple[Notified, ...]
    """Oldest first."""
    shown: tuple[Showed, ...]
    answers: tuple[Gave, ...]
    stream: str
    leaves: tuple[Leaf, ...]
    head: Head
    means: str = MEANS


_PROOF: TypeAdapter[Proof] = TypeAdapter(Proof)


def was_sent(parties: Sequence[ToldParty]) -> bool:
    """Whether anything surely left for it, or its page was opened; a perhaps proves nothing."""
    return any(
        each.shown or any(fate(message) is Fate.OUT for message in each.messages)
        for each in parties
    )


def knowledge_binds(registry: Registry, party: str) -> tuple[str, bool]:
    """The state a party belongs to, and whether what was told binds there."""
    found = registry.party(party)
    if found is None or not found.state:
        return "", False
    states = (each for each in registry.of_state(found.state) if each.kind is PartyKind.STATE)
    return found.state, any(Mark.KNOWLEDGE_BINDS in each.marks for each in states)


def prove(
    told: ToldCase,
    *,
    party: str,
    name: str,
    state: tuple[str, bool],
    journal: Sequence[tuple[Leaf, Fact]],
    head: Head,
    now: datetime,
) -> Proof:
    """What this party was told of this case, as its journal says it up to this head."""
    own = [each for each in told_parties(told) if each.party == party]
    alerts = {each.alert for each in own}
    said = [(leaf, fact) for leaf, fact in journal if getattr(fact, "alert", "") in alerts]
    answers = tuple(
        Gave(kind=kind, at=leaf.at, leaf=leaf.n)
        for leaf, fact in said
        if (kind := _answer(fact)) is not None
    )
    notices = tuple(
        Notified(
            ref=each.ref,
            purpose=message.purpose,
            channel=message.channel.partition(":")[0],
            decided_at=message.decided_at,
            state=message.state,
            leaves=tuple(leaf.n for leaf, fact in said if message.key in _keys(fact)),
        )
        for each in own
        for message in each.messages
    )
    first: dict[FieldName, datetime] = {}
    for content, at in (pair for each in own for pair in each.shown):
        first[content] = min(at, first.get(content, at))
    rests_on = {answer.leaf for answer in answers} | {n for each in notices for n in each.leaves}
    return Proof(
        made_at=now,
        party=party,
        name=name,
        exercise=told.case.exercise,
        state=state[0],
        knowledge_binds=state[1],
        notices=tuple(sorted(notices, key=lambda each: (each.decided_at, each.leaves))),
        shown=tuple(Showed(content=n, since=first[n]) for n in FieldName if n in first),
        answers=answers,
        stream=told.case.id,
        leaves=tuple(leaf for leaf, _ in said if leaf.n in rests_on),
        head=head,
    )


def as_document(proof: Proof) -> dict[str, Any]:
    """The receipt as JSON holds it, with its digest."""
    content: dict[str, Any] = _PROOF.dump_python(proof, mode="json")
    return {**content, "digest": _digest(content)}


def read(text: str) -> tuple[Proof, str]:
    """A receipt and its digest, made afresh. Raises ValueError where the text is not wholly one."""
    proof = _PROOF.validate_json(json.dumps(_without_digest(given := json.loads(text))))
    whole = as_document(proof)
    if whole != given or not 0 < proof.head.n <= _N_MOST:
        raise ValueError("something was added to it, left out of it or written otherwise")
    return proof, str(whole["digest"])


def first_difference(
    proof: Proof, *, standing: Mapping[int, Leaf], fault: int | None
) -> int | None:
    """The first place at which the journal does not say, or no longer, what the receipt says."""
    there = next((n for n, known in enumerate(sorted(standing), 1) if n != known), None)
    missing = there or len(standing) + 1
    head = standing.get(proof.head.n)
    differing = [leaf.n for leaf in proof.leaves if standing.get(leaf.n) != leaf]
    if head is None or (head.at, head.hash) != (proof.head.at, proof.head.hash):
        differing.append(proof.head.n)
    if missing <= proof.head.n:
        differing.append(missing)
    if fault is not None:
        differing.append(fault)
    return min(differing, default=None)


def _digest(content: Mapping[str, Any]) -> str:
    """Of the JSON with sorted keys and without spaces, so that any tool can make it again."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _without_digest(given: Any) -> Any:
    if not isinstance(given, dict):
        raise ValueError("it is no object")
    return {name: value for name, value in given.items() if name != "digest"}


def _keys(fact: Fact) -> tuple[str, ...]:
    """The messages of which a fact speaks."""
    match fact:
        case f.Told() | f.Rerouted():
            return tuple(notice.key for notice in fact.notices)
        case f.HandedOff() | f.Delivered() | f.DeliveryFailed():
            return (fact.key,)
        case _:
            return ()


def _answer(fact: Fact) -> ResponseKind | None:
    """The kind of answer a fact is; None: it is none, or not of theirs."""
    match fact:
        case f.Answered():
            return ResponseKind(fact.answer)
        case f.PromiseWithdrawn():
            by_giver = fact.reason is WithdrawnBecause.BY_GIVER
            return ResponseKind.WITHDRAWS if by_giver else None
        case _:
            return _KIND_OF.get(fact.kind)


_KIND_OF: Mapping[str, ResponseKind] = {
    "promised": ResponseKind.COMMITTED,
    "acted": ResponseKind.ACTED,
    "declined": ResponseKind.DECLINED,
    "conflict_declared": ResponseKind.CONFLICT,
    "contact_dropped": ResponseKind.WRONG_CONTACT,
    "passed_on": ResponseKind.PASSED_ON,
}
