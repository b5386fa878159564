"""Consent, as the person who asks: look, give, narrow, take back, agree.

Each leads to one command to the desk. Narrowing counts at once, whoever does it; widening takes a
person, and for companies and the public a second one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from engine.admin.errors import NotCarriedOutError
from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked
from engine.case import commands as c
from engine.store import cases, consents
from rules import granting
from schemas.codes import Audience, FieldName, Mode
from schemas.consent import (
    Basis,
    Community,
    Consent,
    ConsentDoor,
    Inability,
    Obtained,
    Scope,
    Wider,
)
from schemas.event import OpaqueId


class OneSubject(Arguments):
    """Whose consent it is."""

    subject: str = Field(pattern=r"^[^/\s]{1,160}/\S{1,160}$")
    """`source/pseudonym`, as the publisher calls the person."""


class Giving(OneSubject):
    """What a subject allows, as it is now, and how we know."""

    audiences: tuple[Audience, ...] = Field(min_length=1)
    mode: Mode = Mode.QUIET
    basis: Literal["person", "representative", "guardian", "community", "no_identifiable_person"]
    """Necessity is no consent; it has a record of its own."""
    fields: tuple[FieldName, ...] = ()
    until: AwareDatetime | None = None
    given_at: AwareDatetime | None = None
    """When the subject said so; none: now."""
    obtained: Obtained = Obtained.UNKNOWN
    holder: OpaqueId | Literal[""] = ""
    witness: OpaqueId | Literal[""] = ""
    inability: Inability | None = None
    needed: int = Field(default=0, ge=0, le=1_000)
    """Of a community: how many representatives have to agree."""
    of: int = Field(default=0, ge=0, le=1_000)
    agreed: tuple[OpaqueId, ...] = ()
    """Those who did."""
    note: str = Field(default="", max_length=10_000)

    @model_validator(mode="after")
    def _of_a_community(self) -> "Giving":
        if self.basis == "community" and not 1 <= self.needed <= self.of:
            raise ValueError("community: say how many are needed, and of how many")
        return self


class Narrowing(OneSubject):
    """What is left of a consent; what is not named stays as it was."""

    audiences: tuple[Audience, ...] | None = None
    mode: Mode = Mode.PUBLIC
    fields: tuple[FieldName, ...] = ()
    until: AwareDatetime | None = None


class Agreeing(OneSubject):
    """What is agreed to, by the mark that `consent.show` gives."""

    wider: str = Field(pattern=r"^[0-9a-f]{16}$")


async def show(house: House, asked: Asked, args: OneSubject) -> Mapping[str, Any]:
    """What counts now, what waits for people to agree, and every record there ever was."""
    rows, of = await house.services.reader.run(
        lambda conn: (
            consents.history(conn, args.subject),
            cases.subjects(conn, {args.subject}).get(args.subject, ()),
        )
    )
    now = house.services.clock.now()
    newest = rows[-1] if rows else None
    return {
        "subject": args.subject,
        "counts": newest is not None and _counts(newest, now),
        "now": None if newest is None else record_as_told(newest),
        "wider": None if newest is None or newest.wider is None else wider_as_told(newest.wider),
        "cases": len(of),
        "history": [record_as_told(row) for row in rows],
    }


async def give(house: House, asked: Asked, args: Giving) -> Mapping[str, Any]:
    """Record what a subject allows, in place of what is recorded."""
    community = Community(needed=args.needed, of=args.of, agreed=args.agreed)
    scope = Scope(
        audiences=args.audiences,
        mode=args.mode,
        basis=Basis(args.basis),
        fields=args.fields,
        until=args.until,
        community=community if args.basis == "community" else None,
    )
    said = _said(house, asked, args, scope, args.given_at)
    record = Consent(
        **said,
        obtained=args.obtained,
        holder=args.holder,
        witness=args.witness,
        inability=args.inability,
        note=await kept(house, args.note),
    )
    return await _recorded(house, asked, args, record, "granted")


async def narrow(house: House, asked: Asked, args: Narrowing) -> Mapping[str, Any]:
    """Leave of a consent what is named; it counts at once."""
    everything = granting.EVERYTHING
    scope = Scope(
        audiences=everything.audiences if args.audiences is None else args.audiences,
        mode=args.mode,
        basis=everything.basis,
        fields=args.fields,
        until=args.until,
    )
    record = Consent(**_said(house, asked, args, scope, None))
    return await _recorded(house, asked, args, record, "narrowed")


async def revoke(house: House, asked: Asked, args: OneSubject) -> Mapping[str, Any]:
    """Take a consent back: ahead of all other work, in every case of its subject."""
    scope = Scope(audiences=(), mode=Mode.QUIET, basis=Basis.PERSON)
    record = Consent(**_said(house, asked, args, scope, None), revoked=True)
    return await _recorded(house, asked, args, record, "revoked")


async def agree(house: House, asked: Asked, args: Agreeing) -> Mapping[str, Any]:
    """Agree that a subject allows more, as somebody else said."""
    identity = inbox(asked, args)
    command = c.AgreeToConsent(
        inbox=identity,
        pseudonym=args.subject,
        wider=args.wider,
        id=_id(identity),
        by=asked.by,
        door=ConsentDoor.TERMINAL,
    )
    return await _done(house, args, command)


def record_as_told(record: Consent) -> dict[str, Any]:
    """A record as a person or a program reads it."""
    return {
        "id": record.id,
        "revoked": record.revoked,
        **_scope_as_told(record.scope),
        "given_at": record.given_at,
        "recorded_at": record.recorded_at or record.given_at,
        "by": record.by,
        "door": record.door.value,
        "agreed_by": list(record.agreed_by),
        "obtained": record.obtained.value,
        "holder": record.holder,
        "witness": record.witness,
        "inability": None if record.inability is None else record.inability.value,
        "note": record.note,
    }


def wider_as_told(wider: Wider) -> dict[str, Any]:
    """What is said to be allowed beyond what counts, and who agreed so far."""
    return {
        "mark": granting.digest(wider.scope),
        **_scope_as_told(wider.scope),
        "given_at": wider.given_at,
        "asked_at": wider.asked_at,
        "by": wider.by,
        "door": wider.door.value,
        "needs": wider.needs,
        "agreed": list(wider.agreed),
    }


def _scope_as_told(scope: Scope) -> dict[str, Any]:
    community = scope.community
    return {
        "audiences": [each.value for each in scope.audiences],
        "mode": scope.mode.value,
        "basis": scope.basis.value,
        "fields": [each.value for each in scope.fields],
        "until": scope.until,
        "community": None
        if community is None
        else {
            "needed": community.needed,
            "of": community.of,
            "agreed": sorted(set(community.agreed)),
            "enough": community.enough,
        },
    }


def _counts(record: Consent, now: datetime) -> bool:
    over = record.until is not None and record.until <= now
    return bool(record.audiences) and record.given and not record.revoked and not over


def _id(identity: c.Inbox) -> str:
    return f"k{identity.digest[:40]}{identity.id[:16]}"


def _said(
    house: House, asked: Asked, args: OneSubject, scope: Scope, given_at: datetime | None
) -> dict[str, Any]:
    now = house.services.clock.now()
    if given_at is not None and given_at > now:
        raise NotCarriedOutError(
            "usage", "given_at lies ahead.", next_step="Give the time at which the person said so."
        )
    return {
        "id": _id(inbox(asked, args)),
        "pseudonym": args.subject,
        "audiences": scope.audiences,
        "mode": scope.mode,
        "basis": scope.basis,
        "fields": scope.fields,
        "until": scope.until,
        "community": scope.community,
        "given_at": given_at or now,
        "by": asked.by,
        "door": ConsentDoor.TERMINAL,
    }


async def _recorded(
    house: House,
    asked: Asked,
    args: OneSubject,
    record: Consent,
    state: Literal["granted", "narrowed", "revoked"],
) -> Mapping[str, Any]:
    command = c.ConsentChanged(inbox=inbox(asked, args), consent=record, state=state)
    return await _done(house, args, command)


async def _done(
    house: House, args: OneSubject, command: c.ConsentChanged | c.AgreeToConsent
) -> Mapping[str, Any]:
    """What came of it, and how many cases are about this subject: none may be a slip of the pen."""
    done = await submit(house, command)
    of = await house.services.reader.run(lambda conn: cases.subjects(conn, {args.subject}))
    return {**done, "subject": args.subject, "cases": len(of.get(args.subject, ()))}
