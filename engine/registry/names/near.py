"""Names that a human may have meant. Nothing that is found here resolves."""

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

ALIKE = 0.8
"""Share of letters in common, in order, from which two names are called alike."""
LONGEST_NAME = 6
"""Words of the longest name looked for inside a text."""


def near_keys(key: str, *known: Collection[str]) -> Iterator[str]:
    """Known names that stand within the text, in its order; then those spelled like the whole.

    The longest name at each place: in `Papua New Guinea (Lae)` there is no Guinea.
    """
    words = key.split()
    start = 0
    while start < len(words):
        for length in range(min(len(words) - start, LONGEST_NAME), 0, -1):
            part = " ".join(words[start : start + length])
            if (len(part) > 3 or not part.isascii()) and any(part in names for names in known):
                yield part
                start += length
                break
        else:
            start += 1
    yield from _alike(key, known)


def _alike(key: str, known: tuple[Collection[str], ...]) -> list[str]:
    if len(key) < 4:
        return []
    matcher = SequenceMatcher(None, "", key, autojunk=False)
    found: list[tuple[float, str]] = []
    for names in known:
        for name in names:
            if abs(len(name) - len(key)) > 2 or name[0] != key[0]:
                continue
            matcher.set_seq1(name)
            if matcher.quick_ratio() >= ALIKE and (ratio := matcher.ratio()) >= ALIKE:
                found.append((-ratio, name))
    return [name for _, name in sorted(found)]
