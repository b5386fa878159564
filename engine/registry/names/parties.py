"""Which party a written name means: exactly one, or candidates for a human.

Certain are an identifier, and a curated name or alias that exactly one party bears, letter for
letter (case, punctuation and the spelling of a legal form apart), in a country that does not
contradict. A name that two bear is nobody's until a human says so, and no further party makes it
somebody's again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from engine.registry.names.candidates import (
    Candidate,
    Candidates,
    Doubt,
    How,
    Likeness,
    Resolved,
    Suggested,
)
from engine.registry.names.identifiers import Identifier, Scheme
from engine.registry.names.keys import NameKey, NameKeys, load_name_keys
from engine.registry.names.shelf import Shelf

LONGEST = 500
"""Characters; what is longer is no name."""
MOST = 10
"""Candidates shown."""

Answer = Resolved | Candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A party as far as names go. The registry fills it; names and aliases are curated ones."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    country: str | None = None
    """Of its seat."""


class PartyNames:
    """An index over one snapshot's parties. Immutable to its users; a new snapshot, a new index."""

    __slots__ = ("_by_id", "_by_identifier", "_by_name", "_keys", "_names", "_shelf")

    def __init__(self, parties: Iterable[Named], *, keys: NameKeys | None = None) -> None:
        self._keys = keys or load_name_keys()
        self._by_id: dict[str, tuple[Named, ...]] = {}
        self._by_name: dict[str, tuple[str, ...]] = {}
        self._by_identifier: defaultdict[Identifier, set[str]] = defaultdict(set)
        self._names: list[tuple[str, str, NameKey]] = []
        self._shelf: Shelf | None = None
        for party in parties:
            self._by_id[party.id] = (*self._by_id.get(party.id, ()), party)
            for each in party.identifiers:
                self._by_identifier[each].add(party.id)
            for name in (party.name, *party.aliases):
                key = self._keys.of(name[:LONGEST])
                if key.core:
                    bearers = self._by_name.get(key.exact, ())
                    if party.id not in bearers:
                        self._by_name[key.exact] = (*bearers, party.id)
                    self._names.append((party.id, name, key))

    def resolve(
        self, name: str, *, identifiers: Iterable[Identifier] = (), country: str | None = None
    ) -> Answer:
        """The one party that this name, or one of these identifiers, means; else candidates.

        `country` is where the one who wrote the name says the party is seated, an ISO code; it can
        make a name less certain, and only for a short or common name more.
        """
        given = tuple(identifiers)
        known = {id for each in given for id in self._owners(each)}
        if len(known) > 1:
            return self._doubtful(Doubt.IDENTIFIERS_DISAGREE, name, country, given)
        if known:
            (party,) = known
            if self._contradicted(party, given):
                return self._doubtful(Doubt.IDENTIFIERS_DISAGREE, name, country, given)
            return Resolved(party=party, how=How.IDENTIFIER)
        if len(name) > LONGEST:
            return Candidates(doubt=Doubt.TOO_LONG)
        key = self._keys.of(name)
        if not key.core:
            return Candidates(doubt=Doubt.EMPTY)
        bearers = self._by_name.get(key.exact, ())
        doubt = self._doubt(key, bearers, given, country)
        if doubt is not None:
            return self._doubtful(doubt, name, country, given)
        (party,) = bearers
        return Resolved(party=party, how=How.NAME)

    def candidates(
        self, name: str, *, identifiers: Iterable[Identifier] = (), country: str | None = None
    ) -> tuple[Candidate, ...]:
        """Parties it may mean, the likeliest first, at most ten; in the same order each time."""
        given = tuple(identifiers)
        key = self._keys.of(name[:LONGEST])
        best: dict[str, Candidate] = {}
        for id in sorted({id for each in given for id in self._owners(each)}):
            self._keep(best, id, self._by_id[id][0].name, (Likeness.IDENTIFIER,), country, given)
        bearers = self._by_name.get(key.exact, ())
        for number, likeness in self._shelves().like(key):
            id, written, other = self._names[number]
            if other.exact == key.exact:
                likeness = (Likeness.SAME_NAME,)
                likeness += (Likeness.SEVERAL,) if len(bearers) > 1 else ()
                likeness += (Likeness.TOO_COMMON,) if key.weak else ()
            self._keep(best, id, written, likeness, country, given)
        ranked = sorted(best.values(), key=lambda each: (each.distance, each.suggested.to_show))
        return tuple(ranked[:MOST])

    def _owners(self, each: Identifier) -> frozenset[str]:
        owners = frozenset(self._by_identifier.get(each, ()))
        if each.scheme is Scheme.OWN and each.value in self._by_id:
            return owners | {each.value}
        return owners

    def _doubt(
        self,
        key: NameKey,
        bearers: tuple[str, ...],
        given: tuple[Identifier, ...],
        country: str | None,
    ) -> Doubt | None:
        if not bearers:
            return Doubt.NO_PARTY
        if len(bearers) > 1:
            return Doubt.SEVERAL_PARTIES
        (party,) = bearers
        seats = self._seats(party)
        if country is not None and seats and country not in seats:
            return Doubt.OTHER_COUNTRY
        if self._contradicted(party, given):
            return Doubt.IDENTIFIERS_DISAGREE
        if key.weak and (country is None or country not in seats):
            return Doubt.COMMON_NAME
        return None

    def _contradicted(self, party: str, given: tuple[Identifier, ...]) -> bool:
        """Whether it is known to have another identifier of a kind that was given.

        A source may call one party by several of its own; an LEI or OS ID there is but one of.
        """
        own = {each for named in self._by_id[party] for each in named.identifiers}
        for each in given:
            if each.scheme is Scheme.OWN and each.value != party:
                return True
            of_kind = {other.value for other in own if other.scheme is each.scheme}
            if each.scheme in (Scheme.LEI, Scheme.OS_ID) and of_kind and each.value not in of_kind:
                return True
        return False

    def _seats(self, party: str) -> frozenset[str]:
        return frozenset(named.country for named in self._by_id[party] if named.country)

    def _doubtful(
        self, doubt: Doubt, name: str, country: str | None, given: tuple[Identifier, ...]
    ) -> Candidates:
        ranked = self.candidates(name, identifiers=given, country=country)
        return Candidates(doubt=doubt, ranked=ranked)

    def _keep(
        self,
        best: dict[str, Candidate],
        id: str,
        name: str,
        likeness: tuple[Likeness, ...],
        country: str | None,
        given: tuple[Identifier, ...],
    ) -> None:
        seats = self._seats(id)
        if country is not None and seats:
            likeness += (Likeness.SAME_COUNTRY if country in seats else Likeness.OTHER_COUNTRY,)
        if self._contradicted(id, given):
            likeness += (Likeness.OTHER_IDENTIFIER,)
        found = Candidate(suggested=Suggested(id), name=name, likeness=likeness)
        if id not in best or found.distance < best[id].distance:
            best[id] = found

    def _shelves(self) -> Shelf:
        """Made when the first candidates are asked for: most look-ups are exact."""
        if self._shelf is None:
            self._shelf = Shelf(self._keys, (key for _, _, key in self._names))
        return self._shelf
