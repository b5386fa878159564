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
    """Those of these parties whom the words name, as whole words; case and accents apart. Pure."""
    said = f" {_plain(words)} "
    found = []
    for id in parties:
        party = registry.party(id)
        names = (id,) if party is None else (id, party.name, *party.aliases)
        plain = (_plain(name) for name in names)
        if any(len(name) >= _SHORTEST and f" {name} " in said for name in plain):
            found.append(id)
    return tuple(sorted(found))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _APART.sub(" ", bare).strip()
