"""Where on earth a record says that something is; kept for a person to read, never judged by."""

import re
from collections.abc import Mapping

from engine.registry.rows import Why

_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?", re.ASCII)


def coordinates(latitude: str, longitude: str) -> tuple[Mapping[str, str], tuple[Why, ...]]:
    """Both in degrees as they are written, or nothing and why; nothing at all where both lack."""
    if not latitude and not longitude:
        return {}, ()
    if not latitude or not longitude:
        return {}, (Why.FIELD_MISSING,)
    if not (_within(latitude, 90) and _within(longitude, 180)):
        return {}, (Why.NOT_A_NUMBER,)
    return {"latitude": latitude, "longitude": longitude}, ()


def _within(text: str, most: int) -> bool:
    return _NUMBER.fullmatch(text) is not None and abs(float(text)) <= most
