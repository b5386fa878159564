"""Writes `data/cldr.txt`: `python -m engine.registry.names.build`, after an update of Babel.

Reading the territories of a thousand locales takes two seconds, which nobody should wait for when
the engine starts; so the keys are kept as a file, and a test says when it is out of date.
"""

from collections import defaultdict
from collections.abc import Mapping, Set
from pathlib import Path

import babel
from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers

from engine.registry.names.lookalikes import WIDELY_WRITTEN, lookalikes
from engine.registry.names.tables import name_rows
from engine.registry.names.text import plain
from schemas.codes.countries import USER_ASSIGNED, is_country

CLDR = Path(__file__).parent / "data" / "cldr.txt"
WITHDRAWN = frozenset({"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"})
"""Alpha-3 codes of Burma, East Germany, Metropolitan France, East Timor, South Yemen and Zaire.
CLDR maps each to one of today's codes; ISO has taken them out."""
HEAD = "# Made by `python -m engine.registry.names.build`; never edited by hand. Babel {version}."


def territory_names(languages: Set[str] | None = None) -> dict[str, set[str]]:
    """Every name that CLDR has in any language, or in these, by territory code, as written.

    Only what has a code of its own in the registry: no world regions, no unions, no islands that
    CLDR counts apart from their state, and none of the codes reserved for invented states.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    for locale in locale_identifiers():
        if languages is not None and locale.split("_")[0] not in languages:
            continue
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
    """The text of the file: a line for each territory, its codes first, then its keys.

    After them a line for each key that looks like another territory's name, marked by `~`.
    """
    threes = {two: three for three, two in sorted(alpha3().items()) if is_territory(two)}
    lines = [HEAD.format(version=babel.__version__)]
    everywhere = _keys(territory_names())
    for code in sorted(everywhere):
        lines.append("\t".join([code, threes[code], *sorted(everywhere[code])]))
    wide = _keys(territory_names(WIDELY_WRITTEN))
    for code, names in name_rows():
        wide[code] |= {plain(name) for name in names}
    for key, codes in sorted(lookalikes(_turned(everywhere), _turned(wide)).items()):
        lines.append("\t".join(["~", key, " ".join(codes)]))
    return "\n".join(lines) + "\n"


def _keys(names: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    return {code: {key for name in of if (key := plain(name))} for code, of in names.items()}


def _turned(keys: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    turned: defaultdict[str, set[str]] = defaultdict(set)
    for code, of in keys.items():
        for key in of:
            turned[key].add(code)
    return dict(turned)


if __name__ == "__main__":
    CLDR.write_text(build(), "utf-8")
    print(f"{CLDR} is up to date with Babel {babel.__version__}.")
