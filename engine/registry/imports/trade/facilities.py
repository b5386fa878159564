"""Lists of facilities as contributors give them to Open Supply Hub: one row, one site.

The lists do not say who operates a site nor who buys there: each stands alone until a person or
another source links it.
"""

from collections.abc import Iterator

from engine.registry.imports import delimited
from engine.registry.imports.countries import Country, CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.natural import natural_id, one_line
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.party import Party, PartyKind

SOURCE = "osh"

_COUNTRY, _NAME, _ADDRESS, _SECTOR = "country", "name", "address", "sector"
_PLACE = (("lat", 90.0), ("lng", 180.0))
"""Columns of coordinates in degrees, and how far from zero they reach."""


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """The facilities of one list. Raises FileRefusedError."""
    rows = delimited.read(
        file, needed=(_COUNTRY, _NAME, _ADDRESS), optional=(_SECTOR, *(name for name, _ in _PLACE))
    )
    countries = CountryColumn(setting)
    return (row if isinstance(row, RowRead) else _read(row, countries) for row in rows)


def _read(row: Row, countries: CountryColumn) -> RowRead:
    name, address = one_line(row[_NAME]), one_line(row[_ADDRESS])
    for column, text in ((_NAME, name), (_ADDRESS, address)):
        if not text:
            return RowRead(line=row.line, fate=Fate.REFUSED, why=Why.FIELD_MISSING, column=column)
    country = _country(row[_COUNTRY], countries)
    why, column = country.why, _COUNTRY if country.why else ""
    place = dict(_coordinates(row))
    if why is None and None in place.values():
        why, column = Why.NOT_A_NUMBER, next(each for each in place if place[each] is None)
    details = {"address": address, **{at: text for at, text in place.items() if text}}
    site = Party(
        id=natural_id(SOURCE, name, country.code or row[_COUNTRY], address),
        kind=PartyKind.SITE,
        name=name,
        state=country.code,
        sectors=tuple(each.strip() for each in row[_SECTOR].split("|") if each.strip()),
        source=SOURCE,
        details=tuple(sorted(details.items())),
    )
    fate = Fate.AMBIGUOUS if why else Fate.IMPORTED
    return RowRead(line=row.line, fate=fate, why=why, column=column, parties=(site,))


def _country(text: str, countries: CountryColumn) -> Country:
    """Open Supply Hub takes a country's name or its ISO code of two letters, one as the other."""
    return countries.code(text) if len(text) == 2 else countries.word(text)


def _coordinates(row: Row) -> Iterator[tuple[str, str | None]]:
    """What is written as coordinates; None where it cannot be one."""
    for column, reach in _PLACE:
        if text := row[column]:
            try:
                yield column, text if abs(float(text)) <= reach else None
            except ValueError:
                yield column, None


FACILITIES = Format(
    name="osh-facilities",
    title="Facility lists as given to Open Supply Hub",
    source=SOURCE,
    read=read,
    recognises=lambda file: {_COUNTRY, _NAME, _ADDRESS, "lat", "lng"} <= delimited.columns(file),
)
