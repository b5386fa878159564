"""How a party is linked to what happened: never closer than its path shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.linkage import linkage
from schemas.codes import CountryRole
from schemas.link import LinkKind
from schemas.plan import Hop, Linkage, Path
from tests.unit.rules.build import L

ORDER = list(Linkage)


def _path(role: str, *hops: tuple[str, LinkKind, str], start: str = "x") -> Path:
    return (
        Hop(kind="event", a=role, b=start),
        *(Hop(kind=kind.value, a=a, b=b, link="l") for a, kind, b in hops),
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (_path("alleged_perpetrator"), Linkage.ALLEGED_PERPETRATOR),
        (_path("alleged_perpetrator", ("x", L.SAME_AS, "y")), Linkage.ALLEGED_PERPETRATOR),
        (_path("alleged_perpetrator", ("parent", L.PARENT_OF, "x")), Linkage.CAUSES),
        (_path("alleged_perpetrator", ("x", L.PARENT_OF, "sister")), Linkage.DIRECTLY_LINKED),
        (_path("alleged_perpetrator", ("client", L.CONTRACTS_SECURITY, "x")), Linkage.CONTRIBUTES),
        (_path("alleged_perpetrator", ("site", L.HOSTS_PUBLIC_SECURITY, "x")), Linkage.CONTRIBUTES),
        (_path("alleged_perpetrator", ("firm", L.PROVIDES_TECHNOLOGY, "x")), Linkage.CONTRIBUTES),
        (_path("alleged_perpetrator", ("firm", L.REPRESENTS, "x")), Linkage.LEVERAGE_ONLY),
        (
            _path("alleged_perpetrator", ("p", L.PARENT_OF, "x"), ("b", L.BUYS_FROM, "p")),
            Linkage.DIRECTLY_LINKED,
        ),
        (_path("site"), Linkage.DIRECTLY_LINKED),
        (_path("site", ("operator", L.OPERATES, "x")), Linkage.DIRECTLY_LINKED),
        (_path("site", ("guarded", L.CONTRACTS_SECURITY, "x")), Linkage.DIRECTLY_LINKED),
        (_path("site", ("b", L.BUYS_FROM, "x"), ("f", L.INVESTS_IN, "b")), Linkage.DIRECTLY_LINKED),
        (_path("site", ("x", L.MEMBER_OF, "club")), Linkage.LEVERAGE_ONLY),
        (
            _path("site", ("x", L.MEMBER_OF, "club"), ("club", L.SAME_AS, "c2")),
            Linkage.LEVERAGE_ONLY,
        ),
        (_path("other"), Linkage.LEVERAGE_ONLY),
        (_path("mechanism"), Linkage.LEVERAGE_ONLY),
        (
            _path("happened", ("trader", L.SOURCES_FROM, "state:QM"), start="QM"),
            Linkage.CONTEXT_LINKED,
        ),
        (_path("happened", start="QM"), Linkage.LEVERAGE_ONLY),
        (_path("third_state", start="QN"), Linkage.LEVERAGE_ONLY),
        ((), Linkage.LEVERAGE_ONLY),
    ],
)
def test_the_weakest_of_all_that_a_path_shows_is_what_is_said(
    path: Path, expected: Linkage
) -> None:
    assert linkage(path) is expected


def test_a_seat_makes_nobody_part_of_what_happened() -> None:
    path = (*_path("site"), Hop(kind="seat", a="x", b="QN"), Hop(kind="seat", a="nhri", b="QN"))

    assert linkage(path) is Linkage.LEVERAGE_ONLY


_hops = st.lists(st.tuples(st.sampled_from(list(LinkKind)), st.booleans()), min_size=0, max_size=5)
_roles = st.sampled_from(["alleged_perpetrator", "site", "other", *CountryRole])


@given(role=_roles, hops=_hops)
def test_going_on_never_brings_anybody_closer(role: str, hops: list[tuple[LinkKind, bool]]) -> None:
    path: Path = (Hop(kind="event", a=str(role), b="n0"),)
    last = linkage(path) if role not in set(CountryRole) else Linkage.CONTEXT_LINKED
    for number, (kind, along) in enumerate(hops):
        here, there = f"n{number}", f"n{number + 1}"
        a, b = (here, there) if along else (there, here)
        path = (*path, Hop(kind=kind.value, a=a, b=b, link="l"))
        now = linkage(path)
        assert ORDER.index(now) >= ORDER.index(last)
        last = now


@given(role=_roles.filter(lambda role: role != "alleged_perpetrator"), hops=_hops)
def test_nobody_is_said_to_cause_or_contribute_unless_somebody_is_alleged_to_have_done_it(
    role: str, hops: list[tuple[LinkKind, bool]]
) -> None:
    path: list[Hop] = [Hop(kind="event", a=str(role), b="n0")]
    for number, (kind, along) in enumerate(hops):
        ends = (f"n{number}", f"n{number + 1}")
        a, b = ends if along else ends[::-1]
        path.append(Hop(kind=kind.value, a=a, b=b, link="l"))

    assert ORDER.index(linkage(tuple(path))) >= ORDER.index(Linkage.DIRECTLY_LINKED)
