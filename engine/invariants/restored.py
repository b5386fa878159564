"""I24: after a backup was put back nothing leaves until a person says so; duty is called."""

from collections.abc import Iterator

from sqlalchemy import Connection

from engine.invariants.messages import Messages
from engine.invariants.violation import Violation
from engine.invariants.world import Outside
from engine.store import stopping


def check(conn: Connection, messages: Messages, world: Outside) -> Iterator[Violation]:
    """While sending is held, nobody outside hears anything, least of all a second time."""
    before = world.left_before_restore
    stop = stopping.read(conn)
    if before is None or not stop.on or stop.by != stopping.BY_RESTORE:
        return
    for key, sent in sorted(world.sends.items()):
        message = messages.get(key)
        ours = message is not None and message.lane < 2
        if sent > before[key] and not ours:
            yield Violation(
                invariant="I24",
                row=key,
                what="It left after a backup was put back, and nobody had said so.",
                remedy="Stop outgoing, and compare with what the providers say they sent.",
            )
