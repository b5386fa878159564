"""The records of one party: two lists often enter the same firm or ministry twice."""

from rules.graph import Registry
from schemas.link import LinkKind

_SAME = frozenset({LinkKind.SAME_AS})


def records_of(party: str, registry: Registry) -> frozenset[str]:
    """A party and every other record of it, whatever the status of the links between them."""
    read: set[str] = set()
    frontier = {party}
    while frontier:
        read |= frontier
        links = [
            link
            for each in sorted(frontier)
            for link in (*registry.links_from(each, _SAME), *registry.links_to(each, _SAME))
        ]
        frontier = {end for link in links for end in (link.a, link.b)} - read
    return frozenset(read)
