"""The doors of the engine that runs now: pages, the programs' answers, a holder's page.

Whatever comes out of one is searched, and judged as of the commit at which it was read.
"""

import contextvars
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.routing import Route

from engine.bootstrap.services import DeskForPages
from engine.case_vault import CaseVault
from engine.entropy import SeededEntropy
from engine.intake.answer_stream import AnswerHandler
from engine.program_answers import ProgramAnswers
from engine.store.database import read
from engine.vault import DeploymentKeys
from engine.web.answer.page import AnswerPage
from engine.web.api.answering import Answering
from engine.web.holder.page import HolderPage
from engine.web.sealing import VaultWords
from engine.web.services import Services
from notifiers.message import Message
from schemas.contact import Endpoint
from tests.harness.assembly import MASTER
from tests.replay_harm.harm import Send
from tests.replay_harm.marks import shown_in
from tests.replay_harm.outside import Browser
from tests.simulation.process import Process, SimReader

if TYPE_CHECKING:
    from tests.replay_harm.machine import Machine

T = TypeVar("T")
AS_OF: contextvars.ContextVar[tuple[int, datetime]] = contextvars.ContextVar("as_of")
"""The commit as of which whoever asks has read last, and when that was."""
KEYS = DeploymentKeys.derive(MASTER)
Read = Callable[[str, bytes], None]


class NotedReader(SimReader):
    """The reader port; whoever asks knows afterwards as of which commit it was answered."""

    def __init__(self, machine: "Machine", process: Process) -> None:
        super().__init__(machine.database, process)
        self._machine = machine

    async def run(self, fn: Callable[[Connection], T]) -> T:
        def noting(conn: Connection) -> T:
            AS_OF.set((self._machine.ledger.commits, self._machine.clock.now()))
            return fn(conn)

        return await super().run(noting)


class WithoutAccident:
    """A reader of the relay's: it asks about every fact, and nothing befalls it meanwhile."""

    def __init__(self, machine: "Machine") -> None:
        self._machine = machine

    async def run(self, fn: Callable[[Connection], T]) -> T:
        machine = self._machine
        AS_OF.set((machine.ledger.commits, machine.clock.now()))
        return read(machine.looking, fn)


class Doors:
    """Opens doors of whichever engine runs."""

    def __init__(self, machine: "Machine") -> None:
        self._machine = machine
        self._opened = 0

    def visit(self, message: Message, endpoint: Endpoint) -> Browser:
        """A recipient opens the page of this message; what it shows is searched and judged."""
        machine = self._machine
        row = machine.what_it_is(message.key)

        def read(path: str, content: bytes) -> None:
            machine.outside.reads("page", path)
            machine.outside.reads("page", content, page=True)
            if b'name="state"' not in content:
                return  # asks for the code, or is closed: it says nothing
            machine.counts["pages_read"] += 1
            n, at = AS_OF.get()
            shown = shown_in(content)
            machine.counts.update(f"shown {label}" for label in shown.labels)
            machine.oracle.judge(
                Send(
                    at=at,
                    n=n,
                    case=row.case_id,
                    track=row.track,
                    mode=machine.modes[row.track],
                    endpoint=endpoint.id,
                    purpose="page",
                    fields=shown.fields,
                    labels=shown.labels,
                    asked_mode=shown.mode,
                )
            )

        return self.browser(read=read)

    def browser(self, *, read: Read) -> Browser:
        """A browser of a recipient."""
        return Browser(Starlette(routes=AnswerPage(self.services()).routes()), read=read)

    def holder(self, *, read: Read) -> Browser:
        """A browser of whoever holds a consent."""
        return Browser(Starlette(routes=HolderPage(self.services()).routes()), read=read)

    def program(self, *, read: Read) -> Browser:
        """A program of a recipient's, which answers over HTTP."""
        routes = [Route("/v1/answers", Answering(self._answers()).post, methods=["POST"])]
        return Browser(Starlette(routes=routes), read=read)

    def topic(self) -> AnswerHandler:
        """What reads the topic of answers."""
        _, made = self._running()
        return AnswerHandler(
            answers=self._answers(), desk=made.desk, vault=made.vault, clock=self._machine.clock
        )

    def services(self) -> Services:
        """What pages are given."""
        process, made = self._running()
        machine = self._machine
        writer, reader = machine.ports(process)
        self._opened += 1
        entropy = SeededEntropy(f"pages {process.number} {self._opened}")
        nobody = cast(Any, None)
        return Services(
            clock=machine.clock,
            entropy=entropy,
            reader=reader,
            writer=writer,
            desk=DeskForPages(made.desk),
            people=nobody,
            sessions=nobody,
            reports=nobody,
            sealing=VaultWords(
                made.vault,
                cases=CaseVault(made.vault, under=KEYS.vault, entropy=entropy),
                reader=reader,
                writer=writer,
                clock=machine.clock,
                entropy=entropy,
            ),
            world=made.world,
            tokens=made.answers,
            answer_key=KEYS.answer,
            phone="+00 1",
        )

    def _answers(self) -> ProgramAnswers:
        process, made = self._running()
        writer, _ = self._machine.ports(process)
        return ProgramAnswers(
            desk=made.desk,
            writer=writer,
            tokens=made.answers,
            clock=self._machine.clock,
            world=made.world,
        )

    def _running(self) -> tuple[Process, Any]:
        process, made = self._machine.process, self._machine.parts
        assert process is not None and made is not None
        return process, made
