"""Which states a row of missions means: by their names, and by Wikidata's items where names do not.

A wrong state here is a wrong embassy. A part of a state is not the state, and a mission's own state
is none that it is sent to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.doubts import Doubt
from engine.registry.names.text import plain
from engine.registry.rows import Setting, Why

HOST, CITY, TYPE = "country", "city", "type"
JURISDICTIONS, ITEMS = "jurisdictions", "jurisdictionQIDs"

_SEPARATOR = "|"
_MEANT = MappingProxyType(
    {("dominica", "Q784"): "DM", ("georgia", "Q230"): "GE", ("guinea", "Q1006"): "GN"}
)
"""What words that may be several countries mean as the name of this item."""
_PARTS = frozenset({"england", "scotland", "wales", "northern ireland", "zanzibar"})
"""Names that mean their state in an address, but as a sender or receiver of missions not it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mission is and for which states it stands, as far as that is certain."""

    located: str | None
    states: Mapping[str, str]
    """Each code, and the column that says so."""
    doubts: tuple[Doubt, ...] = ()


class MissionCountries:
    """Reads the countries of one file of missions.

    Raises FileRefusedError when a word was given a meaning that is no country.
    """

    def __init__(self, setting: Setting) -> None:
        self._countries = CountryColumn(setting)
        self._decided = frozenset(plain(word) for word in setting.words)

    def of(self, word: str, url: str) -> str | None:
        """The code of a state or territory that has this name and this item; None: not certain."""
        key = plain(word)
        if key in _PARTS and key not in self._decided:
            return None
        return self._countries.word(word).code or _MEANT.get((key, item(url)))

    def place(self, row: Row, operator: str | None) -> Place:
        """What a row says of the host and the jurisdictions of a mission of this state."""
        host = self.of(row[HOST], row["countryQID"])
        words = parts(row[JURISDICTIONS])
        items = parts(row[ITEMS]) or [""] * len(words)
        named = [self.of(word, url) for word, url in zip(words, items, strict=True)]
        codes = [code for code in named if code and code != operator]
        doubts: list[Doubt] = []
        if host is None:
            doubts.append((Why.COUNTRY_DOUBTFUL, HOST))
        if host is not None and host == operator:
            doubts.append((Why.WRONG_HOST, HOST))
            host = None
        if operator is not None and operator in named:
            doubts.append((Why.WRONG_HOST, JURISDICTIONS))
        if None in named:
            doubts.append((Why.COUNTRY_DOUBTFUL, JURISDICTIONS))
        # A consulate's jurisdictions may be provinces of its host.
        provinces = None in named and "consul" in row[TYPE].lower()
        states = dict.fromkeys(codes, JURISDICTIONS)
        located = host and self._territory(row[CITY], host)
        if host is not None and (not named or host in codes or provinces):
            states |= {host: HOST}
            if located is not None and located != host:
                states.setdefault(located, CITY)
        return Place(located, states, tuple(doubts))

    def _territory(self, city: str, host: str) -> str:
        """Hong Kong, where a mission to China is there; else the host."""
        code = self._countries.word(city).code
        return code if code is not None and self._countries.under(code, host) else host


def parts(cell: str) -> list[str]:
    """What a cell with several values holds."""
    return [part.strip() for part in cell.split(_SEPARATOR) if part.strip()]


def item(url: str) -> str:
    """`Q42` of an address of Wikidata."""
    return url.rsplit("/", 1)[-1]
