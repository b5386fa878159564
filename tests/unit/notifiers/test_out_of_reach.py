"""Children, family and sources are out of every renderer's reach by type, not by care (N21).

Every type that can be got at from a projection, and from whatever a notifier is handed or hands
back, is walked; and every module that renders is read for what it brings in.
"""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

import notifiers
import schemas.facts
from engine.web.answer import english, ground_rules, screens
from schemas.codes import HeightenedRisk, RootCause, SubjectKind
from schemas.event import Sealed, Subject, ThreatEvent
from schemas.party import Party
from schemas.projection import Projection
from schemas.safeguards import Consent, Safeguards

CLOSED: tuple[type, ...] = (
    Sealed,
    Subject,
    ThreatEvent,
    HeightenedRisk,
    RootCause,
    Consent,
    Safeguards,
    Party,
)
"""Whoever holds one could get at who it is, how vulnerable, why, who said so, or for whom."""

FORBIDDEN = frozenset({
    "schemas.event", "schemas.envelope", "schemas.safeguards", "schemas.consent", "schemas.facts",
    "schemas.party", "engine", "rules",
})  # fmt: skip
"""Modules that a notifier may not bring in; `engine` and `rules` are the layers' rule as well."""

OURS = ("schemas", "notifiers", "engine", "rules")
ROOT = Path(notifiers.__file__).parents[1]
RENDERERS = [english, ground_rules, screens]
OF_THE_PAGE = frozenset({"schemas.event", "schemas.envelope", "schemas.safeguards"})


def notifier_modules() -> list[str]:
    return sorted(each.name for each in pkgutil.walk_packages(notifiers.__path__, "notifiers."))


def reachable(start: object) -> set[type]:
    """Every class that can be got at: by fields, by properties, by what a type is made of."""
    seen: set[type] = set()
    todo = [start]
    while todo:
        for each in _classes(todo.pop()):
            if each not in seen:
                seen.add(each)
                todo += _held(each)
    return seen


def _classes(hint: object) -> Iterator[type]:
    if isinstance(hint, typing.TypeVar):
        hint = hint.__bound__
    origin = typing.get_origin(hint)
    if isinstance(origin, type):
        yield origin
    if isinstance(hint, type) and not isinstance(hint, types.GenericAlias):
        yield hint
    for part in typing.get_args(hint):
        yield from _classes(part)


def _held(each: type) -> list[object]:
    if not each.__module__.startswith(OURS):
        return []
    held = list(typing.get_type_hints(each).values())
    for _, member in inspect.getmembers(each):
        reads = member.fget if isinstance(member, property) else member
        if inspect.isfunction(reads) and reads.__module__.startswith(OURS):
            held += typing.get_type_hints(reads).values()
    return held


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def within(name: str, forbidden: frozenset[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in forbidden)


def test_the_walk_finds_what_lies_deep() -> None:
    """A walk that finds nothing would prove nothing."""
    assert {Subject, HeightenedRisk, SubjectKind} <= reachable(ThreatEvent)
    assert Consent in reachable(tuple[dict[str, Safeguards | None], ...])


def test_nothing_closed_can_be_got_at_from_a_projection() -> None:
    assert reachable(Projection).isdisjoint(CLOSED)


def test_a_projection_holds_no_type_that_could_hold_anything() -> None:
    """An `object` or `Any` among its fields would be a way in for everything."""
    hints = typing.get_type_hints(Projection)

    assert all(hint not in (object, typing.Any) for hint in hints.values())
    assert typing.get_args(hints["fields"])[1] is str
    assert hints.keys() - {"_seal"} == {each.name for each in dataclasses.fields(Projection)}


@pytest.mark.parametrize("name", notifier_modules())
def test_nothing_closed_can_be_got_at_from_what_a_notifier_is_handed(name: str) -> None:
    module = importlib.import_module(name)
    for _, thing in inspect.getmembers(module):
        if getattr(thing, "__module__", "").startswith("notifiers") and callable(thing):
            hints = _held(thing) if isinstance(thing, type) else [*_signature(thing)]
            for hint in hints:
                assert reachable(hint).isdisjoint(CLOSED), f"{name}: {thing}"


def _signature(thing: object) -> Iterator[object]:
    try:
        yield from typing.get_type_hints(thing).values()
    except TypeError:  # a partial, or a compiled callable: has no hints of its own
        return


@pytest.mark.parametrize("path", sorted((ROOT / "notifiers").rglob("*.py")), ids=lambda p: p.stem)
def test_a_notifier_brings_in_neither_events_nor_consents_nor_what_is_sealed(path: Path) -> None:
    assert [name for name in sorted(imported(path)) if within(name, FORBIDDEN)] == []


@pytest.mark.parametrize("module", RENDERERS, ids=lambda module: module.__name__)
def test_whoever_writes_the_page_brings_in_neither_events_nor_safeguards(
    module: types.ModuleType,
) -> None:
    assert [
        n for n in sorted(imported(Path(module.__file__ or ""))) if within(n, OF_THE_PAGE)
    ] == []
    for _, thing in inspect.getmembers(module, inspect.isfunction):
        if thing.__module__ == module.__name__:
            for hint in _signature(thing):
                assert reachable(hint).isdisjoint(CLOSED), thing


def test_a_projection_knows_no_module_that_knows_the_sealed_companion() -> None:
    """Even at the second remove: nothing that it brings in brings the events in."""
    todo, seen = ["schemas.projection"], set()
    while todo:
        name = todo.pop()
        path = ROOT / f"{name.replace('.', '/')}.py"
        path = path if path.exists() else ROOT / name.replace(".", "/") / "__init__.py"
        if name in seen or not path.exists():
            continue
        seen.add(name)
        todo += [each for each in imported(path) if each.startswith("schemas")]

    assert "schemas.codes" in seen
    assert not {name for name in seen if within(name, FORBIDDEN)}


def test_no_fact_carries_the_sealed_companion_either() -> None:
    for _, fact in inspect.getmembers(schemas.facts, inspect.isclass):
        assert reachable(fact).isdisjoint((Sealed, Subject, HeightenedRisk)), fact
