"""Which countries the Extractive Industries Transparency Initiative has data of: where it works.

The years are those of the data. They are not when a country joined, left or was suspended.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.registry.imports import delimited
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.doubts import Doubt, nothing, refused, taken
from engine.registry.imports.trade.years import Year, year_of
from engine.registry.rows import Format, RowRead, Setting, SourceFile, Why
from schemas.party import Party, PartyKind

SOURCE = "eiti"
INITIATIVE = "eiti"
"""The id of the initiative itself."""
SECTORS = ("mining", "oil_and_gas")
COUNTRY, FIRST, LAST = "country", "first_year", "last_year"

_COUNT = "identified_organisations"
_NEEDED = (COUNTRY, _COUNT, FIRST, LAST)


@dataclass(frozen=True, slots=True)
class Span:
    """What every file of the initiative says of its rows: a country, and years with data of it."""

    country: str
    first: Year
    last: Year


def span(row: Row, countries: CountryColumn, setting: Setting) -> Span | Doubt:
    """The country and years of a row, or why it is refused."""
    country = countries.code(row[COUNTRY])
    if country.code is None:
        return country.why or Why.COUNTRY_DOUBTFUL, COUNTRY
    first, last = year_of(row[FIRST], setting), year_of(row[LAST], setting)
    if first is None or last is None:
        return Why.NOT_A_DATE, FIRST if first is None else LAST
    if last.number < first.number:
        return Why.DATES_REVERSED, LAST
    return Span(country.code, first, last)


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """The initiative with all of its countries, in every row. Raises FileRefusedError."""
    rows = tuple(delimited.read(file, needed=_NEEDED))
    countries = CountryColumn(setting)
    spans = {row.line: span(row, countries, setting) for row in rows if isinstance(row, Row)}
    said: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if isinstance(row, Row) and isinstance(found := spans[row.line], Span):
            said[found.country].add(f"{found.first} to {found.last}, {row[_COUNT]} organisations")
    initiative = _initiative({code: each for code, (each, *more) in said.items() if not more})
    for row in rows:
        if isinstance(row, RowRead):
            yield row
        elif not isinstance(found := spans[row.line], Span):
            yield nothing(row, found)
        elif found.country not in initiative.regions:
            yield refused(row, (Why.ID_TWICE, COUNTRY))
        else:
            yield taken(row, parties=(initiative,))


def _initiative(data: Mapping[str, str]) -> Party:
    details = {f"data of {code}": years for code, years in data.items()}
    details["years"] = "first and last year with data; not of joining or leaving"
    return Party(
        id=INITIATIVE,
        kind=PartyKind.MSI,
        name="Extractive Industries Transparency Initiative",
        aliases=("EITI",),
        sectors=SECTORS,
        regions=tuple(sorted(data)),
        source=SOURCE,
        details=tuple(sorted(details.items())),
    )


EITI_COUNTRIES = Format(
    name="eiti-countries",
    title="Countries that the Extractive Industries Transparency Initiative has data of",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file),
)
