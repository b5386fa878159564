"""Companies and the brands they own, as Wikirate's volunteers found out, year by year.

Who owns a brand may be several at a time and is nobody's official word: the links come in
unverified, unless the person who imports stands for them.
"""

from collections.abc import Iterator

from engine.registry.imports import delimited
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.natural import one_line
from engine.registry.imports.trade.wikirate import WIKIRATE
from engine.registry.imports.trade.years import Year, year_of
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

BRANDS_SOURCE = "wikirate-brands"
TEA_SOURCE = "wikirate-tea"
_OWNER, _BRAND = "owner_company", "brand_company"
_RELATION, _YEAR, _SECTOR = "relationship_id", "year", "sector"
_BRAND_COLUMNS = (_RELATION, f"{_OWNER}_id", _OWNER, f"{_BRAND}_id", _BRAND, _YEAR)
_TEA_COLUMNS = ("wikirate_id", "company", "country", "discloses_suppliers")


def read_brands(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Who owns which brand in which year. Raises FileRefusedError."""
    rows = delimited.read(file, needed=_BRAND_COLUMNS, optional=(_SECTOR,))
    return (row if isinstance(row, RowRead) else _owned(row, setting) for row in rows)


def read_tea(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Companies that sell tea, and whether they name their suppliers. Raises FileRefusedError."""
    rows = delimited.read(file, needed=_TEA_COLUMNS[:3], optional=_TEA_COLUMNS[3:])
    countries = CountryColumn(setting, kept=True)
    return (row if isinstance(row, RowRead) else _tea(row, countries) for row in rows)


def _owned(row: Row, setting: Setting) -> RowRead:
    for column in _BRAND_COLUMNS[:-1]:
        if not row[column]:
            return _refused(row, Why.FIELD_MISSING, column)
    year = year_of(row[_YEAR], setting)
    if year is None:
        return _refused(row, Why.NOT_A_DATE, _YEAR)
    owner, brand = _company(row, _OWNER), _company(row, _BRAND)
    if owner.id == brand.id:
        return _refused(row, Why.LINKED_TO_ITSELF, _BRAND)
    return RowRead(
        line=row.line,
        fate=Fate.IMPORTED,
        parties=(owner, brand),
        links=(_owns(row, owner, brand, year, setting),),
    )


def _owns(row: Row, owner: Party, brand: Party, year: Year, setting: Setting) -> Link:
    by = setting.verified_by
    return Link(
        id=f"{BRANDS_SOURCE}:{row[_RELATION]}",
        kind=LinkKind.PARENT_OF,
        a=owner.id,
        b=brand.id,
        status=LinkStatus.VERIFIED if by else LinkStatus.UNVERIFIED,
        source=BRANDS_SOURCE,
        valid_from=year.since,
        valid_until=year.until,
        as_of=year.until,
        sectors=(row[_SECTOR],) if row[_SECTOR] else (),
        evidence=f"Wikirate, relationship {row[_RELATION]}, {year}",
        verified_by=by,
    )


def _company(row: Row, column: str) -> Party:
    return Party(
        id=f"{WIKIRATE}:{row[f'{column}_id']}",
        kind=PartyKind.COMPANY,
        name=one_line(row[column]),
        source=BRANDS_SOURCE,
    )


def _tea(row: Row, countries: CountryColumn) -> RowRead:
    for column in _TEA_COLUMNS[:2]:
        if not row[column]:
            return _refused(row, Why.FIELD_MISSING, column)
    country = countries.word(row["country"])
    disclosed = row["discloses_suppliers"]
    company = Party(
        id=f"{WIKIRATE}:{row['wikirate_id']}",
        kind=PartyKind.COMPANY,
        name=one_line(row["company"]),
        state=country.code,
        sectors=("tea",),
        source=TEA_SOURCE,
        details=(("discloses suppliers", disclosed),) if disclosed else (),
    )
    return RowRead(
        line=row.line,
        fate=Fate.AMBIGUOUS if country.why else Fate.IMPORTED,
        why=country.why,
        column="country" if country.why else "",
        parties=(company,),
    )


def _refused(row: Row, why: Why, column: str) -> RowRead:
    return RowRead(line=row.line, fate=Fate.REFUSED, why=why, column=column)


BRANDS = Format(
    name="wikirate-brands",
    title="Companies and the brands they own, by Wikirate",
    source=BRANDS_SOURCE,
    read=read_brands,
    recognises=lambda file: {*_BRAND_COLUMNS} <= delimited.columns(file),
)
TEA = Format(
    name="wikirate-tea",
    title="Companies that sell tea, by Wikirate",
    source=TEA_SOURCE,
    read=read_tea,
    recognises=lambda file: {*_TEA_COLUMNS} <= delimited.columns(file),
)
