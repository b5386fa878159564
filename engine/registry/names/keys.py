"""The keys of a name: what a party is called, its legal form, and coarser keys for candidates."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from engine.registry.names.tables import rows
from engine.registry.names.text import folded, without_accents

Form = tuple[list[str], str]
"""The words of a spelling, and the form it is."""
MOST_FORMS = 3
"""Legal forms taken off one name: `PT … (Persero) Tbk` has three."""


class NameKey(NamedTuple):
    """A name, taken apart."""

    core: str
    """Folded, accents kept, without legal form."""
    forms: tuple[str, ...]
    """Its legal forms, each in one spelling, sorted."""
    weak: bool
    """Too short, or of words that are in thousands of names, to be anybody's alone."""

    @property
    def exact(self) -> str:
        """What must be equal for two names to be one."""
        return f"{self.core}|{'+'.join(self.forms)}" if self.forms else self.core


class Coarse(NamedTuple):
    """What a name has in common with others that may be it."""

    plain: str
    """The core without accents."""
    latin: str
    """`plain` in Latin letters; the same where it was Latin already."""
    words: tuple[str, ...]
    """Of `latin`, without words such as group and holding."""

    @property
    def squashed(self) -> str:
        """The words without blanks: the coarsest key."""
        return "".join(self.words)


class NameKeys:
    """Takes names apart by the packaged tables. Immutable; made by `load_name_keys`."""

    __slots__ = ("_common", "_ends", "_glued", "_group", "_letters", "_starts")

    def __init__(
        self,
        *,
        ends: Mapping[str, tuple[Form, ...]],
        starts: Mapping[str, tuple[Form, ...]],
        glued: tuple[tuple[str, str], ...],
        group: frozenset[str],
        common: frozenset[str],
        letters: Mapping[int, str],
    ) -> None:
        self._ends = ends
        self._starts = starts
        self._glued = glued
        self._group = group
        self._common = common
        self._letters = letters

    def of(self, name: str) -> NameKey:
        """The parts of a name. An empty core: nothing that could be a name."""
        words = folded(name.replace("&", " and ")).split()
        if not words:
            return NameKey("", (), True)
        if words[-1] == "the":  # as lists that are sorted write it: `Northmere Company, The`
            words = ["the", *words[:-1]]
        forms: list[str] = []
        while len(forms) < MOST_FORMS and (shorter := self._without_form(words)) is not None:
            words, form = shorter
            forms.append(form)
        return NameKey(" ".join(words), tuple(sorted(forms)), self._weak(words))

    def coarse(self, core: str) -> Coarse:
        """The coarser keys of a core."""
        bare = without_accents(core)
        latin = bare if bare.isascii() else bare.translate(self._letters)
        words = latin.split()
        kept = [word for word in words if word not in self._group]
        return Coarse(bare, latin, tuple(words if self._nobody(kept) else kept))

    def telling(self, words: tuple[str, ...]) -> bool:
        """Whether one of these words is more than a word of the trade."""
        return any(word not in self._common for word in words)

    def _without_form(self, words: list[str]) -> tuple[list[str], str] | None:
        """The words without a legal form: the longest at the end, else at the beginning."""
        for spelling, form in self._ends.get(words[-1], ()):
            length = len(spelling)
            if words[-length:] == spelling and not self._nobody(words[:-length]):
                return words[:-length], form
        for spelling, form in self._starts.get(words[0], ()):
            length = len(spelling)
            if words[:length] == spelling and not self._nobody(words[length:]):
                return words[length:], form
        return None if words[0].isascii() and words[-1].isascii() else self._unglued(words)

    def _unglued(self, words: list[str]) -> tuple[list[str], str] | None:
        """Scripts without blanks put the form right beside the name, or NFKC parts it from it."""
        for spelling, form in self._glued:
            for rest in (
                [*words[:-1], words[-1].removesuffix(spelling)],
                [words[0].removeprefix(spelling), *words[1:]],
            ):
                left = [word for word in rest if word]
                parted = len(left) < len(words)
                if left != words and (parted or len(spelling) > 1) and not self._nobody(left):
                    return left, form
        return None

    def _nobody(self, words: list[str]) -> bool:
        """Whether nothing is left that one party is called by."""
        return self._common.issuperset(words)

    def _weak(self, words: list[str]) -> bool:
        letters = sum(map(len, words))
        return self._nobody(words) or letters < (2 if _ideographic(words[0][0]) else 4)


@cache
def load_name_keys() -> NameKeys:
    """Reads the packaged tables, once. Raises ValueError, naming file and line, for a bad row."""
    ends: dict[str, str] = {}
    starts: dict[str, str] = {}
    glued: dict[str, str] = {}
    common: set[str] = set()
    tables = {"end": (ends,), "start": (starts,), "both": (ends, starts), "glued": (glued,)}
    for form, place, _, spellings in rows("legal_forms.tsv", cells=4):
        for spelling in spellings.split(" | "):
            for table in tables[place]:
                table.setdefault(folded(spelling), form)
    words: defaultdict[str, set[str]] = defaultdict(set)
    for kind, listed in rows("common_words.tsv", cells=2):
        words[kind] |= set(listed.split())
    common |= words["group"] | words["generic"]
    # A form of one word may stand alone or in a form nobody foresaw: `Sociedad Anónima`, `The Ltd`.
    common |= {word for form in (*ends, *starts, *glued) for word in form.split()}
    letters: dict[int, str] = {}
    for _, pairs in rows("letters.tsv", cells=2):
        letters |= {ord(pair[0]): pair[2:] for pair in pairs.split(" ")}
    return NameKeys(
        ends=_by_word(ends, -1),
        starts=_by_word(starts, 0),
        glued=tuple(sorted(glued.items(), key=lambda item: (-len(item[0]), item[0]))),
        group=frozenset(words["group"]),
        common=frozenset(common),
        letters=letters,
    )


def _by_word(spellings: Mapping[str, str], end: int) -> dict[str, tuple[Form, ...]]:
    """Legal forms by the word at this end of them, the longest first."""
    found: defaultdict[str, list[Form]] = defaultdict(list)
    for spelling, form in sorted(spellings.items(), key=lambda item: (-len(item[0]), item[0])):
        words = spelling.split()
        found[words[end]].append((words, form))
    return {word: tuple(forms) for word, forms in found.items()}


def _ideographic(letter: str) -> bool:
    return "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3"
