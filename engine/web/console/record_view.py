"""Decision records of a case in words: whether, why, how, at what risk, by whom, until when."""

from dataclasses import dataclass

from engine.store.case_file import CaseFile
from engine.web.console.names import Names
from engine.web.console.present_duty import FORECAST, WHY_RELEASE
from engine.web.words.gates import FOUND, HOW, RISK, TITLE, WHETHER
from schemas import facts as f
from schemas.codes import TrackName


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One person's record of a release."""

    id: str
    track: TrackName
    by: str
    when: str
    lines: tuple[tuple[str, str], ...]
    """(what, answer), in the order in which one decides."""
    agrees_with: str
    notes: tuple[tuple[str, str], ...]
    """(what it is about, vault id) of all that was written in words."""
    fact: f.ReleaseGiven


def record_views(file: CaseFile, *, names: Names) -> tuple[RecordView, ...]:
    """Every record of this case, newest first."""
    return tuple(_view(fact, names) for fact in reversed(file.releases))


def record_of(file: CaseFile, id: str, *, names: Names) -> RecordView | None:
    """The record of this id, or None."""
    found = next((fact for fact in file.releases if id and fact.record == id), None)
    return None if found is None else _view(found, names)


def _view(fact: f.ReleaseGiven, names: Names) -> RecordView:
    notes = [("The release", fact.note)]
    notes += [(_capital(TITLE[found.check]), found.note) for found in fact.preflight]
    return RecordView(
        id=fact.record,
        track=fact.track,
        by=names.person(fact.by).text,
        when=names.time(fact.at),
        lines=tuple((what, said) for what, said in _lines(fact, names) if said),
        agrees_with=fact.agrees_with,
        notes=tuple((what, note) for what, note in notes if note),
        fact=fact,
    )


def _lines(fact: f.ReleaseGiven, names: Names) -> list[tuple[str, str]]:
    agrees = bool(fact.agrees_with)
    lines = [
        ("Whether", _capital(WHETHER.get(fact.whether, ""))),
        ("Why", _capital(WHY_RELEASE.get(fact.why, ""))),
        ("How", "" if agrees else _capital(HOW.get(fact.how, ""))),
        ("Risk of acting", _capital(FORECAST.get(fact.reprisal_forecast, ""))),
        ("Risk of not acting", _capital(RISK.get(fact.risk_of_waiting, ""))),
        ("Wishes", "Read" if fact.wishes_read else "Not read"),
        ("Local partner", fact.local_partner),
        ("Ends", _capital(names.time(fact.expires_at)) if fact.expires_at else ""),
    ]
    lines += [
        (_capital(TITLE[found.check]), _capital(FOUND.get(found.code, found.code)))
        for found in fact.preflight
    ]
    return lines


def as_json(view: RecordView) -> dict[str, object]:
    """The record as `case show --json` prints it: codes, and ids of what lies in the vault."""
    fact = view.fact
    return {
        "id": fact.record,
        "track": fact.track.value,
        "approver": fact.by,
        "at": fact.at,
        "whether": fact.whether,
        "why": fact.why,
        "how": fact.how,
        "risk_of_acting": fact.reprisal_forecast,
        "risk_of_not_acting": fact.risk_of_waiting,
        "wishes_read": fact.wishes_read,
        "local_partner": fact.local_partner,
        "expires_at": fact.expires_at,
        "agrees_with": fact.agrees_with,
        "preflight": {found.check.value: found.code for found in fact.preflight},
        "controllers": list(fact.controllers),
    }


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
