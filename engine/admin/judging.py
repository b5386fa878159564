"""Our people's decisions about links of the registry: one verifies, two refute."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import Field

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked, Nothing
from engine.registry.history import judging
from engine.registry.history.capturing import judge_captured
from engine.registry.history.judging import NotJudgedError, WhyNot

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
    WhyNot.SAID_BY_A_SOURCE: (
        "A list says that it is captured, and what protects is believed of whoever says it.",
        "Its next edition may say otherwise: tocsin registry history PARTY",
    ),
    WhyNot.NOT_VERIFIABLE: (
        "This link was refuted, declared, or dropped by its source: it cannot be verified.",
        "Enter what is true now as a link of its own, with its own source.",
    ),
    WhyNot.ALREADY_REFUTED: (
        "This link is refuted already: it includes nobody, and still excludes.",
        "Clearing it for one case is done in that case.",
    ),
    WhyNot.SAME_PERSON: (
        "You proposed this refutation yourself; it takes two people.",
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


async def verify(house: House, asked: Asked, args: OneLink) -> Mapping[str, Any]:
    """Stand for a link: it includes from now on."""
    now = house.services.clock.now()
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


async def proposed(house: House, asked: Asked, args: Nothing) -> Mapping[str, Any]:
    """Refutations that wait for a second person."""
    waiting = await house.services.reader.run(judging.proposals)
    return {"proposed": [{"link": each.link, "by": each.by, "at": each.at} for each in waiting]}


def _refused(error: NotJudgedError) -> NotCarriedOutError:
    what, next_step = _SAID[error.why]
    return NotCarriedOutError("refused", what, next_step=next_step)
