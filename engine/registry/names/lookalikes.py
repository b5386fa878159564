"""Names in a language of few writers that are something else in a language of many.

`ugana` is Ghana in Machame and Uganda with a letter lost; `nigera` is Niger in Latvian; `beni` is
Benin to some and a town or a province to more, `chin` China and a state of Myanmar. Whoever writes
it may mean either, so it resolves to neither. Computed when the packaged names are made.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

WIDELY_WRITTEN = frozenset(
    "ar bn de en es fa fr hi id it ja ko my nl pl pt ru sw th tr uk ur vi zh".split()
)
"""Languages whose names are taken at their word, and whose names people misspell."""
SHORTEST = 4
"""Letters; of shorter names half are a letter apart, and in Chinese whole words are."""
SHORT = 5
"""Latin letters up to which a name is likely a place somewhere, or an abbreviation."""


def lookalikes(
    everywhere: Mapping[str, Set[str]], wide: Mapping[str, Set[str]]
) -> dict[str, tuple[str, ...]]:
    """Keys not to be trusted, each with the territories it may mean, the better known first.

    `everywhere` has the territories of every key, `wide` those of the widely written ones.
    """
    found = {
        key: tuple(sorted(meant))
        for key, meant in everywhere.items()
        if key not in wide and SHORTEST <= len(key) <= SHORT and key.isascii()
    }
    by_lost: defaultdict[str, set[str]] = defaultdict(set)
    for key in wide:
        if len(key) >= SHORTEST:
            for part in {key, *_one_lost(key)}:
                by_lost[part].add(key)
    for key, meant in everywhere.items():
        if key in wide or len(key) < SHORTEST:
            continue
        near = {other for part in {key, *_one_lost(key)} for other in by_lost.get(part, ())}
        slips = {code for other in near if one_slip(key, other) for code in wide[other]}
        if slips - meant:
            found[key] = (*sorted(slips - meant), *sorted(meant))
    return found


def one_slip(one: str, other: str) -> bool:
    """Whether a letter lost, added, changed, or two neighbours swapped make one of the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    if len(one) < len(other):
        return one in _one_lost(other)
    apart = [place for place, letter in enumerate(one) if letter != other[place]]
    if len(apart) == 2:
        first, second = apart
        return second == first + 1 and one[first] + one[second] == other[second] + other[first]
    return len(apart) <= 1


def _one_lost(key: str) -> Iterable[str]:
    return [key[:place] + key[place + 1 :] for place in range(len(key))]
