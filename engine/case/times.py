"""How long duty has for what it owes, by severity (design section 5.7, practice section 2)."""

from datetime import timedelta

from schemas.codes import Severity
from schemas.facts import TaskKind

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ANSWER_WITHIN = {
    Severity.CRITICAL: 30 * _MINUTE,
    Severity.HIGH: 4 * _HOUR,
    Severity.ELEVATED: 24 * _HOUR,
    Severity.WATCH: 24 * _HOUR,
}
"""A task, unless stated; also how long a duty acknowledgement holds."""

TRIAGE_WITHIN = {
    Severity.CRITICAL: 2 * _HOUR,
    Severity.HIGH: 6 * _HOUR,
    Severity.ELEVATED: 48 * _HOUR,
    Severity.WATCH: 7 * _DAY,
}

FIRST_CONTACT_WITHIN = {
    Severity.CRITICAL: 60 * _MINUTE,
    Severity.HIGH: 2 * _HOUR,
    Severity.ELEVATED: 24 * _HOUR,
    Severity.WATCH: 72 * _HOUR,
}

INCIDENT_WITHIN = {
    Severity.CRITICAL: 45 * _MINUTE,
    Severity.HIGH: 6 * _HOUR,
    Severity.ELEVATED: 36 * _HOUR,
    Severity.WATCH: 36 * _HOUR,
}
"""An incident, from its opening and from each taking: half as long again as an answer holds, so
that its owner is reminded before duty is called anew."""

FLOOR_EVERY = 1 * _HOUR
"""How often one case tells duty's last resort in the stead of people whom no way reaches."""

MONITOR_FOR = 30 * _DAY
"""After resolution; a new event within it reopens the case."""

REMEDY_EVERY = 30 * _DAY
"""A remedy that is sought is followed up this often (ours)."""

REPRISAL_WINDOW = 30 * _DAY
"""A new act this soon after an outward notice is a suspected reprisal (design section 5.8)."""

OUTAGE_AFTER = 5 * _MINUTE
"""What is decided this long after its time was held up by an outage (design section 9)."""

STALE_AFTER = 12 * _HOUR
"""An outward step this late after an outage is held for "still right?" (design section 5.3)."""

ASK_AFTER_EVENT = 4 * _HOUR
"""The giver of a visit, hearing or meeting is asked this long after its time."""

MISSED_AFTER_ASKING = 4 * _HOUR
"""The next contact is told this long after the giver of a promise was asked."""


def task_within(severity: Severity, kind: TaskKind) -> timedelta:
    """How long a task of this kind may take."""
    if kind in ("triage", "release"):
        return TRIAGE_WITHIN[severity]
    if kind == "first_contact":
        return FIRST_CONTACT_WITHIN[severity]
    if kind == "incident":
        return INCIDENT_WITHIN[severity]
    return ANSWER_WITHIN[severity]
