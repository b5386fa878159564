"""Event codes: what was done, threatened, changed or relieved, and what it may do to a case.

Codes follow the HURIDOCS list of types of acts where it has one; ``huri`` is that code.
The remaining codes are our extensions (``reference: practice, section 7``).
"""

from dataclasses import dataclass
from enum import StrEnum

from schemas.codes.scales import Severity


class EventType(StrEnum):
    """What an event may do to a case (design section 5)."""

    ACT = "act"
    """Something was done to somebody; after a notice it is a reprisal candidate."""
    WARNING = "warning"
    """Something may happen."""
    CHANGE = "change"
    """Enrichment, status or severity."""
    RELIEF = "relief"
    """Released, suit withdrawn, retraction. Never softens a case by itself."""
    DATE = "date"
    """A hearing, deportation or visit was set or moved."""
    CONSENT = "consent"
    """Consent was granted, narrowed or revoked."""
    EXERCISE = "exercise"
    """A drill. By type it never mixes with real traffic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """One event code: its type, the severity it has unless a rulebook says otherwise."""

    code: str
    type: EventType
    severity: Severity
    huri: str = ""


_A, _W, _C, _R, _D = (
    EventType.ACT,
    EventType.WARNING,
    EventType.CHANGE,
    EventType.RELIEF,
    EventType.DATE,
)
_CRIT, _HIGH, _ELEV, _WATCH = Severity

_ROWS: tuple[tuple[str, EventType, Severity, str], ...] = (
    ("killing", _A, _CRIT, "010101000000"),
    ("attempted_killing", _A, _CRIT, "010109000000"),
    ("disappearance", _A, _CRIT, "030103000000"),
    ("abduction", _A, _CRIT, "030104000000"),
    ("torture", _A, _CRIT, "020111110000"),
    ("sexual_violence", _A, _CRIT, "020111010000"),
    ("shots_fired", _A, _CRIT, ""),
    ("assault", _A, _HIGH, "020101000000"),
    ("death_threat", _A, _HIGH, "020103020000"),
    ("threat", _A, _HIGH, "020103010000"),
    ("surveillance", _A, _ELEV, "020103030000"),
    ("stalking", _A, _ELEV, "020103040000"),
    ("sexual_harassment", _A, _HIGH, "020103050000"),
    ("arrest", _A, _HIGH, "030101000000"),
    ("detention", _A, _HIGH, "030102000000"),
    ("house_arrest", _A, _HIGH, "030105000000"),
    ("raid_search", _A, _HIGH, "040101000000"),
    ("office_closure", _A, _ELEV, "120101000000"),
    ("organisation_ban", _A, _ELEV, "120103000000"),
    ("assembly_ban", _A, _ELEV, "120106000000"),
    ("censorship", _A, _ELEV, "100101000000"),
    ("travel_ban", _A, _ELEV, "050106000000"),
    ("exile", _A, _HIGH, "050102000000"),
    ("eviction", _A, _HIGH, "050103000000"),
    ("displacement", _A, _HIGH, "050104000000"),
    ("property_destruction", _A, _ELEV, "130103000000"),
    ("theft", _A, _ELEV, "130101000000"),
    ("confiscation", _A, _ELEV, "130107000000"),
    ("land_expropriation", _A, _ELEV, "130108000000"),
    ("extortion", _A, _HIGH, "130104000000"),
    ("smear", _A, _ELEV, "140101000000"),
    ("dismissal", _A, _ELEV, "300104030100"),
    ("blacklisting", _A, _ELEV, "300104030300"),
    ("union_restriction", _A, _ELEV, "300104020000"),
    ("attack_on_union_meeting", _A, _HIGH, "300104040000"),
    ("strike_breaking", _A, _ELEV, "300105010000"),
    ("slapp", _A, _ELEV, ""),
    ("criminal_prosecution", _A, _HIGH, ""),
    ("summons", _A, _HIGH, ""),
    ("extradition_risk", _A, _CRIT, ""),
    ("forced_retraction", _A, _HIGH, ""),
    ("funding_restriction", _A, _ELEV, ""),
    ("deregistration", _A, _ELEV, ""),
    ("legal_restriction", _A, _ELEV, ""),
    ("doxxing", _A, _HIGH, ""),
    ("account_takeover", _A, _ELEV, ""),
    ("device_seizure", _A, _HIGH, ""),
    ("spyware", _A, _HIGH, ""),
    ("ddos", _A, _ELEV, ""),
    ("online_harassment", _A, _ELEV, ""),
    ("shutdown", _A, _ELEV, ""),
    ("community_security_incident", _A, _HIGH, ""),
    ("early_warning", _W, _ELEV, ""),
    ("eviction_announced", _W, _ELEV, ""),
    ("reprisal_risk", _W, _HIGH, ""),
    ("pattern", _W, _WATCH, ""),
    ("enrichment", _C, _WATCH, ""),
    ("status_changed", _C, _WATCH, ""),
    ("severity_changed", _C, _WATCH, ""),
    ("released_from_custody", _R, _WATCH, ""),
    ("suit_withdrawn", _R, _WATCH, ""),
    ("retraction", _R, _WATCH, ""),
    ("date_set", _D, _WATCH, ""),
    ("date_moved", _D, _WATCH, ""),
    ("date_cancelled", _D, _WATCH, ""),
    ("consent_granted", EventType.CONSENT, _WATCH, ""),
    ("consent_narrowed", EventType.CONSENT, _WATCH, ""),
    ("consent_revoked", EventType.CONSENT, _WATCH, ""),
    ("exercise", EventType.EXERCISE, _HIGH, ""),
)

PATTERN = "pattern"
"""The code of a brief about many; only what nobody can be picked out of is ever told (N20)."""

THREATS: dict[str, Threat] = {
    code: Threat(code=code, type=type_, severity=severity, huri=huri)
    for code, type_, severity, huri in _ROWS
}


def threat_of(code: str) -> Threat | None:
    """Return the table's row, or None for a code we do not know (a human decides then)."""
    return THREATS.get(code)
