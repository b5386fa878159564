"""What the engine decides with: trying a rulebook out, and importing a registry."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked
from engine.case.commands import Report, SealedBox
from engine.intake.accept import Unreadable, accept
from engine.intake.scope import EVERY_AUDIENCE, Scope
from engine.preview import preview, with_rulebook
from engine.web.words.reasons import TROUBLES, why
from engine.web.words.states import GATE, TRACK
from engine.web.words.steering import length, step_words, until_words
from rules import rulebook
from rules.candidates import World
from schemas.codes import EventType, Severity


class Previewing(Arguments):
    """An event, and a rulebook to try instead of the active one."""

    event: str = Field(max_length=1_000_000)
    rulebook: str = Field(default="", max_length=4_000_000)
    rulebook_name: str = ""


class Importing(Arguments):
    """Registry files: name -> text."""

    files: Mapping[str, str] = Field(min_length=1, max_length=100)
    drop: bool = False
    """A person says that they may drop more than a tenth of what earlier files had."""


async def preview_event(house: House, asked: Asked, args: Previewing) -> Mapping[str, Any]:
    """Who would be told of this event, who not, and why. Nothing is sent or stored."""
    report = report_of(house, args.event)
    world, roster = house.world()
    tried = _tried(in_force(world), args)
    found = preview(tried, roster, report, now=house.services.clock.now())
    return {
        "severity": found.severity.value,
        "rules": list(found.rules),
        "troubles": [TROUBLES.get(trouble, trouble.value) for trouble in found.troubles],
        "paged": list(found.paged),
        "tracks": [
            {
                "name": TRACK[track.name],
                "track": track.name.value,
                "gate": GATE[track.gate],
                "until": until_words(track.track),
                "too_few": track.too_few,
                "steps": [step_words(step) for step in track.track.steps],
                "answer_by": {
                    severity.value: length(within)
                    for severity, within in track.answer_by_severity.items()
                },
                "parties": [
                    {
                        "party": party.name,
                        "id": party.party,
                        "contacts": list(party.contacts),
                        "hours": list(party.hours),
                    }
                    for party in track.parties
                ],
            }
            for track in found.tracks
        ],
        "duty": {
            severity.value: {
                "steps": [
                    f"after {length(step.offset)}: {', '.join(step.roles)}" for step in track.steps
                ],
                "again": [length(pause) for pause in track.repeat_every],
            }
            for severity, track in found.duty.items()
        },
        "withheld": [
            {
                "party": out.name,
                "id": out.party,
                "contact": out.contact,
                "track": out.track.value if out.track else "",
                "reason": out.reason.value,
                "why": why(out.reason),
            }
            for out in found.withheld
        ],
    }


async def import_registry(house: House, asked: Asked, args: Importing) -> Mapping[str, Any]:
    """Replace the registry, all or nothing; running cases keep their plans."""
    return await house.import_registry(args.files, by=asked.by, drop=args.drop)


def report_of(house: House, event: str) -> Report:
    """The event as intake reads it, by whatever publisher. Raises NotCarriedOutError."""
    judged = accept(
        event.encode("utf-8"),
        scopes=_anybody,
        received_at=house.services.clock.now(),
        seal=lambda words: SealedBox(key_id="unused", ciphertext=b"-"),
    )
    if isinstance(judged, Unreadable):
        raise NotCarriedOutError(
            "usage",
            "\n".join(str(problem) for problem in judged.problems),
            next_step="Check the event first: tocsin event validate FILE",
        )
    return judged.report


def in_force(world: World | None) -> World:
    """The world, where there is a rulebook. Raises NotCarriedOutError."""
    if world is None:
        raise NotCarriedOutError(
            "refused", "No rulebook is in force.", next_step="Run: tocsin init"
        )
    return world


def _tried(world: World, args: Previewing) -> World:
    if not args.rulebook:
        return world
    try:
        tried = rulebook.load(args.rulebook, filename=args.rulebook_name or "rulebook")
    except rulebook.RulebookError as error:
        raise NotCarriedOutError(
            "unsound", str(error), next_step="Correct these and try again."
        ) from None
    return with_rulebook(world, tried)


def _anybody(source: str) -> Scope:
    return Scope(
        source=source,
        types=frozenset(EventType),
        ceiling=Severity.CRITICAL,
        audiences=EVERY_AUDIENCE,
    )
