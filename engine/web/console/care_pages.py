"""Small forms about the person: how they are, who speaks with them, severity down, remedy."""

from typing import get_args

from engine.access import Permission
from engine.case import commands as c
from engine.web.console.case_page import Loaded
from engine.web.console.fields import choice
from engine.web.console.gate_forms import Asked, Page, worded
from engine.web.console.present_cases import REMEDIES
from engine.web.forms import Form
from engine.web.words.care import STATUS, WHY_LOWERED
from engine.web.words.states import SEVERITY
from schemas.codes import Severity, SubjectStatus
from schemas.facts import RemedyState, WhyLowered


def _status(found: Loaded, track: str) -> tuple[Asked, ...]:
    return (Asked(name="status", words="How is the person?", options=worded(STATUS)),)


def _note_status(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    status = choice(form.get("status"), SubjectStatus)
    if status is None:
        return None
    return c.NoteStatus(inbox=inbox, case=found.file.row.id, status=status, by=me, note=note)


def _owners(found: Loaded, track: str) -> tuple[Asked, ...]:
    people = sorted(found.names.people.items(), key=lambda each: each[1])
    return (
        Asked(
            name="owner",
            words="Who speaks with the person?",
            options=tuple(people),
            hint="As the contact protocol has it. Nobody marked: whoever is on duty.",
            optional=True,
            several=found.file.case.contact_owners,
        ),
    )


def _set_owners(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    owners = tuple(one for one in form.all("owner") if one in found.names.people)
    return c.SetContactOwners(inbox=inbox, case=found.file.row.id, owners=owners, by=me)


def _lesser(found: Loaded, track: str) -> tuple[Asked, ...]:
    now = found.file.case.severity
    lesser = {each: words for each, words in SEVERITY.items() if each.rank > now.rank}
    return (
        Asked(name="severity", words=f"How grave is it? Now {now.value}", options=worded(lesser)),
        Asked(name="why", words="Why less?", options=worded(WHY_LOWERED)),
    )


def _lower(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    severity, why = choice(form.get("severity"), Severity), form.get("why")
    if severity is None or why not in get_args(WhyLowered):
        return None
    return c.LowerSeverity(
        inbox=inbox,
        case=found.file.row.id,
        severity=severity,
        was=found.file.case.severity,
        why=why,  # type: ignore[arg-type]  # one of the literals, as was just looked at
        by=me,
        note=note,
    )


def _remedy(found: Loaded, track: str) -> tuple[Asked, ...]:
    return (Asked(name="state", words="Is a remedy sought?", options=worded(REMEDIES)),)


def _note_remedy(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    state = form.get("state")
    if state not in get_args(RemedyState):
        return None
    return c.NoteRemedy(
        inbox=inbox,
        case=found.file.row.id,
        state=state,  # type: ignore[arg-type]  # likewise
        by=me,
        note=note,
    )


CARE_PAGES = (
    Page(
        path="status",
        title="How is the person?",
        intro="Worse than was known calls duty, makes the case as grave as it must be and brings "
        "the next check-in forward. Better news softens nothing and closes nothing.",
        button="Record it",
        asks=_status,
        make=_note_status,
        needs=Permission.TAKE_TASKS,
        did="status",
    ),
    Page(
        path="contact",
        title="Who speaks with the person?",
        intro="Nobody else may do first contact and check-ins. While none of them is on shift, "
        "the floor contact decides. Channel, hours and code phrase stay sealed.",
        button="Set it",
        asks=_owners,
        make=_set_owners,
        needs=Permission.CONTACT,
        did="contact",
        words=False,
    ),
    Page(
        path="lower",
        title="Less grave than it was?",
        intro="What is owed already keeps its time. From now on duty is called, and check-ins "
        "are due, as such a case asks for. The next report may make it graver again.",
        button="Lower it",
        asks=_lesser,
        make=_lower,
        needs=Permission.LOWER_SEVERITY,
        did="lower",
    ),
    Page(
        path="remedy",
        title="Is a remedy sought?",
        intro="While it is, following it up is owed every 30 days, before the case is resolved "
        "and after.",
        button="Record it",
        asks=_remedy,
        make=_note_remedy,
        needs=Permission.TAKE_TASKS,
        did="remedy",
    ),
)
