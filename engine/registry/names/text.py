# ruff: noqa: RUF001 - letters that look alike are the matter of this module.
"""How a written name becomes a key: what is dropped, what is kept, and why.

Two keys. `folded` keeps accents: what remains different is different in writing. `plain` drops the
accents of Latin and Greek and what Arabic, Hebrew and Russian writers leave out at will; the marks
of other scripts are letters (drop them in Dzongkha and Ghana is Guinea). Nothing is transliterated.

Both are pure, of any text, and leave their own results as they are.
"""

import re
import unicodedata

_APOSTROPHES = dict.fromkeys(map(ord, "'\u2018\u2019\u201b\u2032`\u00b4\u02bb\u02bc\u02b9\uff07"))
_NO_LETTER = re.compile(r"[\W_]")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_DOT_OVER_I = "i\u0307"
"""What case folding makes of the Turkish capital letter of Türkiye in capitals."""

_NO_ACCENT = str.maketrans(
    {
        "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th",
        "ð": "d", "ŋ": "n", "ё": "е", "ς": "σ",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ـ": None,
    }
)  # fmt: skip
"""Letters whose other form is the same letter to most who write it; no decomposition says so."""


def folded(text: str) -> str:
    """Lower-case words with single blanks between them; accents stay, punctuation goes.

    NFKC, so that full width is ordinary width; an apostrophe joins, all other punctuation parts;
    initials stand together, so that `S.A.`, `S. A.` and `SA` are one. Invisible characters vanish:
    a name may carry direction marks and joiners.
    """
    if text.isascii():
        joined = text.lower().replace("'", "").replace("`", "")
        return _together(_NOT_A_WORD.sub(" ", joined).split())
    text = text.translate(_APOSTROPHES)
    # NFKC may bring back an apostrophe, and folding may undo NFKC: until nothing changes.
    for _ in range(4):
        before = text
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        text = text.translate(_APOSTROPHES).replace(_DOT_OVER_I, "i")
        if text == before:
            break
    words = (_without_stray_marks(word) for word in _NO_LETTER.sub(_kept, text).split())
    return _together([word for word in words if word])


def plain(text: str) -> str:
    """`folded` without accents."""
    return without_accents(folded(text))


def without_accents(text: str) -> str:
    """What is `folded` already, without accents."""
    if text.isascii():
        return text
    text = text.translate(_NO_ACCENT)
    kept: list[str] = []
    accented = False
    for letter in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(letter):
            accented = _takes_accents(letter)
            kept.append(letter)
        elif not accented and not _left_out_at_will(letter):
            kept.append(letter)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_NO_ACCENT)


def _without_stray_marks(word: str) -> str:
    """Marks with no letter to stand on; NFKC makes such of spacing accents."""
    while word and unicodedata.category(word[0])[0] == "M":
        word = word[1:]
    return word


def _together(words: list[str]) -> str:
    if sum(len(word) == 1 for word in words) < 2:
        return " ".join(words)
    joined: list[str] = []
    initials = False
    for word in words:
        if len(word) == 1 and initials:
            joined[-1] += word
        else:
            joined.append(word)
        initials = len(word) == 1
    return " ".join(joined)


def _kept(found: re.Match[str]) -> str:
    """Marks are letters to their scripts, though not to regular expressions."""
    kind = unicodedata.category(found[0])
    if kind[0] == "M":
        return found[0]
    return "" if kind == "Cf" else " "


def _takes_accents(letter: str) -> bool:
    """Latin and Greek."""
    return (
        letter < "\u0250"
        or "\u0370" <= letter < "\u0400"
        or "\u1e00" <= letter < "\u2000"
        or "\u2c60" <= letter < "\u2c80"
    )


def _left_out_at_will(mark: str) -> bool:
    """Vowel points of Arabic and Hebrew, and the stress that Cyrillic dictionaries print."""
    return (
        "\u064b" <= mark <= "\u0652" or mark == "\u0670" or "\u0591" <= mark <= "\u05c7"
    ) or mark in ("\u0301", "\u0300")
