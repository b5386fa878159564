"""Until when those found for a case take a complaint, for people who look; chases nobody."""

from collections.abc import Mapping

from engine.store.case_file import CaseFile
from rules.complaints import happened_on, last_day
from rules.graph import Registry
from schemas.event import ThreatEvent


def complaint_days(file: CaseFile, *, registry: Registry) -> Mapping[str, str]:
    """By alert, for those whose party has a window in the registry of now.

    `Last day to complain there: 2027-04-01, 30 days from 2027-03-02`.
    """
    windows = {
        alert.id: party.complaint_window
        for alert in file.case.alerts
        if (party := registry.party(alert.party)) is not None and party.complaint_window
    }
    if not windows:
        return {}
    reports = (ThreatEvent.model_validate_json(row.body) for row in file.events)
    since = happened_on(reports, otherwise=file.row.opened_at.date())
    return {
        alert: f"Last day to complain there: {last_day(window, happened=since)}, "
        f"{window} day{'' if window == 1 else 's'} from {since}"
        for alert, window in windows.items()
    }
