"""What the registry said before it was corrected: it still excludes.

A wrong exclusion costs one helper, a wrong inclusion may cost a life. So each earlier version of a
link that ties other parties, in another way or by control, goes into the snapshot as a link of its
own, with the status `withdrawn` and the id `<id>~<n>`. A party that once spoke for another state
than now, or that another source counts as such a one, stays tied to it in the same way
(`<id>~<code of the state>`). Such links include nobody.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from engine.registry.history.known import claims_of
from engine.registry.history.merging import merge
from engine.store import versions
from engine.store.versions import What
from rules.net import controls
from rules.states import once_of
from schemas.link import Link, LinkStatus
from schemas.party import Party


def links_of(grouped: Iterable[tuple[str, Sequence[Any]]]) -> tuple[Link, ...]:
    """The links in force and what earlier ones excluded by, out of their versions."""
    newest: dict[str, Link] = {}
    earlier: list[tuple[str, Link]] = []
    for id, rows in grouped:
        newest[id] = link = versions.load(What.LINK, rows[-1].body)
        if len(rows) > 1:
            before = {row.n: versions.load(What.LINK, row.body) for row in rows[:-1]}
            earlier += [(f"{id}~{n}", before[n]) for n in _excluding(link, before)]
    for id, link in earlier:
        while id in newest:  # somebody may have called a link of theirs so
            id += "~"
        newest[id] = replace(link, id=id, status=LinkStatus.WITHDRAWN)
    return tuple(newest.values())


def parties_of(
    grouped: Iterable[tuple[str, Sequence[Any]]],
) -> tuple[tuple[Party, ...], tuple[Link, ...]]:
    """The parties in force, and what ties them to states for which they once spoke."""
    parties: list[Party] = []
    pasts: list[Link] = []
    for _, rows in grouped:
        party = merge(list(claims_of(rows).values()))
        said = list(_said(rows)) if len(rows) > 1 else []
        states = {each.state for each in said if each.state} - {party.state}
        if states:
            pasts += _pasts(party, said)
            party = replace(party, other_states=tuple(sorted(states)))
        parties.append(party)
    return tuple(parties), tuple(pasts)


def _said(rows: Sequence[Any]) -> Iterator[Party]:
    """What each source said, and what counted then: together they may say more than each alone."""
    claims: dict[str, Party] = {}
    for row in rows:
        claims[row.source] = said = versions.load(What.PARTY, row.body)
        yield said
        yield merge(list(claims.values()))


def _pasts(party: Party, said: Iterable[Party]) -> list[Link]:
    """One link for each state for which it ever spoke, the one of now among them."""
    ties = ((each.state, once_of(each, version=0)) for each in said)
    last = {state: tie for state, tie in ties if tie is not None}
    return [replace(tie, id=f"{party.id}~{state}") for state, tie in last.items()]


def _excluding(newest: Link, before: dict[int, Link]) -> Collection[int]:
    """The last version of each way in which the link once excluded, besides how it does now."""
    last = {_way(link): n for n, link in before.items()}
    last.pop(_way(newest), None)
    return sorted(last.values())


def _way(link: Link) -> tuple[Any, ...]:
    """All that exclusion looks at."""
    return link.kind, link.a, link.b, controls(link)
