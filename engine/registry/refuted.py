"""What two people refuted brings nobody in, under whatever id and from whatever source it comes.

They judged what it says, and lists copy each other. So a link that says the same of the same days
counts as disputed: it excludes as before. What begins after the refuted days, or after they judged,
says something new. Nothing is changed in the store: it is read so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from rules.graph import Registry
from schemas.link import Link, LinkKind, LinkStatus

Said = tuple[LinkKind, str, str]

_EITHER_WAY = frozenset({LinkKind.SAME_AS, LinkKind.JOINT_VENTURE_WITH})


def heeding(links: Iterable[Link]) -> Iterator[Link]:
    """All of them, as they count beside each other."""
    links = tuple(links)
    refuted: dict[Said, list[Link]] = {}
    for link in links:
        if link.status is LinkStatus.REFUTED:
            refuted.setdefault(_said(link), []).append(link)
    for link in links:
        yield _heeded(link, refuted.get(_said(link), ())) if refuted else link


def heeding_within(registry: Registry, changed: Mapping[str, Link]) -> Mapping[str, Link] | None:
    """These links and whichever of the registry count otherwise because of them.

    None: what was refuted before says something else now, so all is to be read anew.
    """
    beside: dict[str, Link] = {}
    for link in changed.values():
        before = registry.link(link.id)
        was = before is not None and before.status is LinkStatus.REFUTED
        if was and before != link:
            return None
        if link.status in (LinkStatus.REFUTED, LinkStatus.VERIFIED):
            beside.update((each.id, each) for each in _saying_so(registry, link))
    counted = heeding((beside | dict(changed)).values())
    return {each.id: each for each in counted if each.id in changed or each != beside[each.id]}


def refutes(registry: Registry, link: Link) -> bool:
    """Whether two people have refuted what this link says, as that or another link."""
    refuted = [e for e in _saying_so(registry, link) if e.status is LinkStatus.REFUTED]
    return any(_overlap(link, each) for each in refuted)


def _saying_so(registry: Registry, link: Link) -> tuple[Link, ...]:
    found = registry.between(link.a, link.kind, link.b)
    if link.kind in _EITHER_WAY:
        found += registry.between(link.b, link.kind, link.a)
    return found


def _said(link: Link) -> Said:
    a, b = sorted((link.a, link.b)) if link.kind in _EITHER_WAY else (link.a, link.b)
    return link.kind, a, b


def _heeded(link: Link, refuted: Iterable[Link]) -> Link:
    if link.status is LinkStatus.VERIFIED and any(_overlap(link, each) for each in refuted):
        return replace(link, status=LinkStatus.DISPUTED)
    return link


def _overlap(link: Link, refuted: Link) -> bool:
    """Whether it speaks of a day that was refuted; without a day, it does of every one."""
    last = refuted.valid_until or date.max
    if refuted.verified_at is not None:  # two people knew nothing of what began later
        last = min(last, refuted.verified_at.date())
    begins = max(link.valid_from or date.min, refuted.valid_from or date.min)
    return begins <= min(link.valid_until or date.max, last)
