"""What the NEVER tests share: a report about the factory, everything released, and what left."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.case import commands as c
from engine.registry.world import World
from rules import granting
from schemas.codes import Mode, TrackName
from schemas.consent import Basis, ConsentDoor, Scope
from schemas.projection import Purpose
from tests.harness.people import Place, faro
from tests.harness.reports import Report, report
from tests.harness.story import Story, given
from tests.harness.towns import EVERYTHING, loto, rulebook

EVERYBODY = ("investors", "companies", "missions", "nhris")
OUTWARD = ("noor", "noor-deputy", "holdings-hq", "fjord", "brightwater", "ines", "capital-qs")
"""All contacts of the factory's town."""
FACTORY = {"loto-garments": "alleged_perpetrator"}
OURS = ("Ana", "Ben", "Chi", "Dia", "Flo")


def night(registry: Place | None = None) -> Any:
    """A story at the factory in which duty's own messages need not be spoken of."""
    return given(registry=registry or loto(), rulebook=rulebook(EVERYTHING), roster=faro())


def threat(id: str = "threat-1", **more: Any) -> Report:
    """A death threat at the factory, with consent for everybody unless said otherwise."""
    said: dict[str, Any] = {"country": "QR", "parties": FACTORY, "consents": EVERYBODY, **more}
    return report(said.pop("code", "death_threat"), id=id, **said)


async def release_all(story: Story, tracks: Iterable[str] = EVERYBODY, **record: Any) -> None:
    """Two people let every track of the case go, where it has one."""
    for track in tracks:
        for by in ("Ana", "Ben"):
            await story.release(track, by=by, local_partner="union", **record)


async def agree_that_nobody_is_recognised(story: Story, *audiences: TrackName) -> None:
    """Two people looked at the only report, and agree to what it says."""
    said = Scope(audiences=audiences, mode=Mode.PRIVATE, basis=Basis.NO_IDENTIFIABLE_PERSON)
    for by in ("Ana", "Ben"):
        await story.asked(
            c.AgreeToConsent(
                inbox=story.inbox(),
                pseudonym=f"case:{story.case().id}",
                wider=granting.digest(said),
                id=f"agreed-{by}",
                by=by,
                door=ConsentDoor.TERMINAL,
            )
        )


def told(story: Story, *, purposes: Iterable[Purpose] = (Purpose.TELL,)) -> set[str]:
    """Contacts outside that were told, by what really left."""
    ours = {f"{name.lower()}.{way}" for name in OURS for way in ("sms", "email")}
    return {
        sent.endpoint.rpartition(".")[0]
        for sent in story.post.sent
        if sent.endpoint not in ours and sent.message.purpose in purposes
    }


def all_read(story: Story) -> None:
    """Whatever lies in the mailboxes was seen: the test judges it by other means."""
    for sent in list(story.post.sent):
        name, _, way = sent.endpoint.rpartition(".")
        (story.phone if way == "sms" else story.mail)(name).ignores_everything()


def looked_at(story: Story, at: datetime) -> None:
    """Somebody stood for the registry then, and nobody since."""
    assert story.engine is not None
    world = story.engine.parts.world
    world.swap(replace(world.current, looked_at=at))


def put_into_force(story: Story, place: Place) -> None:
    """Another registry counts from now on."""
    assert story.engine is not None
    story.engine.parts.world.swap(
        World(rulebook=story.rulebook, registry=place.with_duty(story.roster), roster=story.roster)
    )


def track(name: str) -> TrackName:
    """A track by its name."""
    return TrackName(name)
