"""How the engine itself is, in calm words: what is amiss, and since when. Pure.

One list for whoever asks: `readyz`, the board, `tocsin doctor`. It says nothing about any case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from engine import canary
from engine.settings import ALL_ROLES, Settings
from engine.store.signs import Known

SILENT_AFTER = timedelta(seconds=30)
"""Of a role: several beats, and some of clocks that differ."""
BACKLOG_MOST = 500
"""Facts to publish: what the relay takes in one go."""
WAITS_MOST = timedelta(minutes=10)
"""The oldest fact to publish: many times as long as the relay pauses between two tries."""


class Weight(IntEnum):
    """How much a sign matters."""

    GOOD = 0
    NOTE = 1
    """As it was set up; worth knowing."""
    AMISS = 2
    """Something does not work as it should. What is left works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing that was looked at."""

    name: str
    weight: Weight
    says: str
    since: datetime | None = None
    """Since when it is amiss, where the store knows."""
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expects:
    """What should be seen in a deployment of these settings."""

    live: bool
    """Whether time here runs as everywhere: else nothing can be said about what is late."""
    roles: tuple[str, ...]
    ways: tuple[str, ...]
    """By which canaries go; empty: none are let go."""
    canary_every: timedelta
    canary_within: timedelta
    audited_every: timedelta
    durability: str
    """Of the logs; empty where none is read."""


def expects(settings: Settings, *, live: bool = True) -> Expects:
    """What these settings ask for. `live`: whether time runs as everywhere."""
    kafka = settings.kafka
    ways = ("critical", "normal") if kafka.enabled else (canary.DOOR,)
    needed = [role for role in ALL_ROLES if role != "relay" or kafka.enabled]
    return Expects(
        live=live,
        roles=tuple(needed),
        ways=ways if settings.canary.enabled else (),
        canary_every=timedelta(seconds=settings.canary.every),
        canary_within=timedelta(seconds=settings.canary.within),
        audited_every=timedelta(seconds=settings.heartbeat.every),
        durability=kafka.durability if kafka.enabled else "",
    )


def read(known: Known, wanted: Expects, *, now: datetime, up_since: datetime) -> tuple[Sign, ...]:
    """Every sign, the good ones too. `up_since`: before it, nothing could be expected of us."""
    timely = (
        *_roles(known, wanted, now, up_since),
        *_canaries(known, wanted, now, up_since),
        _audit(known, wanted, now, up_since),
    )
    log = _log(known, wanted, now, up_since)
    return (*(timely if wanted.live else ()), *log, *_incidents(known))


def amiss(signs: tuple[Sign, ...]) -> tuple[Sign, ...]:
    """What is amiss, the longest first; else what is worth a note."""
    wrong = [sign for sign in signs if sign.weight is Weight.AMISS]
    if wrong:
        return tuple(sorted(wrong, key=_longest))
    return tuple(sign for sign in signs if sign.weight is Weight.NOTE)


def _longest(sign: Sign) -> tuple[bool, float, str]:
    return sign.since is None, sign.since.timestamp() if sign.since else 0.0, sign.name


def _roles(known: Known, wanted: Expects, now: datetime, up_since: datetime) -> Iterator[Sign]:
    for role in wanted.roles:
        seen = known.alive.get(role)
        if now - max(seen or up_since, up_since) > SILENT_AFTER:
            yield Sign(
                name=f"role {role}",
                weight=Weight.AMISS,
                says=f"No process with the role {role} gives a sign of life.",
                since=seen,
                next_step="Start it; look at its log for the reason it ended.",
            )
        else:
            yield Sign(
                name=f"role {role}", weight=Weight.GOOD, says="Alive." if seen else "Starting."
            )


def _canaries(known: Known, wanted: Expects, now: datetime, up_since: datetime) -> Iterator[Sign]:
    patience = wanted.canary_every + 2 * wanted.canary_within
    for way in wanted.ways:
        seen = known.canaries.get(way)
        if now - max(seen or up_since, up_since) <= patience:
            says = "None yet." if seen is None else f"Came through {_ago(now - seen)} ago."
            yield Sign(name=f"canary {way}", weight=Weight.GOOD, says=says)
        else:
            yield Sign(
                name=f"canary {way}",
                weight=Weight.AMISS,
                says=f"A trial report by {way} does not come through; real ones may not either.",
                since=seen,
                next_step="Report by phone or by the form meanwhile; see what else is amiss.",
            )


def _audit(known: Known, wanted: Expects, now: datetime, up_since: datetime) -> Sign:
    seen = known.audited_at
    patience = 4 * wanted.audited_every + timedelta(minutes=2)
    if now - max(seen or up_since, up_since) <= patience:
        says = "No round yet." if seen is None else f"All in order {_ago(now - seen)} ago."
        return Sign(name="auditor", weight=Weight.GOOD, says=says)
    return Sign(
        name="auditor",
        weight=Weight.AMISS,
        says="No round of checks found everything in order; the outside watch hears nothing.",
        since=seen,
        next_step="Look at the open incidents, then at the log of the auditor's process.",
    )


def _log(known: Known, wanted: Expects, now: datetime, up_since: datetime) -> Iterator[Sign]:
    if not wanted.durability:
        return
    oldest = known.oldest_waits_since
    late = wanted.live and oldest is not None and now - max(oldest, up_since) > WAITS_MOST
    if late or known.backlog > BACKLOG_MOST:
        how_long = "" if oldest is None else f", the oldest for {_ago(now - oldest)}"
        yield Sign(
            name="relay",
            weight=Weight.AMISS,
            says=f"{known.backlog} facts wait to be published{how_long}.",
            since=oldest,
            next_step="Look at the broker: is it away, is a topic missing or refused?"
            " Nobody is told later because of this.",
        )
    else:
        yield Sign(name="relay", weight=Weight.GOOD, says=f"{known.backlog} facts wait.")
    if wanted.durability != "replicated":
        yield Sign(
            name="durability",
            weight=Weight.NOTE,
            says=f"Kafka keeps less than it should (durability {wanted.durability}): with the disk"
            " of a broker, reports that it took may be lost.",
            next_step="Three brokers, min.insync.replicas 2, then kafka.durability: replicated.",
        )


def _incidents(known: Known) -> Iterator[Sign]:
    for code, since in sorted(known.incidents.items()):
        yield Sign(
            name=f"incident {code}",
            weight=Weight.AMISS,
            says=f"An incident is open: {code.replace('_', ' ')}.",
            since=since,
            next_step="It is on the board, with what to do.",
        )


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
