"""Writes `data/cldr.txt`: `python -m engine.registry.names.build`, after an update of Babel.

Reading the territories of a thousand locales takes two seconds, which nobody should wait for when
the engine starts; so the keys are kept as a file, and a test says when it is out of date.
"""

from collections import defaultdict
from pathlib import Path

import babel
from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers

from engine.registry.names.text import plain
from schemas.codes.countries import USER_ASSIGNED, is_country

CLDR = Path(__file__).parent / "data" / "cldr.txt"
WITHDRAWN = frozenset({"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"})
"""Alpha-3 codes of Burma, East Germany, Metropolitan France, East Timor, South Yemen and Zaire.
CLDR maps each to one of today's codes; ISO has taken them out."""
HEAD = "# Made by `python -m engine.registry.names.build`; never edited by hand. Babel {version}."


def territory_names() -> dict[str, set[str]]:
    """Every name that CLDR has in any language, by territory code, as written.

    Only what has a code of its own in the registry: no world regions, no unions, no islands that
    CLDR counts apart from their state, and none of the codes reserved for invented states.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    for locale in locale_identifiers():
        for code, name in Locale.parse(locale).territories.items():
            if is_territory(code):
                names[code].add(name)
    return dict(names)


def is_territory(code: str) -> bool:
    """Whether a name may lead to it: an official code, or Kosovo."""
    return code == "XK" or (is_country(code) and code not in USER_ASSIGNED)


def alpha3() -> dict[str, str]:
    """ISO 3166-1 alpha-3 codes in force, with their alpha-2."""
    codes: dict[str, str] = {}
    for three, twos in get_global("territory_aliases").items():
        if len(three) == 3 and three.isalpha() and three not in WITHDRAWN and is_territory(twos[0]):
            codes |= {three: twos[0]} if len(twos) == 1 else {}
    codes.pop("XKK", None)
    return codes | {"XKX": "XK"}


def build() -> str:
    """The text of the file: a line for each territory, its codes first, then its keys."""
    threes = {two: three for three, two in sorted(alpha3().items()) if is_territory(two)}
    lines = [HEAD.format(version=babel.__version__)]
    for code, names in sorted(territory_names().items()):
        keys = sorted({key for name in names if (key := plain(name)) and name != code})
        lines.append("\t".join([code, threes[code], *keys]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    CLDR.write_text(build(), "utf-8")
    print(f"{CLDR}: {sum(line.count(chr(9)) - 1 for line in build().splitlines()[1:])} keys")
