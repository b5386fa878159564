"""Circles of control that an import makes, or that its links are part of. Pure.

They stay taken: one of the links is likely wrong, and nobody here knows which. To leave one out
could let somebody be told who must not be.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.registry.circles import CONTROL, counts, round_from
from engine.registry.imports.planning import Planned
from schemas.link import Link

SHOWN = 10
"""Circles, and parties of one, that a person is shown unless all are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Parties each of which controls itself through the others, and where the import says so."""

    file: str
    line: int
    """Of its first link in that file."""
    parties: tuple[str, ...]
    """Their ids, sorted."""

    def told(self, most: int | None = SHOWN) -> str:
        """What a person has to look at, with where it stands."""
        left = len(self.parties) - len(self.parties[:most])
        who = ", ".join(self.parties[:most]) + (f" and {left:,} more" if left else "")
        return (
            f"{self.file}:{self.line}: control runs in a circle: {who}. They are taken, and"
            " excluded together. Look which of these links is wrong, or has ended."
        )


def circles_of(planned: Iterable[Planned], links: Mapping[str, Link]) -> Iterator[Circle]:
    """Each circle once, by the place of its first link among what the files add or change.

    `links`: what is known before, by id. Looks at every link once, and at none of them where no
    link of control is new.
    """
    later: dict[str, Link] = {}
    named: dict[str, tuple[str, int]] = {}
    for each in planned:
        for change in each.changes.all:
            if isinstance(change.record, Link):
                later[change.id] = change.record
        entered = (*each.changes.added, *each.changes.changed)
        for change in sorted(entered, key=lambda change: change.line):
            if isinstance(change.record, Link):
                named.setdefault(change.id, (each.file.name, change.line))
    ours = [id for id in named if _controls(later[id])]
    if not ours:
        return
    below = _below(links, later)
    number = {
        party: n
        for n, circle in enumerate(round_from((later[id].a for id in ours), below.__getitem__))
        for party in circle
    }
    members: defaultdict[int, list[str]] = defaultdict(list)
    for party, n in number.items():
        members[n].append(party)
    for id in ours:
        a, b = number.get(later[id].a), number.get(later[id].b)
        if a is not None and a == b and a in members:
            file, line = named[id]
            yield Circle(file=file, line=line, parties=tuple(sorted(members.pop(a))))


def warnings(found: Iterable[Circle], *, every: bool) -> tuple[str, ...]:
    """In words; of very many the first, and how many there are besides."""
    circles = list(found)
    most = None if every else SHOWN
    left = len(circles) - len(circles[:most])
    more = (f"{left:,} more circles of control (--all-lines).",) if left else ()
    return (*(circle.told(most) for circle in circles[:most]), *more)


def _controls(link: Link) -> bool:
    return link.kind in CONTROL and counts(link)


def _below(before: Mapping[str, Link], later: Mapping[str, Link]) -> defaultdict[str, list[str]]:
    """Whom each party controls, once the import is in force."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    for id, link in before.items():
        if _controls(link) and id not in later:
            below[link.a].append(link.b)
    for link in later.values():
        if _controls(link):
            below[link.a].append(link.b)
    return below
