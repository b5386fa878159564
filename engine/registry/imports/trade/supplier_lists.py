"""A brand's own list of its suppliers and where they produce: Apple's, collected over the years.

The brand buys from the supplier, the supplier operates the site; both hold in the year of the list.
Suppliers have no id there and are written differently from year to year; spellings that differ in
case, punctuation and the writing of a legal form are one supplier, all others are several.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from engine.registry.imports import delimited
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.natural import natural_id, one_line, unfit
from engine.registry.imports.trade.years import Year, year_of
from engine.registry.names.keys import NameKeys, load_name_keys
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind

SOURCE = "apple"
BRAND = Party(
    id="apple:brand",
    kind=PartyKind.COMPANY,
    name="Apple Inc.",
    state="US",
    ownership=Ownership.LISTED,
    source=SOURCE,
)
VERIFIED_BY = "Apple Supplier List"
NO_ADDRESS = "NA"
"""Stands where the list of 2020 gives no address."""
PROVINCES_SINCE = 2020
"""From then on the list names a province where it named a street: perhaps several sites."""

_YEAR, _NAME, _COUNTRY, _ADDRESS = "year", "supplier_name", "country", "supplier_address"
_NEEDED = (_YEAR, _NAME, _COUNTRY, _ADDRESS)
_PAGE_BREAK = " (continued)"
"""Behind a name that a printed page begins with, as it went on from the page before."""


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """All years of the list. Raises FileRefusedError."""
    keys = load_name_keys()
    rows = list(delimited.read(file, needed=_NEEDED))
    suppliers = _suppliers((row for row in rows if isinstance(row, Row)), keys)
    countries = CountryColumn(setting, kept=True)
    for row in rows:
        if isinstance(row, RowRead):
            yield row
            continue
        supplier = suppliers.get(_key(keys, row))
        year = year_of(row[_YEAR], setting)
        bad = unfit(_name(row))
        if bad is not None or supplier is None:
            yield _refused(row, bad or Why.FIELD_MISSING, _NAME)
        elif year is None:
            yield _refused(row, Why.NOT_A_DATE, _YEAR)
        else:
            yield _read(row, supplier, year, countries)


def _read(row: Row, supplier: Party, year: Year, countries: CountryColumn) -> RowRead:
    address = one_line(row[_ADDRESS])
    bought = _link(LinkKind.BUYS_FROM, BRAND, supplier, year)
    if address in ("", NO_ADDRESS):
        return RowRead(
            line=row.line,
            fate=Fate.AMBIGUOUS,
            why=Why.PLACEHOLDER if address else Why.FIELD_MISSING,
            column=_ADDRESS,
            parties=(BRAND, supplier),
            links=(bought,),
        )
    country = countries.word(row[_COUNTRY])
    site = _site(row, supplier, address, year, country.code)
    return RowRead(
        line=row.line,
        fate=Fate.AMBIGUOUS if country.why else Fate.IMPORTED,
        why=country.why,
        column=_COUNTRY if country.why else "",
        parties=(BRAND, supplier, site),
        links=(bought, _link(LinkKind.OPERATES, supplier, site, year)),
    )


def _suppliers(rows: Iterator[Row], keys: NameKeys) -> Mapping[str, Party]:
    """Every supplier by the key of its names: the commonest spelling names it, all others too."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if (key := _key(keys, row)) and not unfit(_name(row)):
            spellings[key][_name(row)] += 1
    return {key: _supplier(key, written) for key, written in spellings.items()}


def _supplier(key: str, spellings: Counter[str]) -> Party:
    name = min(spellings, key=lambda each: (-spellings[each], each))
    return Party(
        id=natural_id(SOURCE, key),
        kind=PartyKind.COMPANY,
        name=name,
        aliases=tuple(sorted(spellings.keys() - {name})),
        source=SOURCE,
    )


def _site(row: Row, supplier: Party, address: str, year: Year, code: str | None) -> Party:
    place = "" if year.number < PROVINCES_SINCE else "a province, and perhaps several sites"
    return Party(
        id=natural_id(SOURCE, supplier.id, row[_COUNTRY], address, place),
        kind=PartyKind.SITE,
        name=f"{supplier.name}, {address}",
        state=code,
        source=SOURCE,
        details=(("place", place),) if place else (),
    )


def _link(kind: LinkKind, a: Party, b: Party, year: Year) -> Link:
    return Link(
        id=f"{b.id}:{year}",
        kind=kind,
        a=a.id,
        b=b.id,
        status=LinkStatus.VERIFIED,
        source=SOURCE,
        valid_from=year.since,
        valid_until=year.until,
        as_of=year.until,
        evidence=f"{VERIFIED_BY} {year}",
        verified_by=VERIFIED_BY,
    )


def _key(keys: NameKeys, row: Row) -> str:
    key = keys.of(_name(row))
    return key.exact if key.core else ""


def _name(row: Row) -> str:
    return one_line(row[_NAME]).removesuffix(_PAGE_BREAK)


def _refused(row: Row, why: Why, column: str) -> RowRead:
    return RowRead(line=row.line, fate=Fate.REFUSED, why=why, column=column)


SUPPLIERS = Format(
    name="apple-suppliers",
    title="Apple's supplier lists of all years in one table",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file),
)
