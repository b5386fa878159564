"""Clothing companies and what they publicly commit themselves to, as Wikirate's volunteers found.

The answers are about living wages. They are kept for a person to read: they are no policy on
defenders, and no membership.
"""

from collections.abc import Iterator

from engine.registry.imports import delimited
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.doubts import Doubt, refused, taken
from engine.registry.imports.natural import one_line
from engine.registry.imports.trade.wikirate import WIKIRATE
from engine.registry.rows import Format, RowRead, Setting, SourceFile, Why
from schemas.party import Party, PartyKind

SOURCE = "wikirate-fashion"
SECTOR = "apparel"

_ID, _NAME, _COUNTRY, _YEAR = "wikirate_id", "company", "country", "latest_year"
_ANSWERS = (
    "isolating_labour_cost",
    "living_wage_action_plan",
    "public_commitment",
    "transparency_score",
    "living_wages_paid_score",
)
_NEEDED = (_ID, _NAME, _COUNTRY, *_ANSWERS[:3])
_OPTIONAL = (*_ANSWERS[3:], _YEAR)


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Every company once. Raises FileRefusedError."""
    rows = delimited.read(file, needed=_NEEDED, optional=_OPTIONAL)
    countries = CountryColumn(setting)
    return (row if isinstance(row, RowRead) else _read(row, countries) for row in rows)


def _read(row: Row, countries: CountryColumn) -> RowRead:
    for column in (_ID, _NAME):
        if not row[column]:
            return refused(row, (Why.FIELD_MISSING, column))
    if not (row[_ID].isascii() and row[_ID].isdigit()):
        return refused(row, (Why.NOT_AN_IDENTIFIER, _ID))
    country = countries.word(row[_COUNTRY])
    answers = {column.replace("_", " "): row[column] for column in (*_ANSWERS, _YEAR)}
    company = Party(
        id=f"{WIKIRATE}:{row[_ID]}",
        kind=PartyKind.COMPANY,
        name=one_line(row[_NAME]),
        state=country.code,
        sectors=(SECTOR,),
        source=SOURCE,
        details=tuple(sorted((key, value) for key, value in answers.items() if value)),
    )
    doubts: list[Doubt] = [(country.why, _COUNTRY)] if country.why else []
    return taken(row, doubts=doubts, parties=(company,))


FASHION = Format(
    name="wikirate-fashion",
    title="Clothing companies and their public commitments, by Wikirate",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file),
)
