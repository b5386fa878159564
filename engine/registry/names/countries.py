"""Which country a written name means: one, several, or we do not know. Never the nearest.

A wrong country asks the wrong embassy, and may tell the state that persecutes. So only exact
names resolve: those that CLDR has in any language, and ours (`data/names.tsv`). A word that people
use for two places (`data/words.tsv`) resolves to neither. Everything else is for a human, with
candidates.

`Countries` is immutable; `load_countries()` makes one in a few hundredths of a second, once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from engine.registry.names.near import near_keys
from engine.registry.names.tables import (
    Word,
    cldr_rows,
    lookalike_rows,
    name_rows,
    territory_rows,
    word_rows,
)
from engine.registry.names.text import plain
from schemas.codes.countries import is_country

LONGEST = 200
"""Characters; what is longer names no country."""


class How(StrEnum):
    """What made a name certain."""

    NAME = "name"
    CODE = "code"
    FILE = "file"
    """The reviewed meaning of a word in one file (`listed`)."""


class Doubt(StrEnum):
    """Why a name leads to no single country. Each is a hold with a task."""

    SAME_NAME = "same_name"
    """CLDR gives two territories this name, in two languages or by mistake."""
    CONFUSED = "confused"
    """People use the word for two places."""
    LOOKALIKE = "lookalike"
    """A name in a language of few; in one of many a slip of the pen, or another place."""
    DISPUTED = "disputed"
    """Who rules is not who is recognised."""
    DISSOLVED = "dissolved"
    """A state that several follow."""
    SHORT = "short"
    """Two or three letters: a code to one, a name in a language nobody expects here to another."""
    NO_COUNTRY = "no_country"
    """A union, an organisation, a region, or an answer such as `unknown`."""
    CODE_UNASKED = "code_unasked"
    """It looks like a code, and the caller did not say that codes stand here."""
    NOT_A_CODE = "not_a_code"
    """A column of ISO codes holds something else."""
    WITHDRAWN_CODE = "withdrawn_code"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNHEARD_OF = "unheard_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Exactly one territory. The only answer that may lead to a recipient."""

    code: str
    """ISO 3166-1 alpha-2, or XK."""
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Several may be meant, or one that is disputed: a human chooses."""

    candidates: tuple[str, ...]
    """The likeliest first. One alone is still not certain."""
    doubt: Doubt
    why: str = ""
    """A sentence for the human, from our file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No country we know has this name."""

    doubt: Doubt
    near: tuple[str, ...] = ()
    """Codes whose names stand in the text or are written much like it; never used by themselves."""


Answer = Resolved | Ambiguous | Unknown


class Countries:
    """The index. All look-ups are exact."""

    __slots__ = ("_alpha3", "_codes", "_over", "_short", "_words")

    def __init__(
        self,
        *,
        codes: Mapping[str, tuple[str, ...]],
        words: Mapping[str, Word],
        short: Mapping[str, str],
        alpha3: Mapping[str, str],
        over: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._codes = codes
        self._words = words
        self._short = short
        self._alpha3 = alpha3
        self._over = over

    def resolve(self, text: str) -> Answer:
        """What a person wrote where a country was asked for."""
        key, refused = self._key(text)
        if refused is not None:
            return refused
        if (word := self._words.get(key)) is not None:
            return _doubtful(word)
        return self._named(key, text)

    def listed(
        self, text: str, *, means: Mapping[str, str] | None = None, near: bool = True
    ) -> Answer:
        """A name in a file whose publisher keeps one list of countries, such as a mine register.

        There `Guinea` is Guinea, because the list has the others by their whole names. `means`
        holds further words that somebody who read this very file has decided
        (`{"Korea": "KR"}`); it goes before everything else. Without `near` nothing is looked for
        that is merely alike, which takes most of the time. Raises ValueError when `means` names
        what is no country code.
        """
        key, refused = self._key(text)
        if refused is not None:
            return refused
        for word, code in (means or {}).items():
            if not is_country(code):
                raise ValueError(f"{word!r} cannot mean {code!r}: that is no ISO 3166-1 code.")
            if plain(word) == key:
                return Resolved(code=code, how=How.FILE)
        if (found := self._words.get(key)) is not None:
            if found.listed:
                return Resolved(code=found.listed, how=How.NAME)
            return _doubtful(found)
        return self._named(key, text, near=near)

    def resolve_code(self, text: str) -> Answer:
        """An entry of a column that holds ISO 3166-1 codes, of two letters or of three.

        Only call it for a column that its publisher documents as ISO. In FIPS 10-4, which looks
        the same, CH is China and AU is Austria: there is no function for FIPS, because nothing
        that uses it may lead to a recipient.
        """
        code = text.strip().upper()
        if not code:
            return Unknown(doubt=Doubt.EMPTY)
        if code == "UK":  # reserved in ISO 3166 for the United Kingdom, and used by it
            code = "GB"
        if code in _NOBODYS:
            return Unknown(doubt=Doubt.NOT_A_CODE)
        if is_country(code):
            return Resolved(code=code, how=How.CODE)
        if (two := self._alpha3.get(code)) is not None:
            return Resolved(code=two, how=How.CODE)
        if code in _WITHDRAWN:
            return Unknown(doubt=Doubt.WITHDRAWN_CODE, near=_WITHDRAWN[code])
        return Unknown(doubt=Doubt.NOT_A_CODE)

    def states_over(self, code: str) -> tuple[str, ...]:
        """The territory itself, then who governs it, then who claims it: for exclusion.

        An alert about Hong Kong concerns China as it concerns Hong Kong.
        """
        return (code, *self._over.get(code, ()))

    def near(self, text: str, *, most: int = 5) -> tuple[str, ...]:
        """Candidates for a human: territories named within the text, then names written like it."""
        found: dict[str, None] = {}
        for key in near_keys(plain(text[:LONGEST]), self._codes, self._words):
            word = self._words.get(key)
            for code in word.candidates if word else self._codes[key]:
                found.setdefault(code)
        return tuple(found)[:most]

    def _key(self, text: str) -> tuple[str, Unknown | None]:
        if len(text) > LONGEST:
            return "", Unknown(doubt=Doubt.TOO_LONG)
        key = plain(text)
        return key, None if key else Unknown(doubt=Doubt.EMPTY)

    def _named(self, key: str, text: str, *, near: bool = True) -> Answer:
        codes = self._codes.get(key)
        if len(key) <= 3 and key.isascii():
            return self._abbreviated(key, codes or ())
        if codes is None:
            return Unknown(doubt=Doubt.UNHEARD_OF, near=self.near(text) if near else ())
        if len(codes) > 1:
            return Ambiguous(candidates=codes, doubt=Doubt.SAME_NAME)
        return Resolved(code=codes[0], how=How.NAME)

    def _abbreviated(self, key: str, codes: tuple[str, ...]) -> Answer:
        """`NGA` is Nigeria's code and, in Vietnamese, Russia: only our own list decides."""
        if (code := self._short.get(key)) is not None:
            return Resolved(code=code, how=How.NAME)
        coded = self._alpha3.get(key.upper()) or (key.upper() if is_country(key.upper()) else None)
        if codes:
            both = dict.fromkeys((*((coded,) if coded else ()), *codes))
            return Ambiguous(candidates=tuple(both), doubt=Doubt.SHORT)
        if coded:
            return Unknown(doubt=Doubt.CODE_UNASKED, near=(coded,))
        return Unknown(doubt=Doubt.UNHEARD_OF)


@cache
def load_countries() -> Countries:
    """The index over the packaged files, made once: they never change while a process lives.

    Raises ValueError, naming file and line, for a bad row.
    """
    codes: dict[str, tuple[str, ...]] = {}
    alpha3: dict[str, str] = {}
    of: dict[str, tuple[str, ...]] = {}
    for code, three, keys in cldr_rows():
        alpha3[three] = code
        of[code] = tuple(keys)
        _add(codes, keys, code)
    short: dict[str, str] = {}
    named = [(code, [plain(name) for name in names]) for code, names in name_rows()]
    for code, keys in named:
        _add(codes, keys, code)
        of[code] += tuple(keys)
        short |= {key: code for key in keys if len(key) <= 3 and key.isascii()}
    words = {
        key: Word(
            names=(key,), reason=Doubt.LOOKALIKE, candidates=of_key, listed=None, why=_LOOKALIKE
        )
        for key, of_key in lookalike_rows()
    }
    own = {key for _, keys in named for key in keys}
    for word in word_rows():
        for name in word.names:
            if name.startswith("*"):
                words |= {key: word for key in of[name[1:]] if key not in own}
            else:
                words[plain(name)] = word
    return Countries(
        codes=codes, words=words, short=short, alpha3=alpha3, over=dict(territory_rows())
    )


def _add(codes: dict[str, tuple[str, ...]], keys: Iterable[str], code: str) -> None:
    for key in keys:
        had = codes.get(key, ())
        if code not in had:
            codes[key] = (*had, code)


def _doubtful(word: Word) -> Ambiguous | Unknown:
    doubt = Doubt(word.reason)
    if not word.candidates:
        return Unknown(doubt=doubt)
    return Ambiguous(candidates=word.candidates, doubt=doubt, why=word.why)


_LOOKALIKE = "A name in a language of few; elsewhere a slip of the pen, or another place."

_NOBODYS = frozenset({"AA", "XX", "ZZ"})
"""User-assigned, and in the columns of others the sign for an unknown country."""

_WITHDRAWN: Mapping[str, tuple[str, ...]] = {
    "AN": ("CW", "SX", "BQ"), "ANT": ("CW", "SX", "BQ"), "BU": ("MM",), "BUR": ("MM",),
    "CS": ("RS", "ME", "CZ", "SK"), "CSK": ("CZ", "SK"), "SCG": ("RS", "ME"), "DD": ("DE",),
    "DDR": ("DE",), "FX": ("FR",), "FXX": ("FR",), "NT": ("SA", "IQ"), "SU": ("RU",),
    "SUN": ("RU",), "TP": ("TL",), "TMP": ("TL",), "YD": ("YE",), "YMD": ("YE",),
    "YU": ("RS", "ME"), "YUG": ("RS", "ME"), "ZR": ("CD",), "ZAR": ("CD",), "ROM": ("RO",),
}  # fmt: skip
"""Codes that ISO has taken out, and whom a human may choose instead."""
