"""Whom of the defender's side a recipient may speak to. Pure (N10).

The person and the family never through a recipient, whatever a report says; the rest only as the
contact protocol allows, and only put through by the desk.
"""

from schemas.codes import Audience, ContactRule, TrackName

_IN_BUSINESS = frozenset(
    {TrackName.COMPANIES, TrackName.INVESTORS, TrackName.MSIS, TrackName.SPORTS}
)
"""Whoever may have a stake, or speaks daily with those who have, is put through to nobody."""


def contact_rule(*, audience: Audience, said: ContactRule) -> ContactRule:
    """What this audience reads about contact, given what the case's protocol allows."""
    return ContactRule.NOBODY if audience in _IN_BUSINESS else said
