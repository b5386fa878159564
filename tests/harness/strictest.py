"""The strictest reading of everything ever said of one subject's consent, written plainly.

A second reading of design 6.2 without the production code: it keeps every word, and asks of each
single point (whom, how openly, which field, when) whether all of them allow it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product

from schemas.codes import Audience, FieldName, Mode, TrackName
from schemas.consent import Basis, Consent

AUDIENCES = (TrackName.PROTECTION, TrackName.MISSIONS, TrackName.NHRIS, TrackName.COMPANIES)
FIELDS = (FieldName.COUNTRY, FieldName.ACT)
_LOUDNESS = {Mode.QUIET: 0, Mode.PRIVATE: 1, Mode.PUBLIC: 2}
_LONG = timedelta(days=365)

Point = tuple[Audience, Mode, FieldName, datetime]


def allows(word: Consent, point: Point) -> bool:
    """Whether this one word, taken alone, allows this point."""
    audience, mode, shown, at = point
    if word.revoked or audience not in word.audiences:
        return False
    if word.until is not None and at >= word.until:
        return False
    if _LOUDNESS[mode] > _LOUDNESS[word.mode]:
        return False
    if word.basis is Basis.COMMUNITY:
        who = word.community
        if who is None or len(set(who.agreed)) < max(who.needed, 1) or who.of < who.needed:
            return False
    return not word.fields or shown in word.fields


def _looked_at(word: Consent) -> bool:
    """Whether it says why somebody else speaks; that nobody can be recognised, two have to say."""
    if word.basis is Basis.NO_IDENTIFIABLE_PERSON:
        return len(set(word.agreed_by)) > 1
    return word.basis not in (Basis.REPRESENTATIVE, Basis.GUARDIAN) or word.inability is not None


@dataclass(slots=True)
class Strictest:
    """What is left of all words, when all of them count."""

    layers: list[Consent] = field(default_factory=list)
    """Words that all have to allow something; a person's word replaces those before it."""
    newest: datetime | None = None
    """When the newest of them was given."""
    asked: Consent | None = None
    """What one person said is allowed, and a second has to say as well."""
    asked_by: set[str] = field(default_factory=set)

    def allowed(self, point: Point) -> bool:
        """Whether every word allows it, and beyond protection one that stands by itself; nothing
        said means no."""
        firm = point[0] is TrackName.PROTECTION or any(map(_looked_at, self.layers))
        return firm and bool(self.layers) and all(allows(word, point) for word in self.layers)

    def machine(self, word: Consent) -> None:
        """A publisher's or a holder's word: one more that has to allow everything."""
        before = self._open(word)
        self.layers.append(word)
        self._heard(word)
        if word.revoked or any(not self.allowed(point) for point in before):
            self._ask(None)

    def narrows(self, word: Consent) -> None:
        """A person narrows, or takes back."""
        self.layers.append(word)
        self._heard(word)
        self._ask(None)

    def gives(self, word: Consent, by: str) -> None:
        """A person says what is allowed now; what takes two counts once two have said it."""
        word = replace(word, agreed_by=("one", "another"))
        wider = [point for point in self._open(word, these=word) if not self.allowed(point)]
        if not wider:
            self._replace(word)
            return
        repeats = self.asked is not None and _same(self.asked, word)
        stale = self.newest is not None and word.given_at <= self.newest
        if stale or (
            self.asked is not None and not repeats and word.given_at <= self.asked.given_at
        ):
            self.layers.append(word)
            self._heard(word)
            self._ask(None)
            return
        if not self._two(word, wider):
            self._replace(word)
            return
        if repeats and by not in self.asked_by:
            self._replace(word)
            return
        self.layers = [*self.layers, word] if self.layers else []
        self._ask(word, by)

    def _two(self, word: Consent, wider: list[Point]) -> bool:
        own = any(each.basis is Basis.PERSON for each in self.layers)
        return (
            word.mode is Mode.PUBLIC
            or any(point[0] is TrackName.COMPANIES for point in wider)
            or word.basis is Basis.NO_IDENTIFIABLE_PERSON
            or (own and word.basis in (Basis.REPRESENTATIVE, Basis.GUARDIAN))
        )

    def _replace(self, word: Consent) -> None:
        self.layers = [word]
        self._heard(word)
        self._ask(None)

    def _ask(self, word: Consent | None, by: str = "") -> None:
        self.asked, self.asked_by = word, {by} if word is not None else set()

    def _heard(self, word: Consent) -> None:
        self.newest = max(filter(None, (self.newest, word.given_at)))

    def _open(self, word: Consent, *, these: Consent | None = None) -> list[Point]:
        """The points that are open, or of `these` alone, at instants where anything may change."""
        untils = [each.until for each in (*self.layers, word) if each.until is not None]
        start = min((word.given_at, *untils)) - _LONG
        times = sorted({start, *untils, *(each - timedelta(seconds=1) for each in untils)})
        times.append(times[-1] + _LONG)
        points = product(AUDIENCES, _LOUDNESS, FIELDS, times)
        return [
            point
            for point in points
            if (self.allowed(point) if these is None else allows(these, point))
        ]


def _same(one: Consent, other: Consent) -> bool:
    return (
        set(one.audiences) == set(other.audiences)
        and one.mode is other.mode
        and set(one.fields) == set(other.fields)
        and one.until == other.until
        and one.basis is other.basis
        and one.community == other.community
    )
