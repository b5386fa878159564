"""Parties of several sources that bear one name: perhaps the same, for a person to decide.

What one source says of a perpetrator must exclude under the name that another source has as well;
so each candidate becomes a link `same_as` that is unverified: it excludes, and includes nobody.
Names are compared by their exact keys, never by likeness. Pure, and the same for the same parties
in any order.

Two companies of one name and legal form are candidates wherever they sit; with two legal forms, or
with a name that is short or of words of the trade alone, unless they sit in two countries. That
no country is known is no difference. Whatever else has a name (sites, ministries, institutions)
bears one that is common all over the world, and needs one country always.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, combinations_with_replacement

from engine.registry.history import Change, Changes
from engine.registry.history.known import Known
from engine.registry.imports.natural import natural_id
from engine.registry.imports.together import FileRows
from engine.registry.names.keys import NameKey, NameKeys, load_name_keys
from engine.registry.names.parties import LONGEST
from engine.registry.rows import Fate, RowRead, Why
from engine.store.versions import What
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

SOURCE = "same-name"

_BUSINESS = frozenset(
    {
        PartyKind.COMPANY,
        PartyKind.INVESTOR,
        PartyKind.BANK,
        PartyKind.EXPORT_CREDIT_AGENCY,
        PartyKind.LAW_FIRM,
        PartyKind.EVENT_ORGANISER,
    }
)
_OF_A_BUSINESS = _BUSINESS | {PartyKind.SITE, PartyKind.STATE_BODY}
"""A firm may be a site on one list and a company, or a body of a state, on another."""
_NOT_BY_NAME = frozenset(
    {PartyKind.STATE, PartyKind.MISSION, PartyKind.PERSON, PartyKind.GROUP, PartyKind.MECHANISM}
)
"""States have codes, missions their two states; persons bear no names here."""
_NAMES_ITS_OWN = frozenset({"nbim", "apple", "osh", "company-sheet"})
"""Sources without ids of their own, that may have one party twice. In all others two ids are two
parties."""


@dataclass(frozen=True, slots=True, order=True)
class _Trait:
    """What decides, besides the name, whether two who bear it may be one."""

    kind: PartyKind
    source: str
    countries: tuple[str, ...]
    forms: tuple[str, ...]


_Bearers = defaultdict[_Trait, set[str]]


def same_names(
    parties: Iterable[Party], *, joined: Iterable[Link] = (), keys: NameKeys | None = None
) -> tuple[Link, ...]:
    """Candidates, as few links as join all who may be one; ordered by id.

    `joined` are the `same_as` links that there are: whoever they join is not asked about again.
    """
    keys = keys or load_name_keys()
    named: defaultdict[tuple[str, bool], _Bearers] = defaultdict(lambda: defaultdict(set))
    for party in parties:
        for key, trait in _traits(party, keys):
            named[key.core, key.weak][trait].add(party.id)
    circles = _Circles()
    for link in joined:
        circles.join(link.a, link.b)
    links = (
        _link(one, another, forms_differ=forms_differ)
        for (_, weak), bearers in sorted(named.items())
        for forms_differ, one, another in _pairs(bearers, weak=weak)
        if circles.join(one, another)
    )
    return tuple(sorted(links, key=lambda link: link.id))


def file_of_same_names(known: Known, files: Iterable[FileRows]) -> tuple[FileRows, ...]:
    """What comes last in an import: the candidates that it leads to, if there are any new ones.

    What was a candidate before is none again: a person has decided it, or is about to.
    """
    taken = [row for file in files for row in file.rows if row.fate is not Fate.REFUSED]
    parties = chain(known.parties.values(), *(row.parties for row in taken))
    links = chain(known.links.values(), *(row.links for row in taken))
    found = same_names(parties, joined=(each for each in links if each.kind is LinkKind.SAME_AS))
    rows = tuple(
        RowRead(line=number, fate=Fate.AMBIGUOUS, why=Why.SAME_NAME, column="name", links=(link,))
        for number, link in enumerate(found, 1)
    )
    if not rows:
        return ()
    digest = sha256(" ".join(row.links[0].id for row in rows).encode()).hexdigest()
    return (
        FileRows(
            name="(same names)",
            sha256=digest,
            format=SOURCE,
            source=SOURCE,
            complete=False,
            updates=False,
            rows=rows,
        ),
    )


def candidates(known: Known, changes: Changes) -> Changes:
    """The candidates that parties of these changes lead to, beside what was known before them.

    For doors that take records and no files. Nobody new: nothing is looked at.
    """
    found = {each.id: each.record for each in changes.all if isinstance(each.record, Party)}
    if not found:
        return Changes(source=SOURCE, base=changes.base)
    links = {**known.links, **{x.id: x.record for x in changes.all if isinstance(x.record, Link)}}
    joined = (link for link in links.values() if link.kind is LinkKind.SAME_AS)
    alike = same_names({**known.parties, **found}.values(), joined=joined)
    added = tuple(
        Change(what=What.LINK, id=link.id, n=1, source=SOURCE, line=0, record=link, was=None)
        for link in alike
        if link.id not in links
    )
    return Changes(source=SOURCE, base=changes.base, added=added)


def _traits(party: Party, keys: NameKeys) -> Iterator[tuple[NameKey, _Trait]]:
    if party.kind in _NOT_BY_NAME:
        return
    countries = tuple(sorted({code for code in (party.state, party.located) if code}))
    for name in (party.name, *party.aliases):
        key = keys.of(name[:LONGEST])
        if key.core:
            yield key, _Trait(party.kind, party.source, countries, key.forms)


def _pairs(bearers: _Bearers, *, weak: bool) -> Iterator[tuple[bool, str, str]]:
    """Enough pairs of one name to join all who may be one, those with one legal form first.

    One after the other and never all at once: a name may stand in a file very often.
    """
    traits = sorted(bearers)
    for forms_differ in (False, True):
        for trait, other in combinations_with_replacement(traits, 2):
            if (trait.forms != other.forms) is forms_differ and _may_be_one(
                trait, other, weak=weak
            ):
                for one, another in _every_one(bearers[trait], bearers[other]):
                    yield forms_differ, min(one, another), max(one, another)


def _may_be_one(one: _Trait, other: _Trait, *, weak: bool) -> bool:
    if one.source == other.source and one.source not in _NAMES_ITS_OWN:
        return False
    if one.kind is not other.kind and not {one.kind, other.kind} <= _OF_A_BUSINESS:
        return False
    one_country = not {*one.countries}.isdisjoint(other.countries)
    apart = bool(one.countries and other.countries) and not one_country
    if not {one.kind, other.kind} <= _BUSINESS:
        return one_country
    if weak:
        return one.forms == other.forms and (one_country or (bool(one.forms) and not apart))
    return one.forms == other.forms or not apart


def _every_one(some: set[str], others: set[str]) -> Iterator[tuple[str, str]]:
    """Few pairs that join each of some with each of the others."""
    first, other = min(some), min(others)
    yield from ((first, each) for each in sorted(others) if each != first)
    yield from ((each, other) for each in sorted(some) if each != other)


class _Circles:
    """Who is joined with whom already: each further link would be a question for nothing."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, one: str, another: str) -> bool:
        """Join two; False when they were."""
        low, high = sorted((self._root(one), self._root(another)))
        if low == high:
            return False
        self._above[high] = low
        return True

    def _root(self, id: str) -> str:
        while (above := self._above.get(id)) is not None:
            self._above[id] = self._above.get(above, above)
            id = above
        return id


def _link(one: str, another: str, *, forms_differ: bool) -> Link:
    return Link(
        id=natural_id(SOURCE, one, another),
        kind=LinkKind.SAME_AS,
        a=one,
        b=another,
        status=LinkStatus.UNVERIFIED,
        source=SOURCE,
        evidence="the same name" + (", but for the legal form" if forms_differ else ""),
    )
