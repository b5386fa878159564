"""Short lives of one case, decided by the real core, as the journal would tell them."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from engine.case import commands as c
from engine.case.around import Around
from engine.case.decide import run
from engine.case.due import due_at
from engine.case.ids import case_id, event_id
from engine.case.state import Case, dump_case, load_case
from engine.invariants.history import History, Leaf
from rules.candidates import World, candidates
from schemas import facts as f
from schemas.codes import Mode, TrackName
from schemas.event import ThreatEvent
from schemas.responses import Response, ResponseKind, Way
from schemas.safeguards import Basis, Consent
from tests.harness.people import faro
from tests.harness.reports import HOTLINE, SUBJECT, Report, report
from tests.harness.towns import ARREST, cerro, rulebook

MONDAY = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)


class Life:
    """A case and its leaves; `do` decides one command at a time of your choosing."""

    def __init__(self) -> None:
        consent = Consent(
            id="consent-1",
            pseudonym=f"{HOTLINE}/{SUBJECT}",
            audiences=(TrackName.MISSIONS, TrackName.NHRIS),
            mode=Mode.QUIET,
            basis=Basis.PERSON,
            given_at=MONDAY,
        )
        self.around = Around(
            registry=cerro().registry, roster=faro(), consents=(consent,), ref_key=b"key of a test"
        )
        self.case = Case(id=case_id(HOTLINE, "situation-1", 0), around=self.around)
        self.leaves: list[Leaf] = []
        self.now = MONDAY

    def do(self, command: c.CaseCommand, *, after: timedelta = timedelta()) -> "Life":
        self.now += after
        self.case, facts = run(self.case, command, self.now)
        for fact in facts:
            self.leaves.append(Leaf(n=len(self.leaves) + 1, at=self.now, fact=fact))
        return self

    def arrested(self) -> "Life":
        return self.do(arrived(an_arrest()))

    def history(self, leaves: Iterable[Leaf] | None = None) -> History:
        """The history as it would be read, with other leaves where a test plants a breach."""
        return History(
            id=self.case.id,
            version=self.case.version,
            status=self.case.status.value,
            due_at=due_at(self.case),
            state=load_case(dump_case(replace(self.case, around=Around()))),
            leaves=tuple(self.leaves if leaves is None else leaves),
        )

    def alert_of(self, party: str) -> str:
        return next(a.id for a in self.case.alerts if a.party == party)


def an_arrest() -> Report:
    return report(
        "arrest",
        id="report-1",
        parties={"police-qm": "alleged_perpetrator", "guardia-sur": "alleged_perpetrator"},
        consents=["missions", "nhris"],
        mode="quiet",
    )


def arrived(sent: Report) -> c.EventArrived:
    event = ThreatEvent.model_validate(sent.event)
    return c.EventArrived(
        inbox=inbox(sent.id, source=sent.source),
        report=c.Report(
            event_id=event_id(sent.source, sent.id),
            source=sent.source,
            event=event,
            body=sent.bytes(),
            sealed=None,
            received_at=MONDAY,
        ),
        candidates=candidates(World(rulebook(ARREST), cerro().registry), event, at=MONDAY),
    )


def released(life: Life, track: TrackName = TrackName.MISSIONS, by: str = "person:ana") -> Life:
    record = c.ReleaseRecord(
        id="release-1", why="leverage", reprisal_forecast="low", wishes_read=True
    )
    command = c.Release(
        inbox=inbox("release"), case=life.case.id, track=track, by=by, record=record
    )
    return life.do(command, after=timedelta(minutes=110))


def answer(life: Life, party: str, kind: ResponseKind, *, by: str) -> c.Respond:
    response = Response(kind=kind, way=Way.PAGE, by=by)
    return c.Respond(inbox=inbox(f"answer-{by}"), alert=life.alert_of(party), response=response)


def inbox(id: str, *, source: str = "test") -> c.Inbox:
    return c.Inbox(source=source, id=id, digest=hashlib.sha256(id.encode()).hexdigest())


def without(leaves: list[Leaf], *kinds: type) -> list[Leaf]:
    """The leaves without the first of these kinds, numbered again."""
    kept, dropped = [], False
    for leaf in leaves:
        if not dropped and isinstance(leaf.fact, kinds):
            dropped = True
            continue
        kept.append(replace(leaf, n=len(kept) + 1))
    return kept


def twice(leaves: list[Leaf], kind: type) -> list[Leaf]:
    """The leaves with the first of this kind doubled."""
    found: list[Leaf] = []
    done = False
    for leaf in leaves:
        found.append(leaf)
        if not done and isinstance(leaf.fact, kind):
            found.append(leaf)
            done = True
    return [replace(leaf, n=n) for n, leaf in enumerate(found, start=1)]


def changed(
    leaves: list[Leaf], kind: type, *, at: datetime | None = None, **fields: object
) -> list[Leaf]:
    """The leaves with the first of this kind told otherwise."""
    found, done = [], False
    for leaf in leaves:
        if not done and isinstance(leaf.fact, kind):
            done = True
            fact: f.Fact = replace(leaf.fact, **fields)  # type: ignore[type-var]
            leaf = replace(leaf, fact=fact, at=at or leaf.at)
        found.append(leaf)
    return found
