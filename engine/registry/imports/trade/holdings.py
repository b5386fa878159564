"""What a fund owns at the end of a year: the equity holdings that Norges Bank publishes.

One row is one company; the fund invests in it with a share and a value. The source has no ids, and
writes a company now so and then so; each spelling with its two countries is a party of its own, so
that a file says the same whichever other years were imported before it.
"""

import re
from collections.abc import Iterator

from engine.registry.imports import delimited
from engine.registry.imports.countries import Country, CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.natural import natural_id, one_line
from engine.registry.imports.trade.years import Year, year_of_file
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind

SOURCE = "nbim"
INVESTOR = Party(
    id="nbim:fund",
    kind=PartyKind.INVESTOR,
    name="Norges Bank Investment Management",
    state="NO",
    ownership=Ownership.STATE_OWNED,
    source=SOURCE,
)

_NAME, _COUNTRY, _SEAT = "Name", "Country", "Incorporation Country"
_VALUE, _SHARE, _VOTES = "Market Value(NOK)", "Ownership", "Voting"
_NEEDED = (_NAME, _COUNTRY, _SEAT, _VALUE, _SHARE)
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


class _NoNumberError(ValueError):
    """A cell is not empty and no number; its argument is the column."""


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """The holdings of one year. Raises FileRefusedError, also when no year is known."""
    year = year_of_file(file, setting)
    rows = delimited.read(file, needed=_NEEDED, optional=("Industry", _VOTES))
    countries = CountryColumn(setting, kept=True)
    return (
        row if isinstance(row, RowRead) else _read(row, year, countries=countries) for row in rows
    )


def _read(row: Row, year: Year, *, countries: CountryColumn) -> RowRead:
    name = one_line(row[_NAME])
    if not name:
        return RowRead(line=row.line, fate=Fate.REFUSED, why=Why.FIELD_MISSING, column=_NAME)
    seat, place = countries.word(row[_SEAT]), countries.word(row[_COUNTRY])
    party = _company(row, name, seat, place)
    try:
        link = _holding(row, party, year)
    except _NoNumberError as error:
        return RowRead(line=row.line, fate=Fate.REFUSED, why=Why.NOT_A_NUMBER, column=error.args[0])
    doubt = (seat.why, _SEAT) if seat.why else (place.why, _COUNTRY)
    return RowRead(
        line=row.line,
        fate=Fate.AMBIGUOUS if doubt[0] else Fate.IMPORTED,
        why=doubt[0],
        column=doubt[1] if doubt[0] else "",
        parties=(INVESTOR, party),
        links=(link,),
    )


def _company(row: Row, name: str, seat: Country, place: Country) -> Party:
    """Its seat is where it is incorporated; where its shares are counted, if that is elsewhere, it
    is located: either may be the home state that answers for it."""
    return Party(
        id=natural_id(SOURCE, name, row[_COUNTRY], row[_SEAT]),
        kind=PartyKind.COMPANY,
        name=name,
        state=seat.code,
        located=place.code if place.code != seat.code else None,
        source=SOURCE,
    )


def _holding(row: Row, party: Party, year: Year) -> Link:
    value, votes = _number(row, _VALUE), _number(row, _VOTES)
    said = [f"equity holdings {year}", row["Industry"]]
    said += [] if votes is None else [f"votes {votes:g} %"]
    return Link(
        id=f"{party.id}:{year}",
        kind=LinkKind.INVESTS_IN,
        a=INVESTOR.id,
        b=party.id,
        status=LinkStatus.VERIFIED,
        source=SOURCE,
        valid_from=year.since,
        valid_until=year.until,
        share=_number(row, _SHARE),
        value=value,
        currency="" if value is None else "NOK",
        as_of=year.until,
        evidence=", ".join(part for part in said if part),
        verified_by=INVESTOR.name,
    )


def _number(row: Row, column: str) -> float | None:
    """An empty cell is not known, which is not none."""
    text = row[column]
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise _NoNumberError(column)
    return float(text.replace(",", ""))


HOLDINGS = Format(
    name="nbim-holdings",
    title="Equity holdings of Norges Bank Investment Management, one year a file",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file),
)
