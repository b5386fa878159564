"""What leverage a party that was found has over the business before it: one figure, 0 to 3.

One point each for a share, for tenure and for a clause that was agreed (mission A7; UNGP 19,
commentary: leverage is the ability to effect change in the practices of who does harm). What
nobody recorded is no point and is said to be unknown. For people who look: it decides nothing.

Of several ties the weakest counts, as in `rules.linkage`: whoever stands behind a brand has no
more than the brand. Control and second records neither give nor lessen it. Only the side that can
change the other has any: a buyer over its supplier, never the reverse. A way over anything else,
a membership or a seat, has no figure: the share of the buyer whose state it is would be read as
the embassy's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rules.graph import Registry
from rules.steps import usable
from schemas.link import Link, LinkKind
from schemas.plan import Path

SIGNIFICANT = 20.0
"""Per cent from which a share counts: significant influence is presumed (IAS 28, paragraph 5)."""
LASTING = 3
"""Whole years from which tenure counts: ours, longer than the usual contract of a year or two."""
MOST = 3

_ALONG = frozenset({LinkKind.JOINT_VENTURE_WITH, LinkKind.LICENSED_BY, LinkKind.TRADE_PROMOTED_BY})
"""`b` has leverage over `a`."""
_AGAINST = frozenset(
    {
        LinkKind.BUYS_FROM,
        LinkKind.INVESTS_IN,
        LinkKind.FINANCES,
        LinkKind.SPONSORS,
        LinkKind.JOINT_VENTURE_WITH,
        LinkKind.CONTRACTS_SECURITY,
        LinkKind.PROVIDES_TECHNOLOGY,
        LinkKind.HOSTS,
    }
)
"""`a` has leverage over `b`."""
BUSINESS = _ALONG | _AGAINST
"""Ties that have a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leverage:
    """What is known of one tie, on one day; of a way, of its weakest."""

    kind: LinkKind
    a: str
    b: str
    share: float | None = None
    """Per cent, the largest that one link says; None: not known. Never added up: two lists may
    speak of the same shares."""
    years: int | None = None
    """Whole years since the earliest of its links began; None: not known."""
    clauses: tuple[str, ...] = ()
    """`Link.terms`, each once; empty: none is known."""
    ties: int = 1
    """How many the way has; of equally weak ones this is the nearest to what happened."""

    @property
    def significant(self) -> bool:
        """Whether the share counts."""
        return self.share is not None and self.share >= SIGNIFICANT

    @property
    def lasting(self) -> bool:
        """Whether the tenure counts."""
        return self.years is not None and self.years >= LASTING

    @property
    def figure(self) -> int:
        """0 to MOST."""
        return self.significant + self.lasting + bool(self.clauses)


def leverage(path: Path, registry: Registry, *, on: date | None) -> Leverage | None:
    """Of whoever stands at the end of the path, by what holds that day; None: it has no figure.

    `on`: as in `rules.steps.Start`.
    """
    if not path or path[0].kind != "event":
        return None
    first, *hops = path
    here, found = first.b, []
    for hop in hops:
        if hop.kind not in set(LinkKind):
            return None
        kind, along = LinkKind(hop.kind), hop.a == here
        here = hop.b if along else hop.a
        if kind in (_ALONG if along else _AGAINST):
            found.append(of_tie(registry, hop.a, kind, hop.b, on=on))
        elif not (kind.control or kind is LinkKind.SAME_AS):
            return None
    if not found:
        return None
    return replace(min(found, key=lambda each: each.figure), ties=len(found))


def of_tie(registry: Registry, a: str, kind: LinkKind, b: str, *, on: date | None) -> Leverage:
    """Of one tie, by every link of its kind between the two that is verified and holds that day.

    There may be several: one list says that they trade, another has the contract.
    """
    links = registry.between(a, kind, b)
    if kind is LinkKind.JOINT_VENTURE_WITH:  # recorded from either side
        links += registry.between(b, kind, a)
    holding = [link for link in links if usable(link, on) is None]
    since = [link.valid_from for link in holding if link.valid_from is not None]
    return Leverage(
        kind=kind,
        a=a,
        b=b,
        share=max((link.share for link in holding if link.share is not None), default=None),
        years=_whole_years(min(since), on) if since and on is not None else None,
        clauses=_clauses(holding),
    )


def _clauses(links: Iterable[Link]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for link in links for term in link.terms))


def _whole_years(since: date, on: date) -> int:
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
