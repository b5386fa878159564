"""Who says that they take part in an initiative: evidence of one year, no list of its members.

So the links come in unverified, unless the person who imports stands for them, and hold within that
year. Companies have no id there: one is its name in its country.
"""

from collections.abc import Iterator

from engine.registry.imports import delimited
from engine.registry.imports.countries import Country, CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.doubts import Doubt, refused, taken
from engine.registry.imports.natural import natural_id, one_line
from engine.registry.imports.trade.years import Year, year_of
from engine.registry.rows import Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

SOURCE = "msi-participants"
SECTOR = "apparel"

_NAME, _COUNTRY, _INITIATIVE, _YEAR = "company", "country", "initiative", "year"
_FIELD, _VALUE = "evidence_field", "evidence_value"
_NEEDED = (_NAME, _COUNTRY, _INITIATIVE, _FIELD, _VALUE, _YEAR)


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Every participation once. Raises FileRefusedError."""
    rows = delimited.read(file, needed=_NEEDED)
    countries = CountryColumn(setting)
    return (row if isinstance(row, RowRead) else _read(row, countries, setting) for row in rows)


def _read(row: Row, countries: CountryColumn, setting: Setting) -> RowRead:
    for column in (_NAME, _INITIATIVE):
        if not row[column]:
            return refused(row, (Why.FIELD_MISSING, column))
    year = year_of(row[_YEAR], setting)
    if year is None:
        return refused(row, (Why.NOT_A_DATE, _YEAR))
    country = countries.word(row[_COUNTRY])
    company, initiative = _company(row, country), _initiative(row)
    doubts: list[Doubt] = [(country.why, _COUNTRY)] if country.why else []
    link = _member(row, company, initiative, year, setting)
    return taken(row, doubts=doubts, parties=(company, initiative), links=(link,))


def _company(row: Row, country: Country) -> Party:
    name = one_line(row[_NAME])
    return Party(
        id=natural_id(SOURCE, "company", name, country.code or row[_COUNTRY]),
        kind=PartyKind.COMPANY,
        name=name,
        state=country.code,
        sectors=(SECTOR,),
        source=SOURCE,
    )


def _initiative(row: Row) -> Party:
    name = one_line(row[_INITIATIVE])
    return Party(
        id=natural_id(SOURCE, "initiative", name),
        kind=PartyKind.MSI,
        name=name,
        sectors=(SECTOR,),
        source=SOURCE,
    )


def _member(row: Row, company: Party, initiative: Party, year: Year, setting: Setting) -> Link:
    by = setting.verified_by
    return Link(
        id=natural_id(SOURCE, company.id, initiative.id, str(year)),
        kind=LinkKind.MEMBER_OF,
        a=company.id,
        b=initiative.id,
        status=LinkStatus.VERIFIED if by else LinkStatus.UNVERIFIED,
        source=SOURCE,
        valid_from=year.since,
        valid_until=year.until,
        as_of=year.until,
        evidence=f"Evidence of taking part in {year}, no list of members: "
        f"{row[_FIELD]} = {row[_VALUE]}",
        verified_by=by,
    )


PARTICIPANTS = Format(
    name="msi-participants",
    title="Evidence of who takes part in an initiative",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file),
)
