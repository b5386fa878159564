"""One telephone number in the form gateways take."""

import re

_BETWEEN = re.compile(r"[ ().\-/]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def one_number(text: str) -> str:
    """Return `+` and 7 to 15 digits. Raises ValueError, which does not repeat the number."""
    if len(text) > 40:
        raise ValueError("write one number as +, country code and number")
    number = _BETWEEN.sub("", text)
    if not _E164.fullmatch(number):
        raise ValueError("write one number as +, country code and number")
    return number
