"""Whether anybody else has installed something under one of our four import names.

`engine`, `rules`, `notifiers` and `schemas` are ordinary words, and other distributions own three
of them on the public index. Installed into the same environment one silently overwrites the other,
and uninstalling it deletes our files. Then the wrong code decides who is told.
"""

from importlib.metadata import packages_distributions

OURS = ("engine", "notifiers", "rules", "schemas")
DISTRIBUTION = "tocsin"


def foreign_owners() -> dict[str, tuple[str, ...]]:
    """The distributions other than ours that own one of our import names: none in a sound house.

    Reads the records of everything installed (a tenth of a second): for `doctor` and tests.
    """
    owners = packages_distributions()
    foreign = {name: tuple(sorted({*owners.get(name, ())} - {DISTRIBUTION})) for name in OURS}
    return {name: others for name, others in foreign.items() if others}


def complaint(foreign: dict[str, tuple[str, ...]]) -> str:
    """One sentence for a person: what is wrong and which command mends it."""
    names = ", ".join(foreign)
    intruders = " ".join(sorted({other for others in foreign.values() for other in others}))
    return (
        f"Another distribution is installed under the name of our package {names}; Tocsin needs "
        f"an environment of its own. Run: pip uninstall {intruders}, then install Tocsin again."
    )
