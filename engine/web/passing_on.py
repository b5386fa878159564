"""Whether words about whom it was passed on to name somebody who must not know.

The words themselves go sealed into the vault. Only while they are at hand can they be held against
the names of everybody excluded; what comes of it are ids. A name too many is a needless call, one
too few is a leak nobody hears of.
"""

import re
import unicodedata

from engine.store import answer_pages
from engine.web.answer.fields import over
from engine.web.services import Services
from rules import exclusion
from rules.graph import Registry

_SHORTEST = 3
"""Letters; a shorter name is in too many words."""
_BENT = 5
"""Letters of a name to which an ending may be added: it is found in *Northmereltä* as well."""
_UNSPACED = frozenset(
    ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
)
"""Scripts in which words stand without spaces between, or with others grown onto them."""
_SHORTEST_UNSPACED = 2
_APART = re.compile(r"[\W_]+")


async def named_in_words(
    services: Services, words: str, *, alert: str, contact: str
) -> tuple[str, ...]:
    """Ids of the excluded parties whose name or alias stands in these words, sorted."""
    if not words.strip():
        return ()
    matter = await services.reader.run(
        lambda conn: answer_pages.matter(conn, alert=alert, contact=contact)
    )
    if matter is None:
        return ()
    registry = services.world.registry()
    whole = over(matter, registry)
    shut = exclusion.join(whole.closure, *(each.closure for each in whole.linked))
    return named_among(registry, words, [entry.party for entry in shut.entries])


def named_among(registry: Registry, words: str, parties: list[str]) -> tuple[str, ...]:
    """Those of these parties whom the words name; case and accents apart. Pure.

    A name begins where a word does, and an ending may be added to a longer one; in a script without
    spaces it may stand anywhere. An id is a whole word.
    """
    said = f" {_plain(words)} "
    found = []
    for id in parties:
        party = registry.party(id)
        names = () if party is None else (party.name, *party.aliases)
        if _is_in(said, _plain(id)) or any(_names(said, _plain(name)) for name in names):
            found.append(id)
    return tuple(sorted(found))


def _names(said: str, name: str) -> bool:
    if any(unicodedata.name(letter, "").partition(" ")[0] in _UNSPACED for letter in name):
        bare = name.replace(" ", "")
        return len(bare) >= _SHORTEST_UNSPACED and bare in said.replace(" ", "")
    return _is_in(said, name) or (len(name) >= _BENT and f" {name}" in said)


def _is_in(said: str, name: str) -> bool:
    """As whole words."""
    return len(name) >= _SHORTEST and f" {name} " in said


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _APART.sub(" ", bare).strip()
