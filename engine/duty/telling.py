"""Duty as plain values, for programs and for the command line."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.duty.standing import Member, OnNow, Standing
from rules.roster import Watch
from rules.rota.changes import Entry
from schemas.roster import Absence, Cover, Roster, Stint, Swap


def told(found: Standing, *, zone: str) -> Mapping[str, Any]:
    """All of it; times are ISO 8601 in UTC, `zone` is the one in which the board shows them."""
    return {
        "at": found.at,
        "zone": zone,
        "roles": [_role(each) for each in found.roles],
        "out_of_reach": [member.id for member in found.out_of_reach],
        "people": [_member(member) for member in found.members],
        "changes": [entry(each) for each in found.changes],
        "labels": dict(found.labels),
    }


def watches(found: Iterable[Watch]) -> list[Mapping[str, Any]]:
    """Who is paged when."""
    return [watch(each) for each in found]


def watch(found: Watch) -> Mapping[str, Any]:
    """Who is paged for one role over one stretch. `held_by` another role: nobody is in this one."""
    return {
        "role": found.role.value,
        "starts": found.starts,
        "ends": found.ends,
        "people": list(found.people),
        "held_by": found.held_by.value if found.held_by is not None else None,
    }


def entry(found: Entry) -> Mapping[str, Any]:
    """An absence, a cover or a swap."""
    match found:
        case Absence():
            return {"kind": "absence", "id": found.id, **_of(found), "by": found.by}
        case Cover():
            more = {"role": found.role.value if found.role else None, "for": found.instead_of}
            return {"kind": "cover", "id": found.id, **_of(found), **more, "by": found.by}
        case Swap():
            both = {"gives": _stint(found.first), "takes": _stint(found.second)}
            return {"kind": "swap", "id": found.id, **both, "by": found.by}


def named(roster: Roster, words: str) -> str | None:
    """The id of one of our own people, by id, short name or label; None: nobody, or several."""
    sought = words.strip().casefold()
    ids = [each.id for each in roster.people]
    for id in (words.strip(), f"person:{sought}"):
        if id in ids:
            return id
    found = [each.id for each in roster.people if each.label.casefold() == sought]
    return found[0] if len(found) == 1 else None


def _of(found: Absence | Cover) -> Mapping[str, Any]:
    return {"person": found.person, "starts": found.starts, "ends": found.ends}


def _stint(found: Stint) -> Mapping[str, Any]:
    return {
        "person": found.person,
        "role": found.role.value,
        "starts": found.starts,
        "ends": found.ends,
    }


def _role(found: OnNow) -> Mapping[str, Any]:
    return {
        "role": found.now.role.value,
        "now": watch(found.now),
        "then": watch(found.then) if found.then is not None else None,
    }


def _member(found: Member) -> Mapping[str, Any]:
    return {
        "person": found.id,
        "label": found.label,
        "floor": found.floor,
        "reachable": found.reachable,
        "ways": [
            {"endpoint": way.endpoint, "trouble": way.trouble.value if way.trouble else ""}
            for way in found.ways
        ],
    }
