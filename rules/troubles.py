"""What went wrong while a plan was made, or may have: each becomes a task for a person."""

from collections.abc import Iterator
from datetime import datetime

from rules.graph import Registry
from rules.rulebook import Rule
from schemas.codes import CountryRole, EventType, threat_of
from schemas.event import ThreatEvent, received_late
from schemas.plan import Trouble

_EXPECTS_HELP = frozenset({EventType.ACT, EventType.WARNING, EventType.EXERCISE})
"""For these a rule should match; a consent or a moved date may well lead to nobody new."""


def nowhere(event: ThreatEvent) -> bool:
    """Whether nobody said where it happened, nor where the person is held on the way."""
    return not any(
        country.role in (CountryRole.HAPPENED, CountryRole.TRANSIT) for country in event.countries
    )


def troubles_of(
    registry: Registry,
    event: ThreatEvent,
    *,
    matched: list[Rule],
    erred: bool,
    capped: bool,
    found: bool,
    truncated: bool,
    at: datetime | None,
    old: bool,
) -> Iterator[Trouble]:
    """What of an event, its rules or its registry somebody has to look at, in a fixed order.

    `found`: whether anybody was found whom a machine reaches; `at`: when the report came, if known;
    `old`: whether the registry has not been looked at for too long.
    """
    expects_help = event.type in _EXPECTS_HELP
    if erred:
        yield Trouble.RULE_ERRED
    if not matched and expects_help:
        yield Trouble.NO_RULE_MATCHED
    if nowhere(event) and expects_help:
        yield Trouble.COUNTRY_UNRESOLVED
    if any(part.party is None or registry.party(part.party) is None for part in event.parties):
        yield Trouble.PARTY_UNRESOLVED
    if threat_of(event.code) is None:
        yield Trouble.CODE_UNKNOWN
    if any(rule.shape.tell for rule in matched) and not found:
        yield Trouble.NOBODY_FOUND
    if truncated:
        yield Trouble.REACH_TRUNCATED
    if old:
        yield Trouble.REGISTRY_OLD
    if at is not None and received_late(event, received_at=at):
        yield Trouble.TIME_IMPLAUSIBLE
    if capped:
        yield Trouble.SEVERITY_CAPPED
