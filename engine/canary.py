"""The canary: a report of the engine's own that goes the whole way and reaches nobody.

It says nothing about anybody, bears a source that no publisher can have, and is known by a keyed
mark in its id, so that nobody else's report is ever taken for one. Its world is built in here: one
contact of a party that is no party, reached on a channel that is none.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson

from engine.intake.scope import Scope, Scopes
from engine.store.instant import from_micros, to_micros
from engine.vault.keys import keyed
from engine.vault.secret import Secret
from rules import duty
from rules.graph import Registry
from schemas.codes import EventType, Severity
from schemas.contact import Contact, Endpoint, Level
from schemas.envelope import THREAT_TYPE
from schemas.plan import Candidates, Step
from schemas.roster import DutyPerson, Role, Roster

SOURCE = "tocsin-canary"
DOOR = "door"
"""The way of a canary where no log is read."""
CHANNEL = "canary"
PERSON = "canary"
ENDPOINT = f"{CHANNEL}:{PERSON}"
DUE_AFTER = 1
"""Seconds until its only step is due: the timers have to find it, as they find every other."""
_MARK = 24  # hexadecimal digits of the keyed hash

REGISTRY = Registry(
    contacts=[
        Contact(
            id=PERSON,
            party=PERSON,
            label="The canary",
            level=Level.FOCAL_POINT,
            endpoints=(Endpoint(id=PERSON, channel=CHANNEL, address="", exercise=True),),
        )
    ]
)
ROSTER = Roster(
    version="canary", floor=DutyPerson(id=PERSON, label="The canary", endpoints=(ENDPOINT,))
)
SCOPE = Scope(source=SOURCE, types=frozenset({EventType.EXERCISE}), ceiling=Severity.WATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Which canary this is."""

    way: str
    """On which it was let go: the name of a lane, or `door`."""
    at: datetime
    """When, on the clock of the process that let it go."""


def name(key: Secret, *, way: str, at: datetime, chance: bytes) -> str:
    """The id of a new canary. Only who has the key can make one."""
    plain = f"{way}.{to_micros(at):x}.{chance.hex()}"
    return f"{plain}.{_keyed(key, plain)}"


def read(key: Secret, id: str) -> Mark | None:
    """What the id says, or None when it is not one of ours."""
    plain, _, mark = id.rpartition(".")
    parts = plain.split(".")
    if len(parts) != 3 or not Secret(mark.encode()).matches(_keyed(key, plain).encode()):
        return None
    return Mark(way=parts[0], at=from_micros(int(parts[1], 16)))


def report(id: str) -> bytes:
    """The report as it travels: a drill about nobody."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": id,
            "source": SOURCE,
            "type": THREAT_TYPE,
            "exercise": True,
            "data": {"event": {"code": "assault", "situation": "canary", "exercise": True}},
        }
    )


def plan() -> Candidates:
    """One step, one contact, a second from now; whatever the rules said is not done."""
    step = Step(offset=DUE_AFTER, roles=(Role.FLOOR.value,))
    track = duty.track(steps=(step,), answer_holds_for=3_600, repeat_every=(86_400,))
    return Candidates(world="canary", severity=Severity.WATCH, tracks=(track,))


def never(scopes: Scopes) -> Scopes:
    """These scopes, and nobody may speak as the canary."""
    return lambda source: None if source == SOURCE else scopes(source)


def also(scopes: Scopes) -> Scopes:
    """These scopes, and the canary's own. What speaks as the canary must bear its mark."""
    return lambda source: SCOPE if source == SOURCE else scopes(source)


def nobody(source: str) -> Scope | None:
    """No source may be spoken for."""
    return None


def _keyed(key: Secret, plain: str) -> str:
    return keyed(key, SOURCE, plain).hex()[:_MARK]
