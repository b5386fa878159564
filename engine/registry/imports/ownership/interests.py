"""What an interest in a firm comes to: control, a holding, an office. Words of BODS 0.2 to 0.4.

Whoever *may* control counts as controlling. A needless exclusion costs one helper; and a link that
rests on *may* stays unverified, so it includes nobody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from engine.registry.imports.fields import Data, DayError, day, inner, number, text
from engine.registry.rows import Why
from schemas.link import LinkKind

CONTROLLING = 50.0
"""Per cent from which a holder may have the say (as in `rules.net`)."""
WHOLE = 100.0

_HOLDING = frozenset({"shareholding", "votingRights"})
_MONEY = frozenset(
    {
        "rightsToSurplusAssetsOnDissolution",
        "rightsToProfitOrIncome",
        "enjoymentAndUseOfAssets",
        "rightToProfitOrIncomeFromAssets",
    }
)
_OFFICE = frozenset({"boardMember", "boardChair", "seniorManagingOfficial"})
_CONTROL = frozenset(
    {
        "appointmentOfBoard",
        "otherInfluenceOrControl",
        "influenceOrControl",
        "controlViaCompanyRulesOrArticles",
        "controlByLegalFramework",
        "settlor",
        "trustee",
        "protector",
        "nominee",
        "nominator",
    }
)
_MAYBE_CONTROL = frozenset(
    {
        "beneficiaryOfLegalArrangement",
        "rightsGrantedByContract",
        "conditionalRightsGrantedByContract",
    }
)
UNSAID = frozenset({"unknownInterest", "unpublishedInterest", ""})
"""That there is an interest is said, what kind of one is not."""
KNOWN = _HOLDING | _MONEY | _OFFICE | _CONTROL | _MAYBE_CONTROL | UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """What one interest comes to."""

    kind: LinkKind
    sure: bool = True
    """Whether it is that, and not only perhaps."""
    share: float | None = None
    """Per cent at the least."""
    since: date | None = None
    until: date | None = None
    what: str = ""
    """The source's own word for it."""
    doubt: Why | None = None


def read(data: Data, *, arrangement: bool = False) -> Interest:
    """One interest of a statement. `arrangement`: held by no firm or person, but by a contract
    behind which somebody stands, such as a nomination."""
    written = text(data, "type")
    what = _in_camel_case(written)
    least, most, doubt = _share(inner(data, "share"))
    since = until = None
    try:
        since, until = day(data, "startDate", last=True), day(data, "endDate")
        if since and until and since > until:
            raise DayError(Why.DATES_REVERSED)
    except DayError as error:
        since, until, doubt = None, None, error.why
    if what in UNSAID:
        doubt = doubt or Why.CONTROL_UNKNOWN
    elif what not in KNOWN:
        doubt = doubt or Why.NOT_KNOWN
    kind, sure = _kind(what, least, most, arrangement=arrangement)
    return Interest(
        kind=kind,
        sure=sure and doubt is None,
        share=None if kind is LinkKind.OFFICER_OF else least,
        since=since,
        until=until,
        what=what if what in KNOWN else "",
        doubt=doubt,
    )


def holding(least: float | None, most: float) -> tuple[LinkKind, bool]:
    """A holding of so many per cent: control, or an investment; and whether that is sure."""
    if most < CONTROLLING:
        return LinkKind.INVESTS_IN, True
    return LinkKind.PARENT_OF, least is not None and least >= CONTROLLING


def strongest(interests: Iterable[Interest]) -> Mapping[LinkKind, Interest]:
    """One of each kind, for one link of each: sure before perhaps, standing before ended.

    The link has the dates of that one alone: it is not to hold on a day when nothing held.
    """
    found: dict[LinkKind, Interest] = {}
    for each in interests:
        known = found.get(each.kind)
        if known is None or _strength(each) > _strength(known):
            found[each.kind] = each
    return MappingProxyType(dict(sorted(found.items())))


def _strength(interest: Interest) -> tuple[bool, bool, float, date, str]:
    since = interest.since or date.min
    return interest.sure, interest.until is None, interest.share or 0.0, since, repr(interest)


def _kind(
    what: str, least: float | None, most: float, *, arrangement: bool
) -> tuple[LinkKind, bool]:
    if what in _HOLDING:
        return holding(least, most)
    if what in _MONEY:
        return LinkKind.INVESTS_IN, True
    if what in _OFFICE and not arrangement:
        return LinkKind.OFFICER_OF, True
    return LinkKind.PARENT_OF, what in _CONTROL | _OFFICE


def _share(data: Data) -> tuple[float | None, float, Why | None]:
    """At least, at most, and what is wrong; without a word it may be all."""
    exact = number(data, "exact")
    bounds = [number(data, key) for key in ("minimum", "exclusiveMinimum")]
    tops = [number(data, key) for key in ("maximum", "exclusiveMaximum")]
    least = exact if exact is not None else max((b for b in bounds if b is not None), default=None)
    most = exact if exact is not None else min((t for t in tops if t is not None), default=WHOLE)
    if not 0 <= (least or 0) <= most <= WHOLE:
        return None, WHOLE, Why.SHARE_IMPOSSIBLE
    if exact is None and number(data, "exclusiveMaximum") == CONTROLLING:
        most = min(most, CONTROLLING - 1e-9)
    return least, most, None


def _in_camel_case(written: str) -> str:
    """Older editions wrote `voting-rights`."""
    first, *rest = written.split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
