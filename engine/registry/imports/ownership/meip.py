"""MEIP (OECD and UN): the heads of large multinational groups, by LEI, with their other names."""

from collections.abc import Iterator

from engine.registry.imports import delimited
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.names.identifiers import IdentifierError, Scheme, identifier
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.party import Party, PartyKind

SOURCE = "meip"
_NEEDED = ("lei", "name", "iso3", "parent_mne", "alt_names")
_COUNTS = ("subsidiaries_total", "subsidiaries_with_lei")


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Each head of a group as a company; the group's name and the others are its aliases.

    That a row stands here makes nobody anybody's parent: the list names no subsidiary.
    """
    countries = CountryColumn(setting)
    rows = delimited.read(file, needed=_NEEDED, optional=_COUNTS)
    return (row if isinstance(row, RowRead) else _head(row, countries) for row in rows)


def _head(row: Row, countries: CountryColumn) -> RowRead:
    try:
        id = f"lei:{identifier(Scheme.LEI, row['lei']).value}"
    except IdentifierError:
        return _refused(row, Why.NOT_AN_IDENTIFIER, "lei")
    if not row["name"]:
        return _refused(row, Why.FIELD_MISSING, "name")
    seat = countries.code(row["iso3"])
    other = {row["parent_mne"], *(name.strip() for name in row["alt_names"].split("|"))}
    party = Party(
        id=id,
        kind=PartyKind.COMPANY,
        name=row["name"],
        aliases=tuple(sorted(other - {row["name"], ""})),
        identifiers=(id,),
        state=seat.code,
        source=SOURCE,
        details=tuple((column, row[column]) for column in _COUNTS if row[column]),
    )
    if seat.why is None:
        return RowRead(line=row.line, fate=Fate.IMPORTED, parties=(party,))
    return RowRead(
        line=row.line, fate=Fate.AMBIGUOUS, why=seat.why, column="iso3", parties=(party,)
    )


def _refused(row: Row, why: Why, column: str) -> RowRead:
    return RowRead(line=row.line, fate=Fate.REFUSED, why=why, column=column)


MEIP = Format(
    name="meip",
    title="Heads of multinational groups (OECD-UNSD MEIP)",
    source=SOURCE,
    read=read,
    recognises=lambda file: {"lei", "parent_mne"} <= delimited.columns(file),
)
