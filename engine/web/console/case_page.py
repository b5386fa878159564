"""One case: its page, its story, who is left out, and the acts that need one press."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission, may
from engine.case import commands as c
from engine.store import board
from engine.store.case_file import CaseFile, case_file
from engine.store.ledger import ledger_of
from engine.store.retention import ASIDE
from engine.web.console.case_view import case_view, ids_of
from engine.web.console.ledger_view import ledger_lines
from engine.web.console.lists import paging
from engine.web.console.names import Names
from engine.web.console.shell import Shell
from engine.web.console.story_lines import story_lines
from engine.web.forms import Form
from engine.web.services import Visitor
from schemas.codes import TrackName
from schemas.responses import Response as Answer
from schemas.responses import ResponseKind, Way

LEFT_OUT_FIRST = 8
LEFT_OUT_PAGE = 40
STORY_FIRST = 18
STORY_PAGE = 40
DID: dict[str, str] = {
    "own": "You have it. Duty is quiet while everything owed has an owner.",
    "take": "The task is yours.",
    "finish": "The task is finished.",
    "task": "It stands on the board.",
    "replied": "The task is finished. Whoever asked is told that there is an answer.",
    "lift": "Recorded. The track goes on once everybody needed has agreed.",
    "confirm": "Resolved. Those who were told are asked nothing more.",
    "reopen": "Done.",
    "release": "Recorded. Once everybody needed has agreed, the track is told.",
    "erase": "Recorded. What is sealed is erased when somebody else agrees.",
    "keep": "Kept until then. Nobody erases it before.",
    "let_go": "It is kept no longer. Its day is announced before anything is erased.",
    "erased": "Erased. Nobody can read what was sealed again.",
    "clear": "Recorded. Once two people agreed, they may be asked when their track is released.",
    "freeze": "Frozen. Nothing further is told on these tracks.",
    "hold": "Held. Nobody of them is told or pressed until then.",
    "lift_hold": "Recorded. The hold ends once a second person has agreed.",
    "date_added": "Set. It is looked at before it comes.",
    "date_moved": "Moved. Whoever promised or acted for it is asked whether that holds.",
    "date_removed": "Taken away. If somebody promised for it, there is a task to tell them.",
    "round": "Set. They hear at that time; nobody reads a name.",
    "round_ended": "Ended. Nobody hears of what the others do.",
    "resolve": "Proposed. Another person has to confirm.",
    "answer": "The answer is recorded.",
    "judge": "Recorded. What quietens nothing lets the alert go on, now.",
    "withdraw": "Recorded. Nobody is asked about that promise again.",
    "reported": "The report was taken.",
    "certainty": "Recorded, and in force.",
    "heard": "Recorded. Only reliable sources count, each once.",
    "mode": "Set. Nothing louder leaves any more; louder ways wait for a release.",
    "sharing": "Recorded. Stricter holds at once; wider once a second person says the same.",
    "necessity": "Recorded. The story says what holds now, and until when.",
    "status": "Recorded. What is owed by now stands below.",
    "contact": "Set. First contact and check-ins are theirs.",
    "lower": "Lowered. What is owed already keeps its time.",
    "remedy": "Recorded. While a remedy is sought, it is followed up.",
    "standing": "Proposed. Another person has to agree.",
    "stand": "It stands. Somebody looks at it again on its review.",
    "open": "Done.",
    "link": "Linked. The stricter of both counts from now on.",
    "unlink": "Recorded. It stays linked until a second person agrees.",
    "attempt": "Documented.",
    "review": "Recorded.",
    "steer": "Done. The story says what became of each step.",
    "call": "Duty is called now, and again until somebody takes it.",
    "hand": "Handed over. They are told now; until they take it, it is a task.",
    "add": "Added. Release the track to tell it.",
    "replan": "Planned anew. Nobody was told by this; new ones wait for a release.",
    "together": "Proposed. The gate is closed until two other people release it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A case and the names its page needs, read in one go."""

    file: CaseFile
    names: Names


def load(
    conn: Connection, *, ref: str, zone: str, before: int | None = None, facts: int = STORY_FIRST
) -> Loaded | None:
    """Read a case by reference with the names of everybody it mentions."""
    at = {} if before is None else {"before": before}
    file = case_file(conn, ref=ref, facts=facts, **at)
    if file is None:
        return None
    ids = ids_of(file)
    names = Names(
        parties=board.party_names(conn, ids),
        contacts=board.contact_labels(conn, ids),
        people=board.head(conn).people,
        alerts={alert.id: (alert.party, alert.track) for alert in file.case.alerts},
        zone=zone,
    )
    return Loaded(file=file, names=names)


class CasePage:
    """Reading a case, and pressing its buttons."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """The case and the pages behind it."""
        route = self._shell.route
        return [
            route("/cases/{ref}", show=self.show, act=self.act),
            route("/cases/{ref}/story", show=self.story),
            route("/cases/{ref}/left-out", show=self.left_out),
        ]

    async def load(self, request: Request, **how: int) -> Loaded | None:
        """The case of the address, or None."""
        ref, zone = request.path_params["ref"], self._shell.services.zone
        return await self._shell.services.reader.run(
            lambda conn: load(conn, ref=ref, zone=zone, **how)
        )

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Everything about one case, as a story."""
        found = await self.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        now = self._shell.services.clock.now()
        view = case_view(
            found.file,
            names=found.names,
            visitor=visitor,
            now=now,
            registry=self._shell.services.world.registry(),
        )
        of = found.file.row.id
        entries = await self._shell.services.reader.run(lambda conn: ledger_of(conn, of))
        return await self._shell.render(
            "console/case.html",
            visitor,
            row=found.file.row,
            did=DID.get(request.query_params.get("did", ""), ""),
            summary=view.summary,
            notes=view.notes,
            tasks=view.tasks,
            tracks=view.tracks,
            balance=view.balance,
            records=view.records,
            gates=view.gates,
            label=view.label,
            aside=found.file.row.incident in set(ASIDE),
            may_need=view.may_need,
            may_lower=view.may_lower,
            person=view.person,
            clocks=view.clocks,
            left_out=view.left_out[:LEFT_OUT_FIRST],
            left_out_count=len(view.left_out),
            left_out_more=len(view.left_out) > LEFT_OUT_FIRST,
            reports=view.reports,
            ledger=ledger_lines(entries, names=found.names),
            story=view.story,
            earlier=view.earlier,
            next_words=view.next_words,
            may_own=view.may_own,
            may_confirm=view.may_confirm,
            may_drop=view.may_drop,
            may_resolve=view.may_resolve,
            may_date=view.may_date,
            may_join=view.may_join,
            round_words=view.round_words,
            dates=view.dates,
            may_reopen=view.may_reopen,
            may_erase=view.may_erase,
            life=view.life,
        )

    async def story(self, request: Request, visitor: Visitor) -> Response:
        """Earlier facts, a page at a time."""
        before = request.query_params.get("before", "")
        if not (before.isascii() and before.isdigit() and len(before) < 10):
            return await self._shell.not_found(visitor)
        found = await self.load(request, before=int(before), facts=STORY_PAGE)
        if found is None:
            return await self._shell.not_found(visitor)
        entries = found.file.entries
        return await self._shell.render(
            "console/story.html",
            visitor,
            row=found.file.row,
            story=story_lines(found.file, names=found.names),
            earlier=entries[-1].n if found.file.earlier and entries else 0,
        )

    async def left_out(self, request: Request, visitor: Visitor) -> Response:
        """Everybody who is left out, with the reason and the path."""
        found = await self.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        now = self._shell.services.clock.now()
        everybody = case_view(found.file, names=found.names, visitor=visitor, now=now).left_out
        asked = request.query_params.get("page", "0")
        at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        base = f"/cases/{found.file.row.ref}/left-out?"
        return await self._shell.render(
            "console/left_out.html",
            visitor,
            row=found.file.row,
            count=len(everybody),
            left_out=everybody[at * LEFT_OUT_PAGE : (at + 1) * LEFT_OUT_PAGE],
            pages=paging(base, at=at, of=len(everybody), size=LEFT_OUT_PAGE),
        )

    async def act(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """One press: own, take, lift, confirm, reopen."""
        found = await self.load(request)
        if found is None:
            return await self._shell.not_found(visitor)
        file = found.file
        verb, _, what = form.get("act").partition(":")
        permission, make = _ACTS.get(verb, (None, None))
        if permission is not None and not may(visitor.role, permission):
            return await self._shell.not_yours(visitor)
        back = f"/cases/{file.row.ref}"
        inbox = self._shell.inbox(visitor, form, about=f"{back} {verb}")
        command = make(file, inbox, visitor.person, what) if make else None
        if command is None:
            return await self._shell.say(
                visitor,
                "Not carried out; nothing changed",
                ("This is no longer possible here.", "Look at the case again."),
                status=409,
                back=back,
                back_words="Back",
            )
        return await self._shell.send(visitor, command, to=back, did=verb, urgent=True)


_Make = Callable[[CaseFile, c.Inbox, str, str], c.Command | None]


def _own(file: CaseFile, inbox: c.Inbox, me: str, what: str) -> c.Command | None:
    """Answer a page that called duty: one's own, else anybody's."""
    calls = [alert for alert in file.case.alerts if alert.track is TrackName.DUTY]
    calls.sort(key=lambda alert: (alert.party != me, alert.id))
    if not calls:
        return None
    answer = Answer(kind=ResponseKind.ACKNOWLEDGED, way=Way.CONSOLE, by=me)
    return c.Respond(inbox=inbox, alert=calls[0].id, response=answer)


def _take(file: CaseFile, inbox: c.Inbox, me: str, what: str) -> c.Command | None:
    return c.TakeTask(inbox=inbox, case=file.row.id, task=what, by=me)


def _lift(file: CaseFile, inbox: c.Inbox, me: str, what: str) -> c.Command | None:
    if what not in set(TrackName):
        return None
    return c.Lift(inbox=inbox, case=file.row.id, track=TrackName(what), by=me)


def _confirm(file: CaseFile, inbox: c.Inbox, me: str, what: str) -> c.Command | None:
    return c.ConfirmResolution(inbox=inbox, case=file.row.id, by=me)


def _reopen(file: CaseFile, inbox: c.Inbox, me: str, what: str) -> c.Command | None:
    return c.Reopen(inbox=inbox, case=file.row.id, by=me)


def _stand(file: CaseFile, inbox: c.Inbox, me: str, what: str) -> c.Command | None:
    return c.ConfirmStanding(inbox=inbox, case=file.row.id, by=me)


def _open(file: CaseFile, inbox: c.Inbox, me: str, what: str) -> c.Command | None:
    return c.EndStanding(inbox=inbox, case=file.row.id, by=me)


_ACTS: dict[str, tuple[Permission, _Make]] = {
    "own": (Permission.TAKE_TASKS, _own),
    "take": (Permission.TAKE_TASKS, _take),
    "lift": (Permission.LIFT, _lift),
    "confirm": (Permission.CONFIRM_RESOLUTION, _confirm),
    "reopen": (Permission.REOPEN, _reopen),
    "stand": (Permission.AGREE_TO_STAND, _stand),
    "open": (Permission.REOPEN, _open),
}
