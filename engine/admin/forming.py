"""The form of a mechanism, filled in as the guard would show it the case today; nothing is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.meaning import the_one_meant
from engine.admin.operation import Arguments, Asked
from engine.admin.reading import loaded
from engine.case.matter import Matter
from engine.case.state import Alert, AlertStatus, Case
from engine.registry.loading import in_force
from engine.store import answer_pages, journal
from engine.web.answer.fields import Door, View, event_fields, look, over
from engine.web.answer.stages import Stage
from engine.web.console.case_page import Loaded
from engine.web.console.left_out import about
from engine.web.form_sheet import as_document, sheet
from engine.web.form_words import lines
from engine.web.told import NotTold, not_told
from engine.web.words.refusals import refusal
from engine.web.words.sentence import plain
from rules.graph import Registry
from schemas.codes import TrackName
from schemas.facts.system import FormMade
from schemas.party import Party
from schemas.plan import Reason

TRACK = TrackName.MECHANISMS


class Forming(Arguments):
    """Of which case, and for whom: a mechanism's id, its name, or the reference of its messages."""

    case: str = Field(max_length=20)
    party: str = Field(min_length=1, max_length=500)


async def make(house: House, asked: Asked, args: Forming) -> Mapping[str, Any]:
    """The filled form of one mechanism; the journal says who made it, and of which content."""
    services, now = house.services, house.services.clock.now()
    found = await loaded(house, args.case)
    alert, left_out = _meant(found, args.party)
    if left_out is not None and (alert is None or alert.status is AlertStatus.PLANNED):
        raise _refused(found, left_out)
    if alert is None:
        raise NotCarriedOutError(
            "refused",
            "No mechanism of this id or name is on this case's track of mechanisms.",
            next_step=_SHOW.format(ref=found.file.row.ref),
        )
    reason = why_not_asked(found.file.case, alert, now=now)
    if reason is not None:
        raise _refused(found, _out(alert, reason))
    if alert.status is AlertStatus.PLANNED:
        raise NotCarriedOutError(
            "refused",
            f"{found.names.party(alert.party).text} waits for its turn: nobody has told it yet.",
            next_step=_SHOW.format(ref=found.file.row.ref),
        )

    matter, view = await _today(house, alert, now=now)
    if matter is None or view is None or view.projection is None:
        raise _refused(found, _closed(alert, matter, view))
    registry = house.services.world.registry()
    party = _with_form(registry, alert, found)
    made = sheet(
        party,
        view.projection,
        known=event_fields(matter, alert, registry=registry).keys(),
        now=now,
    )
    fact = FormMade(
        case=found.file.case.id,
        party=party.id,
        fields=tuple(view.projection.fields),
        by=asked.by,
    )
    await services.writer.run(lambda conn: journal.note(conn, fact, now))
    return {"form": as_document(made), "text": list(lines(made))}


def why_not_asked(case: Case, alert: Alert, *, now: datetime) -> Reason | None:
    """Why this party is not asked at all, as its own page would find; None where it is, or waits.

    What the guard refuses of somebody who is asked, it says itself.
    """
    state = case.track(alert.track)
    if not case.status.unresolved:
        return Reason.CASE_OVER
    match alert.status:
        case AlertStatus.DECLINED:
            return Reason.DECLINED
        case AlertStatus.CLOSED:
            return alert.reason or Reason.CASE_OVER
        case AlertStatus.WITHHELD:
            return alert.reason or Reason.GATE_CLOSED
        case AlertStatus.PLANNED if state is None or not state.open_at(now):
            return Reason.GATE_CLOSED
    return None


async def _today(house: House, alert: Alert, *, now: datetime) -> tuple[Matter | None, View | None]:
    """What the first of its contacts who sees anything would see; else why the first sees nothing.

    Raises NotCarriedOutError while another process knows better who must not know.
    """
    services = house.services

    def read(conn: Connection) -> tuple[tuple[str, ...], dict[str, Matter | None]]:
        return in_force(conn), {
            contact.id: answer_pages.matter(conn, alert=alert.id, contact=contact.id)
            for contact in alert.contacts
        }

    newest, matters = await services.reader.run(read)
    if services.world.overtaken(newest):
        raise NotCarriedOutError(
            "refused",
            "Another registry came into force just now; who may know is being judged anew.",
            next_step="Ask again in a moment.",
        )
    registry = services.world.registry()
    nothing: tuple[Matter | None, View | None] = (None, None)
    for contact, stored in matters.items():
        if stored is None:
            continue
        matter = over(stored, registry)
        view = look(
            matter,
            alert_id=alert.id,
            contact=contact,
            stage=Stage.CONTENT,
            registry=registry,
            field_class=services.world.field_class(alert.track),
            zone=services.zone,
            now=now,
        )
        if view.door is Door.OPEN:
            return matter, view
        if nothing[1] is None or nothing[1].verdict is None:
            nothing = matter, view
    return nothing


def _closed(alert: Alert, matter: Matter | None, view: View | None) -> NotTold:
    if view is not None and view.verdict is not None:
        return _out(alert, view.verdict.reason, view.verdict.path)
    stopped = matter is not None and matter.stopped
    return _out(alert, Reason.STOPPED if stopped else Reason.NO_ENDPOINT)


def _out(alert: Alert, reason: Reason, path: Any = ()) -> NotTold:
    return NotTold(party=alert.party, contact="", reason=reason, path=path, track=alert.track)


def _refused(found: Loaded, out: NotTold) -> NotCarriedOutError:
    known = about(out, case=found.file.case, brakes=found.file.brakes, names=found.names)
    return NotCarriedOutError(
        "refused",
        plain(refusal(out.reason, known)),
        next_step=_SHOW.format(ref=found.file.row.ref),
    )


_SHOW = "See who is asked, and who is left out and why: tocsin case show {ref}"


def _with_form(registry: Registry, alert: Alert, found: Loaded) -> Party:
    """The mechanism as the registry has it. Raises NotCarriedOutError without a form."""
    party = registry.party(alert.party)
    if party is None:
        raise _refused(found, _out(alert, Reason.UNKNOWN_PARTY))
    if not party.requirements:
        raise NotCarriedOutError(
            "refused",
            f"Nobody has entered what the form of {party.name} wants to be told.",
            next_step=(
                f"Fill in the column requirements of {party.id} in parties.csv, in the order of "
                "its form, and import that: docs/howto/people-and-parties.md"
            ),
        )
    return party


def _meant(found: Loaded, words: str) -> tuple[Alert | None, NotTold | None]:
    """The alert of the one mechanism that is meant, and why a plan left it out, where either is.

    Raises NotCarriedOutError where more than one could be meant.
    """
    alerts = {each.party: each for each in found.file.case.alerts if each.track is TRACK}
    outs = {
        each.party: each
        for each in not_told(found.file.case, found.file.plans)
        if each.track is TRACK and not each.contact
    }
    names = {id: found.names.party(id).text for id in (*outs, *alerts)}
    refs = {alert.ref: id for id, alert in alerts.items()}
    id = the_one_meant(words, names=names, refs=refs, kind="mechanism")
    return (alerts.get(id), outs.get(id)) if id is not None else (None, None)
