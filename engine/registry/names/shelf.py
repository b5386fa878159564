"""Where candidates are looked for: names on shelves by their coarse keys.

A shelf answers "whose names have this in common with mine" without comparing with all of them; a
bound on each shelf keeps a look-up short however many names share a word.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from engine.registry.names.candidates import Entry, Likeness, compared, other_script
from engine.registry.names.keys import Coarse, NameKey, NameKeys

MOST_OF_A_WORD = 1500
"""Names looked at for one word; a word that more names have tells nothing."""
MOST_ALIKE = 300
"""Names compared letter by letter on one shelf."""
START = 4
"""Letters at the beginning that names spelled alike must share."""
STRETCH = 3
"""Letters by which lengths may differ on one shelf; the next ones are looked at too."""
ALIKE = 0.86
"""Share of letters in common, in order, from which two names are called alike."""


class Shelf:
    """The names of a registry by coarse key. Built once, read by number of the name."""

    __slots__ = ("_by_squashed", "_by_start", "_by_word", "_entries", "_keys")

    def __init__(self, keys: NameKeys, names: Iterable[NameKey]) -> None:
        self._keys = keys
        self._entries: list[Entry] = []
        self._by_squashed: defaultdict[str, list[int]] = defaultdict(list)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._by_start: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for number, name in enumerate(names):
            coarse = keys.coarse(name.core)
            squashed = coarse.squashed
            self._entries.append((name.core, coarse.plain, coarse.latin, coarse.words))
            self._by_squashed[squashed].append(number)
            self._by_start[squashed[:START], len(squashed) // STRETCH].append(number)
            if len(coarse.words) > 1:
                for word in coarse.words:
                    self._by_word[word].append(number)

    def like(self, name: NameKey) -> Iterator[tuple[int, tuple[Likeness, ...]]]:
        """Numbers of names that have something in common with it, and what."""
        coarse = self._keys.coarse(name.core)
        if not coarse.words:
            return
        mine = (name.core, coarse.plain, coarse.latin, coarse.words)
        seen: set[int] = set()
        for number in self._by_squashed.get(coarse.squashed, ()):
            if likeness := compared(mine, self._entries[number]):
                seen.add(number)
                yield number, likeness
        for number, likeness in (*self._by_spelling(coarse, mine), *self._by_one_word(coarse)):
            if number not in seen:
                seen.add(number)
                yield number, likeness

    def _by_one_word(self, mine: Coarse) -> Iterator[tuple[int, tuple[Likeness, ...]]]:
        """Names with one word more, less or other, of which a telling one is in common."""
        words = set(mine.words)
        shelves = sorted((self._by_word.get(word, ()) for word in sorted(words)), key=len)
        counted: defaultdict[int, int] = defaultdict(int)
        for shelf in shelves:
            if len(shelf) <= MOST_OF_A_WORD:
                for number in shelf:
                    counted[number] += 1
        least = max(1, len(words) - 2)
        for number in sorted(number for number, count in counted.items() if count >= least):
            other = self._entries[number][3]
            apart, common = words ^ set(other), words & set(other)
            if not common or not self._keys.telling(tuple(common)):
                continue
            if len(apart) == 1:
                yield number, (Likeness.ONE_WORD_MORE,)
            elif len(apart) == 2 and len(words) == len(set(other)):
                yield number, (Likeness.ONE_WORD_DIFFERS,)

    def _by_spelling(
        self, coarse: Coarse, mine: Entry
    ) -> Iterator[tuple[int, tuple[Likeness, ...]]]:
        squashed = coarse.squashed
        if len(squashed) <= START:
            return
        matcher = SequenceMatcher(None, "", squashed, autojunk=False)
        near = len(squashed) // STRETCH
        for stretch in (near, near - 1, near + 1):
            for number in self._by_start.get((squashed[:START], stretch), ())[:MOST_ALIKE]:
                matcher.set_seq1("".join(self._entries[number][3]))
                if (
                    matcher.real_quick_ratio() >= ALIKE
                    and matcher.quick_ratio() >= ALIKE
                    and matcher.ratio() >= ALIKE
                ):
                    yield number, (Likeness.ALIKE, *other_script(mine, self._entries[number]))
