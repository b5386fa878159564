"""Questions about cases: lists, one case as a story, what duty owes."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked, Nothing
from engine.case.sources import independent
from engine.case.state import Case
from engine.store import board
from engine.web.console.case_page import Loaded, load
from engine.web.console.case_view import CaseView, case_view
from engine.web.console.owed import SOON, in_order
from engine.web.console.record_view import as_json
from engine.web.words.sentence import plain
from schemas.codes import Severity

FACTS_SHOWN = 400
TASKS_SHOWN = 500


class CaseList(Arguments):
    """Which cases."""

    status: tuple[Literal["open", "standing", "monitored", "closed"], ...] = (
        "open",
        "standing",
        "monitored",
    )
    severity: tuple[Severity, ...] = tuple(Severity)
    most: int = Field(default=50, ge=1, le=1_000)


class OneCase(Arguments):
    """A case by its reference, `TC-4F2M9`."""

    case: str = Field(max_length=20)


async def list_cases(house: House, asked: Asked, args: CaseList) -> Mapping[str, Any]:
    """Cases, gravest first."""
    rows, count = await house.services.reader.run(
        lambda conn: board.list_cases(
            conn, statuses=args.status, severities=args.severity, most=args.most
        )
    )
    return {
        "count": count,
        "cases": [
            {
                "ref": row.ref,
                "kind": row.kind,
                "incident": row.incident,
                "status": row.status,
                "severity": row.severity.value,
                "owner": row.owner,
                "opened_at": row.opened_at,
                "acts_next_at": row.due_at,
                "exercise": row.exercise,
            }
            for row in rows
        ],
    }


async def show_case(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """One case as a story, newest first, with what it owes and who is left out."""
    found = await loaded(house, args.case)
    view = case_view(
        found.file, names=found.names, visitor=asked.visitor, now=house.services.clock.now()
    )
    row = found.file.row
    return {
        "ref": row.ref,
        "status": row.status,
        "severity": row.severity.value,
        "owner": row.owner,
        "summary": plain(view.summary),
        "notes": [plain(note) for _, note in view.notes],
        "tracks": [
            {
                "track": state.track.name.value,
                "gate": state.track.gate.value,
                "mode": state.mode.value,
                "joint": None if state.joint is None else state.joint.value,
                "release_until": state.release_until,
                "protocol": state.protocol,
                "waiting_record": state.record,
                "released_by": list(state.released_by),
                "frozen": state.frozen,
            }
            for state in found.file.case.tracks
        ],
        "tasks": [
            {
                "id": task.id.rpartition(".")[2],
                "what": plain(task.what),
                "due": task.due,
                "left": task.left,
                "owner": task.owner,
                "critical": task.critical,
            }
            for task in view.tasks
        ],
        "clocks": [
            {
                "clock": clock.name.lower(),
                "next": plain(clock.said),
                "due_at": clock.due_at,
                "late": clock.late,
            }
            for clock in view.clocks
        ],
        "person": plain(view.person),
        "contact_owners": list(found.file.case.contact_owners),
        "remedy_sought": found.file.case.remedy_sought,
        "certainty": found.file.case.certainty.value,
        "independent_sources": independent(found.file.case),
        "mode_ceiling": found.file.case.mode_ceiling.value,
        "necessity": _necessity(found.file.case),
        "records": [as_json(record) for record in view.records],
        "left_out": left_out_data(view),
        "story": [
            {"day": line.day, "time": line.time, "said": plain(line.said), "more": plain(line.more)}
            for line in view.story
        ],
        "acts_next_at": row.due_at,
    }


async def list_tasks(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Everything duty owes, in the order of the first screen; the cases nobody has taken before."""
    now = house.services.clock.now()
    rows, untaken = await house.services.reader.run(
        lambda conn: (
            {
                row.id: row
                for row in (
                    *board.pressing(conn, soon=now + SOON, most=TASKS_SHOWN),
                    *board.ahead(conn, soon=now + SOON, most=TASKS_SHOWN),
                )
            },
            board.unowned(conn, most=TASKS_SHOWN),
        )
    )
    return {
        "untaken": [
            {
                "case": row.ref,
                "severity": row.severity.value,
                "incident": row.incident,
                "opened_at": row.opened_at,
            }
            for row in untaken
        ],
        "tasks": [
            {
                "id": row.id.rpartition(".")[2],
                "case": row.case.ref,
                "severity": row.case.severity.value,
                "kind": row.kind,
                "detail": row.detail,
                "critical": row.critical,
                "due_at": row.due_at,
                "overdue": row.due_at < now,
                "owner": row.owner,
            }
            for row in in_order(rows.values(), now=now)
        ],
    }


async def loaded(house: House, ref: str) -> Loaded:
    """The case of this reference with its names. Raises NotCarriedOutError."""
    found = await house.services.reader.run(
        lambda conn: load(
            conn, ref=ref.strip().upper(), zone=house.services.zone, facts=FACTS_SHOWN
        )
    )
    if found is None:
        raise NotCarriedOutError(
            "refused",
            "There is no case of this reference.",
            next_step="List the cases: tocsin case list",
        )
    return found


def _necessity(case: Case) -> dict[str, Any] | None:
    known = case.necessity
    if known is None:
        return None
    return {"by": list(known.by), "in_force": known.in_force, "review_by": known.review_by}


def left_out_data(view: CaseView) -> list[dict[str, Any]]:
    """Who is not told and why, for a script."""
    return [
        {
            "who": out.who,
            "contact": out.contact,
            "reason": out.reason.value,
            "said": plain(out.said),
            "why": out.why,
            "next": out.next,
            "path": [plain(hop) for hop in out.path],
        }
        for out in view.left_out
    ]
