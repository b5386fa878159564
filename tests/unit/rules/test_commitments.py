"""What a recipient is reminded of: its own public promises, and only those it has given."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.commitments import MOST, commitments
from rules.graph import Registry
from schemas.commitment import Commitment, PolicyClause
from schemas.link import LinkStatus
from schemas.party import Party
from tests.unit.rules.build import K, L, a_link, a_party, a_registry

ON = date(2027, 3, 1)
READ = date(2026, 11, 2)
ZERO = PolicyClause.ZERO_TOLERANCE
INITIATIVE = a_party(
    "field-accord", K.MSI, policy="https://accord.example/defenders",
    policy_clauses=(PolicyClause.ENGAGE,), policy_as_of=READ,
)  # fmt: skip


def _company(**more: object) -> Party:
    return a_party("nordstein", state="QN", **more)


def _member(**more: object) -> Registry:
    return a_registry(
        [_company(), INITIATIVE], [a_link("nordstein", L.MEMBER_OF, "field-accord", **more)]
    )


def _of(party: Party, registry: Registry | None = None) -> tuple[Commitment, ...]:
    return commitments(party, registry=registry or a_registry([party]), on=ON)


def test_a_company_is_reminded_of_its_own_policy_and_where_it_stands() -> None:
    company = _company(policy="page 12", policy_clauses=(ZERO,), policy_as_of=READ)

    assert _of(company) == (Commitment(clauses=(ZERO,), as_of=READ, source="page 12"),)


def test_a_policy_that_promises_nothing_is_not_quoted() -> None:
    assert _of(_company(policy="page 12")) == ()
    assert _of(_company()) == ()


def test_a_member_is_reminded_of_what_its_initiative_promises() -> None:
    assert _of(_company(), _member()) == (
        Commitment(
            clauses=(PolicyClause.ENGAGE,), as_of=READ,
            source="https://accord.example/defenders", through="Field Accord",
        ),
    )  # fmt: skip


@pytest.mark.parametrize("status", [each for each in LinkStatus if each is not LinkStatus.VERIFIED])
def test_nobody_is_reminded_of_a_membership_that_nobody_verified(status: LinkStatus) -> None:
    assert _of(_company(), _member(status=status)) == ()


def test_a_membership_that_ended_or_has_not_begun_binds_nobody() -> None:
    assert _of(_company(), _member(valid_until=date(2027, 2, 28))) == ()
    assert _of(_company(), _member(valid_from=date(2027, 3, 2))) == ()


def test_the_members_promise_is_not_the_initiatives() -> None:
    company = _company(policy_clauses=(ZERO,))
    registry = a_registry([company, INITIATIVE], [a_link("nordstein", L.MEMBER_OF, "field-accord")])

    assert [each.through for each in _of(INITIATIVE, registry)] == [""]


def test_its_own_promise_comes_first_and_no_more_than_fit_on_a_small_screen() -> None:
    many = [a_party(f"accord-{n}", K.MSI, policy_clauses=(PolicyClause.ENGAGE,)) for n in range(9)]
    company = _company(policy_clauses=(ZERO,))
    registry = a_registry(
        [company, *many], [a_link("nordstein", L.MEMBER_OF, each.id) for each in reversed(many)]
    )

    said = _of(company, registry)

    assert [each.through for each in said] == ["", "Accord 0", "Accord 1", "Accord 2"]
    assert len(said) == MOST


@given(st.lists(st.sampled_from(PolicyClause), max_size=5), st.none() | st.just(READ))
def test_only_what_the_registry_has_is_said_and_each_clause_once(
    clauses: list[PolicyClause], as_of: date | None
) -> None:
    said = _of(_company(policy_clauses=tuple(clauses), policy_as_of=as_of))

    assert [set(each.clauses) for each in said] == ([set(clauses)] if clauses else [])
    assert all(len(each.clauses) == len(set(each.clauses)) for each in said)
    assert all(each.as_of == as_of for each in said)
