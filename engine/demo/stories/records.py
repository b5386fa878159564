"""What people write down before companies are told, complete: for tests about something else."""

from datetime import datetime, timedelta
from typing import Any

from schemas.preflight import Check, Finding

PREFLIGHT = tuple(
    Finding(check=check, code=code)
    for check, code in (
        (Check.CONVENOR_LEGITIMACY, "accepted"),
        (Check.ACTORS_ABILITY, "able"),
        (Check.POWER_DYNAMICS, "balanced"),
        (Check.PREVIOUS_INTERVENTIONS, "none"),
        (Check.CONTEXT, "fits"),
        (Check.REPRISAL_POTENTIAL, "low"),
    )
)


def for_companies(now: datetime, *, partner: str = "union") -> dict[str, Any]:
    """The fields of a release record that companies need beside those of embassies."""
    return {
        "local_partner": partner,
        "whether": "linked",
        "risk_of_waiting": "medium",
        "preflight": PREFLIGHT,
        "expires_at": now + timedelta(days=60),
    }
