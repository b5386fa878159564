"""Diplomatic missions, as Wikidata has them: whose, where, for which states.

Both layouts of the database of embassies: of 2022, with jurisdictions, and the older one without.
Telephone numbers, addresses and web sites of the file are never read: nobody verified them.

A mission whose operator is not certainly a state has no accreditation here, so that no walk finds
it. Where jurisdictions are named they say for which states it stands: an embassy in Rome to the
Holy See is none to Italy.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from engine.registry.imports import delimited
from engine.registry.imports.countries import state_id, state_party
from engine.registry.imports.delimited import Row
from engine.registry.imports.doubts import Doubt, refused, taken
from engine.registry.imports.places.coordinates import coordinates
from engine.registry.imports.places.mission_countries import (
    CITY,
    HOST,
    ITEMS,
    JURISDICTIONS,
    TYPE,
    MissionCountries,
    item,
    parts,
)
from engine.registry.rows import Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

SOURCE = "missions"

_OPERATOR, _ITEM = "operator", "QID"
_NEEDED = (_OPERATOR, "operatorQID", HOST, "countryQID", CITY, TYPE, "typeQID", _ITEM)
_OPTIONAL = (JURISDICTIONS, ITEMS, "latitude", "longitude", "creation")

_URL = re.compile(r"https?://www\.wikidata\.org/entity/(Q[1-9][0-9]*)")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T00:00:00Z")
_DIPLOMATIC = re.compile(
    "embassy|consul|commission|nunciature|delegation|mission|liaison|section|office", re.I
)


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Every mission once. Raises FileRefusedError."""
    rows = tuple(delimited.read(file, needed=_NEEDED, optional=_OPTIONAL, separators=";"))
    missions = _Missions(setting, [row for row in rows if isinstance(row, Row)])
    return (row if isinstance(row, RowRead) else missions.read(row) for row in rows)


class _Missions:
    """What one row cannot say alone: which items stand twice, which missions may be one."""

    def __init__(self, setting: Setting, rows: Sequence[Row]) -> None:
        self._setting = setting
        self._countries = MissionCountries(setting)
        self._states: dict[str, Party] = {}
        said: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        for row in rows:
            said[item(row[_ITEM])].add(tuple(row.cells.values()))
        self._contradicted = frozenset(each for each, ways in said.items() if len(ways) > 1)
        alike: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in rows:
            if self._wrong(row) is None:
                alike[_described(row)].append(item(row[_ITEM]))
        self._first = {key: min(items, key=_oldest) for key, items in alike.items()}

    def read(self, row: Row) -> RowRead:
        wrong = self._wrong(row)
        if wrong is not None:
            return refused(row, wrong)
        operator = self._countries.of(row[_OPERATOR], row["operatorQID"])
        place = self._countries.place(row, operator)
        mission, bad_details = _mission(row, operator, place.located, self._setting)
        same = self._same(row, mission)
        diplomatic = _DIPLOMATIC.search(row[TYPE]) is not None
        states = place.states if operator is not None and diplomatic else {}
        accredited = [self._accredited(row, mission, *each) for each in states.items()]
        doubts: list[Doubt] = [
            *([] if operator is not None else [(Why.OPERATOR_DOUBTFUL, _OPERATOR)]),
            *([] if diplomatic else [(Why.NOT_KNOWN, TYPE)]),
            *place.doubts,
            *([(Why.SAME_NAME, "")] if same else []),
            *bad_details,
        ]
        day = self._setting.as_of
        return taken(
            row,
            doubts=doubts,
            parties=(mission, *self._parties(operator, states)),
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
        if item(row[_ITEM]) in self._contradicted:
            return Why.ID_TWICE, _ITEM  # nobody knows which of them is meant
        if row[ITEMS] and len(parts(row[ITEMS])) != len(parts(row[JURISDICTIONS])):
            return Why.WRONG_SHAPE, ITEMS
        return None

    def _same(self, row: Row, mission: Party) -> tuple[Link, ...]:
        """To the oldest item that says the same: perhaps one mission, entered twice."""
        first = self._first[_described(row)]
        if not row[CITY] or first == item(row[_ITEM]):
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
            evidence=f"Wikidata {item(row[_ITEM])}, column {column}",
            verified_by=by,
        )


def _mission(
    row: Row, operator: str | None, located: str | None, setting: Setting
) -> tuple[Party, list[Doubt]]:
    where = f"{row[CITY]}, {row[HOST]}" if row[CITY] else row[HOST]
    place, bad = coordinates(row["latitude"], row["longitude"])
    day = _DAY.fullmatch(row["creation"])
    days = {"created": day[1]} if day else {}
    if setting.as_of is not None:
        days["as_of"] = setting.as_of.isoformat()
    doubts = [(why, "latitude") for why in bad]
    if row["creation"] and not day:
        doubts.append((Why.NOT_A_DATE, "creation"))
    written = {"operator": row[_OPERATOR], "country": row[HOST], "type": row[TYPE]}
    city = {"city": row[CITY]} if row[CITY] else {}
    details = {**written, **city, **place, **days}
    mission = Party(
        id=_party_id(item(row[_ITEM])),
        kind=PartyKind.MISSION,
        name=f"{row[_OPERATOR]}: {row[TYPE]} in {where}",
        identifiers=(_party_id(item(row[_ITEM])),),
        state=operator,
        located=located,
        source=SOURCE,
        details=tuple(sorted(details.items())),
    )
    return mission, doubts


def _described(row: Row) -> tuple[str, ...]:
    return tuple(row[column] for column in (_OPERATOR, HOST, CITY, TYPE))


def _oldest(qid: str) -> tuple[int, str]:
    """Items count up, so the shorter and then the smaller is the older."""
    return len(qid), qid


def _link_id(row: Row, to: str) -> str:
    """Begins with the mission, so that a later edition of it replaces what it said before."""
    return f"{SOURCE}:{item(row[_ITEM])}:{to}"


def _party_id(qid: str) -> str:
    return f"wikidata:{qid}"


MISSIONS = Format(
    name="missions",
    title="Diplomatic missions, from Wikidata's database of embassies",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file, separators=";"),
)
