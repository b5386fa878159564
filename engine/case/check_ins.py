"""Check-ins: how often somebody asks how the person is, and who of us may ask.

The cadence goes by severity, and by how the person is where the rulebook says so: whichever is
sooner. Kept ones widen it; nothing ends it but the end of the case. Whom the sealed contact
protocol names as its owners, and nobody else, speaks with the person (mission row P7).
"""

from datetime import datetime, timedelta

from engine.case.conditions import gravest
from engine.case.draft import Draft, Refusal
from engine.case.evolve_duty import TALKS as TALKS
from engine.case.paging import said_no
from engine.case.state import Case, Task
from rules import duty
from rules import roster as rota
from schemas import facts as f
from schemas.codes import TrackName
from schemas.plan import CheckIns
from schemas.responses import RefusedBecause
from schemas.roster import Role, Roster


def after(case: Case) -> timedelta:
    """Pause before the next check-in, from now: the sooner of severity's and status's."""
    kept = max(case.check_ins - 1, 0)
    planned = _planned(case)
    of_severity = dict(planned.by_severity)[case.severity]
    pauses = [of_severity[min(kept, len(of_severity) - 1)]]
    of_status = dict(planned.by_status).get(gravest(case.conditions))
    if of_status:
        pauses.append(of_status[min(kept, len(of_status) - 1)])
    return timedelta(seconds=min(pauses))


def owner(case: Case, now: datetime) -> str:
    """Whose a talk is: the case's owner if the protocol lets them, else one it lets, on shift.

    With nobody of the protocol on shift, or none who takes the case: the floor contact's.
    """
    known = case.contact_owners
    if not known or case.owner in known:
        return case.owner
    here, floor = _here(case, now), case.around.roster.floor
    if here or floor is None:
        willing = (person for person in known if not said_no(case, person))
        return next(iter(here), next(willing, known[0]))
    return floor.id


def pass_on(draft: Draft) -> None:
    """Talks of whoever of the protocol stepped back go to the next one who may speak."""
    case = draft.case
    nobodys = any(task.kind in TALKS and not task.owner for task in case.tasks)
    if nobodys and case.contact_owners:
        draft.add(
            f.ContactOwnersSet(
                owners=case.contact_owners,
                by="engine",
                at=draft.now,
                to=owner(case, draft.now),
            )
        )


def must_be_theirs(draft: Draft, task: Task, by: str) -> None:
    """Raises Refusal when the protocol leaves this talk to others, and names them."""
    if task.kind in TALKS and not may_talk(draft.case, by, draft.now):
        who = ", ".join(draft.case.contact_owners)
        raise Refusal(RefusedBecause.NOT_ON_PROTOCOL, who)


def may_talk(case: Case, person: str, now: datetime) -> bool:
    """Whether this person of ours may speak with the defender.

    With nobody of the protocol on shift, or none who takes the case, the floor contact may:
    somebody has to decide.
    """
    if not case.contact_owners or person in case.contact_owners:
        return True
    floor = case.around.roster.floor
    return floor is not None and person == floor.id and not _here(case, now)


def _here(case: Case, now: datetime) -> list[str]:
    """Those of the protocol who are on shift and have not said no to the case."""
    here = on_shift(case.around.roster, now)
    return [p for p in case.contact_owners if p in here and not said_no(case, p)]


def on_shift(roster: Roster, now: datetime) -> frozenset[str]:
    """Everybody whom a page for some role would reach now."""
    return frozenset(
        each.person
        for role in Role
        if role is not Role.FLOOR
        for each in rota.on_call(roster, role, now)
    )


def _planned(case: Case) -> CheckIns:
    state = case.track(TrackName.DUTY)
    planned = None if state is None else state.track.check_ins
    return duty.CHECK_INS if planned is None else planned
