"""Organisations that reported to the Extractive Industries Transparency Initiative, by country.

Reporting is what the initiative publishes itself: a company takes part from its first year with
data to its last one, in that country. One number is one company, however it is spelled; where no
number is given, a row with several names is several companies, and which years are whose is lost.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.registry.imports import delimited
from engine.registry.imports.countries import CountryColumn, state_party
from engine.registry.imports.delimited import Row
from engine.registry.imports.doubts import Doubt, nothing, taken
from engine.registry.imports.initiatives.eiti import (
    COUNTRY,
    FIRST,
    INITIATIVE,
    LAST,
    SOURCE,
    Span,
    span,
)
from engine.registry.imports.natural import natural_id, one_line
from engine.registry.names.keys import NameKeys, load_name_keys
from engine.registry.names.text import plain
from engine.registry.rows import Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

REGISTER = "EITI"
"""Who stands for what it publishes."""

_ID, _LABELS, _COUNT = "identification", "labels", "declarations"
_NEEDED = (COUNTRY, _ID, _LABELS, FIRST, LAST)
_SEPARATOR = " | "
_NOBODY = frozenset(
    {"", "na", "nc", "not available", "notavailable", "not communicated", "unknown", "other"}
)
"""What stands, with case and punctuation apart, where a name or number is not known."""

_SHORTEST = 4
"""Letters of a word that tells who it is; shorter ones are trades and letters, such as `CBM`."""

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """One row, read."""

    row: Row
    span: Span
    labels: Labels
    party: str
    """The id of the company."""


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Every organisation and its years; rows of one company together. Raises FileRefusedError."""
    countries = CountryColumn(setting)
    rows = [
        row if isinstance(row, RowRead) else _said(row, countries, setting)
        for row in delimited.read(file, needed=_NEEDED, optional=(_COUNT,))
    ]
    companies: defaultdict[str, list[_Said]] = defaultdict(list)
    for said in rows:
        if isinstance(said, _Said):
            companies[said.party].append(said)
    keys = load_name_keys()
    read_ones = {id: _company(id, group, keys) for id, group in companies.items()}
    for said in rows:
        if isinstance(said, RowRead):
            yield said
            continue
        party, link, doubts = read_ones[said.party]
        yield taken(said.row, doubts=doubts, parties=(party,), links=(link,), ahead=True)


def _said(row: Row, countries: CountryColumn, setting: Setting) -> _Said | RowRead:
    found = span(row, countries, setting)
    if not isinstance(found, Span):
        return nothing(row, found)
    labels = tuple(
        dict.fromkeys(
            one_line(label)
            for label in row[_LABELS].split(_SEPARATOR)
            if plain(label) not in _NOBODY
        )
    )
    if not labels:
        return nothing(row, (Why.PLACEHOLDER if row[_LABELS] else Why.FIELD_MISSING, _LABELS))
    number = _number(row[_ID])
    if number:
        return _Said(row, found, labels, f"{SOURCE}:{found.country}:{number}")
    called = {plain(label) for label in labels}
    if len(called) > 1:
        return nothing(row, (Why.MERGED_NAMES, _LABELS))
    return _Said(row, found, labels, natural_id(SOURCE, found.country, *called))


def _number(text: str) -> str:
    """A number of a company, as one word; empty: something that is none, such as `Mining`."""
    number = "".join(text.removeprefix("'").split()).upper()
    return number if any(letter.isdigit() for letter in number) else ""


def _company(id: str, said: Sequence[_Said], keys: NameKeys) -> tuple[Party, Link, list[Doubt]]:
    said = sorted(said, key=lambda each: (each.row[_ID], each.row[_LABELS], each.row[FIRST]))
    country = said[0].span.country
    name, *rest = dict.fromkeys(label for each in said for label in each.labels)
    own = _alike(name, rest, country, keys)
    others = [label for label in rest if label not in own]
    first = min((each.span.first for each in said), key=lambda year: year.number)
    last = max((each.span.last for each in said), key=lambda year: year.number)
    details = {"years with data": f"{first} to {last}", "other names": " | ".join(others)}
    party = Party(
        id=id,
        kind=PartyKind.COMPANY,
        name=name,
        aliases=own,
        located=country,
        source=SOURCE,
        details=tuple(sorted((key, value) for key, value in details.items() if value)),
    )
    link = Link(
        id=f"{id}:member",
        kind=LinkKind.MEMBER_OF,
        a=id,
        b=INITIATIVE,
        status=LinkStatus.VERIFIED,
        source=SOURCE,
        valid_from=first.since,
        valid_until=last.until,
        as_of=last.until,
        evidence=f"EITI, organisations reporting in {country}, {first} to {last}",
        verified_by=REGISTER,
    )
    return party, link, [(Why.MERGED_NAMES, _LABELS)] if others else []


def _alike(name: str, labels: Sequence[str], country: str, keys: NameKeys) -> Labels:
    """Those of the labels that share a telling word with the name; others may be another firm."""
    of_country = frozenset(plain(state_party(country).name).split())
    own = _told(name, keys) - of_country
    return tuple(label for label in labels if own & _told(label, keys))


def _told(label: str, keys: NameKeys) -> frozenset[str]:
    """Words that tell who it is, and all of them without blanks: `Mon Wolfram` is `Monwolfram`."""
    coarse = keys.coarse(keys.of(label).core)
    telling = (word for word in coarse.words if len(word) >= _SHORTEST and keys.telling((word,)))
    return frozenset({coarse.squashed, *telling})


EITI_ORGANISATIONS = Format(
    name="eiti-organisations",
    title="Organisations that reported to the Extractive Industries Transparency Initiative",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file),
)
