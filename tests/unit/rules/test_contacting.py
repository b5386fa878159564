"""Whom of the defender's side a recipient may speak to: nobody, unless it was said otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.contacting import contact_rule
from schemas.codes import ContactRule, TrackName

pytestmark = pytest.mark.guard

RULES = st.sampled_from(ContactRule)


@pytest.mark.parametrize("audience", TrackName)
def test_where_nothing_is_allowed_nobody_is_put_through(audience: TrackName) -> None:
    assert contact_rule(audience=audience, said=ContactRule.NOBODY) is ContactRule.NOBODY


@pytest.mark.parametrize("said", ContactRule)
@pytest.mark.parametrize(
    "audience", [TrackName.COMPANIES, TrackName.INVESTORS, TrackName.MSIS, TrackName.SPORTS]
)
def test_business_is_put_through_to_nobody_whatever_a_report_says(
    audience: TrackName, said: ContactRule
) -> None:
    assert contact_rule(audience=audience, said=said) is ContactRule.NOBODY


def test_an_embassy_may_speak_to_the_lawyer_when_the_protocol_says_so() -> None:
    rule = ContactRule.REPRESENTATIVE

    assert contact_rule(audience=TrackName.MISSIONS, said=rule) is rule


@given(st.sampled_from(TrackName), RULES)
def test_an_audience_gets_what_was_said_or_nothing(audience: TrackName, said: ContactRule) -> None:
    assert contact_rule(audience=audience, said=said) in (said, ContactRule.NOBODY)


def test_no_rule_there_is_lets_anybody_call_the_person_or_the_family() -> None:
    assert [rule.value for rule in ContactRule] == ["nobody", "representative", "organisation"]
