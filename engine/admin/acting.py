"""Acts on a case, as the person who asks: each is one command to the desk."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from engine.admin.errors import NotCarriedOutError
from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.operation import Asked, Nothing
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from engine.case.state import Alert, Case
from engine.web.passing_on import named_in_words
from engine.web.words.reasons import REFUSED
from schemas.codes import ActionKind, Effect, Heard, Proviso, TrackName
from schemas.facts import HeardAtTheEnd, RemedyState, WhyErased
from schemas.responses import (
    DeclineReason,
    RefusedBecause,
    Response,
    ResponseKind,
    Way,
)

Outcome = Literal["freed", "safe", "relocated", "threat_ended", "died", "lost_contact", "other"]
Risk = Literal["none", "low", "medium", "high", "unknown"]


class Answering(OneCase):
    """What a party answered, typed in by one of ours."""

    alert: str = Field(max_length=20)
    """Reference of the alert, `7K3Q-92`."""
    kind: ResponseKind
    contact: str = ""
    """Id of the contact who answered; empty: the first one told."""
    action: ActionKind | None = None
    due: AwareDatetime | None = None
    effect: Effect | None = None
    reason: DeclineReason | None = None
    passed_on_to: str = ""
    note: str = Field(default="", max_length=10_000)
    condition: Proviso | None = None
    """What the promise waits for on our side."""
    for_date: str = Field(default="", max_length=64)
    """Id of the date of the case that it is for."""


class Freezing(OneCase):
    """Which tracks stop; none: all but duty."""

    tracks: tuple[TrackName, ...] = ()
    until: AwareDatetime | None = None


class Lifting(OneCase):
    """Which track goes on."""

    track: TrackName


class Erasing(OneCase):
    """Why what is sealed shall be destroyed."""

    why: WhyErased


class OnTask(OneCase):
    """A task of a case."""

    task: str = Field(max_length=48)


class Finishing(OnTask):
    """How a task ended."""

    result: Literal["done", "not_possible", "no_sign", "obtained", "still_sought", "yes", "no"] = (
        "done"
    )
    heard: Heard | None = None
    """Of a check-in: whom it heard."""
    note: str = Field(default="", max_length=10_000)
    reply: str = Field(default="", max_length=10_000)
    """Of a question: the answer, which its asker reads on their page."""


class Proposing(OneCase):
    """Why the case is resolved."""

    outcome: Outcome
    risk: Risk
    remedy: RemedyState
    heard: HeardAtTheEnd
    said: Literal["agrees", "informed", "objects"] = "informed"
    note: str = Field(default="", max_length=10_000)


async def take_case(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Say "I have it": the person owns what the case owes, and duty is quiet for a while."""
    case = (await loaded(house, args.case)).file.case
    alert = _duty_alert(case, asked.by)
    answer = Response(kind=ResponseKind.ACKNOWLEDGED, way=Way.CLI, by=asked.by)
    command = c.Respond(inbox=inbox(asked, args), alert=alert.id, response=answer)
    return await submit(house, command)


async def respond(house: House, asked: Asked, args: Answering) -> Mapping[str, Any]:
    """Record what somebody answered by phone, exactly as if they had done it on their page."""
    case = (await loaded(house, args.case)).file.case
    alert = alert_of(case, args.alert)
    if alert.track is TrackName.DUTY:  # nobody makes a colleague the owner of a case
        sentence, _ = REFUSED[RefusedBecause.UNKNOWN_ALERT]
        raise NotCarriedOutError(
            "refused", sentence, next_step="Duty answers for itself: tocsin case take CASE"
        )
    # A name is no id, and goes into the vault with the words.
    registry = house.services.world.registry()
    to, note = args.passed_on_to, args.note
    if registry.party(to) is None and registry.contact(to) is None:
        to, note = "", f"{to}: {note}" if to else note
    answer = Response(
        kind=args.kind,
        way=Way.PHONE,
        by=args.contact or next(iter(alert.told_contacts), "") or alert.contacts[0].id,
        action=args.action,
        due=args.due,
        effect=args.effect,
        reason=args.reason,
        passed_on_to=to,
        passed_on_any=await _meant(house, args, alert),
        note=await kept(house, note),
        condition=args.condition,
        for_date=args.for_date,
    )
    command = c.Respond(inbox=inbox(asked, args), alert=alert.id, response=answer)
    return await submit(house, command)


async def _meant(house: House, args: Answering, alert: Alert) -> tuple[str, ...]:
    if args.kind is not ResponseKind.PASSED_ON:
        return ()
    said = f"{args.passed_on_to} {args.note}"
    return await named_in_words(house.services, said, alert=alert.id, contact=args.contact)


async def freeze(house: House, asked: Asked, args: Freezing) -> Mapping[str, Any]:
    """Stop tracks of a case."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.Freeze(
            inbox=inbox(asked, args), case=case.id, tracks=args.tracks, by=asked.by,
            until=args.until,
        ),
    )  # fmt: skip


async def lift(house: House, asked: Asked, args: Lifting) -> Mapping[str, Any]:
    """Let a frozen track go on."""
    case = (await loaded(house, args.case)).file.case
    done = await submit(
        house, c.Lift(inbox=inbox(asked, args), case=case.id, track=args.track, by=asked.by)
    )
    state = (await loaded(house, args.case)).file.case.track(args.track)
    return {**done, "frozen": state is not None and state.frozen}


async def stop(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Stop everything outgoing. Duty is told all the same."""
    return await submit(house, c.StopOutgoing(inbox=inbox(asked, args), on=True, by=asked.by))


async def resume(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Let outgoing go on."""
    return await submit(house, c.StopOutgoing(inbox=inbox(asked, args), on=False, by=asked.by))


async def take(house: House, asked: Asked, args: OnTask) -> Mapping[str, Any]:
    """Make a task one's own."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.TakeTask(
            inbox=inbox(asked, args), case=case.id, task=_task_of(case, args.task), by=asked.by
        ),
    )


async def finish(house: House, asked: Asked, args: Finishing) -> Mapping[str, Any]:
    """Close a task with its result."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.FinishTask(
            inbox=inbox(asked, args),
            case=case.id,
            task=_task_of(case, args.task),
            by=asked.by,
            result=args.result,
            heard=args.heard,
            note=await kept(house, args.note),
            reply=await kept(house, args.reply),
        ),
    )


async def propose(house: House, asked: Asked, args: Proposing) -> Mapping[str, Any]:
    """Say that a case is resolved; somebody else confirms."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.ProposeResolution(
            inbox=inbox(asked, args),
            case=case.id,
            by=asked.by,
            outcome=args.outcome,
            residual_risk=args.risk,
            remedy=args.remedy,
            heard=args.heard,
            said=args.said,
            note=await kept(house, args.note),
        ),
    )


async def confirm(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Agree that a case is resolved, as the second person."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house, c.ConfirmResolution(inbox=inbox(asked, args), case=case.id, by=asked.by)
    )


async def erase(house: House, asked: Asked, args: Erasing) -> Mapping[str, Any]:
    """Destroy what is sealed of a case that is over, as one of two."""
    case = (await loaded(house, args.case)).file.case
    done = await submit(
        house, c.Erase(inbox=inbox(asked, args), case=case.id, why=args.why, by=asked.by)
    )
    return {**done, "erased": bool(case.erasing)}


async def reopen(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Open a monitored case again, or take a proposal back."""
    case = (await loaded(house, args.case)).file.case
    return await submit(house, c.Reopen(inbox=inbox(asked, args), case=case.id, by=asked.by))


def alert_of(case: Case, ref: str) -> Alert:
    """The alert of this reference. Raises NotCarriedOutError."""
    found = next((alert for alert in case.alerts if alert.ref == ref.strip().upper()), None)
    if found is None:
        sentence, _ = REFUSED[RefusedBecause.UNKNOWN_ALERT]
        raise NotCarriedOutError(
            "refused", sentence, next_step="See its alerts: tocsin case told CASE"
        )
    return found


def _task_of(case: Case, name: str) -> str:
    """A task by its whole id or by its last part, `t3`."""
    return name if "." in name else f"{case.id}.{name}"


def _duty_alert(case: Case, person: str) -> Alert:
    duty = [alert for alert in case.alerts if alert.track is TrackName.DUTY]
    if not duty:
        raise NotCarriedOutError(
            "refused",
            "Duty has not been paged about this case yet.",
            next_step="Wait a second and try again.",
        )
    return next((alert for alert in duty if alert.party == person), duty[0])
