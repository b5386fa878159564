"""The invented people of the demo, as `world/people.yaml` describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from schemas.rulebook import seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What somebody answers when asked."""

    on: str
    """`tell` or `ask_outcome`."""
    after: int
    """Seconds of the story until they answer."""
    kind: str
    action: str = ""
    due: int = 0
    """Seconds from the answer to what is promised."""
    effect: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What duty means to do about a case: release a track, or write down what was said by phone."""

    after: int
    """Seconds of the story after somebody took the case."""
    release: str = ""
    why: str = ""
    forecast: str = ""
    two: bool = False
    partner: str = ""
    phone: str = ""
    """Name of the party that is phoned."""
    kind: str = ""
    action: str = ""
    due: int = 0
    """Seconds from the call to what is promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One event, as a hotline publishes it."""

    after: int
    """Seconds from the beginning of the story."""
    tell: str
    topic: str
    id: str
    source: str
    event: Mapping[str, Any]
    sealed: Mapping[str, Any]

    @property
    def situation(self) -> str:
        """The publisher's name for what it is about."""
        return str(self.event.get("situation", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody, and everything they will do."""

    events: tuple[Telling, ...]
    duty: Mapping[str, str]
    """Person -> number that is paged."""
    answers: Mapping[str, tuple[Habit, ...]]
    plans: Mapping[str, tuple[Act, ...]]
    ending: Mapping[str, Any]


def read_cast() -> Cast:
    """Read the shipped story."""
    people, events = _yaml("people.yaml"), _yaml("events.yaml")
    told: dict[str, Telling] = {}
    order = []
    for given in events:
        if "repeats" in given:
            first = told[given["repeats"]]
            order.append(
                Telling(
                    after=seconds(given["after"]),
                    tell=given["tell"],
                    topic=given["topic"],
                    id=first.id,
                    source=first.source,
                    event=first.event,
                    sealed=first.sealed,
                )
            )
            continue
        telling = Telling(
            after=seconds(given["after"]),
            tell=given["tell"],
            topic=given["topic"],
            id=given["id"],
            source=given["source"],
            event=given["event"],
            sealed=given.get("sealed", {}),
        )
        told[telling.id] = telling
        order.append(telling)
    return Cast(
        events=tuple(order),
        duty=people["duty"],
        answers={
            address: tuple(_habit(each) for each in habits)
            for address, habits in people["answers"].items()
        },
        plans={
            situation: tuple(
                Act(**{**act, "after": seconds(act["after"]), "due": seconds(act.get("due", 0))})
                for act in acts
            )
            for situation, acts in people["plans"].items()
        },
        ending=people["ending"],
    )


def world_text(name: str) -> str:
    """A shipped file of the invented world."""
    return files("engine.demo").joinpath("world", name).read_text("utf-8")


def _yaml(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(world_text(name))


def _habit(given: Mapping[str, Any]) -> Habit:
    return Habit(
        on=given["on"],
        after=seconds(given["after"]),
        kind=given["kind"],
        action=given.get("action", ""),
        due=seconds(given.get("due", 0)),
        effect=given.get("effect", ""),
        reason=given.get("reason", ""),
    )
