"""Names of countries from CLDR; a user-assigned code is its own name."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=8)
def _territories(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language, sep="-").territories)
    except (ValueError, UnknownLocaleError):
        return dict(Locale("en").territories)


def country_name(code: str, *, language: str = "en") -> str:
    """`Kenya` of `KE`; the code itself where CLDR has no name for it."""
    return _territories(language).get(code, code)
