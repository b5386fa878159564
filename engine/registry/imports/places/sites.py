"""Mine sites, as the dataset of the ICMM has them: where, what is dug; not who operates them.

Nothing is said of the operator, so nothing is guessed: a person or another source links it. The
file merged several sources by nearness; where it merged different names nobody knows whether they
are one site.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from engine.registry.imports import delimited
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.doubts import Doubt, refused, taken
from engine.registry.imports.natural import one_line
from engine.registry.imports.places.coordinates import coordinates
from engine.registry.names.text import plain
from engine.registry.rows import Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

SOURCE = "icmm"
SECTOR = "mining"

_ID, _NAME, _MERGED, _COUNTRY, _ASSETS = (
    "ICMMID", "Mine Name", "Group Names", "Country", "Asset Type",
)  # fmt: skip
_CONFIDENCE = "Confidence Factor"
_COMMODITIES = ("Primary Commodity", "Secondary Commodity", "Other Commodities")
_NEEDED = (_ID, _NAME, _COUNTRY, _ASSETS, _CONFIDENCE)
_OPTIONAL = (_MERGED, "Latitude", "Longitude", *_COMMODITIES)
_SEPARATOR = ";"
_GENERIC = frozenset({"mine", "mines", "mina", "minas", "project", "the"})
"""Words by which two names of one site may differ."""


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Every site once. Raises FileRefusedError."""
    rows = tuple(delimited.read(file, needed=_NEEDED, optional=_OPTIONAL))
    countries = CountryColumn(setting, kept=True)
    first = _first([row for row in rows if isinstance(row, Row)])
    return (row if isinstance(row, RowRead) else _read(row, countries, first) for row in rows)


def _read(row: Row, countries: CountryColumn, first: dict[tuple[str, str], str]) -> RowRead:
    for column in (_ID, _NAME):
        if not row[column]:
            return refused(row, (Why.FIELD_MISSING, column))
    country = countries.word(row[_COUNTRY])
    aliases, others = _names(row, countries)
    place, bad = coordinates(row["Latitude"], row["Longitude"])
    details = {
        "asset types": _listed(row, _ASSETS),
        "commodities": _listed(row, *_COMMODITIES),
        "confidence": row[_CONFIDENCE].lower(),
        "merged names": " | ".join(others),
        **place,
    }
    site = Party(
        id=f"{SOURCE}:{row[_ID]}",
        kind=PartyKind.SITE,
        name=one_line(row[_NAME]),
        aliases=aliases,
        state=country.code,
        sectors=(SECTOR,),
        source=SOURCE,
        details=tuple(sorted((key, value) for key, value in details.items() if value)),
    )
    same = _same(site, first[_called(row)])
    doubts: list[Doubt] = [
        *([(country.why, _COUNTRY)] if country.why else []),
        *([(Why.SAME_NAME, _NAME)] if same else []),
        *([(Why.MERGED_NAMES, _MERGED)] if others else []),
        *((why, "Latitude") for why in bad),
    ]
    return taken(row, doubts=doubts, parties=(site,), links=same)


def _first(rows: Sequence[Row]) -> dict[tuple[str, str], str]:
    """By what sites of one country are called: the smallest id of those called so."""
    ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if row[_ID]:
            ids[_called(row)].append(row[_ID])
    return {called: min(found) for called, found in ids.items()}


def _called(row: Row) -> tuple[str, str]:
    return plain(row[_NAME]), row[_COUNTRY]


def _names(row: Row, countries: CountryColumn) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Other spellings of its name, and names that may be another site's, or a country's."""
    merged = dict.fromkeys(one_line(name) for name in row[_MERGED].split(_SEPARATOR))
    others = [name for name in merged if name and name != one_line(row[_NAME])]
    own = _bare(row[_NAME])
    same = [name for name in others if own and _bare(name) == own]
    aliases = tuple(sorted(name for name in same if countries.word(name).code is None))
    return aliases, tuple(sorted(set(others) - set(aliases)))


def _bare(name: str) -> str:
    return " ".join(word for word in plain(name).split() if word not in _GENERIC)


def _listed(row: Row, *columns: str) -> str:
    """What cells with several values hold, each once."""
    values = (value.strip() for column in columns for value in row[column].split(_SEPARATOR))
    return ", ".join(dict.fromkeys(value for value in values if value))


def _same(site: Party, first: str) -> tuple[Link, ...]:
    """To the site of the same name in the country: perhaps one, perhaps just a common name."""
    other = f"{SOURCE}:{first}"
    if other == site.id:
        return ()
    return (
        Link(
            id=f"{site.id}:same",
            kind=LinkKind.SAME_AS,
            a=site.id,
            b=other,
            status=LinkStatus.UNVERIFIED,
            source=SOURCE,
            evidence="Same name and country",
        ),
    )


SITES = Format(
    name="icmm-sites",
    title="Mine sites, from the dataset of the International Council on Mining and Metals",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file),
)
