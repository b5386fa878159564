"""Acts on the gates of a case: releases, certainty, modes, necessity, joint action."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, Field, field_validator

from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from schemas.codes import (
    ActionKind,
    Certainty,
    ContactRule,
    Label,
    Mode,
    Reliability,
    TrackName,
)
from schemas.event import OpaqueId
from schemas.facts import WhyShared
from schemas.preflight import CODES, Check, Finding, Risk, Whether

Why = Literal["protect_now", "requested_by_subject", "leverage", "observe_date", "other"]
How = Literal["quiet_request", "one_by_one", "together", "through_initiative"]
WhyJudged = Literal[
    "spoke_to_source", "documents", "second_source", "doubts", "contradicted", "other"
]
WhyNecessary = Literal["unreachable", "life_at_stake", "no_time", "other"]
_Note = Field(default="", max_length=10_000)


class Releasing(OneCase):
    """The record of a release; the second person may agree with the first one's instead."""

    track: TrackName
    forecast: Risk
    why: Why | Literal[""] = ""
    how: How = "quiet_request"
    wishes_read: bool = False
    partner: str = Field(default="", max_length=128)
    controllers: tuple[OpaqueId, ...] = ()
    expires_at: AwareDatetime | None = None
    starts_at: AwareDatetime | None = None
    """Nobody is told before; none: at once."""
    whether: Whether | Literal[""] = ""
    waiting: Risk | Literal[""] = ""
    """What not acting may bring on the person."""
    checks: Mapping[Check, str] = Field(default_factory=dict)
    """The pre-flight: point -> code. The reprisal potential is the forecast unless given."""
    check_notes: Mapping[Check, str] = Field(default_factory=dict)
    """Words on a point; they go into the vault."""
    agrees_with: str = Field(default="", max_length=128)
    """Id of the record that waits, as `case show` gives it."""
    note: str = _Note

    @field_validator("checks")
    @classmethod
    def _codes(cls, value: Mapping[Check, str]) -> Mapping[Check, str]:
        for check, code in value.items():
            if code not in CODES[check]:
                raise ValueError(f"{check.value}: one of {', '.join(CODES[check])}")
        return value


class Joining(OneCase):
    """What the parties of a track are to do together."""

    track: TrackName
    action: ActionKind = ActionKind.LETTER


class Judging(OneCase):
    """How sure we are, and on what ground."""

    certainty: Certainty
    why: WhyJudged
    note: str = _Note


class Hearing(OneCase):
    """Who else said so, and how reliable they have been."""

    source: OpaqueId
    reliability: Reliability
    note: str = _Note


class Moding(OneCase):
    """How openly; without a track it is the ceiling of the case."""

    mode: Mode
    track: TrackName | None = None


class Sharing(OneCase):
    """How far it may be passed on, or whom its recipients may speak to: one of the two."""

    label: Label | None = None
    may_contact: ContactRule | None = None
    why: WhyShared
    note: str = _Note


class Needing(OneCase):
    """Why protection cannot wait for consent."""

    why: WhyNecessary
    note: str = _Note


async def release(house: House, asked: Asked, args: Releasing) -> Mapping[str, Any]:
    """One person's release of a track."""
    case = (await loaded(house, args.case)).file.case
    identity = inbox(asked, args)
    record = c.ReleaseRecord(
        id=record_id(identity),
        why=args.why,
        how=args.how,
        reprisal_forecast=args.forecast,
        wishes_read=args.wishes_read,
        local_partner=args.partner,
        expires_at=args.expires_at,
        starts_at=args.starts_at,
        note=await kept(house, args.note),
        whether=args.whether,
        risk_of_waiting=args.waiting,
        preflight=await _findings(house, args),
        agrees_with=args.agrees_with,
    )
    done = await submit(
        house,
        c.Release(
            inbox=identity,
            case=case.id,
            track=args.track,
            by=asked.by,
            record=record,
            controllers=args.controllers,
        ),
    )
    after = (await loaded(house, args.case)).file.case
    state = after.track(args.track)
    return {
        **done,
        "record": record.id,
        "released": state is not None and state.anchor_at is not None,
        "until": None if state is None else state.release_until,
        "starts_at": None if state is None else state.anchor_at,
        "begun": state is None or state.open_at(house.services.clock.now()),
        "parties_told": sum(a.track is args.track and a.live for a in after.alerts),
    }


def record_id(identity: c.Inbox) -> str:
    """Id of the record of a release: the same request is the same record."""
    return f"r{identity.digest[:40]}{identity.id[:16]}"


async def propose_joint(house: House, asked: Asked, args: Joining) -> Mapping[str, Any]:
    """Propose that a track's parties act together; two others release it."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.ProposeJoint(
            inbox=inbox(asked, args), case=case.id, track=args.track, action=args.action,
            by=asked.by,
        ),
    )  # fmt: skip


async def judge(house: House, asked: Asked, args: Judging) -> Mapping[str, Any]:
    """Say how sure we are."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.JudgeCertainty(
            inbox=inbox(asked, args), case=case.id, certainty=args.certainty, by=asked.by,
            reason=args.why, note=await kept(house, args.note),
        ),
    )  # fmt: skip


async def hear(house: House, asked: Asked, args: Hearing) -> Mapping[str, Any]:
    """Record that somebody else said so too."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.HearSource(
            inbox=inbox(asked, args), case=case.id, source=args.source,
            reliability=args.reliability, by=asked.by, note=await kept(house, args.note),
        ),
    )  # fmt: skip


async def raise_mode(house: House, asked: Asked, args: Moding) -> Mapping[str, Any]:
    """Allow a louder way."""
    case = (await loaded(house, args.case)).file.case
    command = c.RaiseMode(
        inbox=inbox(asked, args), case=case.id, mode=args.mode, by=asked.by, track=args.track
    )
    return await submit(house, command)


async def lower_mode(house: House, asked: Asked, args: Moding) -> Mapping[str, Any]:
    """Make it quieter, at once."""
    case = (await loaded(house, args.case)).file.case
    command = c.LowerMode(
        inbox=inbox(asked, args), case=case.id, mode=args.mode, by=asked.by, track=args.track
    )
    return await submit(house, command)


async def share(house: House, asked: Asked, args: Sharing) -> Mapping[str, Any]:
    """Set the label or the contact rule: stricter at once, wider when a second person agrees."""
    case = (await loaded(house, args.case)).file.case
    command = c.SetSharing(
        inbox=inbox(asked, args), case=case.id, by=asked.by, why=args.why, label=args.label,
        may_contact=args.may_contact, note=await kept(house, args.note),
    )  # fmt: skip
    done = await submit(house, command)
    after = (await loaded(house, args.case)).file.case
    return {
        **done,
        "in_force": after.wider_sharing is None,
        "label": after.label,
        "may_contact": after.may_contact or ContactRule.NOBODY,
    }


async def decide_necessity(house: House, asked: Asked, args: Needing) -> Mapping[str, Any]:
    """Decide that protection is asked without consent, or agree with who did."""
    case = (await loaded(house, args.case)).file.case
    command = c.DecideNecessity(
        inbox=inbox(asked, args), case=case.id, by=asked.by, why=args.why,
        note=await kept(house, args.note),
    )  # fmt: skip
    done = await submit(house, command)
    necessity = (await loaded(house, args.case)).file.case.necessity
    return {
        **done,
        "in_force": necessity is not None and necessity.in_force,
        "review_by": None if necessity is None else necessity.review_by,
    }


async def withdraw_necessity(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """Take it back; those told are asked nothing more."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house, c.WithdrawNecessity(inbox=inbox(asked, args), case=case.id, by=asked.by)
    )


async def _findings(house: House, args: Releasing) -> tuple[Finding, ...]:
    said = {**args.checks}
    if said:
        said.setdefault(Check.REPRISAL_POTENTIAL, args.forecast)
    return tuple(
        [
            Finding(
                check=check,
                code=said[check],
                note=await kept(house, args.check_notes.get(check, "")),
            )
            for check in Check
            if check in said
        ]
    )
