"""Which party of a case somebody means: by its id, the reference of its messages, or its name."""

from collections.abc import Mapping

from engine.admin.errors import NotCarriedOutError


def the_one_meant(
    words: str, *, names: Mapping[str, str], refs: Mapping[str, str], kind: str = "party"
) -> str | None:
    """The id of the only one that is meant; None: nobody is called so.

    `names`: of each id the name; `refs`: of each reference the id. Raises NotCarriedOutError where
    more than one `kind` is called so.
    """
    said = words.strip()
    if said in names:
        return said
    if said and said.upper() in refs:
        return refs[said.upper()]
    called = sorted(id for id, name in names.items() if name.casefold() == said.casefold())
    if len(called) > 1:
        raise NotCarriedOutError(
            "refused",
            f"More than one {kind} of this case is called so.",
            next_step=f"Give the id of one: {', '.join(called)}",
        )
    return called[0] if called else None
