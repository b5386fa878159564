"""People, publishers' keys, and what the engine decides with: registry, roster, rulebook."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import Field, SecretStr

from engine.access import PersonExistsError, PersonRole, WeakPasswordError
from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked, Nothing
from engine.intake.scope import Scope, scope_from
from engine.store.people import list_people
from engine.store.source_keys import list_keys
from schemas.codes import Severity
from schemas.envelope import SourceId


class Adding(Arguments):
    """A new person."""

    name: str = Field(max_length=40)
    label: str = Field(default="", max_length=80)
    role: PersonRole
    password: SecretStr


class Issuing(Arguments):
    """What a publisher's key may say."""

    source: SourceId
    types: str = Field(default="act warning change relief date", max_length=200)
    """Event types, and `to:` words for the audiences that its consents may open."""
    severity_ceiling: Severity = Severity.CRITICAL
    days: int = Field(default=365, ge=1, le=400)
    party: str = Field(default="", max_length=160)
    """Id of the party that runs the publisher, where the registry has it."""


class OneKey(Arguments):
    """A key by its id."""

    key: str = Field(max_length=32)


class Reporting(Arguments):
    """One CloudEvents JSON event, as text."""

    event: str = Field(max_length=1_000_000)


async def whoami(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Who is logged in."""
    return {
        "person": asked.visitor.person,
        "label": asked.visitor.label,
        "role": asked.visitor.role,
    }


async def add_person(house: House, asked: Asked, args: Adding) -> Mapping[str, Any]:
    """Add somebody; the second factor is shown in the answer and never again."""
    return await new_person(house, args, by=asked.by)


async def new_person(house: House, args: Adding, *, by: str) -> Mapping[str, Any]:
    """Add somebody on behalf of `by`."""
    try:
        added = await house.services.people.add_person(
            args.name,
            label=args.label or args.name.capitalize(),
            role=args.role,
            password=args.password.get_secret_value(),
            by=by,
        )
    except (WeakPasswordError, PersonExistsError, ValueError) as error:
        raise NotCarriedOutError(
            "usage", str(error), next_step="Choose again and repeat the command."
        ) from None
    return {
        "person": added.id,
        "role": args.role.value,
        "otpauth": added.otpauth,
        "totp_secret": added.secret.reveal().decode("ascii"),
    }


async def people(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Everybody who may log in."""
    rows = await house.services.reader.run(list_people)
    return {
        "people": [
            {"person": r.id, "label": r.label, "role": r.role, "disabled": r.disabled} for r in rows
        ]
    }


async def issue_key(house: House, asked: Asked, args: Issuing) -> Mapping[str, Any]:
    """Make a publisher's key; its text is in the answer and never again."""
    world, _ = house.world()
    if args.party and world is not None and world.registry.party(args.party) is None:
        raise NotCarriedOutError(
            "usage",
            "party: the registry has none of this id.",
            next_step="Look it up: tocsin registry search NAME",
        )
    issued = await house.sources.issue(_scope(args), valid=timedelta(days=args.days), by=asked.by)
    return {"id": issued.id, "source": args.source, "key": issued.text}


async def revoke_key(house: House, asked: Asked, args: OneKey) -> Mapping[str, Any]:
    """Let a key open nothing from now on."""
    if not await house.sources.revoke(args.key, by=asked.by):
        raise NotCarriedOutError(
            "refused",
            "There is no such key in force.",
            next_step="List the keys: tocsin source list",
        )
    return {"done": True, "id": args.key}


async def keys(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Every publisher's key, without its secret."""
    rows = await house.services.reader.run(list_keys)
    return {
        "keys": [
            {
                "id": row.id,
                "source": row.source,
                "party": row.party,
                "may": row.types,
                "severity_ceiling": row.severity_ceiling,
                "expires_at": row.expires_at,
                "revoked_at": row.revoked_at,
            }
            for row in rows
        ]
    }


def _scope(args: Issuing) -> Scope:
    try:
        return scope_from(
            source=args.source,
            words=args.types,
            ceiling=args.severity_ceiling,
            party=args.party,
        )
    except ValueError as error:
        raise NotCarriedOutError(
            "usage",
            f"types: {error}",
            next_step="Event types are act warning change relief date consent exercise; "
            "audiences are written to:missions.",
        ) from None


async def report(house: House, asked: Asked, args: Reporting) -> Mapping[str, Any]:
    """Take a report at the same door as every other one."""
    taken = await house.services.reports.take(args.event.encode("utf-8"), by=asked.by)
    if taken.problems:
        raise NotCarriedOutError(
            "usage", "\n".join(taken.problems), next_step="Correct these and send it again."
        )
    return {"reference": taken.reference}
