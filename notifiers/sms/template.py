"""Filling a gateway's template, and finding things in its answers. One pass, no evaluation."""

from collections.abc import Mapping
from typing import Any

from notifiers.sms.config import PLACEHOLDER

MISSING = object()
"""What `at_path` returns where there is nothing; None may be a value."""


def fill(template: Any, values: Mapping[str, str]) -> Any:
    """Return the template with its placeholders replaced, in strings at any depth.

    What is filled in is never looked at again: a text with `{token}` in it stays as it is.
    """
    if isinstance(template, str):
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)
    if isinstance(template, Mapping):
        return {name: fill(inner, values) for name, inner in template.items()}
    if isinstance(template, list | tuple):
        return [fill(inner, values) for inner in template]
    return template


def at_path(document: Any, path: str) -> Any:
    """Return what is at `messages.0.status`, or MISSING."""
    for step in path.split("."):
        if isinstance(document, Mapping) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isascii() and step.isdigit() and len(step) < 7:
            if int(step) >= len(document):
                return MISSING
            document = document[int(step)]
        else:
            return MISSING
    return document


def one_of(value: Any, wanted: tuple[str | int | bool, ...]) -> bool:
    """Whether the value is one of those; `0`, `"0"` and False are three different things."""
    return any(type(value) is type(each) and value == each for each in wanted)
