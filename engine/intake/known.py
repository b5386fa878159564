"""Telling what we know from what we do not: known fields stay, the rest goes into the vault."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from schemas.envelope import Envelope
from schemas.event import Sealed, ThreatEvent
from schemas.limits import Limits


def split_known(value: dict[str, Any], model: type[BaseModel]) -> tuple[dict[str, Any], Any]:
    """Return (what the model has fields for, everything else in the same shape), at any depth.

    The second is empty when nothing is foreign. Values are not judged here.
    """
    known: dict[str, Any] = {}
    foreign: dict[str, Any] = {}
    for key, item in value.items():
        field = model.model_fields.get(key)
        if field is None:
            foreign[key] = item
            continue
        inner = _model_of(field.annotation)
        if inner is None:
            known[key] = item
        elif isinstance(item, dict):
            known[key], rest = split_known(item, inner)
            if rest:
                foreign[key] = rest
        elif isinstance(item, list):
            pairs = [
                split_known(one, inner) if isinstance(one, dict) else (one, {}) for one in item
            ]
            known[key] = [one for one, _ in pairs]
            if any(rest for _, rest in pairs):
                foreign[key] = [rest for _, rest in pairs]
        else:
            known[key] = item
    return known, foreign


def known_limits() -> Limits:
    """The house limits, with the keys that a problem may name: those of our own models."""
    return _LIMITS


def _model_of(annotation: Any) -> type[BaseModel] | None:
    return next(iter(_models_in(annotation)), None)


@cache
def _models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for part in get_args(annotation) for model in _models_in(part))


def _names(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        if (inner := _model_of(field.annotation)) is not None:
            yield from _names(inner)


_LIMITS = Limits(
    known=frozenset(["event", "sealed", *_names(Envelope), *_names(ThreatEvent), *_names(Sealed)])
)
