"""Small forms about how a case lasts: letting it stand, unlinking it, attempts in vain."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from engine.access import Permission
from engine.case import commands as c
from engine.case.standing import review_within
from engine.web.console.case_page import Loaded
from engine.web.console.fields import choice
from engine.web.console.gate_forms import Asked, Page, worded
from engine.web.console.present_life import APART, STANDS, TRIED
from engine.web.forms import Form
from schemas.facts.life import TriedBy, WhyStanding, WhyUnlinked

REVIEW_AT = time(9)
"""When a review falls due on its day: in the morning, when people are there."""


def _standing(found: Loaded, track: str) -> tuple[Asked, ...]:
    most = review_within(found.file.case.severity).days
    return (
        Asked(
            name="review",
            words="On which day does somebody look at it again?",
            hint=f"Written 2027-04-30, no more than {most} days ahead.",
        ),
        Asked(name="why", words="Why does it last?", options=worded(STANDS)),
    )


def _propose(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    why, day = choice(form.get("why"), WhyStanding), _day(form.get("review"))
    if why is None or day is None:
        return None
    at = datetime.combine(day, REVIEW_AT, tzinfo=ZoneInfo(found.names.zone))
    return c.ProposeStanding(
        inbox=inbox, case=found.file.row.id, by=me, why=why, review_at=at, note=note
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _apart(found: Loaded, track: str) -> tuple[Asked, ...]:
    return (Asked(name="why", words="Why is it not about the same?", options=worded(APART)),)


def _unlink(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    why = choice(form.get("why"), WhyUnlinked)
    if why is None:
        return None
    return c.UnlinkCase(inbox=inbox, case=found.file.row.id, by=me, why=why, note=note)


def _ways(found: Loaded, track: str) -> tuple[Asked, ...]:
    return (Asked(name="way", words="How did you try just now?", options=worded(TRIED)),)


def _attempt(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    way = choice(form.get("way"), TriedBy)
    if way is None:
        return None
    return c.DocumentAttempt(inbox=inbox, case=found.file.row.id, by=me, way=way, note=note)


LIFE_PAGES = (
    Page(
        path="standing",
        title="Let it stand",
        intro="For what lasts longer than anybody can press every day. Nobody further is told, "
        "check-ins go on, promises are asked for. Another person has to agree; any event ends it.",
        button="Propose it",
        asks=_standing,
        make=_propose,
        needs=Permission.STAND,
        did="standing",
    ),
    Page(
        path="unlink",
        title="Not about the same",
        intro="What its own people allow counts again, in each of the cases. That widens, so a "
        "second person has to agree. Nobody is told by it.",
        button="Record it",
        asks=_apart,
        make=_unlink,
        needs=Permission.UNLINK_CASES,
        did="unlink",
    ),
    Page(
        path="attempt",
        title="Nobody could be reached",
        intro="Before a case is resolved without their word it takes two attempts, two days apart.",
        button="Document it",
        asks=_ways,
        make=_attempt,
        needs=Permission.TAKE_TASKS,
        did="attempt",
    ),
)
