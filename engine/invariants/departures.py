"""I5, I16, I17 of what really left: not before it was decided, to nobody who must not know."""

from collections.abc import Iterator, Mapping

from engine.invariants.messages import CLOCKS_DIFFER, Message, Messages
from engine.invariants.violation import Violation
from engine.invariants.world import Outside

_DUTY_LANES = (0, 1)
_FREEZE = "Freeze the case's tracks; tell the director and the consent holder at once."


def check(
    messages: Messages, world: Outside, events: Mapping[str, set[str]]
) -> Iterator[Violation]:
    """`events`: notification key -> ids of the reports in its case."""
    for key, message in sorted(messages.items()):
        at = world.left_at.get(key)
        if at is not None and at < message.decided_at - CLOCKS_DIFFER:
            yield _of("I5", key, "It left before it was decided.")
        if world.sends.get(key) and _fenced(message, world, events.get(key, set())):
            yield _of("I17", key, "It left for somebody tied to the perpetrator.")
    for letter in world.letters:
        party = _party(messages.get(letter.key))
        for secret, readers in sorted(world.secrets.items()):
            if secret.encode() in letter.raw and party not in readers:
                yield _of("I16", letter.key, "It says what its reader may not know.")


def _fenced(message: Message, world: Outside, events: set[str]) -> bool:
    return message.lane not in _DUTY_LANES and any(
        message.party in world.fenced.get(event, ()) for event in events
    )


def _party(message: Message | None) -> str:
    return "" if message is None else message.party


def _of(invariant: str, key: str, what: str) -> Violation:
    return Violation(invariant=invariant, row=key, what=what, remedy=_FREEZE)
