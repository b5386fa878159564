"""Leverage in words, for people who look: never on a recipient's page, nor in a message."""

from collections.abc import Iterable, Mapping
from datetime import date

from engine.store.case_file import CaseFile
from engine.web.console.names import Names
from engine.web.console.present_path import LINKS
from engine.web.words.sentence import Name, Said
from rules.graph import Registry
from rules.leverage import MOST, Leverage, leverage
from rules.rulebook import day_of
from schemas.event import ThreatEvent
from schemas.facts import Planned


def tell_leverage(found: Leverage, names: Names) -> Said:
    """The figure with its parts: before the semicolon what counts, after it what does not.

    `Leverage 2 of 3: 24 % share, 6 years; no clause known`.
    """
    parts: list[tuple[bool, Said]] = [
        (found.significant, (_share(found.share),)),
        (found.lasting, (_years(found.years),)),
        (bool(found.clauses), _clauses(found.clauses)),
    ]
    counts = _listed(said for counted, said in parts if counted)
    others = _listed(said for counted, said in parts if not counted)
    between = ("; ",) if counts and others else ()
    head = f"Leverage {found.figure} of {MOST}"
    return (head, *_where(found, names), ": ", *counts, *between, *others)


def leverages(file: CaseFile, *, names: Names, registry: Registry) -> Mapping[str, Said]:
    """By alert, for those that have a figure: by what the registry says now of the event's day."""
    said: dict[str, Said] = {}
    for plan in file.plans:
        on = _day(file, plan)
        for each in plan.alerts:
            found = leverage(each.candidate.path, registry, on=on)
            if found is not None:
                said[each.alert] = tell_leverage(found, names)
    return said


def _day(file: CaseFile, plan: Planned) -> date:
    """The day of the newest report that the plan can have known."""
    known = next((row for row in file.events if row.at <= plan.at), None)
    if known is None:
        return plan.at.date()
    event = ThreatEvent.model_validate_json(known.body)
    return day_of(event, otherwise=known.at.date()) or plan.at.date()


def _where(found: Leverage, names: Names) -> Said:
    if found.ties == 1:
        return ()
    verb = LINKS[found.kind]
    return (", weakest where ", names.party(found.a), f" {verb} ", names.party(found.b))


def _share(share: float | None) -> str:
    return "share not known" if share is None else f"{share:g} % share"


def _years(years: int | None) -> str:
    if years is None:
        return "since when not known"
    if years == 0:
        return "less than a year"
    return "1 year" if years == 1 else f"{years} years"


def _clauses(clauses: tuple[str, ...]) -> Said:
    words = _listed((Name(clause.replace("_", " ")),) for clause in clauses)
    return words or ("no clause known",)


def _listed(several: Iterable[Said]) -> Said:
    return tuple(part for said in several for part in (", ", *said))[1:]
