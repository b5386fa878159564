"""Who is deliberately not told, why, and what would have to change. Pure."""

from dataclasses import dataclass

from engine.case.state import AlertStatus
from engine.store.case_file import CaseFile
from engine.web.console.names import Names
from engine.web.console.present_path import tell_path
from engine.web.words.reasons import NEXT_STEP, why
from engine.web.words.sentence import Said
from schemas.codes import TrackName
from schemas.plan import Path, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One party, or one contact of it, that is not told."""

    who: str
    contact: str
    why: str
    next: str
    path: tuple[Said, ...]
    reason: Reason


def left_out(file: CaseFile, *, names: Names) -> tuple[LeftOut, ...]:
    """Everybody left out by any plan of the case, each once, with the newest reason."""
    found: dict[tuple[str, str], tuple[Reason, Path]] = {}
    asked = {alert.party for alert in file.case.alerts if alert.status is not AlertStatus.WITHHELD}
    for plan in file.plans:
        for out in plan.withheld:
            found[(out.party, out.contact)] = (out.reason, out.path)
    for alert in file.case.alerts:
        if alert.track is not TrackName.DUTY and alert.status is AlertStatus.WITHHELD:
            path = found.get((alert.party, ""), (Reason.ALLOWED, ()))[1]
            found[(alert.party, "")] = (alert.reason or Reason.GATE_CLOSED, path)
    return tuple(
        LeftOut(
            who=names.party(party).text,
            contact=names.contact(contact).text if contact else "",
            why=why(reason),
            next=NEXT_STEP.get(reason, ""),
            path=tell_path(path, names),
            reason=reason,
        )
        for (party, contact), (reason, path) in found.items()
        if contact or party not in asked or reason in _STILL_SHOWN
    )


_STILL_SHOWN = frozenset(Reason) - {Reason.GATE_CLOSED, Reason.ALLOWED}
"""A party asked on one track may be left out of another; only a closed gate says nothing new."""
