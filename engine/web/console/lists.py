"""The first screen, the lists behind it, and Stop outgoing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission, may
from engine.case.commands import StopOutgoing
from engine.case.state import CaseStatus
from engine.store import board, retention
from engine.store.held_back import held_back
from engine.web.console.owed import SOON, Board, Owed, sort_out
from engine.web.console.registry_page import registry_words
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.states import CASE_STATUS, DECISIONS, SEVERITY, incident
from engine.web.words.times import clock_time, day, left, span
from schemas.codes import Severity

FIRST = 12
"""Lines of a list on the first screen; more are a page of their own."""
PAGE = 30
READ_MOST = 600
AHEAD_MOST = 300
_SOON = 900  # seconds: shown as soon
_LISTS = {"now": "Needs a person now", "decide": "Waiting for your decision", "later": "Next dates"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine:
    """One line as it is shown."""

    ref: str
    severity: Severity
    exercise: bool
    what: str
    more: int
    owner: str
    left: str
    over: bool
    soon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case in a list."""

    ref: str
    severity: Severity
    words: str
    owner: str


class Lists:
    """Pages that show many cases."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """The board, lists and the switch."""
        return [
            self._shell.route("/", show=self.first),
            self._shell.route("/owed", show=self.owed),
            self._shell.route("/cases", show=self.cases),
            self._shell.route("/stop", show=self.ask_stop, act=self.stop),
        ]

    async def first(self, request: Request, visitor: Visitor) -> Response:
        """What needs a person now, before all else."""
        now = self._shell.services.clock.now()
        owed, head = await self._shell.services.reader.run(lambda conn: _read(conn, now))
        rows, count = await self._shell.services.reader.run(
            lambda conn: board.list_cases(conn, most=FIRST)
        )
        waiting = await self._shell.services.reader.run(lambda conn: self._held_back(conn, now))
        erasures = await self._shell.services.reader.run(retention.coming)
        zone = ZoneInfo(self._shell.services.zone)
        lines = {name: _lines(getattr(owed, name), head, now)[:FIRST] for name in ("now", "decide")}
        standing = self._shell.services.registry
        trust = None if standing is None else standing.trust()
        return await self._shell.render(
            "console/board.html",
            visitor,
            needs=len(owed.now),
            now_lines=lines["now"],
            now_more=len(owed.now) > FIRST,
            decide_count=len(owed.decide),
            decide_lines=lines["decide"],
            decide_more=len(owed.decide) > FIRST,
            later_lines=_lines(owed.later, head, now)[:6],
            held_back=waiting,
            registry="" if trust is None else registry_words(trust, zone=zone),
            registry_old=trust is not None and trust.old,
            erasures=[(ref, day(on, zone=zone)) for on, ref in erasures[:FIRST]],
            erasures_more=len(erasures) - FIRST,
            open_count=count,
            cases=[_case_line(row, head, now) for row in rows],
        )

    def _held_back(self, conn: Connection, now: datetime) -> list[tuple[str, str]]:
        """Whose messages wait for their turn, and in words how many, until when."""
        found = held_back(conn, now=now, most=FIRST)
        parties = board.party_names(conn, [each.party for each in found])
        people = board.head(conn).people if found else {}
        zone = ZoneInfo(self._shell.services.zone)
        return [
            (
                people.get(each.party) or parties.get(each.party) or each.party,
                f"{each.messages} {'message waits' if each.messages == 1 else 'messages wait'} "
                f"until {clock_time(each.until, zone=zone)}",
            )
            for each in found
        ]

    async def owed(self, request: Request, visitor: Visitor) -> Response:
        """One of the three lists, page by page."""
        name = request.query_params.get("list", "now")
        name = name if name in _LISTS else "now"
        now = self._shell.services.clock.now()
        owed, head = await self._shell.services.reader.run(lambda conn: _read(conn, now))
        lines = _lines(getattr(owed, name), head, now)
        at = _page_number(request)
        others = [(words, f"/owed?list={key}") for key, words in _LISTS.items() if key != name]
        return await self._shell.render(
            "console/owed.html",
            visitor,
            heading=_LISTS[name],
            count=len(lines),
            lines=lines[at * PAGE : (at + 1) * PAGE],
            pages=paging(f"/owed?list={name}", at=at, of=len(lines), size=PAGE) + others,
        )

    async def cases(self, request: Request, visitor: Visitor) -> Response:
        """Every case, filtered by status and severity."""
        status = request.query_params.get("status", "")
        severity = request.query_params.get("severity", "")
        statuses = [status] if status in set(CaseStatus) else ["open", "standing", "monitored"]
        grades = [Severity(severity)] if severity in set(Severity) else list(Severity)
        at = _page_number(request)
        now = self._shell.services.clock.now()
        (rows, count), head = await self._shell.services.reader.run(
            lambda conn: (
                board.list_cases(
                    conn, statuses=statuses, severities=grades, most=PAGE, skip=at * PAGE
                ),
                board.head(conn),
            )
        )
        query = urlencode({"status": status, "severity": severity})
        return await self._shell.render(
            "console/cases.html",
            visitor,
            count=count,
            cases=[_case_line(row, head, now) for row in rows],
            statuses=[(s.value, CASE_STATUS[s]) for s in CaseStatus if s is not CaseStatus.NEW],
            severities=[(s.value, SEVERITY[s]) for s in Severity],
            chosen=(status, severity),
            pages=paging(f"/cases?{query}", at=at, of=count, size=PAGE),
        )

    async def ask_stop(self, request: Request, visitor: Visitor) -> Response:
        """Ask once more before everything outgoing stops or starts."""
        stop = (await self._shell.services.reader.run(board.head)).stop
        return await self._shell.render(
            "console/stop.html",
            visitor,
            agreed=bool(stop.agreed),
            mine=stop.agreed == visitor.person,
            file=bool(stop.files),
        )

    async def stop(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Press or release the switch."""
        on = form.get("on") == "yes"
        if not may(visitor.role, Permission.STOP if on else Permission.RESUME):
            return await self._shell.not_yours(visitor)
        command = StopOutgoing(
            inbox=self._shell.inbox(visitor, form, about="stop"), on=on, by=visitor.person
        )
        return await self._shell.send(
            visitor, command, to="/", did="stopped" if on else "started", urgent=True
        )


def paging(base: str, *, at: int, of: int, size: int) -> list[tuple[str, str]]:
    """Links to the page before and the page after."""
    links = []
    if at > 0:
        links.append(("Before", f"{base}&page={at - 1}"))
    if (at + 1) * size < of:
        links.append(("Next", f"{base}&page={at + 1}"))
    return links


def _page_number(request: Request) -> int:
    asked = request.query_params.get("page", "0")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0


def _read(conn: Connection, now: datetime) -> tuple[Board, board.Head]:
    """Only what the screens show is read, however many cases are open."""
    soon = now + SOON
    tasks = {
        task.id: task
        for task in (
            *board.pressing(conn, soon=soon, most=READ_MOST),
            *board.ahead(conn, soon=soon, most=READ_MOST, kinds=DECISIONS),
            *board.ahead(conn, soon=soon, most=AHEAD_MOST),
        )
    }
    owed = sort_out(
        tasks=tuple(tasks.values()),
        unowned=board.unowned(conn, most=READ_MOST),
        promises=board.promises(conn, most=PAGE),
        now=now,
    )
    return owed, board.head(conn)


def _lines(lines: Sequence[Owed], head: board.Head, now: datetime) -> list[OwedLine]:
    return [
        OwedLine(
            ref=line.case.ref,
            severity=line.case.severity,
            exercise=line.case.exercise,
            what=line.what,
            more=line.more,
            owner=head.people.get(line.owner, line.owner),
            left=_left(line, now),
            over=line.due_at is None or line.due_at < now,
            soon=line.due_at is not None and (line.due_at - now).total_seconds() < _SOON,
        )
        for line in lines
    ]


def _left(line: Owed, now: datetime) -> str:
    if line.due_at is None:
        return f"for {span((now - line.case.opened_at).total_seconds())}"
    return left(line.due_at, now=now)


def _case_line(row: board.CaseRow, head: board.Head, now: datetime) -> CaseLine:
    age = span((now - row.opened_at).total_seconds())
    status = row.status if row.status in set(CaseStatus) else "open"
    words = f"{CASE_STATUS[CaseStatus(status)]}, for {age}"
    if row.kind == "incident":
        words = f"{incident(row.incident)} · {words}"
    return CaseLine(
        ref=row.ref,
        severity=row.severity,
        words=words,
        owner=head.people.get(row.owner, row.owner),
    )
