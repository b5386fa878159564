"""Holds, and trying the switch that stops everything: as the person who asks."""

from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime, Field, field_validator
from sqlalchemy import Connection

from engine.access import Permission, may
from engine.admin.handing import inbox, submit
from engine.admin.house import House
from engine.admin.linkage import the_one
from engine.admin.operation import Asked, Nothing
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from engine.case.state import Case, HoldState
from engine.desk import inner
from engine.desk.gather import claimable
from engine.stop_file import NAME
from engine.store import notifications, stopping
from engine.store.people import list_people
from schemas.codes import TrackName
from schemas.codes.countries import is_country
from schemas.party import PartyKind
from schemas.safeguards import Hold, HoldReason

LOOKED_AT = 5_000
"""Messages of a channel that a drill counts at most."""


class Placing(OneCase):
    """Whom nobody approaches, until when, and why. What is not given fits everybody."""

    until: AwareDatetime
    reason: HoldReason
    parties: tuple[str, ...] = Field(default=(), max_length=50)
    """Ids, or names that one party has."""
    tracks: tuple[TrackName, ...] = ()
    states: tuple[str, ...] = Field(default=(), max_length=50)
    """ISO codes."""
    kinds: tuple[PartyKind, ...] = ()

    @field_validator("states")
    @classmethod
    def _known(cls, states: tuple[str, ...]) -> tuple[str, ...]:
        if not all(is_country(each) for each in states):
            raise ValueError("a two-letter ISO code in capitals for each state")
        return states


class LiftingHold(OneCase):
    """Which hold ends before its time."""

    hold: str = Field(max_length=64)


async def place(house: House, asked: Asked, args: Placing) -> Mapping[str, Any]:
    """Ask to wait for somebody."""
    case = (await loaded(house, args.case)).file.case
    registry = house.services.world.registry()
    identity = inbox(asked, args)
    hold = Hold(
        id=f"h{identity.digest[:12]}{identity.id[:8]}",
        until=args.until,
        by=asked.by,
        reason=args.reason,
        parties=tuple(the_one(registry, words).id for words in args.parties),
        tracks=args.tracks,
        states=args.states,
        kinds=args.kinds,
    )
    done = await submit(house, c.PlaceHold(inbox=identity, case=case.id, hold=hold))
    return {**done, "hold": hold.id}


async def lift(house: House, asked: Asked, args: LiftingHold) -> Mapping[str, Any]:
    """Agree that a hold ends now."""
    case = (await loaded(house, args.case)).file.case
    done = await submit(
        house,
        c.LiftHold(inbox=inbox(asked, args), case=case.id, hold=args.hold, by=asked.by),
    )
    after = (await loaded(house, args.case)).file.case
    return {**done, "held": any(each.hold.id == args.hold for each in after.holds)}


async def show(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """The holds in force of a case."""
    case: Case = (await loaded(house, args.case)).file.case
    return {"case": case.ref, "holds": [_shown(each) for each in case.holds]}


async def drill(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Try the switch without pressing it: what would leave, who could lift it. Changes nothing."""
    services = house.services
    now = services.clock.now()
    everything = [inner.Claim(others=LOOKED_AT)]

    def look(conn: Connection) -> tuple[int, int, int]:
        due = claimable(conn, everything, now=now, duty_only=False)
        left = claimable(conn, everything, now=now, duty_only=True)
        duty = notifications.duty_among(conn, [key for key, _ in left])
        return len(due), len(left), duty

    due, left, duty = await services.reader.run(look)
    people = await services.reader.run(list_people)
    stop = await services.reader.run(stopping.read)
    able = sum(may(each.role, Permission.RESUME) for each in people if not each.disabled)
    return {
        "stopped": stop.on,
        "since": stop.since.isoformat() if stop.since is not None else None,
        "by": stop.by,
        "agreed": stop.agreed,
        "due": due,
        "outward_while_stopped": left - duty,
        "duty_while_stopped": duty,
        "may_lift": able,
        "file": str(house.settings.data_dir / NAME),
        "held": left == duty and able >= 2,
    }


def _shown(state: HoldState) -> Mapping[str, Any]:
    hold = state.hold
    return {
        "hold": hold.id,
        "until": hold.until.isoformat(),
        "by": hold.by,
        "reason": hold.reason.value,
        "parties": list(hold.parties),
        "tracks": [each.value for each in hold.tracks],
        "states": list(hold.states),
        "kinds": [each.value for each in hold.kinds],
        "lifted_by": list(state.lifted_by),
    }
