"""Who speaks for a state, and what a party was before."""

import pytest

from rules.states import once_of
from schemas.link import LinkKind, LinkStatus
from tests.unit.rules.build import K, a_party

pytestmark = pytest.mark.guard


def test_what_a_party_was_is_kept_with_who_said_so() -> None:
    link = once_of(a_party("embassy", K.MISSION, "QN", source="desk"), version=3)

    assert link is not None
    assert (link.id, link.kind, link.a, link.b, link.status, link.source) == (
        "embassy~state~3",
        LinkKind.BODY_OF,
        "embassy",
        "state:QN",
        LinkStatus.WITHDRAWN,
        "desk",
    )
