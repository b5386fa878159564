"""Asking the registry: a party, why two are linked, whom a walk finds, whom an event excludes.

By what it says now, or by what it said at an earlier time. Then too an event is judged on its own
day, and by the rulebook that is in force now.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import AwareDatetime, Field

from engine.admin.deciding import in_force, report_of
from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked
from engine.registry.finding import find
from engine.registry.loading import load_registry
from engine.registry.ties import Tie, ties
from engine.registry.told import history
from engine.web.console.names import Names
from engine.web.console.party_view import contact_lines, kind_words, known, link_line
from engine.web.console.present_leverage import tell_leverage
from engine.web.console.present_path import tell_path
from engine.web.words.reasons import why
from engine.web.words.sentence import plain
from rules.candidates import World
from rules.exclusion import closure
from rules.graph import Registry
from rules.leverage import BUSINESS, MOST, Leverage, leverage, of_tie
from rules.linkage import linkage
from rules.rulebook import day_of
from rules.states import of_state
from rules.steps import Start
from rules.walks import WALKS
from schemas.link import Link, LinkKind
from schemas.party import Party
from schemas.plan import Closure, Path, Reason

LINKS_MOST = 200
"""Of one party in one answer; `more` says how many there are besides."""


class Knowing(Arguments):
    """What is asked, and by what we knew when."""

    known_at: AwareDatetime | None = None
    """None: now."""


class OneParty(Knowing):
    """A party's id, or a name that one party has."""

    party: str = Field(min_length=1, max_length=500)


class OneRecord(Arguments):
    """A party or a link, by its id."""

    id: str = Field(min_length=1, max_length=400)


class TwoParties(Knowing):
    """Two of them."""

    a: str = Field(min_length=1, max_length=500)
    b: str = Field(min_length=1, max_length=500)


class OneEvent(Knowing):
    """An event as a source would publish it."""

    event: str = Field(max_length=1_000_000)


class OneWalk(OneEvent):
    """A walk from that event."""

    walk: str = Field(max_length=64)


async def show(house: House, asked: Asked, args: OneParty) -> Mapping[str, Any]:
    """All that is known of a party, without the addresses of its contacts."""
    registry = await _known(house, args)
    party = the_one(registry, args.party, then=args.known_at is not None)
    links = (*registry.links_from(party.id), *registry.links_to(party.id))
    now = _then(house, args)
    return {
        "id": party.id,
        "name": party.name,
        "kind": party.kind.value,
        "words": kind_words(party),
        "known": [{"what": label, "says": plain(said)} for label, said in known(party)],
        "contacts": [
            {"label": c.label, "level": c.level, "ways": c.ways, "hours": c.hours, "stale": c.stale}
            for c in contact_lines(registry.contacts(party.id), now=now)
        ],
        "links": [_link(registry, link) for link in links[:LINKS_MOST]],
        "more": max(0, len(links) - LINKS_MOST),
        "registry": registry.version,
        "known_at": _said_at(args),
    }


async def told(house: House, asked: Asked, args: OneRecord) -> Mapping[str, Any]:
    """What was said of a party or a link, and when we knew it."""
    found = await house.services.reader.run(lambda conn: history(conn, args.id))
    if not found:
        raise NotCarriedOutError(
            "usage",
            "Nothing was ever recorded under this id.",
            next_step="See ids: tocsin registry show PARTY",
        )
    return {
        "id": args.id,
        "said": [
            {
                "what": each.what.value,
                "source": each.source,
                "since": each.since,
                "until": each.until,
                "by": each.by,
                "file": each.file,
                "line": each.line,
                "changed": dict(each.changed),
            }
            for each in found
        ],
    }


async def why_linked(house: House, asked: Asked, args: TwoParties) -> Mapping[str, Any]:
    """How two parties are tied: over what holds that day, and over anything known by then."""
    registry = await _known(house, args)
    then = args.known_at is not None
    a, b = (the_one(registry, words, then=then) for words in (args.a, args.b))
    today = _then(house, args).date()
    found = ties(registry, a.id, b.id, on=today)
    return {
        "a": {"id": a.id, "name": a.name},
        "b": {"id": b.id, "name": b.name},
        "holding": _tie(registry, found.holding, on=today),
        "ever": _tie(registry, found.ever, on=today),
        "registry": registry.version,
        "known_at": _said_at(args),
    }


async def walk(house: House, asked: Asked, args: OneWalk) -> Mapping[str, Any]:
    """Whom one walk finds from an event, by which path, and whom only a bad link would bring in."""
    world = in_force(house.world()[0])
    report = report_of(house, args.event)
    if args.known_at is not None:
        world = World(rulebook=world.rulebook, registry=await _known(house, args))
    if args.walk not in world.rulebook.shape.walks and args.walk not in WALKS:
        raise NotCarriedOutError(
            "usage",
            f"There is no walk {args.walk!r}.",
            next_step="One of: " + ", ".join(sorted({*WALKS, *world.rulebook.shape.walks})),
        )
    start = Start(
        registry=world.registry,
        event=report.event,
        on=day_of(report.event, otherwise=_then(house, args).date()),
    )
    walked = world.rulebook.walk(args.walk, start)
    shut = closure(world.registry, report.event)
    return {
        "walk": args.walk,
        "on": _day(start.on),
        "truncated": walked.truncated,
        "found": [
            {
                **who(world.registry, each.party),
                "linkage": linkage(each.path).value,
                "leverage": _leverage(
                    world.registry, leverage(each.path, world.registry, on=start.on)
                ),
                "path": _words(world.registry, each.path),
                "represents": _clients(world.registry, each.party),
                "left_out": _left_out(world.registry, shut, each.party),
            }
            for each in walked.found
        ],
        "withheld": [
            {
                **who(world.registry, each.party),
                "reason": each.reason.value,
                "why": why(each.reason),
                "path": _words(world.registry, each.path),
            }
            for each in walked.withheld
        ],
        "world": world.version,
        "known_at": _said_at(args),
    }


async def exclude(house: House, asked: Asked, args: OneEvent) -> Mapping[str, Any]:
    """Whom this event excludes, each with the path from the perpetrator."""
    event = report_of(house, args.event).event
    registry = await _known(house, args)
    shut = closure(registry, event)
    return {
        "digest": shut.digest,
        "states": list(shut.states),
        "excluded": [
            {
                **who(registry, entry.party),
                "reason": entry.reason.value,
                "why": why(entry.reason),
                "levels": list(entry.levels),
                "liftable": entry.tagged,
                "clearable": entry.clearable,
                "distance": entry.distance,
                "path": _words(registry, entry.path),
            }
            for entry in sorted(shut.entries, key=lambda entry: (entry.distance, entry.party))
        ],
        "registry": registry.version,
        "known_at": _said_at(args),
    }


def _clients(registry: Registry, id: str) -> list[dict[str, str]]:
    """Whom a law firm represents or ever represented: each of them may keep it out of a case."""
    clients = dict.fromkeys(link.b for link in registry.links_from(id, {LinkKind.REPRESENTS}))
    return [who(registry, client) for client in clients]


def _left_out(registry: Registry, shut: Closure, id: str) -> dict[str, Any] | None:
    """Why exclusion will take out whom a walk finds; None: it will not."""
    entry, party = shut.find(id), registry.party(id)
    if entry is not None:
        reason, path = entry.reason, entry.path
    elif party is not None and of_state(party, shut.states):
        reason, path = Reason.STATE_OF_PERPETRATOR, ()
    else:
        return None
    return {"reason": reason.value, "why": why(reason), "path": _words(registry, path)}


def _then(house: House, args: Knowing) -> datetime:
    return args.known_at or house.services.clock.now()


def _said_at(args: Knowing) -> str:
    return "" if args.known_at is None else args.known_at.astimezone(UTC).isoformat()


async def _known(house: House, args: Knowing) -> Registry:
    """The registry in force, or as it was at that time: read from the store, as at a start."""
    at = args.known_at
    if at is None:
        return house.services.world.registry()
    if at > house.services.clock.now():
        raise NotCarriedOutError(
            "usage",
            "Nobody knows yet what the registry will say then.",
            next_step="Give a time that is over.",
        )
    return await house.services.reader.run(lambda conn: load_registry(conn, at=at))


def the_one(registry: Registry, words: str, *, then: bool = False) -> Party:
    """By id; else the only one that is called so. Raises NotCarriedOutError, naming candidates.

    `then`: the registry is that of an earlier time.
    """
    party = registry.party(words)
    if party is not None:
        return party
    found, _ = find(registry, words)
    called = [p for p in found if words.casefold() in map(str.casefold, (p.name, *p.aliases))]
    if len(called) == 1:
        return called[0]
    nobody = "No party had this id or name then." if then else "No party has this id or name."
    some = [f"{each.id} ({kind_words(each)})" for each in (called or found)[:8]]
    raise NotCarriedOutError(
        "usage",
        "More than one party is called so." if called else nobody,
        next_step=("Give the id of one: " + "; ".join(some)) if some else "Try fewer letters.",
    )


def who(registry: Registry, id: str) -> dict[str, str]:
    """A party's id and name, as answers have it; of one that nobody entered the id alone."""
    party = registry.party(id)
    return {"id": id, "name": party.name if party else ""}


def _words(registry: Registry, path: Path) -> list[str]:
    names = _names(registry, {id for hop in path for id in (hop.a, hop.b)})
    return [plain(said) for said in tell_path(path, names)]


def _names(registry: Registry, ids: Iterable[str]) -> Names:
    known = {id: party.name for id in sorted(ids) if (party := registry.party(id)) is not None}
    return Names(parties=known)


def _leverage(registry: Registry, found: Leverage | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "figure": found.figure,
        "of": MOST,
        "a": found.a,
        "kind": found.kind.value,
        "b": found.b,
        "share": found.share,
        "years": found.years,
        "clauses": list(found.clauses),
        "ties": found.ties,
        "says": plain(tell_leverage(found, _names(registry, {found.a, found.b}))),
    }


def _tie(registry: Registry, tie: Tie, *, on: date) -> dict[str, Any]:
    return {
        "links": [
            {**_link(registry, link), "leverage": _leverage(registry, _of_link(registry, link, on))}
            for link in tie.links
        ],
        "ended_early": tie.ended_early,
    }


def _link(registry: Registry, link: Link) -> dict[str, Any]:
    line = link_line(registry, link)
    return {
        "id": link.id,
        "a": link.a,
        "kind": link.kind.value,
        "b": link.b,
        "says": f"{line.a_name} {line.verb} {line.b_name}",
        "when": line.when,
        "status": line.status,
        "source": line.source,
    }


def _of_link(registry: Registry, link: Link, on: date) -> Leverage | None:
    if link.kind not in BUSINESS or not link.current(on):
        return None
    return of_tie(registry, link.a, link.kind, link.b, on=on)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
