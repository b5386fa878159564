"""Our people's decisions about the registry: one verifies a link, two refute it, two say what a
party is."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import Field

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked, Nothing
from engine.registry.history import judging
from engine.registry.history.amending import Field as Amendable
from engine.registry.history.amending import amend
from engine.registry.history.capturing import judge_captured
from engine.registry.history.forgetting import forget
from engine.registry.history.judging import NotJudgedError, WhyNot
from engine.registry.refuted import refutes

_SAID: Mapping[WhyNot, tuple[str, str]] = {
    WhyNot.NO_SUCH_LINK: (
        "The registry has no link of this id.",
        "See the links of a party: tocsin registry show PARTY",
    ),
    WhyNot.NO_SUCH_PARTY: (
        "The registry has no party of this id.",
        "Look for it: tocsin registry show NAME",
    ),
    WhyNot.NOT_AN_NHRI: (
        "This is no national human rights institution.",
        "Of others the registry says by links whose they are: tocsin registry why A B",
    ),
    WhyNot.JUDGED_SO_ALREADY: (
        "It counts as that already.",
        "See it: tocsin registry show PARTY",
    ),
    WhyNot.IS_SO_ALREADY: (
        "It is that already.",
        "See it: tocsin registry show PARTY",
    ),
    WhyNot.NO_SUCH_VALUE: (
        "This can never be so.",
        "The words that each can be: tocsin registry amend --help",
    ),
    WhyNot.SAID_BY_A_SOURCE: (
        "A list says that it is captured, and what protects is believed of whoever says it.",
        "Its next edition may say otherwise: tocsin registry history PARTY",
    ),
    WhyNot.NOT_VERIFIABLE: (
        "This link, or one that says the same, was refuted, declared or dropped by its source: it"
        " cannot be verified.",
        "Enter what is true now as a link of its own, with its own source; after a refutation, what"
        " began later, with its first day in valid_from.",
    ),
    WhyNot.ALREADY_REFUTED: (
        "This link is refuted already: it includes nobody, and still excludes.",
        "Clearing it for one case is done in that case.",
    ),
    WhyNot.SAME_PERSON: (
        "You proposed this yourself; it takes two people.",
        "Ask another person to run the same command.",
    ),
}


class OneLink(Arguments):
    """A link of the registry by its id."""

    link: str = Field(min_length=1, max_length=400)


class OneInstitution(Arguments):
    """A national human rights institution, and what is said of it."""

    party: str = Field(min_length=1, max_length=100)
    captured: bool


async def capture(house: House, asked: Asked, args: OneInstitution) -> Mapping[str, Any]:
    """Propose that an institution is captured, or is not; or be the second who says so."""
    now = house.services.clock.now()
    deciding = partial(judge_captured, id=args.party, captured=args.captured, by=asked.by, at=now)
    try:
        party = await house.services.writer.run(deciding)
    except NotJudgedError as error:
        raise _refused(error) from None
    if party is None:
        return {"party": args.party, "captured": args.captured, "status": "proposed"}
    await house.follow()
    return {"party": party.id, "captured": party.independence_override, "status": "judged"}


class OneAmendment(Arguments):
    """What of a party is to be corrected."""

    party: str = Field(min_length=1, max_length=100)
    field: Amendable
    value: str = Field(min_length=1, max_length=40)


async def correct(house: House, asked: Asked, args: OneAmendment) -> Mapping[str, Any]:
    """Propose to correct what a party is, or be the second who does."""
    now = house.services.clock.now()
    deciding = partial(
        amend, id=args.party, field=args.field, value=args.value, by=asked.by, at=now
    )
    try:
        party = await house.services.writer.run(deciding)
    except NotJudgedError as error:
        raise _refused(error) from None
    said = {"party": args.party, "field": args.field.value, "value": args.value}
    if party is None:
        return {**said, "status": "proposed"}
    await house.follow()
    return {**said, "status": "amended"}


async def verify(house: House, asked: Asked, args: OneLink) -> Mapping[str, Any]:
    """Stand for a link: it includes from now on; not if two people refuted what it says."""
    now, registry = house.services.clock.now(), house.services.world.registry()
    known = registry.link(args.link)
    if known is not None and refutes(registry, known):
        raise _refused(NotJudgedError(WhyNot.NOT_VERIFIABLE))
    deciding = partial(judging.verify, id=args.link, by=asked.by, at=now)
    try:
        link = await house.services.writer.run(deciding)
    except NotJudgedError as error:
        raise _refused(error) from None
    await house.follow()
    return {"link": link.id, "status": link.status.value, "by": link.verified_by}


async def refute(house: House, asked: Asked, args: OneLink) -> Mapping[str, Any]:
    """Propose that a link is wrong, or be the second who says so."""
    now = house.services.clock.now()
    deciding = partial(judging.refute, id=args.link, by=asked.by, at=now)
    try:
        link = await house.services.writer.run(deciding)
    except NotJudgedError as error:
        raise _refused(error) from None
    if link is None:
        return {"link": args.link, "status": "proposed", "by": asked.by}
    await house.follow()
    return {"link": link.id, "status": link.status.value, "by": link.verified_by}


class OneContact(Arguments):
    """A contact of the registry by its id."""

    contact: str = Field(min_length=1, max_length=128)


async def forget_addresses(house: House, asked: Asked, args: OneContact) -> Mapping[str, Any]:
    """Erase the addresses that a contact once had. The one it has stays."""
    now = house.services.clock.now()
    forgetting = partial(forget, contact=args.contact, by=asked.by, at=now)
    erased, counts = await house.services.writer.run(forgetting)
    return {"contact": args.contact, "erased": erased, "counts": counts}


async def proposed(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """What one person said of links and parties, and waits for a second one."""
    waiting = await house.services.reader.run(judging.proposals)
    return {
        "proposed": [
            {"id": each.id, "what": each.what, "by": each.by, "at": each.at} for each in waiting
        ]
    }


def _refused(error: NotJudgedError) -> NotCarriedOutError:
    what, next_step = _SAID[error.why]
    return NotCarriedOutError("refused", what, next_step=next_step)
