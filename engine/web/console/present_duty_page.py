"""Duty in the words of the board: who is on, who is out of reach and why, what people entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from engine.duty.standing import Member, OnNow, Trouble
from engine.web.words.sentence import Name, Said
from engine.web.words.times import short_moment
from rules.roster import Watch
from rules.rota.changes import Entry, span
from schemas.roster import Absence, Cover, Role

TROUBLE: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.NO_ADDRESS: "is in no contact",
        Trouble.NO_CHANNEL: "is on a channel that is not switched on",
        Trouble.CHANNEL_FAILING: "is on a channel that fails now",
        Trouble.FAILED_LATELY: "was refused the last time",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    """A role, who has it, and who next."""

    role: str
    now: Said
    held: bool
    until: str
    then: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """Somebody whom no page reaches."""

    label: str
    floor: bool
    why: str


def role_line(found: OnNow, labels: Mapping[str, str], zone: ZoneInfo) -> RoleLine:
    """A line of the first table."""
    then = found.then
    return RoleLine(
        role=_word(found.now.role),
        now=_people(found.now, labels),
        held=found.now.held,
        until="" if then is None else short_moment(then.starts, zone=zone),
        then=() if then is None else _people(then, labels),
    )


def watch_line(found: Watch, labels: Mapping[str, str], zone: ZoneInfo) -> Said:
    """When a role would be empty, and to whom its pages would go."""
    return (
        f"{_word(found.role)}, {_span(found.starts, found.ends, zone)}: ",
        *_people(found, labels),
    )


def lost_line(member: Member) -> OutOfReach:
    """Why no page reaches somebody, way by way."""
    said = [f"{way.endpoint} {TROUBLE[way.trouble]}" for way in member.ways if way.trouble]
    return OutOfReach(
        label=member.label, floor=member.floor, why="; ".join(said) or "has no endpoint"
    )


def entry_line(entry: Entry, labels: Mapping[str, str], zone: ZoneInfo) -> Said:
    """What somebody entered."""
    when = _span(*span(entry), zone)

    def name(person: str) -> Name:
        return Name(labels.get(person, person))

    match entry:
        case Absence():
            return (name(entry.person), f" is away, {when}")
        case Cover():
            place = (
                name(entry.instead_of) if entry.instead_of else _word(entry.role or Role.HANDLER)
            )
            return (name(entry.person), " covers for ", place, f", {when}")
    return (name(entry.first.person), " and ", name(entry.second.person), f" swap shifts, {when}")


def _people(watch: Watch, labels: Mapping[str, str]) -> Said:
    said: list[str | Name] = []
    for person in watch.people:
        said += [", "] if said else []
        said.append(Name(labels.get(person, person)))
    if not said:
        return ("nobody",)
    if watch.held or watch.held_by is None:
        return tuple(said)
    return ("nobody, so ", *said, f" ({_word(watch.held_by)})")


def _span(starts: datetime, ends: datetime, zone: ZoneInfo) -> str:
    return f"{short_moment(starts, zone=zone)} to {short_moment(ends, zone=zone)}"


def _word(role: Role) -> str:
    return role.value.replace("_", " ")
