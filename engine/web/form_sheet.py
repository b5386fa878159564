"""A mechanism's own form, filled in as far as the guard would show it the case today. Pure.

What stands in it comes from the projection and from the registry's public record of the mechanism.
Every other point says who has to find it out, or that it is sealed; nothing is guessed.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from engine.web.answer import english, ground_rules
from engine.web.words.countries import country_name
from engine.web.words.form import FORM_POINT
from engine.web.words.states import SUBJECT
from engine.web.words.times import clock_time, month, offset
from schemas.codes import FieldName, SubjectKind
from schemas.form import FormPoint
from schemas.party import Party
from schemas.projection import Projection


class How(StrEnum):
    """What became of one point."""

    FILLED = "filled"
    SEALED = "sealed"
    """Known here or to whoever holds the consent, and no machine says it to this party."""
    UNKNOWN = "unknown"
    """Nobody here knows it."""
    YOURS = "yours"
    """For whoever submits it to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One point of the form."""

    point: FormPoint
    how: How
    says: str = ""
    """What is filled in; empty otherwise."""
    todo: str = ""
    """What a person still does about it; never empty where nothing is filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A draft for one mechanism, which nobody has sent."""

    name: str
    goes_to: str
    """Where the mechanism takes communications; empty where nobody entered it."""
    languages: tuple[str, ...]
    reference: str
    label: tuple[str, str]
    """As the protocol writes it, and what it means."""
    keep_to: tuple[str, ...]
    """What the mechanism is asked to keep to."""
    exercise: bool
    lines: tuple[Line, ...]
    made_at: datetime


def sheet(party: Party, projection: Projection, *, known: Set[FieldName], now: datetime) -> Sheet:
    """The form of this mechanism. `known`: what the case has, be it shown to it or not."""
    return Sheet(
        name=party.name,
        goes_to=party.complaints,
        languages=party.languages,
        reference=projection.reference,
        label=ground_rules.label_words(projection),
        keep_to=tuple(
            filter(
                None,
                (ground_rules.contact_words(projection), ground_rules.mode_words(projection)),
            )
        ),
        exercise=projection.exercise,
        lines=tuple(_line(point, projection, known) for point in dict.fromkeys(party.requirements)),
        made_at=now,
    )


def as_document(made: Sheet) -> dict[str, Any]:
    """The same for a script."""
    return {
        "draft": True,
        "name": made.name,
        "goes_to": made.goes_to,
        "languages": list(made.languages),
        "reference": made.reference,
        "label": made.label[0],
        "label_means": made.label[1],
        "keep_to": list(made.keep_to),
        "exercise": made.exercise,
        "made_at": made.made_at.isoformat(),
        "points": [
            {
                "point": line.point.value,
                "asks": FORM_POINT[line.point],
                "how": line.how.value,
                "says": line.says,
                "todo": line.todo,
            }
            for line in made.lines
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """Which field fills a point in which words, and what remains for a person."""

    field: FieldName | None = None
    words: Callable[[Projection], str] = lambda _: ""
    todo: str = ""
    without: How = How.UNKNOWN
    """Where there is no such field, or the case does not have it."""


_HELD = (
    "Known here, but the consent or the rulebook does not let this mechanism read it today. "
    "Ask whoever holds the consent; say it only if they agree."
)
_ASK = "Ask whoever may know it."


def _line(point: FormPoint, projection: Projection, known: Set[FieldName]) -> Line:
    of = _POINTS[point]
    if of.field is not None and of.field in projection.fields:
        return Line(point=point, how=How.FILLED, says=of.words(projection), todo=of.todo)
    if of.field is not None and of.field in known:
        return Line(point=point, how=How.SEALED, todo=_HELD)
    ask = _ASK if of.field is not None and of.without is How.UNKNOWN else ""
    return Line(point=point, how=of.without, todo=" ".join(filter(None, (ask, of.todo))))


def _country(p: Projection) -> str:
    return country_name(p.fields[FieldName.COUNTRY])


def _subject(p: Projection) -> str:
    kind = p.fields[FieldName.SUBJECT_KIND]
    return SUBJECT[SubjectKind(kind)] if kind in set(SubjectKind) else kind


def _as_of(p: Projection) -> str:
    zone = ZoneInfo(p.zone)
    at = datetime.fromisoformat(p.fields[FieldName.AS_OF])
    local = at.astimezone(zone)
    when = f"{local.day} {month(at, zone=zone)}, {clock_time(at, zone=zone)} ({offset(local)})"
    return f"Our newest report of it: {when}."


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


_POINTS: Mapping[FormPoint, _Point] = {
    FormPoint.STATE: _Point(
        field=FieldName.COUNTRY,
        words=_country,
        todo="That is where it happened. If another state answers for it, name that one.",
    ),
    FormPoint.ACT: _Point(
        field=FieldName.ACT,
        words=english.what_happened,
        todo="The account is sealed: tell it yourself, as far as the person agrees.",
    ),
    FormPoint.WHEN: _Point(
        field=FieldName.AS_OF,
        words=_as_of,
        todo="When it happened stands on the case's page: say it as far as the person agrees.",
    ),
    FormPoint.WHERE: _Point(
        field=FieldName.COUNTRY,
        words=_country,
        todo="The place is sealed: ask whoever holds the consent whether it may be said.",
    ),
    FormPoint.SUBJECT: _Point(
        field=FieldName.SUBJECT_KIND,
        words=_subject,
        todo="The name is sealed: give it only if they agree to be named to this mechanism.",
    ),
    FormPoint.REPORTER: _Point(
        todo="Who submits it. Name no source of yours.",
        without=How.YOURS,
    ),
    FormPoint.AUTHORITY: _Point(
        todo="Ask whoever holds the consent whether it covers this procedure, and in whose name.",
        without=How.SEALED,
    ),
    FormPoint.ALLEGED: _Point(
        todo="Read it on the case's page, and say it yourself if the person agrees.",
        without=How.SEALED,
    ),
    FormPoint.COMPANY: _Point(
        field=FieldName.COMPANY,
        words=lambda p: p.fields[FieldName.COMPANY],
        todo="Linked is not responsible: do not say more than you can show.",
    ),
    FormPoint.CERTAINTY: _Point(
        field=FieldName.CERTAINTY,
        words=lambda p: f"{_capital(english.how_sure(p))}.",
        todo="How it is known, without a source that could be found out by it.",
    ),
    FormPoint.URGENCY: _Point(
        field=FieldName.DATE_AHEAD,
        words=lambda p: english.date_ahead(p).strip(),
        todo="Why it cannot wait, and what could not be undone.",
        without=How.YOURS,
    ),
    FormPoint.RIGHTS: _Point(
        todo="Which rights or articles are at stake; ask a lawyer if you have one.",
        without=How.YOURS,
    ),
    FormPoint.REMEDIES: _Point(
        todo=f"{_ASK} What was tried in the state itself, and why more cannot be tried in time.",
    ),
    FormPoint.ELSEWHERE: _Point(
        todo=f"{_ASK} Another procedure may rule this one out: ask the person and their lawyer.",
    ),
    FormPoint.ASKED: _Point(
        field=FieldName.ASK,
        words=lambda p: _capital(english.what_we_ask(p, "")),
        todo="What you ask for, in the words of the person if they have some.",
        without=How.YOURS,
    ),
    FormPoint.REPLY_TO: _Point(
        todo="How to reach you, by a way that is safe for the person too.",
        without=How.YOURS,
    ),
    FormPoint.DOCUMENTS: _Point(
        todo="Enclose only what the person agrees to. Look for names in it and in its properties.",
        without=How.SEALED,
    ),
}
