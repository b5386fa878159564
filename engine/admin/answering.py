"""What answers are worth, promises that are none any more, and the ledger: as who asks."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from engine.admin.acting import alert_of
from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from engine.case.state import Alert
from engine.store.ledger import ledger_of
from engine.web.console.ledger_view import as_data
from schemas.responses import AnswerClass, Way, WithdrawnBecause


class OnAnswer(OneCase):
    """An alert of a case and, where it has several, which promise or act."""

    alert: str = Field(max_length=20)
    """Reference of the alert, `7K3Q-92`."""
    action: str = Field(default="", max_length=64)
    """Its whole id, or the last part as the ledger shows it: `p4`."""
    note: str = Field(default="", max_length=10_000)


class Classing(OnAnswer):
    """What the answer is worth."""

    answer_class: AnswerClass


class Withdrawing(OnAnswer):
    """Why a promise is none any more."""

    reason: WithdrawnBecause


async def judge(house: House, asked: Asked, args: Classing) -> Mapping[str, Any]:
    """Say what an answer is worth."""
    case = (await loaded(house, args.case)).file.case
    alert = alert_of(case, args.alert)
    return await submit(
        house,
        c.ClassAnswer(
            inbox=inbox(asked, args),
            case=case.id,
            alert=alert.id,
            by=asked.by,
            answer_class=args.answer_class,
            action=_action(alert, args.action),
            note=await kept(house, args.note),
        ),
    )


async def withdraw(house: House, asked: Asked, args: Withdrawing) -> Mapping[str, Any]:
    """Record that a promise is none any more."""
    case = (await loaded(house, args.case)).file.case
    alert = alert_of(case, args.alert)
    return await submit(
        house,
        c.WithdrawPromise(
            inbox=inbox(asked, args),
            case=case.id,
            alert=alert.id,
            by=asked.by,
            reason=args.reason,
            action=_action(alert, args.action),
            way=Way.CLI,
            note=await kept(house, args.note),
        ),
    )


async def ledger(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Who promised what by when, whether it was kept, with what effect, and what it was worth."""
    found = await loaded(house, args.case)
    of = found.file.row.id
    entries = await house.services.reader.run(lambda conn: ledger_of(conn, of))
    return {"case": found.file.row.ref, "ledger": as_data(entries, names=found.names)}


def _action(alert: Alert, name: str) -> str:
    return name if not name or "." in name else f"{alert.id}.{name}"
