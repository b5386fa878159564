"""The language of rule conditions: a checked subset of CEL, evaluated to true, false or unknown.

Entry: `compile` a text once, ask the `Condition` for every event.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.language.ast import Node
from rules.language.check import Type, check
from rules.language.environment import ENVIRONMENT, FIELDS, SCALES, values_of
from rules.language.errors import ConditionError
from rules.language.evaluate import Unknown, Value, Why, evaluate
from rules.language.parser import MAX_DEPTH, MAX_LENGTH, parse

__all__ = [
    "ENVIRONMENT",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "Condition",
    "ConditionError",
    "Node",
    "Type",
    "Unknown",
    "Value",
    "Why",
    "compile",
    "values_of",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was checked: it is true, false or unknown, and never raises."""

    text: str
    tree: Node

    def holds(self, values: Mapping[str, Value]) -> bool | Unknown:
        """Whether it is true of these values (see `values_of`)."""
        found = evaluate(self.tree, values)
        if isinstance(found, bool | Unknown):
            return found
        return Unknown(Why.MISMATCH, "condition")


def compile(text: str) -> Condition:
    """Parse and check. Raises ConditionError with line, column and what to do."""
    tree = parse(text)
    check(text, tree, fields=FIELDS, scales=SCALES)
    return Condition(text=text, tree=tree)
