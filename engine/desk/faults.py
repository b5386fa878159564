"""Nothing fails silently: what happens when a case cannot be decided.

The path that notes a fault decides nothing, so that it cannot fail the same way.
"""

from datetime import datetime, timedelta

import structlog

from engine.case import commands as c
from engine.case.decide import run
from engine.case.evolve import evolve
from engine.case.replacing import replace
from engine.case.state import Case
from engine.desk import inner
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from engine.desk.traces import where
from schemas.codes import IncidentCode
from schemas.facts import CaseFaulted

_log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)


def tick(case: Case, sheet: Sheet, setting: Setting) -> None:
    """Decide what a case owes; when that raises, note it and try again a little later."""
    case = replace(case, around=setting.around(sheet, case))
    try:
        after, decided = run(case, c.Tick(), setting.now)
    except Exception as error:  # one case that cannot be decided must not hold up the others
        fault(case, error, sheet, setting.now)
        return
    if not decided:
        # Due and nothing to decide would be found due again at once, for ever.
        fault(case, LookupError("a due case owed nothing"), sheet, setting.now)
        return
    sheet.decide(case, after, decided)


def fault(case: Case, error: Exception, sheet: Sheet, now: datetime) -> None:
    """Write that a tick raised; the case is looked at again after a pause, and duty is told."""
    _log.error("case_faulted", case=case.id, error=type(error).__name__, where=where(error))
    note(case, type(error).__name__, sheet, now)


def tell(case: Case, error: Exception, sheet: Sheet) -> None:
    """Tell duty that something else than a tick raised for a case. Nothing is due again for it."""
    _log.error("case_faulted", case=case.id, error=type(error).__name__, where=where(error))
    _page(case, sheet)


def note(case: Case, code: str, sheet: Sheet, now: datetime) -> None:
    """The fixed path itself."""
    pause = min(FIRST_PAUSE * 2 ** min(case.faults, 10), LONGEST_PAUSE)
    fact = CaseFaulted(at=now, code=code[:64], retry_at=now + pause)
    sheet.decide(case, evolve(case, fact), (fact,))
    _page(case, sheet)


def _page(case: Case, sheet: Sheet) -> None:
    # All faulty incidents share one incident, else each would lead to the next.
    about = "incidents" if case.kind == "incident" else case.id
    sheet.follow_ups.append(c.RaiseIncident(code=IncidentCode.CASE_FAULTED, key=about))


def unreadable(case_id: str, sheet: Sheet, now: datetime) -> None:
    """A case whose stored state cannot be read: look again later, and tell duty now."""
    _log.error("case_unreadable", case=case_id)
    sheet.batch.postponed.append({"of_id": case_id, "until": now + LONGEST_PAUSE})
    sheet.follow_ups.append(c.RaiseIncident(code=IncidentCode.CASE_UNREADABLE, key=case_id))


def by_hand(command: inner.Fault, sheet: Sheet, setting: Setting) -> None:
    """Note a fault that showed when the batch was written."""
    case = sheet.cases.get(command.case)
    if case is None:
        unreadable(command.case, sheet, setting.now)
    else:
        case = replace(case, around=setting.around(sheet, case))
        note(case, command.code, sheet, setting.now)
