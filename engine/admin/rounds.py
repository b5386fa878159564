"""Rounds: who is kept informed of what the others promised and did, as the person who asks."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from engine.admin.acting import alert_of
from engine.admin.handing import inbox, submit
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from engine.case.rounds import RAREST, can_join, is_there, readable, too_quiet
from engine.case.state import Alert
from engine.store.ledger import ledger_of
from engine.web.console.names import Names
from engine.web.words.rounds import round_lines
from schemas.codes import TrackName


class SettingRound(OneCase):
    """Who takes part, from when, and how often."""

    alerts: tuple[str, ...] = Field(min_length=1, max_length=200)
    """References of their alerts, `7K3Q-92`."""
    first: AwareDatetime
    every: int = Field(ge=1, le=RAREST)
    """Days."""


async def set_round(house: House, asked: Asked, args: SettingRound) -> Mapping[str, Any]:
    """Keep these informed of each other."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.SetRound(
            inbox=inbox(asked, args),
            case=case.id,
            by=asked.by,
            alerts=tuple(alert_of(case, ref).id for ref in args.alerts),
            first_at=args.first,
            every_days=args.every,
        ),
    )


async def end(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Keep nobody informed of the others any more."""
    case = (await loaded(house, args.case)).file.case
    return await submit(house, c.EndRound(inbox=inbox(asked, args), case=case.id, by=asked.by))


async def show(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """The round of a case, who may take part, and what those who do read now."""
    found = await loaded(house, args.case)
    case, names = found.file.case, found.names
    entries = await house.services.reader.run(lambda conn: ledger_of(conn, case.id))
    joining = [alert for alert in case.alerts if can_join(case, alert)]
    part = [alert for alert in joining if alert.in_round]
    zone = ZoneInfo(house.services.zone)

    def reads(by: TrackName) -> list[str]:
        of = part or joining
        return list(round_lines(readable(entries, of=of, by=by), own="", zone=zone))

    return {
        "case": found.file.row.ref,
        "next_at": None if case.round is None else case.round.next_at,
        "every_days": None if case.round is None else case.round.every.days,
        "parties": [_party(alert, names, takes_part=alert.in_round) for alert in joining],
        "quiet": [
            _party(alert, names, takes_part=False)
            for alert in case.alerts
            if is_there(alert) and too_quiet(case, alert.track)
        ],
        "reads": reads(TrackName.MISSIONS),
        "companies_read": reads(TrackName.COMPANIES),
    }


def _party(alert: Alert, names: Names, *, takes_part: bool) -> dict[str, Any]:
    return {
        "alert": alert.ref,
        "party": names.party(alert.party).text,
        "track": alert.track.value,
        "takes_part": takes_part,
    }
