"""Which kinds of helpers know of a case by now and which do not, on one line (row A29). Pure."""

from engine.case.state import AlertStatus, Case
from engine.web.words.states import TRACK
from rules.advice import BUSINESS


def balance(case: Case) -> str:
    """Who outside was told, who waits to be; empty where nobody outside is planned for.

    Counts parties that were told at least once, whatever became of it; a stood-down one knows.
    """
    told: list[str] = []
    waiting: list[str] = []
    names = [state.track.name for state in case.tracks if state.track.name.outward]
    reached = []
    for name in names:
        alerts = [alert for alert in case.alerts if alert.track is name]
        many = sum(1 for alert in alerts if alert.tell_no)
        if many:
            reached.append(name)
            told.append(f"{TRACK[name]} ({many})")
        elif any(alert.status is AlertStatus.PLANNED for alert in alerts):
            waiting.append(TRACK[name])
    if not told and not waiting:
        return ""
    said = [f"Told so far: {', '.join(told)}." if told else "Nobody outside has been told so far."]
    if waiting:
        said.append(f"Not yet: {', '.join(waiting)}.")
    if reached and BUSINESS.issuperset(reached):
        said.append("Only businesses know: tell somebody whose task it is to stand by people.")
    return " ".join(said)
