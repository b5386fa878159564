"""One case as its page shows it: made of what the store read, in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.case.erasing import OVER
from engine.case.rounds import is_there
from engine.case.sources import independent
from engine.case.state import Case, CaseStatus, Task
from engine.findings import in_words
from engine.store.case_file import CaseFile, EventRow
from engine.web.console.balance import balance
from engine.web.console.clock_view import ClockView, clock_views, person_words
from engine.web.console.left_out import LeftOut, left_out
from engine.web.console.life_view import ON_PAGE, LifeView, life_notes, life_view
from engine.web.console.names import Names
from engine.web.console.present_dates import ahead
from engine.web.console.present_duty import task_words
from engine.web.console.present_erasing import kept_words
from engine.web.console.present_holding import in_force
from engine.web.console.present_rounds import next_words
from engine.web.console.record_view import RecordView, record_views
from engine.web.console.story_lines import StoryLine, story_lines
from engine.web.console.track_view import TrackView, track_views
from engine.web.services import Visitor
from engine.web.words.countries import country_name
from engine.web.words.gates import LABELS
from engine.web.words.sentence import Said
from engine.web.words.states import CERTAINTY, MODE, ROOT_CAUSE, incident
from engine.web.words.threats import noun_of
from engine.web.words.times import left
from rules.graph import Registry
from rules.labels import label as label_of
from schemas.codes import Severity, TrackName, strictest
from schemas.event import ThreatEvent

_SOON = timedelta(minutes=15)
REPORTS_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One open task."""

    id: str
    what: Said
    due: str
    left: str
    over: bool
    soon: bool
    owner: str
    critical: bool
    mine: bool
    do: str
    """Where it is done, below the case's address; empty where a button of the case does it."""
    do_words: str
    note: str = ""
    """Vault id of what a colleague wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """One event of the case; its sealed part is a page of its own."""

    id: str
    said: Said
    when: str
    sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything of a case that one page shows."""

    summary: Said
    person: Said
    """How they are, who speaks with them; empty when it is over."""
    clocks: tuple[ClockView, ...]
    notes: tuple[tuple[str, Said], ...]
    tasks: tuple[TaskView, ...]
    tracks: tuple[TrackView, ...]
    balance: str
    """Which kinds of helpers know by now, and which do not."""
    records: tuple[RecordView, ...]
    left_out: tuple[LeftOut, ...]
    reports: tuple[ReportView, ...]
    story: tuple[StoryLine, ...]
    next_words: str
    gates: str
    """How sure we are, how openly, how far it may go, and whether necessity stands in for consent.
    """
    label: str
    """How far a reader may pass it on (TLP 2.0); empty for an incident."""
    may_need: bool
    may_lower: bool
    may_own: bool
    may_confirm: bool
    may_drop: bool
    may_resolve: bool
    may_date: bool
    may_join: bool
    """Whether somebody was told who may be kept informed of the others."""
    round_words: str
    dates: tuple[Said, ...]
    may_reopen: bool
    may_erase: bool
    life: LifeView
    """How it lasts and what it is linked with."""
    earlier: int = field(default=0)
    """The number before which earlier facts are; 0 when there are none."""


def case_view(
    file: CaseFile,
    *,
    names: Names,
    visitor: Visitor,
    now: datetime,
    registry: Registry | None = None,
) -> CaseView:
    """Put a case into words, for this person, at this time. `registry`: as `track_views`."""
    case = file.case
    is_open = case.status is CaseStatus.OPEN
    mine = case.proposal is not None and case.proposal.by == visitor.person
    return CaseView(
        summary=_summary(file, names),
        person=person_words(case, names),
        clocks=clock_views(case, names=names, now=now),
        notes=tuple(_notes(case, names, now)),
        tasks=_tasks(case, names, visitor, now),
        tracks=track_views(file, names=names, me=visitor.person, registry=registry),
        balance=balance(case),
        records=record_views(file, names=names),
        left_out=left_out(file, names=names, now=now),
        reports=tuple(_report(row, names) for row in file.events[:REPORTS_MOST]),
        story=story_lines(file, names=names),
        next_words=_next(file, names),
        gates=_gates(case, names),
        may_lower=is_open and case.severity is not Severity.WATCH,
        label=_label(case),
        may_need=case.track(TrackName.PROTECTION) is not None,
        may_own=case.status.unresolved
        and case.owner != visitor.person
        and any(a.track is TrackName.DUTY for a in case.alerts),
        may_confirm=is_open and case.proposal is not None and not mine,
        may_drop=is_open and case.proposal is not None,
        may_date=case.status.unresolved and file.row.kind == "case",
        may_join=case.status.unresolved and any(is_there(alert) for alert in case.alerts),
        round_words="" if case.round is None else next_words(case.round, names),
        dates=tuple(ahead(each, names) for each in case.dates),
        may_resolve=is_open and case.proposal is None,
        may_reopen=case.status is CaseStatus.MONITORED,
        may_erase=case.status in OVER,
        life=life_view(case, me=visitor.person),
        earlier=file.entries[-1].n if file.earlier and file.entries else 0,
    )


def ids_of(file: CaseFile) -> frozenset[str]:
    """Every id of a party, contact or person that the page may have to name."""
    found: set[str] = {case_alert.party for case_alert in file.case.alerts}
    found |= {ref.id for alert in file.case.alerts for ref in alert.contacts}
    found |= {row.contact for row in file.notices}
    found |= {party for each in file.case.holds for party in each.hold.parties}
    for plan in file.plans:
        for told in plan.alerts:
            found |= {end for hop in told.candidate.path for end in (hop.a, hop.b)}
        for out in plan.withheld:
            found |= {out.party, out.contact}
            found |= {end for hop in out.path for end in (hop.a, hop.b)}
    for entry in file.entries:
        for name in ("party", "contact", "by", "to", "owner"):
            value = getattr(entry.fact, name, "")
            found |= set(value) if isinstance(value, tuple) else {value}
    return frozenset(filter(None, found))


def _summary(file: CaseFile, names: Names) -> Said:
    case, row = file.case, file.row
    opened = f"opened {names.time(row.opened_at)}"
    if row.kind == "incident":
        found = in_words(file.finding)
        return (f"{incident(row.incident)}, {opened}.", *((f" {found}",) if found else ()))
    first = file.events[-1] if file.events else None
    what = noun_of(first.code) if first else "Nothing reported"
    country = _country(file.events)
    where = f" in {country}" if country else ", country not known"
    owner: Said = (", owned by ", names.person(case.owner)) if case.owner else ()
    return (f"{what}{where}. It is {CERTAINTY[case.certainty]}; {opened}", *owner, ".")


def _country(events: Iterable[EventRow]) -> str:
    for row in events:
        code = ThreatEvent.model_validate_json(row.body).happened_in
        if code:
            return country_name(code)
    return ""


def _notes(case: Case, names: Names, now: datetime) -> Iterable[tuple[str, Said]]:
    if case.retry_at is not None:
        yield "alarm", (f"Deciding this case failed; tried again {names.time(case.retry_at)}.",)
    if case.proposal is not None:
        yield (
            "good",
            (
                names.person(case.proposal.by),
                " proposed that this is resolved. Another person has to confirm.",
            ),
        )
    if case.status is CaseStatus.OPEN and not case.owner:
        yield "alarm", ("Nobody has taken this case yet.",)
    yield from life_notes(case, names)
    for each in case.holds:
        yield "warm", in_force(each.hold, each.lifted_by, names)
    if case.monitored_until is not None and case.status is CaseStatus.MONITORED:
        yield "good", (f"Resolved. Watched until {names.time(case.monitored_until)}.",)
    if case.erase_on is not None:
        when = names.time(case.erase_on)
        yield "warm", (f"Closed for long: what is sealed is erased by itself on {when}.",)
    if case.kept is not None and case.kept.until > now:
        yield "plain", kept_words(case.kept, names)


def _tasks(case: Case, names: Names, visitor: Visitor, now: datetime) -> tuple[TaskView, ...]:
    ordered = sorted(case.tasks, key=lambda task: (not task.critical, task.due_at, task.id))
    return tuple(
        TaskView(
            id=task.id,
            what=task_words(task.kind, task.alert, task.detail, names),
            due=f"due {names.time(task.due_at)}",
            left=left(task.due_at, now=now),
            over=task.due_at < now,
            soon=task.due_at < now + _SOON,
            owner=names.person(task.owner).text if task.owner else "",
            critical=task.critical,
            mine=bool(task.owner) and task.owner == visitor.person,
            do=_where(task)[0],
            do_words=_where(task)[1],
            note=task.note,
        )
        for task in ordered
    )


def _where(task: Task) -> tuple[str, str]:
    if task.kind == "release" and task.detail:
        return f"release/{task.detail}", "Decide…"
    if task.kind == "release_ends" and task.detail:
        return f"release/{task.detail}", "Decide…"
    if task.kind in ("necessity_second", "necessity_review", "necessity_withdrawn"):
        return "necessity", "Decide…"
    if task.kind == "certainty":
        return "certainty", "Judge…"
    if task.kind == "widen_sharing":
        return "sharing", "Look…"
    if task.kind in ("confirm_resolution", "confirm_standing"):
        return "", ""
    if task.kind in ON_PAGE:
        return ON_PAGE[task.kind]
    return f"finish/{task.id}", "Finish…"


def _gates(case: Case, names: Names) -> str:
    count = independent(case)
    sources = "1 reliable source" if count == 1 else f"{count} independent reliable sources"
    if not count:
        sources = "no source is known to be reliable"
    judged = f", as {names.person(case.certainty_by).text} judged" if case.certainty_by else ""
    said = [
        f"It is {CERTAINTY[case.certainty]}{judged}",
        sources,
        f"at most {MODE[case.mode_ceiling]}",
        *([f"labelled {case.label}: {LABELS[case.label]}"] if case.label is not None else []),
    ]
    if case.necessity is not None and case.necessity.in_force:
        until = case.necessity.review_by
        said.append(
            "protection is asked without consent"
            + (f" until {names.time(until)}, unless reviewed" if until else "")
        )
    return "; ".join(said) + "."


def _label(case: Case) -> str:
    """The widest that any recipient's page would say now."""
    if case.kind == "incident":
        return ""
    given = strictest((case.label, *(linked.strictures.label for linked in case.links)))
    pattern = case.pattern is not None and not case.personal
    return label_of(
        audience=TrackName.MISSIONS, mode=case.mode_ceiling, of_inputs=given, pattern=pattern
    ).value


def _report(row: EventRow, names: Names) -> ReportView:
    event = ThreatEvent.model_validate_json(row.body)
    occurred = event.occurred.at
    said = f"{noun_of(row.code)}. It is {CERTAINTY[event.certainty]}."
    if event.root_causes:
        said += f" Behind it: {', '.join(ROOT_CAUSE[each] for each in event.root_causes)}."
    when = f"Arrived {names.time(row.at)}"
    if occurred is not None:
        when += f"; happened {names.time(occurred)}"
    return ReportView(id=row.id, said=(said,), when=when, sealed=bool(row.vault_id))


def _next(file: CaseFile, names: Names) -> str:
    if file.row.due_at is None:
        return ""
    return f"Tocsin itself acts next: {names.time(file.row.due_at)}."
