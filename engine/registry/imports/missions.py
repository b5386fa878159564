"""Diplomatic missions, as Wikidata has them: whose, where, for which states.

Both layouts of the database of embassies: of 2022, with jurisdictions, and the older one without.
Telephone numbers, addresses and web sites of the file are never read: nobody verified them.

A mission whose operator is not certainly a state has no accreditation here, so that no walk finds
it. Where jurisdictions are named they say for which states it stands: an embassy in Rome to the
Holy See is none to Italy.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.registry.imports import delimited
from engine.registry.imports.coordinates import coordinates
from engine.registry.imports.countries import Country, CountryColumn, state_id, state_party
from engine.registry.imports.delimited import Row
from engine.registry.imports.doubts import Doubt, refused, taken
from engine.registry.imports.rows import Format, RowRead, Setting, SourceFile, Why
from engine.registry.names.text import plain
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

SOURCE = "missions"

_OPERATOR, _HOST, _CITY, _TYPE, _ITEM = "operator", "country", "city", "type", "QID"
_JURISDICTIONS, _ITEMS = "jurisdictions", "jurisdictionQIDs"
_NEEDED = (_OPERATOR, "operatorQID", _HOST, "countryQID", _CITY, _TYPE, "typeQID", _ITEM)
_OPTIONAL = (_JURISDICTIONS, _ITEMS, "latitude", "longitude", "creation")
_SEPARATOR = "|"

_URL = re.compile(r"https?://www\.wikidata\.org/entity/(Q[1-9][0-9]*)")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T00:00:00Z")
_DIPLOMATIC = re.compile(
    "embassy|consul|commission|nunciature|delegation|mission|liaison|section|office", re.I
)
_PARTS = frozenset({"england", "scotland", "wales", "northern ireland", "zanzibar", "gaza strip"})
"""Names that mean their state in an address, but as a sender or receiver of missions not it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a mission is and for which states it stands, as far as that is certain."""

    located: str | None
    states: Mapping[str, str]
    """Each code and the column that says so."""
    doubts: tuple[Doubt, ...] = ()


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Every mission once. Raises FileRefusedError."""
    rows = tuple(delimited.read(file, needed=_NEEDED, optional=_OPTIONAL, separators=";"))
    missions = _Missions(setting, [row for row in rows if isinstance(row, Row)])
    return (row if isinstance(row, RowRead) else missions.read(row) for row in rows)


class _Missions:
    """What one row cannot say alone: which items stand twice, which missions may be one."""

    def __init__(self, setting: Setting, rows: Sequence[Row]) -> None:
        self._setting = setting
        self._countries = CountryColumn(setting, kept=True)
        self._states: dict[str, Party] = {}
        said: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        for row in rows:
            said[row[_ITEM]].add(tuple(row.cells.values()))
        self._contradicted = frozenset(item for item, ways in said.items() if len(ways) > 1)
        alike: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in rows:
            if self._wrong(row) is None:
                alike[_described(row)].append(row[_ITEM])
        self._first = {key: min(items, key=_oldest) for key, items in alike.items()}

    def read(self, row: Row) -> RowRead:
        wrong = self._wrong(row)
        if wrong is not None:
            return refused(row, wrong)
        operator = self._country(row[_OPERATOR]).code
        place = self._place(row, operator)
        mission, bad_details = _mission(row, operator, place.located, self._setting)
        same = self._same(row, mission)
        diplomatic = _DIPLOMATIC.search(row[_TYPE]) is not None
        states = place.states if operator is not None and diplomatic else {}
        accredited = [self._accredited(row, mission, *each) for each in states.items()]
        doubts: list[Doubt] = [
            *([] if operator is not None else [(Why.OPERATOR_DOUBTFUL, _OPERATOR)]),
            *([] if diplomatic else [(Why.NOT_KNOWN, _TYPE)]),
            *place.doubts,
            *([(Why.SAME_NAME, "")] if same else []),
            *bad_details,
        ]
        parties = (mission, *self._parties(operator, states))
        day = self._setting.as_of
        return taken(
            row,
            doubts=doubts,
            parties=parties,
            links=(*accredited, *same),
            as_of=day,
            replaces=(_link_id(row, ""),) if day is not None else (),
        )

    def _parties(self, operator: str | None, states: Iterable[str]) -> Iterator[Party]:
        for code in sorted({*states, *([operator] if operator else [])}):
            if code not in self._states:
                self._states[code] = state_party(code)
            yield self._states[code]

    def _wrong(self, row: Row) -> Doubt | None:
        if not row[_ITEM]:
            return Why.FIELD_MISSING, _ITEM
        if not _URL.fullmatch(row[_ITEM]):
            return Why.NOT_AN_IDENTIFIER, _ITEM
        if row[_ITEM] in self._contradicted:
            return Why.ID_TWICE, _ITEM  # nobody knows which of them is meant
        if row[_ITEMS] and len(_parts(row[_ITEMS])) != len(_parts(row[_JURISDICTIONS])):
            return Why.WRONG_SHAPE, _ITEMS
        return None

    def _country(self, word: str) -> Country:
        key = plain(word)
        decided = key in {plain(each) for each in self._setting.words}
        if key in _PARTS and not decided:
            return Country(None, Why.COUNTRY_DOUBTFUL)
        return self._countries.word(word)

    def _place(self, row: Row, operator: str | None) -> _Place:
        host = self._country(row[_HOST]).code
        named = [self._country(word).code for word in _parts(row[_JURISDICTIONS])]
        codes = [code for code in named if code and code != operator]
        doubts: list[Doubt] = []
        if host is None:
            doubts.append((Why.COUNTRY_DOUBTFUL, _HOST))
        if host is not None and host == operator:
            doubts.append((Why.WRONG_HOST, _HOST))
            host = None
        if operator is not None and operator in named:
            doubts.append((Why.WRONG_HOST, _JURISDICTIONS))
        if None in named:
            doubts.append((Why.COUNTRY_DOUBTFUL, _JURISDICTIONS))
        # A consulate's jurisdictions may be provinces of its host.
        provinces = None in named and "consul" in row[_TYPE].lower()
        states = {}
        if host is not None and (not named or host in codes or provinces):
            states[host] = _HOST
        located = host and self._territory(row[_CITY], host)
        if located is not None and host in states:
            states.setdefault(located, _CITY)
        return _Place(located, states | {c: _JURISDICTIONS for c in codes}, tuple(doubts))

    def _territory(self, city: str, host: str) -> str:
        """Hong Kong, where a mission to China is there; else the host."""
        code = self._country(city).code
        return code if code is not None and self._countries.under(code, host) else host

    def _same(self, row: Row, mission: Party) -> tuple[Link, ...]:
        """To the oldest item that says the same: perhaps one mission, entered twice."""
        first = self._first[_described(row)]
        if not row[_CITY] or first == row[_ITEM]:
            return ()
        return (
            Link(
                id=_link_id(row, "same"),
                kind=LinkKind.SAME_AS,
                a=mission.id,
                b=_party_id(first),
                status=LinkStatus.UNVERIFIED,
                source=SOURCE,
                as_of=self._setting.as_of,
                evidence="Same operator, country, city and type",
            ),
        )

    def _accredited(self, row: Row, mission: Party, code: str, column: str) -> Link:
        by = self._setting.verified_by
        return Link(
            id=_link_id(row, code),
            kind=LinkKind.ACCREDITED_TO,
            a=mission.id,
            b=state_id(code),
            status=LinkStatus.VERIFIED if by else LinkStatus.UNVERIFIED,
            source=SOURCE,
            as_of=self._setting.as_of,
            evidence=f"Wikidata {_item(row[_ITEM])}, column {column}",
            verified_by=by,
        )


def _mission(
    row: Row, operator: str | None, located: str | None, setting: Setting
) -> tuple[Party, list[Doubt]]:
    where = f"{row[_CITY]}, {row[_HOST]}" if row[_CITY] else row[_HOST]
    place, bad = coordinates(row["latitude"], row["longitude"])
    day = _DAY.fullmatch(row["creation"])
    days = {"created": day[1]} if day else {}
    if setting.as_of is not None:
        days["as_of"] = setting.as_of.isoformat()
    doubts = [(why, "latitude") for why in bad]
    if row["creation"] and not day:
        doubts.append((Why.NOT_A_DATE, "creation"))
    written = {"operator": row[_OPERATOR], "country": row[_HOST], "type": row[_TYPE]}
    city = {"city": row[_CITY]} if row[_CITY] else {}
    details = {**written, **city, **place, **days}
    mission = Party(
        id=_party_id(row[_ITEM]),
        kind=PartyKind.MISSION,
        name=f"{row[_OPERATOR]}: {row[_TYPE]} in {where}",
        identifiers=(_party_id(row[_ITEM]),),
        state=operator,
        located=located,
        source=SOURCE,
        details=tuple(sorted(details.items())),
    )
    return mission, doubts


def _described(row: Row) -> tuple[str, ...]:
    return tuple(row[column] for column in (_OPERATOR, _HOST, _CITY, _TYPE))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_SEPARATOR) if part.strip()]


def _item(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def _oldest(url: str) -> tuple[int, str]:
    """Items count up, so the shorter and then the smaller is the older."""
    return len(_item(url)), _item(url)


def _link_id(row: Row, to: str) -> str:
    """Begins with the mission, so that a later edition of it replaces what it said before."""
    return f"{SOURCE}:{_item(row[_ITEM])}:{to}"


def _party_id(url: str) -> str:
    return f"wikidata:{_item(url)}"


MISSIONS = Format(
    name="missions",
    title="Diplomatic missions, from Wikidata's database of embassies",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file, separators=";"),
)
