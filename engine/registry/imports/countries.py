"""The countries of one file: a word or code becomes an ISO code, or is for a person.

A wrong country is a wrong embassy, and may be the state that persecutes; so nothing here guesses
(`docs/reference/names.md`).
"""

from dataclasses import dataclass

from babel import Locale

from engine.registry.names.countries import Answer, Countries, How, Resolved, load_countries
from engine.registry.rows import FileRefusedError, Setting, Why
from schemas.codes.countries import USER_ASSIGNED, is_country
from schemas.party import Party, PartyKind


@dataclass(frozen=True, slots=True)
class Country:
    """What one cell says: a code, or why it gives none."""

    code: str | None
    """ISO 3166-1 alpha-2, or XK."""
    why: Why | None = None
    """`field_missing` of an empty cell, else `country_doubtful`: a person decides."""


class CountryColumn:
    """Reads the country cells of one file; remembers its words, for a file repeats them.

    `kept` says that the publisher keeps one list of countries, so that `Guinea` there is Guinea;
    otherwise the words are free, and `Guinea` may be four states. What `Setting.words` says about
    this file goes before either. Raises FileRefusedError when that means what is no country.
    """

    __slots__ = ("_kept", "_known", "_means", "_shelf")

    def __init__(self, setting: Setting, *, kept: bool = False) -> None:
        if not all(is_country(code) for code in setting.words.values()):
            raise FileRefusedError(
                "A country word was given a meaning that is no ISO 3166-1 code of two letters; "
                "write it as word=KR."
            )
        self._shelf: Countries | None = None
        self._kept = kept
        self._means = setting.words
        self._known: dict[str, Country] = {}

    def word(self, text: str) -> Country:
        """A country in words."""
        if text not in self._known:
            self._known[text] = _country(self._word(text), empty=not text.strip())
        return self._known[text]

    def code(self, text: str) -> Country:
        """An entry of a column that its publisher documents as ISO 3166-1, never another."""
        return _country(self._countries.resolve_code(text), empty=not text.strip())

    def under(self, code: str, state: str) -> bool:
        """Whether this territory is another's than its own: governed or claimed by that state."""
        return code != state and state in self._countries.states_over(code)

    @property
    def _countries(self) -> Countries:
        """Read at the first cell: a file without any need not wait for all names of the world."""
        if self._shelf is None:
            self._shelf = load_countries()
        return self._shelf

    def _word(self, text: str) -> Answer:
        listed = self._countries.listed(text, means=self._means, near=False)
        if self._kept or not isinstance(listed, Resolved) or listed.how is How.FILE:
            return listed
        return self._countries.resolve(text)


def state_party(code: str) -> Party:
    """The party that stands for a state or territory: the same record from every importer."""
    name = None if code in USER_ASSIGNED and code != "XK" else Locale("en").territories.get(code)
    return Party(
        id=state_id(code), kind=PartyKind.STATE, name=name or code, state=code, source="cldr"
    )


def state_id(code: str) -> str:
    """The id of that party: `state:QM`."""
    return f"state:{code}"


def _country(answer: Answer, *, empty: bool) -> Country:
    if isinstance(answer, Resolved):
        return Country(answer.code)
    return Country(None, Why.FIELD_MISSING if empty else Why.COUNTRY_DOUBTFUL)
